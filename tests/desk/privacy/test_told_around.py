"""A privacy report tells what stands around the record: until when it is kept, who looked it up, who got it, what is restricted and asked for."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from pypdf import PdfReader
from sqlalchemy import select, update

from contacts.activities import add_activity
from contacts.addressing import add_address
from contacts.editing import create_person, person_called
from contacts.lookup import Lookup, looked_at
from contacts.order import Order, OrderLine
from contacts.person import Person
from contacts.restricting import restrict
from contacts.sale import Sale, SaleStage
from core.clock import now
from core.i18n import speaking
from core.operations import Operation
from desk.disclosures import recipients
from desk.legal_holds import lift_hold, set_hold
from desk.mailboxes import Mailbox
from desk.privacy import asking
from desk.privacy.kept import PrivacyReport
from desk.privacy.wording import value_said
from desk.retention.rule import RetentionRule
from desk.rights import casework
from desk.rights.opening import open_case
from desk.tickets.answering import begin, note, reply
from desk.tickets.ticket import Ticket


def entries(told, section):
    return [one for found in told["sections"] if found["section"] == section for one in found["entries"]]


def test_it_says_until_when_they_are_kept(desk):
    """Article 15(1)(d): the day by the rules of retention and why, in the language of the report; without a rule that there is none."""
    assert desk.told(desk.make())["planned_deletion"] == {"at": None, "why": "No rule says when this record is deleted."}
    with desk.database.write() as db:
        ticket = db.get_one(Ticket, desk.ticket)
        ticket.enter("closed")
        db.add(RetentionRule(of="persons.legitimate_interest", active=True, period=24, unit="months", since="contact", act="erase"))
    planned = desk.told(desk.make(language="nb"))["planned_deletion"]
    assert planned["at"] > "2027"
    assert "Slettes for godt" in planned["why"]
    text = text_of(desk, desk.make(language="nb"))
    assert "Slettes for godt" in text


def test_look_ups_are_told_without_who(desk):
    """C-579/21: months, what for and how often, and never which colleague."""
    with desk.database.write() as db:
        for agent in (desk.jonas, desk.kari):
            looked_at(db, [desk.person()], "page", agent.id)
        looked_at(db, [desk.person()], "export", desk.kari.id)
        looked_at(db, [desk.person()], "persons", desk.kari.id)
        looked_at(db, [desk.person()], "persons", desk.jonas.id)
        db.execute(update(Lookup).where(Lookup.agent_id == desk.jonas.id, Lookup.purpose == "persons").values(day=now().date() - timedelta(days=1)))
    told = desk.told(desk.make())
    found = {one["fields"]["looked_for"]: one["fields"] for one in entries(told, "history") if one["record"] == "look_up"}
    assert {name: one["times"] for name, one in found.items()} == {"page": 2, "export": 1, "persons": 2}
    assert all(found[name]["first"] == found[name]["last"] == now().date().isoformat() for name in ("page", "export"))
    assert "Kari Dal" not in repr(found)
    out = [one["fields"] for one in entries(told, "recipients") if one["fields"].get("way") == "export"]
    today, before = now().date(), now().date() - timedelta(days=1)
    assert [(one["file"], one["times"], one["days"]) for one in out] == [
        ("export", 1, [today.isoformat()]), ("persons", 2, [before.isoformat(), today.isoformat()])], "which list, how often and when"
    assert not any({"name", "address"} & one.keys() for one in out), "a file of a colleague's is told, and not whose"
    for language, said in (("en", "List of persons (CSV)"), ("nb", "Liste over personer (CSV)"), ("da", "Liste over personer (CSV)"), ("sv", "Lista över personer (CSV)")):
        text = text_of(desk, desk.make(language=language))
        assert said in text and f"{today.year}" in text.split(said)[1]


def test_a_call_is_told_as_a_call(desk):
    """A ticket by telephone and what was said came by telephone, our answer to it went by mail, a note by nothing; who was made from it came by it too."""
    with desk.database.write() as db:
        jonas = desk.agent(db, desk.jonas)
        person = create_person(db, {"first_name": "Ida", "last_name": "Kvarme"}, by=jonas, how="ticket", exempt=True, addresses=[{"value": "ida@kunde.example"}])
        ticket = begin(db, db.get_one(Mailbox, desk.support.id), by=jonas, subject="Rang", text="The lamp is out.", channel="phone", requester=person)
        note(db, ticket, by=jonas, text="Sounded tired.")
        reply(db, ticket, by=jonas, text="We send one.")
        number = asking.ask(db, person, by=jonas).id
        add_activity(db, {"title": "Call back", "kind": "call", "at": now()}, persons=[person], agents=[jonas], by=jonas)
        name = f"#{ticket.number}"
    assert desk.run(number) == ("done", None)
    with desk.database.read() as db:
        report = db.scalars(select(PrivacyReport).where(PrivacyReport.operation_uid == db.get_one(Operation, number).uid)).one()
    told = desk.told(report)
    conversations = [one["fields"] for one in entries(told, "conversations")]
    assert [(one["direction"], one.get("channel")) for one in conversations if "direction" in one] == [("in", "phone"), ("note", None), ("out", "mail")]
    assert [one["channel"] for one in conversations if "direction" not in one] == ["phone"]
    assert [(one["fields"]["ticket"], one["fields"]["channel"]) for one in entries(told, "origin")] == [(name, "phone")]
    assert [one["fields"]["kind"] for one in entries(told, "activities")] == ["call"]
    said = {}
    for spoken in ("en", "nb", "da", "sv"):
        with speaking(spoken):
            said[spoken] = [value_said("channel", one) for one in ("mail", "phone", "chat", "web")]
    assert said == {"en": ["mail", "telephone", "chat", "web form"], "nb": ["e-post", "telefon", "chat", "nettskjema"],
                    "da": ["mail", "telefon", "chat", "webformular"], "sv": ["mejl", "telefon", "chatt", "webbformulär"]}


def test_recipients_are_those_of_the_desk(desk):
    """There is one way to say who got data: the report names whom the page of recipients names."""
    told = [(one["fields"]["way"], one["fields"]["address"]) for one in entries(desk.told(desk.make()), "recipients") if one["record"] == "recipient"]
    with desk.database.read() as db:
        person = db.scalars(select(Person).where(Person.uid == desk.person())).one()
        assert told == [(one.way, one.address) for one in recipients(db, [person.id])] == [("mail", "eva.lie@other.example")]


def test_restrictions_holds_and_requests_are_told_and_no_reasoning(desk):
    """Articles 15 and 18: also of who is restricted; that a legal hold stands is told, and neither why nor whose it is."""
    with desk.database.write() as db:
        jonas, person = desk.agent(db, desk.jonas), person_called(db, desk.person())
        case = open_case(db, "restriction", person=person, by=jonas)
        casework.edit(db, case, {"owner": jonas}, by=jonas)
        hold = set_hold(db, "person", person, {"reason": "Our lawyer fears a squabble.", "basis": "legal_claims", "owner": jonas,
                                               "review_on": now().date() + timedelta(days=90)}, by=jonas)
        lift_hold(db, hold, "The squabble is off.", by=jonas)
        restrict(db, person, ground="accuracy", reason="Says the title is wrong.", by=jonas)
    told = desk.told(desk.make())
    found = {one["record"]: one["fields"] for one in entries(told, "rights")}
    assert found["restrictions"]["ground"] == "accuracy" and found["restrictions"]["reason"] == "Says the title is wrong."
    assert found["rights_cases"]["kind"] == "restriction" and found["rights_cases"]["due_at"]
    assert found["legal_holds"].keys() == {"review_on", "lifted_at"}
    words = desk.words(desk.make())
    assert "squabble" not in words and "legal_claims" not in words
    assert "Jonas Berg" not in repr([one for one in entries(told, "history") if one["record"] == "changes"])
    assert "Kept by a legal hold" in text_of(desk, desk.make())


def text_of(desk, report):
    with desk.database.read() as db:
        return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(db.get_one(PrivacyReport, report.id).pdf)).pages).split())


def test_sums_are_told_as_people_count_them(desk):
    """Not in the smallest unit, nor in thousandths; of an order's lines too, in the order's currency. Whether mail arrives is told of e-mail addresses alone."""
    with desk.database.write() as db:
        person = person_called(db, desk.person())
        add_address(db, person, "phone", "+47 55 50 12 34", by=desk.agent(db, desk.jonas))
        stage = db.scalars(select(SaleStage)).first()
        db.add(Sale(stage=stage, title="Ten seats", amount=12_400_050, currency="NOK", person_id=person.id, at=now()))
        order = Order(title="Labels", number=7, currency="ISK", total=3_000, person_id=person.id, at=now())
        order.lines = [OrderLine(place=1, text="Paper", quantity=2_500, price=1_200, amount=3_000)]
        db.add(order)
    told = desk.told(desk.make())
    found = {one["record"]: one["fields"] for one in entries(told, "matters")}
    assert found["sales"]["amount"] == "124000.50"
    assert found["orders"]["total"] == "3000"
    assert {name: found["order_lines"][name] for name in ("quantity", "price", "amount", "order_id")} == {"quantity": 2.5, "price": "1200", "amount": "3000", "order_id": "Labels"}
    with speaking("nb"):
        assert value_said("amount", "124000.50") == "124\xa0000,5"
    arrives = {one["fields"]["kind"]: "health" in one["fields"] for one in entries(told, "addresses")}
    assert arrives == {"email": True, "phone": False}
