"""What PEERS.md says that others reached, measured once on one machine of two cores with a corpus like ours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """Figures of another desk: mails/s, p50/p95 in ms (at about 20 000 tickets), MB; ``—`` where nobody measured."""

    name: str
    empty: str
    filled: str
    list_page: str
    ticket_page: str
    person_page: str
    search: str
    memory: str


KNOWN = (
    Known("FreeScout (PHP, PostgreSQL)", "166", "89", "57/60", "99/105", "29/32", "30–1595", "90–146"),
    Known("django-helpdesk (SQLite)", "63", "41", "9/11 + 157/162", "37/98", "22/26", "37", "73–108"),
    Known("Roundup (SQLite)", "13", "50", "72/76", "556/566", "11/14", "64", "62–81"),
    Known("Request Tracker 5 (SQLite)", "18", "1.7", "802/1063 (2 000)", "180/259", "111/172", "—", "266–432"),
)
