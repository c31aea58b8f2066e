"""A real Postfix on a free port of loopback, with a configuration, a queue and Maildirs of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.servers import answers, until

POSTFIX = shutil.which("postfix", path=os.environ.get("PATH", "") + ":/usr/sbin")
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 1 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
local     unix - n n - - local
virtual   unix - n n - - virtual
lmtp      unix - - n - - lmtp
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
pickup    unix n - n 60 1 pickup
postlog   unix-dgram n - n - 1 postlogd
"""
MAIN = """
compatibility_level = 3.6
config_directory = {folder}/config
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = relay.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
smtp_host_lookup = native
virtual_mailbox_domains = kunde.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ ole@kunde.example=ole/, eva@kunde.example=eva/, wait@kunde.example=wait/ }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_recipient_restrictions = check_recipient_access inline:{{ {{ wait@kunde.example = 450 4.2.1 Come back later }} }},
    permit_mynetworks, reject
message_size_limit = 5000000
smtputf8_autodetect_classes = all
transport_maps = inline:{{ {transports} }}
minimal_backoff_time = 1s
queue_run_delay = 1s
bounce_notice_recipient = nobody@kunde.example
"""


@dataclass
class Postfix:
    """A running Postfix that delivers mail for ole@ and eva@kunde.example into Maildirs."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""

    def mails(self, user: str) -> list[bytes]:
        """What was delivered to somebody, as it lies in the Maildir."""
        return [path.read_bytes() for path in sorted((self.folder / "mail" / user / "new").glob("*"))]

    def run(self, command: str) -> None:
        assert POSTFIX is not None
        subprocess.run([POSTFIX, "-c", str(self.folder / "config"), command], check=True, capture_output=True, timeout=60)


@contextmanager
def postfix(**transports: int) -> Iterator[Postfix]:
    """Postfix for the time of a test. ``transports``: mail for ``NAME.example`` goes to that port of loopback."""
    if POSTFIX is None or os.geteuid() != 0:
        pytest.skip("Postfix is not installed, or we are not root")
    folder = Path(tempfile.mkdtemp(prefix="skranke-postfix-"))
    folder.chmod(0o755)
    server = Postfix(folder, free_port())
    _configure(server, transports)
    server.run("start")
    try:
        until(lambda: answers(server.port), what="the start of Postfix")
        yield server
    finally:
        server.run("stop")
        until(lambda: not answers(server.port), what="the end of Postfix")
        shutil.rmtree(folder, ignore_errors=True)


def _configure(server: Postfix, transports: dict[str, int]) -> None:
    owner, nobody = pwd.getpwnam("postfix"), pwd.getpwnam("nobody")
    for name, uid in (("config", 0), ("queue", 0), ("data", owner.pw_uid), ("mail", nobody.pw_uid)):
        (server.folder / name).mkdir()
        os.chown(server.folder / name, uid, 0)
    routes = ", ".join(f"{{ {name}.example = smtp:[127.0.0.1]:{port} }}" for name, port in transports.items())
    (server.folder / "config" / "main.cf").write_text(MAIN.format(
        folder=server.folder, uid=nobody.pw_uid, gid=nobody.pw_gid, transports=routes or "{ none.example = discard: }"))
    (server.folder / "config" / "master.cf").write_text(MASTER.format(port=server.port))
