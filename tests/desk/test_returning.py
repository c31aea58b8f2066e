"""A person is deleted, writes, and is restored: what was held is theirs again."""

from sqlalchemy import select

from contacts.binning import bin_person
from contacts.giving_back import clashes
from contacts.identifying import address_row, hold
from contacts.person import Person
from core.history import FactRow, FactSubject
from desk.tickets.facts import RequesterChanged
from desk.tickets.returning import restore_person
from tests.letters_made import mail


def test_a_held_ticket_finds_its_person_again(arrive, db, jonas):
    ole = arrive(mail()).ticket.requester
    bin_person(db, ole, by=jonas)
    held = arrive(mail(subject="Another")).ticket
    assert (held.held, held.requester_id, held.requester_name) == (True, None, "")
    assert restore_person(db, ole, by=jonas) == [held]
    assert (held.held, held.requester, held.requester_name) == (False, ole, "Ole Vang")
    assert held.identification["evidence"][-1]["words"] == "Jonas Berg restored the person, who holds this address."
    changed = db.scalars(select(FactRow).join(FactSubject, FactSubject.fact_id == FactRow.id).where(
        FactSubject.subject_uid == held.uid, FactRow.kind == RequesterChanged.kind)).all()
    assert [(row.by_uid, row.data["person_uid"]) for row in changed] == [(jonas.uid, ole.uid)]


def test_what_joined_a_ticket_meanwhile_is_theirs_again(arrive, db, support, jonas):
    support.receiving_host = "mx.desk.example"
    first = arrive(mail(message_id="one@kunde.example"))
    ole = first.ticket.requester
    bin_person(db, ole, by=jonas)
    answers = {"subject": "Re", "In_Reply_To": "<one@kunde.example>"}
    joined = arrive(mail(text="More.", **answers)).message
    forged = arrive(mail(text="Pay.", Authentication_Results="mx.desk.example; dmarc=fail", **answers), transport="imap").message
    assert (joined.person_id, forged.person_id) == (None, None)
    restore_person(db, ole, by=jonas)
    db.refresh(joined)
    db.refresh(forged)
    assert (joined.person_id, joined.origin_person_id, forged.person_id) == (ole.id, ole.id, None)


def test_what_may_be_forged_stays_held(arrive, db, support, jonas):
    support.receiving_host = "mx.desk.example"
    ole = arrive(mail()).ticket.requester
    bin_person(db, ole, by=jonas)
    held = arrive(mail(subject="Another", Authentication_Results="mx.desk.example; dmarc=fail"), transport="imap").ticket
    assert restore_person(db, ole, by=jonas) == []
    assert held.held


def test_an_address_that_another_holds_too_stays_a_question(arrive, db, jonas):
    ole = arrive(mail()).ticket.requester
    bin_person(db, ole, by=jonas)
    held = arrive(mail(subject="Another")).ticket
    eva = Person(first_name="Eva", last_name="Vang", sort_name="vang eva")
    db.add(eva)
    db.flush()
    hold(db, address_row(db, "ole@kunde.example"), eva, origin="agent", primary=True)
    (clash,) = clashes(db, [ole])
    assert restore_person(db, ole, by=jonas, answers={clash.key: "share"}) == []
    assert held.held
