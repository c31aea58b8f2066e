"""Who looked a person up, and who else got data of theirs (Art. 15 and 19 GDPR). For admins."""

from __future__ import annotations

from contacts.lookup import lookups
from desk.disclosures import recipients
from desk.telling import tell
from desk.web.api.bearer import me
from desk.web.api.finding import the_person
from desk.web.api.routing import get, post
from desk.web.api.schemas.disclosures import Lookup, NewTelling, Recipient, Told
from desk.web.requests import db, ring_after


@get("/persons/<uid:uid>/lookups", admin=True, moves=True)
def index_lookups(uid: str) -> list[Lookup]:
    """How often the person was looked up, by month, purpose and agent."""
    return [Lookup(month=one.month, purpose=one.purpose, agent=one.agent, count=one.count) for one in lookups(db(), [the_person(uid).id])]


@get("/persons/<uid:uid>/recipients", admin=True, moves=True)
def index(uid: str) -> list[Recipient]:
    """Who else got data of the person, and how, the latest first."""
    return [Recipient(way=one.way, address=one.address, name=one.name, count=one.count, first=one.first, last=one.last, tickets=one.tickets,
                      file=one.file, days=one.days)
            for one in recipients(db(), [the_person(uid).id])]


@post("/persons/<uid:uid>/recipients/tellings", status=201, admin=True, moves=True)
def create(uid: str, given: NewTelling) -> list[Told]:
    """Tell some of them that the data were corrected or are restricted: a mail for each, and what comes of it."""
    rows = tell(db(), the_person(uid), given.about, given.to, by=me())
    ring_after("outbound")
    return [Told(address=one.address, outcome=one.outcome or "under_way") for one in rows]
