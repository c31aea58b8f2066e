"""Who asks is said once more, and differently: nothing of the earlier word is left, and what came by itself stays (S83)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from contacts.address import Address, Holding
from contacts.company import ServiceLevel
from contacts.handing_on import hand_on
from desk.tickets.deciding import change_requester
from desk.tickets.doubting import doubts
from desk.tickets.recipients import Recipient, answer_to
from desk.tickets.senders import change_sender
from desk.tickets.undeciding import Before, block_sender, remember, undo
from tests.desk.test_intake import person
from tests.letters_made import mail

OLE = "ole@kunde.example"


@pytest.fixture
def came(arrive, db):
    person(db, "Ole Vang", OLE)
    return arrive(mail(f"Ole Vang <{OLE}>"))


@pytest.fixture
def eva(db):
    return person(db, "Eva Lie", "eva@other.example")


@pytest.fixture
def kim(db):
    return person(db, "Kim Dal", "kim@third.example")


def to(came):
    return [one.address for part in answer_to(came.ticket, came.message, own=frozenset({"support@desk.example"})) for one in part]


def test_the_last_word_counts_for_messages_and_answers(came, db, nora, eva, kim):
    change_requester(db, came.ticket, nora, person=eva)
    change_requester(db, came.ticket, nora, person=kim)
    assert (came.message.person_id, to(came)) == (kim.id, ["kim@third.example"])
    change_requester(db, came.ticket, nora, person=kim)
    assert to(came) == ["kim@third.example"], "said twice is said once"
    change_requester(db, came.ticket, nora, none=True)
    assert (came.message.person_id, to(came), came.ticket.requester_address.value) == (None, [OLE], OLE)


def test_back_to_the_first_the_answer_goes_where_they_wrote_from(came, db, nora, eva):
    ole = came.ticket.requester
    change_requester(db, came.ticket, nora, person=eva)
    change_requester(db, came.ticket, nora, person=ole)
    assert (came.message.person_id, to(came)) == (ole.id, [OLE])


def test_from_now_on_is_said_of_the_address_it_came_from(came, db, nora, eva, kim):
    change_requester(db, came.ticket, nora, person=eva)
    change_requester(db, came.ticket, nora, person=kim, add_address=True, move=True)
    held = db.scalars(select(Holding).where(Holding.until.is_(None)).order_by(Holding.id)).all()
    assert {(one.person.name, one.address.value) for one in held} == {
        ("Eva Lie", "eva@other.example"), ("Kim Dal", "kim@third.example"), ("Kim Dal", OLE)}
    assert to(came) == [OLE]


def test_each_word_is_taken_back_by_itself(came, db, nora, eva, kim):
    ole, kept = came.ticket.requester, []
    for other in (eva, kim):
        before = Before(db, came.ticket)
        kept.append(remember(db, before, change_requester(db, came.ticket, nora, person=other), by=nora))
    undo(db, kept[1], by=nora)
    assert (came.message.person_id, came.ticket.requester_id, to(came)) == (eva.id, eva.id, ["eva@other.example"])
    undo(db, kept[0], by=nora)
    assert (came.message.person_id, came.ticket.requester_id, to(came)) == (ole.id, ole.id, [OLE])
    assert came.message.identification["how"] == "address"


def test_an_address_that_went_on_to_somebody_else_since_stays_with_them(came, db, nora, eva, kim):
    before = Before(db, came.ticket)
    kept = remember(db, before, change_requester(db, came.ticket, nora, person=eva, add_address=True, move=True), by=nora)
    hand_on(db, db.scalars(select(Holding).where(Holding.person_id == eva.id, Holding.address_id == came.message.sender_address_id)).one(), kim, by=nora)
    undo(db, kept, by=nora)
    held = db.scalars(select(Holding).join(Holding.address).where(Holding.until.is_(None), Address.value == OLE)).all()
    assert [one.person.name for one in held] == ["Kim Dal"]


def test_what_was_primary_is_so_again(came, db, nora, eva):
    before = Before(db, came.ticket)
    kept = remember(db, before, change_requester(db, came.ticket, nora, person=eva, add_address=True, move=True), by=nora)
    undo(db, kept, by=nora)
    [held] = db.scalars(select(Holding).where(Holding.until.is_(None), Holding.address_id == came.message.sender_address_id)).all()
    assert (held.person.name, held.primary) == ("Ole Vang", True)


@pytest.mark.parametrize("what", [{"create": {"first_name": "Ida", "last_name": "Vang"}}, {"person": True}])
def test_of_an_address_that_others_hold_no_other_ticket_follows(arrive, db, nora, what):
    holders = [person(db, name, "post@kunde.example") for name in ("Ole Vang", "Kari Vang")]
    other, ticket = (arrive(mail("post@kunde.example", subject=subject)).ticket for subject in ("One", "Two"))
    given = what if "create" in what else {"person": holders[0], "add_address": True}
    change_requester(db, ticket, nora, **given)
    assert ticket.requester is not None and other.requester is None


def test_blocked_is_who_wrote_and_not_whom_it_was_given_to(came, db, nora, eva):
    change_requester(db, came.ticket, nora, person=eva)
    assert block_sender(db, came.ticket, "address") == OLE


def test_what_was_said_of_one_message_alone_stays(came, db, nora, eva, kim):
    change_sender(db, came.message, eva, nora)
    change_requester(db, came.ticket, nora, person=kim)
    assert (came.message.person_id, came.ticket.requester_id) == (eva.id, kim.id)


def test_what_was_said_of_one_message_since_is_not_taken_back_with_the_rest(came, db, nora, eva, kim):
    before = Before(db, came.ticket)
    kept = remember(db, before, change_requester(db, came.ticket, nora, person=eva), by=nora)
    change_sender(db, came.message, kim, nora)
    undo(db, kept, by=nora)
    assert (came.message.person_id, came.ticket.requester.name) == (kim.id, "Ole Vang")


def test_what_only_claims_to_be_from_there_is_nobodys(came, arrive, db, nora, eva, support):
    support.receiving_host = "mx.desk.example"
    forged = arrive(mail(f"Ole Vang <{OLE}>", In_Reply_To=f"<{came.message.rfc_message_id}>", text="Pay elsewhere.",
                         Authentication_Results="mx.desk.example; dmarc=fail header.from=kunde.example"))
    assert (forged.ticket.id, forged.message.person_id) == (came.ticket.id, None)
    change_requester(db, came.ticket, nora, person=eva)
    assert (came.message.person_id, forged.message.person_id) == (eva.id, None)


def test_each_message_tells_who_said_it_and_when(came, db, nora, eva):
    change_requester(db, came.ticket, nora, person=eva)
    clue = came.message.identification["evidence"][-1]
    assert came.message.identification["how"] == "agent"
    assert (clue["words"], bool(clue["at"])) == ("Nora Vik said who it is.", True)


def test_what_anothers_level_promised_holds_no_more(came, db, nora, eva, kim):
    eva.service_level_id = _level(db).id
    change_requester(db, came.ticket, nora, person=eva)
    assert came.ticket.priority == 1 and came.ticket.due_at is not None
    change_requester(db, came.ticket, nora, person=kim)
    assert (came.ticket.priority, came.ticket.due_at) == (3, None)


def test_from_contact_to_contact_but_never_from_who_took_it(came, db, nora, jonas, eva, kim):
    eva.support_contact_id, kim.support_contact_id = nora.id, jonas.id
    change_requester(db, came.ticket, nora, person=eva)
    change_requester(db, came.ticket, nora, person=kim)
    assert came.ticket.assignee is jonas
    came.ticket.assignee_id = nora.id
    db.flush()
    db.expire(came.ticket, ["assignee"])
    change_requester(db, came.ticket, nora, person=kim)
    assert came.ticket.assignee is nora


def test_whom_it_was_taken_for_before_is_warned_of(came, db, nora, eva):
    """A draft may still be addressed to them."""
    both = [Recipient(OLE), Recipient("eva@other.example")]
    assert not [one for one in doubts(db, came.ticket, both, came.message) if one.address == OLE]
    change_requester(db, came.ticket, nora, person=eva)
    assert [(one.address, one.heed["say"]) for one in doubts(db, came.ticket, both, came.message)] == [(OLE, "no longer the requester")]


def _level(db):
    level = ServiceLevel(name="Gold", priority=1, first_answer_minutes=60, next_answer_minutes=None, business_hours=False)
    db.add(level)
    db.flush()
    return level
