"""Furnishing the demo desk: agents, mailboxes, companies, persons, canned replies, and what happened long ago."""

from __future__ import annotations

import random
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sqlalchemy.orm import Session

from contacts.absence import set_absence
from contacts.address import normalise_email
from contacts.addressing import normal
from contacts.agent import Agent, Team
from contacts.company import Business, Category, Company, ServiceLevel
from contacts.creating import create_company, index_person
from contacts.enrolling import add_agent
from contacts.facts import PersonCreated
from contacts.identifying import address_row, hold
from contacts.ordering import keys_of_person
from contacts.person import Employment, LegalBasis, Person
from contacts.relating import relate
from contacts.relation import RelationKind
from core.clock import now
from core.history import record
from core.i18n import N_
from core.options import set_option
from desk.inbound import Delivery, accept
from desk.mailboxes import Mailbox, add_mailbox
from desk.policy import save_policy
from desk.routing_rules import save_rule
from desk.tickets.message import CannedReply
from skranke.demo.around import around, deals
from skranke.demo.figures import long_ago
from skranke.demo.mailing import HOST
from skranke.demo.people import (
    AGENTS,
    AWAY,
    BUSINESSES,
    CANNED,
    CATEGORIES,
    COMPANIES,
    DOMAIN,
    EARLIER,
    GREETINGS,
    LEVELS,
    MAILBOXES,
    PASSWORD,
    PERSONS,
    RELATIONS,
    CompanyOf,
    PersonOf,
)

Agents = dict[str, Agent]


def furnish(db: Session) -> None:
    """Everything that is there before the first letter comes."""
    set_option(db, "desk.name", "Skranke")
    agents = {key: add_agent(db, a.email, PASSWORD, name=a.name, role=a.role, language=a.language)
              for key, a in AGENTS.items()}
    for key, (deputy, since, left) in AWAY.items():
        set_absence(db, agents[key], begin=now().date() - timedelta(days=since), end=now().date() + timedelta(days=left),
                    deputy=agents[deputy], by=agents["admin"])
    team = Team(name="Verksted", members=[agents["kari"], agents["freja"]])
    db.add(team)
    lists(db)
    boxes = mailboxes(db)
    rules(db, team, boxes, agents["admin"])
    companies = {key: company(db, c, agents) for key, c in COMPANIES.items()}
    persons = {key: person(db, made, companies, agents) for key, made in PERSONS.items()}
    relations(db, persons, companies, agents["admin"])
    for prefix, name, language, text in CANNED:
        db.add(CannedReply(prefix=prefix, name=name, language=language, html=f"<p>{text}</p>"))
    db.flush()
    around(db, persons, agents)
    deals(db, persons, agents)
    for key, box, days, subject, text in EARLIER:
        earlier(db, PERSONS[key], boxes[box], days, subject, text)
    long_ago(db, boxes, agents)


def lists(db: Session) -> None:
    """The short lists that persons and companies are sorted by."""
    db.add_all([Category(name=name) for name in CATEGORIES])
    db.add_all([Business(name=name) for name in BUSINESSES])
    db.add_all([ServiceLevel(name=name, first_answer_minutes=minutes, priority=priority, place=place)
                for place, (name, (minutes, priority)) in enumerate(LEVELS.items(), start=1)])
    db.flush()


def mailboxes(db: Session) -> dict[str, Mailbox]:
    """Three mailboxes; the workshop's asks about strangers, the others make a person of them."""
    boxes = {}
    for key, (name, language, signature) in MAILBOXES.items():
        boxes[key] = add_mailbox(db, f"{key}@{DOMAIN}", name, language=language, signature=signature, receiving_host=HOST,
                                 signatures={code: text % name for code, text in GREETINGS.items() if code != language})
    set_option(db, "intake.unknown_sender", "ask", boxes["verksted"].uid)
    return boxes


def rules(db: Session, team: Team, boxes: dict[str, Mailbox], by: Agent) -> None:
    """What comes before the choice about strangers, and where new tickets go."""
    save_policy(db, [{"when": {"free_mail": True}, "then": {"act": "ask"}},
                     {"when": {"mailboxes": [boxes["verksted"].uid], "languages": ["sv"]}, "then": {"act": "create", "team": team.uid}}],
                {}, by=by)
    save_rule(db, None, name="Verksted", active=True, conditions={"words": ["kompressor*", "heis*"]},
              acts={"team": team.uid, "tags": ["verksted"]}, by=by)


def company(db: Session, made: CompanyOf, agents: Agents) -> Company:
    """One customer company."""
    return create_company(
        db, made.name, how="demo", domains=made.domains, language=made.language, phone=made.phone,
        address=made.address, website=f"www.{made.domains[0]}", our_contact=agents[made.contact],
        category=db.query(Category).filter_by(name=made.category).one(),
        business=db.query(Business).filter_by(name=made.business).one())


def person(db: Session, made: PersonOf, companies: dict[str, Company], agents: Agents) -> Person:
    """One person, with all addresses, an employment where there is one, and why we hold them."""
    at = now() - timedelta(days=random.Random(made.addresses[0]).randint(200, 900))  # noqa: S311 - a date to look at
    of = companies.get(made.company)
    row = Person(
        first_name=made.first, last_name=made.last, **keys_of_person(made.first, made.last),
        preferred_language=made.language, title=(made.title or None) if of is None else None, private_customer=of is None,
        service_level=db.query(ServiceLevel).filter_by(name=made.level).one() if made.level else None,
        support_contact=agents.get(made.support), our_contact=of.our_contact if of else None,
        category=of.category if of else None, business=of.business if of else None,
        created_how="demo", created_why=N_("Came with the demo."), created_at=at)
    db.add(row)
    db.flush()
    if of is not None:
        db.add(Employment(person_id=row.id, company_id=of.id, position=made.title, started_on=at.date()))
    db.add(LegalBasis(person_id=row.id, basis="contract" if of else "legitimate_interest", source="demo", at=at))
    for number, address in enumerate(made.addresses):
        hold(db, address_row(db, normalise_email(address), f"{made.first} {made.last}"), row, origin="agent",
             proof="authenticated" if number == 0 else "none", primary=number == 0)
    phones = normal("phone", made.phone) if made.phone else ()
    for phone in phones:
        hold(db, address_row(db, phone, kind="phone"), row, origin="agent", primary=True, label="mobile")
    index_person(db, row, [*made.addresses, *phones], of.name if of else "")
    record(db, PersonCreated(row.uid, "demo", of.uid if of else None), at=at)
    return row


def relations(db: Session, persons: dict[str, Person], companies: dict[str, Company], by: Agent) -> None:
    """Who is what to whom."""
    for name, first, second, details, days in RELATIONS:
        relate(db, db.query(RelationKind).filter_by(name=name).one(), persons.get(first) or companies[first],
               persons.get(second) or companies[second], details=details, until=now().date() + timedelta(days=days) if days else None, by=by)


def earlier(db: Session, made: PersonOf, box: Mailbox, days: int, subject: str, text: str) -> None:
    """A request of long ago, taken over from an archive: closed, and nobody is sent anything."""
    at = now() - timedelta(days=days, hours=days % 7, minutes=days % 50)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{made.first} {made.last} <{made.addresses[0]}>"
    mail["To"], mail["Subject"], mail["Date"] = box.address, subject, format_datetime(at)
    mail["Message-ID"] = f"<earlier.{days}.{made.addresses[0]}>"
    mail.set_content(f"{text}\n\n{made.first} {made.last}\n")
    raw = mail.as_bytes()
    accept(db, Delivery(box.id, "import", mail["Message-ID"], raw, archive=True), at=at)
