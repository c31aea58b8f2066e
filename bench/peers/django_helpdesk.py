"""django-helpdesk on SQLite: mail through ``extract_email_metadata``, pages through gunicorn.

Its mail path makes no accounts of those who write, so there are none while its inbound rate is
taken. Its page of a person is the account's page in the admin: ``session`` adds an account for
every customer, as many as there are tickets.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import sys
from itertools import islice
from pathlib import Path
from typing import Any

from bench.corpus import DESK, Mail
from bench.peers import protocol
from bench.stories import Story, filling

SLUG = "support"
BATCH = 1_000


def prepare(home: Path, tickets: int) -> dict[str, Any]:
    """Migrate, add the queue, an agent, and ``tickets`` tickets with their messages."""
    home.mkdir(parents=True, exist_ok=True)
    _start(home)
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from helpdesk.models import FollowUp, Queue, Ticket

    call_command("migrate", verbosity=0)
    call_command("loaddata", "emailtemplate", verbosity=0)
    get_user_model().objects.create_superuser("agent", "agent@desk.example", "agent")
    queue = Queue.objects.create(
        title="Support", slug=SLUG, email_address=DESK, allow_email_submission=True, email_box_type="local"
    )
    _fill(queue, tickets)
    return {"tickets": Ticket.objects.count(), "messages": FollowUp.objects.count()}


def inbound(home: Path, mails: Path) -> dict[str, Any]:
    """Each mail as ``get_email`` hands it over: decoded to text, then ``extract_email_metadata``."""
    _start(home)
    from django.utils.encoding import force_str
    from helpdesk.email import extract_email_metadata
    from helpdesk.models import FollowUp, Queue, Ticket

    queue, logger, numbers = Queue.objects.get(slug=SLUG), logging.getLogger("helpdesk.bench"), {}
    before = Ticket.objects.count(), FollowUp.objects.count()

    def take(mail: Mail) -> None:
        raw = mail.raw
        if not mail.opens:
            raw = protocol.tagged(raw, mail.subject, f"[{SLUG}-{numbers[mail.root]}]")
        ticket = extract_email_metadata(message=force_str(raw, errors="replace"), queue=queue, logger=logger)
        numbers.setdefault(mail.root, ticket.id)

    answer = protocol.feed(mails, take)
    return answer | {
        "tickets": Ticket.objects.count() - before[0],
        "messages": FollowUp.objects.count() - before[1],
    }


def session(home: Path) -> dict[str, Any]:
    """The list's page with the rows that it fetches by a second request, tickets, accounts in the admin."""
    _start(home)
    from django.contrib.auth import get_user_model
    from helpdesk.models import Ticket

    user = get_user_model()
    _insert_people(Ticket.objects.count())
    tickets = _spread(Ticket.objects.order_by("id").values_list("id", flat=True))
    people = _spread(user.objects.order_by("id").values_list("id", flat=True))
    question = {"filtering": {"status__in": [1, 2]}, "sorting": "created", "search_string": "", "sortreverse": False}
    rows = base64.b64encode(json.dumps(question).encode()).decode().replace("/", "_").replace("+", "-")
    return {
        "cookie": f"sessionid={_signed_in(user.objects.get(username='agent'))}",
        "pages": {
            "list": ["/tickets/"],
            "list rows": [f"/datatables_ticket_list/{rows}?draw=1&start=0&length=25"],
            "ticket": [f"/tickets/{number}/" for number in tickets],
            "person": [f"/admin/auth/user/{number}/change/" for number in people],
            "search": ["/admin/auth/user/?q=hanse"],
        },
    }


def serve(home: Path, port: int) -> None:
    """gunicorn with two processes, as on a machine with two cores."""
    os.environ.update(BENCH_HOME=str(home), DJANGO_SETTINGS_MODULE="bench.peers.django_site.settings")
    application = "django.core.wsgi:get_wsgi_application()"
    arguments = ["--workers", "2", "--bind", f"127.0.0.1:{port}", "--log-level", "error", application]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *arguments])


def _start(home: Path) -> None:
    os.environ.update(BENCH_HOME=str(home), DJANGO_SETTINGS_MODULE="bench.peers.django_site.settings")
    import django

    django.setup()


def _fill(queue: Any, tickets: int) -> None:
    """Whole conversations, oldest first, in large inserts: the rows that its mail path writes."""
    source, numbers = filling(tickets), {}
    while batch := list(islice(source, BATCH)):
        _insert(queue, batch, numbers)


def _insert(queue: Any, batch: list[Story], numbers: dict[int, int]) -> None:
    from django.db import transaction
    from helpdesk.models import FollowUp, Ticket, TicketCC

    with transaction.atomic():
        openings = [story for story in batch if story.parent is None]
        made = Ticket.objects.bulk_create(
            Ticket(
                title=story.subject, queue=queue, submitter_email=story.sender.address, created=story.sent_at,
                modified=story.sent_at, description=story.text, priority=3,
            )
            for story in openings
        )  # fmt: skip
        numbers.update(zip((story.number for story in openings), (ticket.id for ticket in made), strict=True))
        FollowUp.objects.bulk_create(
            FollowUp(
                ticket_id=numbers[story.root], title=f"E-Mail Received from {story.sender.address}",
                date=story.sent_at, public=True, comment=f"{story.text}\n\n{story.quoted}",
                message_id=f"<{story.message_id}>",
            )
            for story in batch
        )  # fmt: skip
        TicketCC.objects.bulk_create(
            TicketCC(ticket_id=numbers[story.number], email=story.cc.address) for story in openings
        )


def _insert_people(count: int) -> None:
    """Accounts that cannot sign in, and their settings, which every account of the desk has."""
    from django.contrib.auth import get_user_model
    from helpdesk.models import UserSettings

    from bench.people import human

    user = get_user_model()
    for start in range(0, count, BATCH):
        people = [human(number) for number in range(start, min(start + BATCH, count))]
        accounts = user.objects.bulk_create(
            user(
                username=one.address, email=one.address, first_name=one.name.split()[0],
                last_name=one.name.split()[-1], password="!",
            )
            for one in people
        )  # fmt: skip
        UserSettings.objects.bulk_create([UserSettings(user=account) for account in accounts], ignore_conflicts=True)


def _signed_in(agent: Any) -> str:
    """A session of the agent, made as signing in makes it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(agent.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = agent.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def _spread(numbers: Any, count: int = 40) -> list[int]:
    """Some of the numbers, evenly over all of them."""
    numbers = list(numbers)
    return numbers[:: max(1, len(numbers) // count)][:count]


if __name__ == "__main__":
    protocol.main(sys.modules[__name__])  # type: ignore[arg-type]
