"""What the demo says on the screen."""

from __future__ import annotations

import json

from core.settings import settings
from skranke.demo.people import AGENTS, DOMAIN, MAILBOXES, PASSWORD


def welcome() -> str:
    """Where to go and who to be; said at once."""
    width = max(len(a.email) for a in AGENTS.values())
    agents = "\n".join(f"    {a.email:<{width}}  {a.name}, {a.role}, {a.language}" for a in AGENTS.values())
    return f"""
  Skranke's demo desk is open at  {settings().url}

  Sign in with the password  {PASSWORD}  as
{agents}

  About 40 letters are coming in through the SMTP door just now ..."""


def hand_out() -> None:
    """Let the sign-in page say who one can be."""
    (settings().data / "sign-ins.json").write_text(json.dumps([
        {"name": a.name, "email": a.email, "password": PASSWORD, "role": a.role} for a in AGENTS.values()]))


def tour() -> str:
    """What to try; said when the letters are filed."""
    boxes = ", ".join(f"{key}@{DOMAIN}" for key in MAILBOXES)
    return f"""\
  They are in. What to try, signed in as Nora:
    - Mine: Ingrid cannot sign in. Her card is at the right; “Why?” tells how she was recognised. Answer her.
    - All: a letter from Ingrid about a new bank account. It is not hers: see the warning.
    - Unknown senders: Mads writes from an address nobody knows. The workshop's mailbox asks you who he is.
    - Jonas's mail to Vidar came back: the address is marked on Vidar's card.
    - Search for “hanse”, “jonsdottir” or “kompressor”.
    - What you send is caught at  {settings().url}/outbox
    - Write to the desk yourself ({boxes}):
        curl smtp://{settings().smtp} --mail-from me@post.example --mail-rcpt sales@{DOMAIN} -T letter.eml
    - As admin: Settings, Mail shows every letter that came in or went out, and why.

  Ctrl-C ends it; the next start begins afresh.
"""
