"""What ``skranke up`` says once the desk answers: where to go, and in the demo who to be."""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from core import logs
from core.settings import settings

Hello = Callable[[], None]
PATIENCE = 60.0


def run(hello: Hello) -> None:
    """Wait until the web answers, then say hello. A process of its own under ``skranke up``."""
    logs.configure("hello")
    if answers(f"http://{settings().web}/healthz", PATIENCE):
        hello()
    else:
        say(f"\n  The web desk does not answer at http://{settings().web}; the lines above say why.\n")


def hello() -> None:
    """Where things are."""
    say(f"""
  Skranke is open at  {settings().url}
  Mail comes in at    smtp://{settings().smtp}
  Everything is kept in {settings().data.absolute()}

  First time? Add yourself and a mailbox from another terminal:
    skranke agent add you@company.example --role admin --password-stdin
    skranke mailbox add support@company.example --name Support

  Ctrl-C ends it.
""")


def demo() -> None:
    """Send the demo's letters through the door, then say who to sign in as and what to try."""
    from skranke.demo import play, telling

    say(telling.welcome())
    play.play()
    say(telling.tour())


def answers(url: str, seconds: float) -> bool:
    """Whether something answers there before the time is over, with whatever status."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.1)
    return False


def say(text: str) -> None:
    """To the person at the terminal, not to the log."""
    print(text, file=sys.stdout, flush=True)
