"""What the demo's agents have noted and planned around their customers: activities, notes, sales, projects, a campaign and orders, all invented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from contacts import matter_kinds as kinds
from contacts.activities import add_activity
from contacts.agent import Agent
from contacts.company import Company
from contacts.matters import add_matter
from contacts.membership import add_members
from contacts.notes import write_note
from contacts.order_lines import Line
from contacts.person import Person
from contacts.stages import stages
from core.clock import now

#: Kind, title, person, owner, days from today, time ("" for the whole day), minutes, state.
ACTIVITIES = (
    ("task", "Spørre om opplæring for to", "ingrid", "nora", -3, "", 0, "open"),
    ("call", "Velkomstsamtale, ny lønnsansvarlig", "ingrid", "nora", 1, "09:30", 30, "open"),
    ("appointment", "Årsmøte om avtalen", "ingrid", "jonas", 4, "10:00", 90, "open"),
    ("call", "Fornyelse av avtalen", "ingrid", "jonas", -54, "13:00", 30, "done"),
    ("appointment", "Besøk på byggeplassen", "torbjorn", "nora", 2, "08:30", 120, "open"),
    ("task", "Sende tilbud på skannere", "torbjorn", "nora", 1, "", 0, "in_progress"),
    ("call", "Ringe om heis 2", "solveig", "nora", 0, "14:00", 15, "open"),
    ("task", "Sjekke tilgangslisten", "marit", "kari", -1, "", 0, "open"),
    ("appointment", "Driftsmøte", "hakon", "kari", 3, "12:00", 60, "open"),
    ("appointment", "Besøg på værkstedet", "soren", "freja", 4, "10:00", 60, "open"),
    ("task", "Pris på etiketter", "lone", "freja", 6, "", 0, "open"),
    ("call", "Uppföljning av leveransen", "petra", "kari", 2, "11:00", 20, "open"),
    ("appointment", "Quarterly review", "hannah", "jonas", 7, "15:00", 60, "open"),
    ("task", "Send the printed catalogues", "hannah", "jonas", -12, "", 0, "done"),
    ("task", "Find a new date for the training", "george", "kari", None, "", 0, "open"),
    ("appointment", "Demonstration", "aino", "jonas", -8, "09:00", 60, "cancelled"),
)
#: Person, author, text, whether it is private, whether it stands on the company too.
NOTES = (
    ("ingrid", "nora", "Vil helst ha svar før kl. 11, lønnskjøringen går kl. 12.", False, False),
    ("ingrid", "jonas", "Ingrid bestemmer om ny modul, Per er med i møtet.", False, True),
    ("ingrid", "nora", "Nevnte at hun kanskje bytter jobb til våren.", True, False),
    ("torbjorn", "nora", "Snakket om skannerne på telefon. Vil ha tre, svarer når budsjettet er klart.", False, True),
    ("soren", "freja", "Foretrækker telefon om formiddagen.", False, False),
    ("hannah", "jonas", "Met at the fair. Opening two more shops in spring.", False, True),
    ("petra", "kari", "Vill ha fakturan till Karin från och med nu.", False, False),
)
#: Title, person, owner, days from today, stage, amount, currency, state.
SALES = (
    ("Tre skannere til lageret", "torbjorn", "nora", 9, "Offer sent", 58_500, "NOK", "open"),
    ("Lønnsmodul, ti plasser", "ingrid", "jonas", 20, "Negotiation", 124_000, "NOK", "open"),
    ("Etiketter for et år", "soren", "freja", -4, "Needs known", 18_400, "DKK", "open"),
    ("Support agreement, two new shops", "hannah", "jonas", -40, "Agreed by word", 6_200, "GBP", "sold"),
    ("Nya läsare", "petra", "kari", -25, "Offer sent", 41_000, "SEK", "lost"),
)
#: Kind, title, owner, first day from today, days, whose main company, members with their role or status.
TOGETHER = (
    (kinds.PROJECTS, "Nytt lager på Alnabru", "nora", -30, 120, "torbjorn", (("torbjorn", "Byggeleder"), ("solveig", "Heiser"), ("marit", ""))),
    (kinds.PROJECTS, "Innføring av lønnsmodulen", "jonas", -10, 60, "ingrid", (("ingrid", "Bestiller"),)),
    (kinds.CAMPAIGNS, "Vårmessen", "freja", 40, 30, "", (("ingrid", "answered"), ("soren", "chosen"), ("petra", "declined"), ("hannah", "taking_part"))),
)
#: Title, person, owner, days from today, state, lines: text, quantity, price of one.
ORDERS = (
    ("", "torbjorn", "nora", -3, "confirmed", (("Håndskanner, trådløs", 3, 4_990), ("Ladestasjon", 3, 890), ("Opplæring, timer", 2, 1_250))),
    ("Etiketter", "soren", "freja", -21, "delivered", (("Etiketter 100 × 50, rull", 24, 149),)),
)


def around(db: Session, persons: Mapping[str, Person], agents: Mapping[str, Agent]) -> None:
    """Plan and note them."""
    for kind, title, person, owner, days, at, minutes, state in ACTIVITIES:
        begins = _moment(days, at) if days is not None else None
        activity = add_activity(db, {
            "kind": kind, "title": title, "at": begins, "whole_day": begins is not None and not at, "company_id": _company_id(persons[person]),
            "ends_at": begins + timedelta(minutes=minutes) if begins and minutes else None}, persons=[persons[person]], by=agents[owner], state=state)
        if activity.done_at is not None and begins is not None:
            activity.done_at = begins + timedelta(minutes=minutes)
    for number, (person, author, text, private, also) in enumerate(NOTES):
        company = db.get(Company, _company_id(persons[person]) or 0) if also else None
        note = write_note(db, text, person=persons[person], company=company, private=private, by=agents[author])
        note.at = now() - timedelta(days=4 * (len(NOTES) - number), hours=number)


def _company_id(person: Person) -> int | None:
    return person.employment.company_id if person.employment else None


def _moment(days: int, at: str) -> datetime:
    """A time of day in Oslo; noon UTC for a whole day."""
    zone = ZoneInfo("Europe/Oslo")
    day = (now() + timedelta(days=days)).astimezone(zone).date()
    return datetime.combine(day, time.fromisoformat(at), zone).astimezone(UTC) if at else datetime.combine(day, time(12), UTC)


def deals(db: Session, persons: Mapping[str, Person], agents: Mapping[str, Agent]) -> None:
    """What is sold to them, what they work on with us, and what they ordered."""
    offered = {stage.name: stage.id for stage in stages(db)}
    for title, person, owner, days, stage, amount, currency, state in SALES:
        add_matter(db, kinds.SALES, _with(persons[person]) | {"title": title, "at": _moment(days, ""), "stage_id": offered[stage], "amount": amount * 100, "currency": currency,
                                                              "state": state}, by=agents[owner])
    for kind, title, owner, days, lasts, customer, members in TOGETHER:
        begins = (now() + timedelta(days=days)).date()
        matter = add_matter(db, kind, {"title": title, "starts_on": begins, "ends_on": begins + timedelta(days=lasts)} | (
            _with(persons[customer]) if customer else {}), by=agents[owner])
        for person, standing in members:
            add_members(db, matter, [persons[person].uid], standing=standing, by=agents[owner])
    for title, person, owner, days, state, lines in ORDERS:
        add_matter(db, kinds.ORDERS, _with(persons[person]) | {"title": title, "at": _moment(days, ""), "state": state},
                   lines=[Line(text, quantity * 1000, price * 100) for text, quantity, price in lines], by=agents[owner])


def _with(person: Person) -> dict[str, int | None]:
    return {"person_id": person.id, "company_id": _company_id(person)}
