"""A person planted wherever a person can stand, with words that are nobody else's; and a walk through all that an agent can open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.activities import add_activity, edit_activity
from contacts.addressing import add_address
from contacts.agent import Agent
from contacts.at_hand import keep
from contacts.company import Company
from contacts.creating import create_company
from contacts.custom_fields import save_field
from contacts.duplicate_pair import DuplicatePair
from contacts.editing import create_person, edit_person, employ
from contacts.files import keep_file
from contacts.infotags import put_on, save_infotag
from contacts.mass_update import plan_update
from contacts.matter_kinds import KINDS as MATTERS
from contacts.matters import add_matter, edit_matter
from contacts.membership import add_members
from contacts.merging import merge
from contacts.notes import write_note
from contacts.person import Person
from contacts.photos import set_photo
from contacts.relating import relate
from contacts.relation import RelationKind
from contacts.selecting import add_members as add_chosen
from contacts.selecting import new_selection
from core import files
from core.clock import now
from core.database import Database, new_uid
from core.options import set_option
from desk.calendars import renew, signature
from desk.tickets.answering import reply
from desk.tickets.deciding import change_requester
from desk.tickets.drafting import Content, save_begun
from desk.tickets.message import Notification
from desk.tickets.ticket import Ticket
from jobs import fanout
from jobs import operations as operations_job
from tests.desk.web.tickets.conftest import Arrive
from tests.letters_made import mail

FIRST, LAST, FORMER, PART = "Zebulonqx", "Xanthoquist", "Oldnamewyx", "Partnamezyx"
MAIL, OTHER_MAIL, PHONE, TITLE, NUMBER = "zqx.write@planted.example", "xqz.home@planted.example", "+47 99 88 77 66", "Quartermasterqx", "K-QX77881"
#: What nobody but the planted person is called by, as it would stand in a page, a file or an address.
WORDS = (FIRST, LAST, FORMER, PART, "zqx.write", "xqz.home", "99 88 77 66", "99887766", TITLE, NUMBER, "Fieldvalueqx")
FIRM = "Kunde AS"
#: What may be followed: everything but files of the program, signing out, and other people's sites.
SKIPPED = re.compile(r"^/(static|sign-out|settings|outbox|forgotten|reset|healthz|readyz|metrics)\b")
#: Queries that no link leads to, and that would find the person.
ASKED = [f"/{path}{word}" for word in (FIRST, LAST.lower(), MAIL, "99887766", TITLE, NUMBER) for path in (
    "persons?q=", "search?q=", "search/hits?q=", "recipients?q=", "quick/activity?person=", "activities?q=", "sales?q=", "orders?q=", "projects?q=", "campaigns?q=",
    "tickets?view=all&q=", "exports/persons.csv?q=", "companies?q=", "api/v1/persons?q=", "api/v1/tickets?q=")]
API = ("persons", "persons?sort=name", "companies", "tickets", "activities", "sales", "projects", "campaigns", "orders", "selections", "relations", "duplicates", "operations",
       "exports/persons.csv", "exports/persons.vcf", "exports/companies.csv", "routing-rules", "intake-rules", "agents", "teams", "criteria")
STARTS = ("/", "/tickets?view=all", "/tickets?view=held", "/tickets?view=mine", "/persons", "/persons?only=recent", "/persons?only=favourites", "/persons/duplicates", "/companies",
          "/activities", "/activities/week", "/activities/month", "/sales", "/campaigns", "/projects", "/orders", "/selections", "/operations", "/notifications", "/search/hits",
          "/exports/persons.csv", "/exports/persons.vcf", "/exports/companies.csv", "/exports/projects.csv", "/exports/sales.csv", "/profile", "/tokens", "/canned.json", "/live?view=all",
          "/companies/suggestions?q=kun", "/recipients?q=z", "/tickets/new", "/quick", "/imports/new?what=persons")


@dataclass
class Planted:
    """Ids of who was planted and where."""

    person: str
    company: str
    companion: str
    places: list[str] = field(default_factory=list)


def plant(database: Database, arrive: Arrive, nora: Agent, jonas: Agent) -> Planted:
    """Everywhere at once: what an agent did and what came in by mail."""
    with database.write() as db:
        by = db.get_one(Agent, nora.id)
        set_option(db, "intake.unknown_sender", "ask")
        firm = create_company(db, FIRM)
        person = _person(db, firm, by)
        friend = create_person(db, {"first_name": "Bodil", "last_name": "Friend"}, by=by, addresses=[{"value": "bodil@kunde.example"}], employments=[{"company": firm}])
        found = Planted(person.uid, firm.uid, friend.uid)
        _at_work(db, person, friend, firm, by, found)
        _lists(db, person, friend, by, found)
    asked = arrive(mail(f"{FIRST} {LAST} <{MAIL}>", subject="Printer"))
    copied = arrive(mail("bodil@kunde.example", subject="With a copy", Cc=f"{FIRST} {LAST} <{OTHER_MAIL}>"))
    held = arrive(mail("Sebulonkx Ksanthokvist <sx@elsewhere.example>", subject="Who is it"))
    told = arrive(mail("stranger@elsewhere.example", subject="Said to be somebody"))
    for number, subject in ((asked.number, "answer"), (copied.number, "answer")):
        with database.write() as db:
            reply(db, db.get_one(Ticket, number), by=db.get_one(Agent, nora.id), text=f"We look at it: {subject}.")
    with database.write() as db:
        by, him = db.get_one(Agent, nora.id), db.scalars(select(Person).where(Person.uid == found.person)).one()
        change_requester(db, db.get_one(Ticket, told.id), by, person=him)
        db.add(Notification(agent_id=nora.id, ticket_id=asked.id, event="new"))
        save_begun(db, by, new_uid(), "mail", Content(subject="Begun", to=MAIL), version=0)
    fanout.run()
    operations_job.run()
    found.places += [f"/tickets/{one.number}" for one in (asked, copied, held, told)]
    return found


def _person(db: Session, firm: Company, by: Agent) -> Person:
    person = create_person(db, {"first_name": FIRST, "last_name": FORMER, "title": "Temporary", "customer_number": NUMBER}, by=by, why="A reason",
                           addresses=[{"value": MAIL}, {"value": OTHER_MAIL}, {"kind": "phone", "value": PHONE}],
                           employments=[{"company": firm, "position": TITLE}])
    edit_person(db, person, {"last_name": LAST, "title": TITLE}, by=by)
    part = create_person(db, {"first_name": PART, "last_name": LAST}, by=by, exempt=True, addresses=[])
    merge(db, part, person, by=by)
    own = save_field(db, None, {"of": "person", "kind": "text", "name": "Nickname", "key": "nickname"}, by=by)
    edit_person(db, person, {}, by=by, custom={own.key: "Fieldvalueqx"})
    set_photo(db, person, files.put(b"a picture that is none"), by=by)
    put_on(db, person, save_infotag(db, None, {"name": "VIP", "kind": ""}, by=by), by=by)
    add_address(db, person, "link", f"https://planted.example/{FIRST}", by=by)
    return person


def _at_work(db: Session, person: Person, friend: Person, firm: Company, by: Agent, found: Planted) -> None:
    activity = add_activity(db, {"title": "Call back", "company_id": firm.id, "kind": "call", "at": now() + timedelta(hours=1)}, persons=[person, friend], agents=[by], by=by)
    notes = [write_note(db, "Asked for a price.", person=person, by=by), write_note(db, "About one of theirs.", person=person, company=firm, by=by)]
    kept = [keep_file(db, one, name=f"cv-{FIRST if one is person else 'bodil'}.pdf", kind="application/pdf", size=3, digest=files.put(b"pdf"), by=by)
            for one in (person, friend)]
    for kind in db.scalars(select(RelationKind).where(RelationKind.between == "person-person").limit(2)):
        relate(db, kind, person, friend, by=by)
    for kind in db.scalars(select(RelationKind).where(RelationKind.between == "person-company").limit(1)):
        relate(db, kind, person, firm, by=by)
    for key, kind in MATTERS.items():
        fields: dict[str, Any] = {"title": f"A matter of {key}"}
        if kind.customer:
            fields |= {"person_id": person.id, "company_id": firm.id}
        one = add_matter(db, kind, fields, by=by)
        if kind.members is not None:
            add_members(db, one, [person.uid, friend.uid], by=by)
        if kind.customer:
            edit_matter(db, one, {"person_id": friend.id}, by=by)
            edit_matter(db, one, {"person_id": person.id}, by=by)
        found.places.append(f"/{key}/{one.uid}")
    edit_activity(db, activity, {}, persons=[friend], by=by)
    edit_activity(db, activity, {}, persons=[person, friend], by=by)
    found.places += [f"/activities/{activity.uid}", f"/persons/{person.uid}/merge/{friend.uid}", "/live/tickets/1", f"/recipients/card?q={MAIL}",
                     f"/recipients/minded?ticket=1&q={MAIL}", *(f"/api/v1/notes/{one.uid}" for one in notes), *(f"/api/v1/files/{one.uid}" for one in kept)]
    other = create_company(db, "Other AS")
    employ(db, friend, other, primary=False, by=by)


def _lists(db: Session, person: Person, friend: Person, by: Agent, found: Planted) -> None:
    static = new_selection(db, {"of": "persons", "name": "Chosen"}, by=by)
    add_chosen(db, static, [person.uid, friend.uid], by=by)
    dynamic = new_selection(db, {"of": "persons", "kind": "dynamic", "name": "Has left not", "criteria": [
        {"field": "status", "op": "is", "value": "active"}]}, by=by)
    found.places += [f"/selections/{static.uid}", f"/selections/{dynamic.uid}", f"/selections/{static.uid}/mass-mail", f"/exports/persons.csv?selection={static.uid}",
                     f"/api/v1/persons?selection={static.uid}", f"/api/v1/selections/{static.uid}/count", f"/api/v1/selections/{dynamic.uid}/count"]
    for uid in (person.uid, friend.uid):
        keep(db, by, "person", uid, "favourite", on=True)
        keep(db, by, "person", uid, "subscribed", on=True)
    low, high = sorted((person.id, friend.id))
    db.add(DuplicatePair(person_id=low, other_id=high, points=60, evidence=[{"clue": "name", "points": 31, "words": "Same name"}]))
    plan_update(db, "persons", [person.uid, friend.uid], {"title": "Changed"}, by=by)
    renew(db, by)
    db.flush()
    found.places.append(f"/calendar/{by.uid}/{signature(by)}.ics")


@dataclass
class Walk:
    """What was opened: address → what stood there."""

    seen: dict[str, str] = field(default_factory=dict)
    endpoints: set[str] = field(default_factory=set)

    def at(self, *words: str) -> dict[str, str]:
        """Address → the first of these words that stands there. What was searched for stands in the field of the search, and is no find."""
        found = {}
        for url, body in self.seen.items():
            told = asked_of(url, body)
            word = next((word for word in words if word.casefold() in told.casefold()), None)
            if word:
                found[url] = word
        return found


def asked_of(url: str, body: str) -> str:
    """A page without the words that were asked for by its own address."""
    for word in sorted({*WORDS, MAIL, LAST.lower(), FIRM}, key=len, reverse=True):
        if word.casefold() in unquote_plus(urlsplit(url).query).casefold():
            body = re.sub(re.escape(word), "", body, flags=re.IGNORECASE)
    return body


def walk(app: Flask, client: FlaskClient, token: str, starts: Iterable[str], *, follow: bool = True) -> Walk:
    """Open these, and with ``follow`` everything that links lead to, and what the API lists, as whoever is signed in."""
    found, waiting, kinds = Walk(), list(dict.fromkeys(starts)), Counter[tuple[str, str]]()
    first = set(waiting)
    known = {part for url in first for part in ID.findall(urlsplit(url).path)}
    adapter = app.url_map.bind("localhost")
    while waiting:
        url = waiting.pop(0)
        path, asked = urlsplit(url).path, " ".join(re.findall(r"(?:^|&)(\w+)=", urlsplit(url).query))
        kind, alike = (path, asked), (ID.sub("#", path), asked)
        if url in found.seen or SKIPPED.match(url) or (url not in first and (
                kinds[kind] >= MOST_ALIKE or (kinds[alike] >= MOST_OTHERS and known.isdisjoint(ID.findall(path))))):
            continue
        kinds.update({kind, alike})
        headers = {"Authorization": f"Bearer {token}"} if url.startswith("/api/") else {"HX-Request": "true"} if "/hits" in url else {}
        answer = client.get(url, headers=headers)
        found.seen[url] = f"{answer.status_code} {answer.location or ''}\n{answer.get_data(as_text=True)}"
        if answer.status_code < 400:
            found.endpoints.add(adapter.match(urlsplit(url).path, method="GET")[0])
        if not follow:
            continue
        text = unescape(found.seen[url])
        if "/api/" in url:
            of = urlsplit(url).path.removeprefix("/api/v1/")
            waiting += [f"/api/v1/{of}/{uid}" for uid in re.findall(r'"(?:id|number)":\s*"?([0-9a-f]{24}|\d+)\b', text) if of in LISTS]
            if of.startswith("persons/") and of.count("/") == 1:
                waiting += [f"{urlsplit(url).path}/{part}" for part in ("employments", "files", "history", "infotags", "messages", "notes", "tickets", "vcard", "photo", "mail-lock")]
            if of.partition("/")[0] in ("sales", "campaigns", "projects") and of.count("/") == 1:
                waiting.append(f"{urlsplit(url).path}/members")
            if of.startswith("projects/") and of.count("/") == 1:
                waiting.append(f"{urlsplit(url).path}/notes")
            if of.startswith("tickets/"):
                waiting += [f"/api/v1/messages/{uid}/raw" for uid in re.findall(r'"id":\s*"([0-9a-f]{24})"', text)]
            if of.startswith("operations/") and of.count("/") == 1:
                waiting.append(f"{urlsplit(url).path}/items")
            if of.startswith("companies/") and of.count("/") == 1:
                waiting += [f"{urlsplit(url).path}/{part}" for part in ("files", "infotags", "notes")]
        elif answer.mimetype == "text/html":
            links = re.findall(r'(?:href|src|hx-get|data-url|data-card|data-suggest)="(/[^"#]*)', text)
            waiting += [one for one in dict.fromkeys(links) if one not in found.seen]
        if answer.location and answer.location.startswith("/"):
            waiting.append(answer.location)
        assert len(found.seen) < 3000, "the walk does not end"
    return found


#: Of one path with the same questions so many are opened: a calendar goes on for ever.
MOST_ALIKE = 1
#: Of one kind of record so many are opened beside those that it begins with: the page of a third activity is that of the first two.
MOST_OTHERS = 2
ID = re.compile(r"\b(?:[0-9a-f]{24}|\d+)\b")
LISTS = ("persons", "companies", "tickets", "activities", "sales", "projects", "campaigns", "orders", "selections", "relations", "operations")
