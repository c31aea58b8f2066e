"""Real servers for tests, on free ports of loopback: pymap and Dovecot (IMAP), and a provider of OAuth tokens."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pytest
from imapclient import IMAPClient

from tests.ports import free_port

DOVECOT = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin")
T = TypeVar("T")
USER, PASSWORD = "support@desk.example", "secret"


def until(true: Callable[[], T], seconds: float = 20, what: str = "it") -> T:
    """Ask until the answer is true; fail when that takes too long."""
    end = time.monotonic() + 4 * seconds          # a busy machine takes longer
    while not (answer := true()):
        assert time.monotonic() < end, f"{what} did not happen within {seconds} seconds"
        time.sleep(0.02)
    return answer


def answers(port: int) -> bool:
    """Whether somebody listens."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@dataclass
class ImapServer:
    """An IMAP server with one user. ``start`` and ``stop`` may be called again and again; the port stays."""

    command: list[str]
    port: int
    process: subprocess.Popen[bytes] | None = None
    clients: list[IMAPClient] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"imap://{USER.replace('@', '%40')}@127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        start_new_session=True)
        until(lambda: answers(self.port), what="the start of the IMAP server")

    def stop(self) -> None:
        """End it at once, with the processes it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            until(lambda: not answers(self.port), what="the end of the IMAP server")
        self.process = None

    def close(self) -> None:
        for client in self.clients:
            with suppress(OSError):
                client.shutdown()
        self.clients.clear()
        self.stop()

    def client(self) -> IMAPClient:
        """Somebody else who reads the box."""
        made = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=30)
        made.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.login(USER, PASSWORD)
        self.clients.append(made)
        return made

    def deliver(self, *raws: bytes, folder: str = "INBOX", flags: tuple[bytes, ...] = (),
                at: datetime | None = None) -> None:
        """Put mails into a folder, which is made when there is none."""
        client = self.client()
        if not client.folder_exists(folder):
            client.create_folder(folder)
        for start in range(0, len(raws), 500):
            portion = raws[start:start + 500]
            if len(portion) > 1 and not flags and at is None:
                client.multiappend(folder, portion)
            else:
                for raw in portion:
                    client.append(folder, raw, flags, at)
        client.logout()
        self.clients.remove(client)

    def flags(self, folder: str = "INBOX") -> dict[int, set[bytes]]:
        """UID to flags of all mails in a folder."""
        client = self.client()
        client.select_folder(folder, readonly=True)
        found = client.get_flags(client.search("ALL"))
        client.logout()
        self.clients.remove(client)
        return {uid: set(flags) - {rb"\Recent"} for uid, flags in found.items()}


@contextmanager
def pymap() -> Iterator[ImapServer]:
    """An IMAP server in Python. It keeps its mails in memory: after ``stop`` the next one is empty and new."""
    port = free_port()
    program = str(Path(sys.executable).with_name("pymap"))
    server = ImapServer([program, "--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict",
                         "--demo-user", USER, "--demo-password", PASSWORD], port)
    server.start()
    try:
        yield server
    finally:
        server.close()


@contextmanager
def dovecot(capability: str = "", tokeninfo: str = "") -> Iterator[ImapServer]:
    """Dovecot with a configuration of its own. It keeps its mails on disk, also over a restart.

    ``capability`` is what it says it can (everything by default); ``tokeninfo`` the URL that knows tokens.
    """
    if DOVECOT is None:
        pytest.skip("Dovecot is not installed")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="dovecot-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "dovecot.conf").write_text(configuration(folder, port, capability, tokeninfo))
        mine = pwd.getpwuid(os.getuid())
        if mine.pw_uid == 0:
            (folder / "home").mkdir()
            folder.chmod(0o755)
            shutil.chown(folder / "home", "dovecot")
        server = ImapServer([DOVECOT, "-F", "-c", str(folder / "dovecot.conf")], port)
        server.start()
        try:
            yield server
        finally:
            server.close()


def configuration(folder: Path, port: int, capability: str, tokeninfo: str) -> str:
    """Of a Dovecot that needs nothing but its folder, started by root or by anybody."""
    root = os.getuid() == 0
    internal, login = ("dovecot", "dovenull") if root else (pwd.getpwuid(os.getuid()).pw_name,) * 2
    oauth = ""
    if tokeninfo:
        (folder / "oauth.conf").write_text(f"tokeninfo_url = {tokeninfo}?access_token=\nusername_attribute = email\n")
        oauth = (f"auth_mechanisms = plain login xoauth2\npassdb {{\n driver = oauth2\n mechanisms = xoauth2\n"
                 f" args = {folder}/oauth.conf\n}}\n")
    return f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = {internal}
default_login_user = {login}
first_valid_uid = 0
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
mailbox_idle_check_interval = 1 secs
{f"imap_capability = {capability}" if capability else ""}
{oauth}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={internal} gid={internal} home={folder}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
