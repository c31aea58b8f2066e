"""Roundup on SQLite: mail through its gateway, pages through roundup-server, its classic template.

Anonymous senders may write, as on every Roundup that is used as a service desk: the gateway
registers them as users. Outgoing mail is composed and written to the null device.
"""

from __future__ import annotations

import io
import os
import re
import sys
import types
from itertools import islice
from pathlib import Path
from typing import Any

from bench.corpus import DESK, Mail
from bench.peers import protocol
from bench.stories import Story, filling

BATCH = 1_000
AGENT, PASSWORD = "admin", "admin"
SETTINGS = {
    "tracker_email": DESK.partition("@")[0],
    "mail_domain": DESK.partition("@")[2],
    "mail_host": "localhost",
    "tracker_web": "http://127.0.0.1:{port}/desk/",
    "admin_email": "admin",
}


def prepare(home: Path, tickets: int) -> dict[str, Any]:
    """Install the classic template, allow mail from strangers, store ``tickets`` issues by its own classes."""
    os.environ["SENDMAILDEBUG"] = os.devnull
    from roundup import instance

    tracker = _install(home)
    desk = instance.open(str(tracker))
    _fill(desk, tickets)
    return _counts(desk)


def inbound(home: Path, mails: Path) -> dict[str, Any]:
    """Each mail through ``MailGW.main``, which opens the tracker, files the mail and commits."""
    os.environ["SENDMAILDEBUG"] = os.devnull
    from roundup import instance
    from roundup.mailgw import MailGW

    desk, numbers = instance.open(str(home / "tracker")), {}
    arguments = types.SimpleNamespace(default_class="issue", set_value=[])
    gateway = MailGW(desk, arguments)
    before = _counts(desk)

    def take(mail: Mail) -> None:
        raw = mail.raw
        if not mail.opens:
            raw = protocol.tagged(raw, mail.subject, f"[issue{numbers[mail.root]}]")
        number = gateway.main(io.BytesIO(raw))
        numbers.setdefault(mail.root, number)

    answer = protocol.feed(mails, take)
    return answer | {kind: count - before[kind] for kind, count in _counts(desk).items()}


def session(home: Path) -> dict[str, Any]:
    """The index with 50 rows, issues and users spread over all there are; signed in by its form."""
    from roundup import instance

    db = instance.open(str(home / "tracker")).open("admin")
    try:
        issues, users = _spread(db.issue.list()), _spread(db.user.list())
    finally:
        db.close()
    columns = "@columns=title,id,activity,status,assignedto&@sort=-activity&@group=priority&@filter=status"
    return {
        "sign_in": {
            "page": "/desk/",
            "form": {"__login_name": AGENT, "__login_password": PASSWORD, "@action": "Login"},
        },
        "pages": {
            "list": [f"/desk/issue?{columns}&status=-1,1,2,3,4,5,6,7&@pagesize=50&@startwith=0"],
            "ticket": [f"/desk/issue{number}" for number in issues],
            "person": [f"/desk/user{number}" for number in users],
            "search": ["/desk/user?@columns=username,realname,address&@pagesize=50&@filter=realname&realname=hanse"],
        },
    }


def serve(home: Path, port: int) -> None:
    """roundup-server as it comes: a process for every connection."""
    os.environ["SENDMAILDEBUG"] = os.devnull
    config = home / "tracker" / "config.ini"
    config.write_text(re.sub(r"^web = .*$", f"web = http://127.0.0.1:{port}/desk/", config.read_text(), flags=re.M))
    server = Path(sys.executable).with_name("roundup-server")
    who = ["-u", "0"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    where = ["-n", "127.0.0.1", "-p", str(port), "-l", str(home / "server.log")]
    os.execv(server, [str(server), *where, *who, "-D", f"desk={home / 'tracker'}"])


def _install(home: Path) -> Path:
    from roundup.admin import AdminTool

    tracker = home / "tracker"
    home.mkdir(parents=True, exist_ok=True)
    tool = AdminTool()
    tool.tracker_home = str(tracker)
    settings = ",".join(f"{name}={value.format(port=0)}" for name, value in SETTINGS.items())
    tool.run_command(["install", "classic", "sqlite", settings])
    schema = tracker / "schema.py"
    schema.write_text(schema.read_text().replace("#db.security.addPermissionToRole('Anonymous', 'Email Access')",
                                                 "db.security.addPermissionToRole('Anonymous', 'Email Access')"))  # fmt: skip
    tool.run_command(["initialise", PASSWORD])
    return tracker


def _fill(desk: Any, tickets: int) -> None:
    """Users, messages and issues made by ``create`` and ``set`` of its classes, a commit for every batch."""
    source, numbers, people = filling(tickets), {}, {}
    while batch := list(islice(source, BATCH)):
        db = desk.open("admin")
        try:
            for story in batch:
                _store(db, story, numbers, people)
            db.commit()
        finally:
            db.close()


def _store(db: Any, story: Story, numbers: dict[int, str], people: dict[str, str]) -> None:
    from roundup import date

    author = _user(db, story, people)
    message = db.msg.create(
        author=author, recipients=[], date=date.Date(f"{story.sent_at:%Y-%m-%d.%H:%M:%S}"),
        summary=story.text[:70].replace("\n", " "), content=f"{story.text}\n\n{story.quoted}".strip(),
        messageid=f"<{story.message_id}>", inreplyto=f"<{story.references[-1]}>" if story.references else "",
    )  # fmt: skip
    if story.parent is None:
        numbers[story.number] = db.issue.create(title=story.subject, messages=[message], nosy=[author])
    else:
        issue = numbers[story.root]
        db.issue.set(issue, messages=[*db.issue.get(issue, "messages"), message])


def _user(db: Any, story: Story, people: dict[str, str]) -> str:
    """The sender's user; without a password, because hashing one takes longer than all the rest."""
    address = story.sender.address
    if address not in people:
        people[address] = db.user.create(
            username=address, address=address, realname=story.sender.name, roles=db.config["NEW_EMAIL_USER_ROLES"]
        )
    return people[address]


def _counts(desk: Any) -> dict[str, int]:
    db = desk.open("admin")
    try:
        return {"tickets": len(db.issue.getnodeids()), "messages": len(db.msg.getnodeids())}
    finally:
        db.close()


def _spread(numbers: list[str], count: int = 40) -> list[str]:
    return numbers[:: max(1, len(numbers) // count)][:count]


if __name__ == "__main__":
    protocol.main(sys.modules[__name__])  # type: ignore[arg-type]
