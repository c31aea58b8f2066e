"""What a decision about a sender may not do, and what taking it back leaves alone."""

import pytest
from sqlalchemy import func, select

from contacts.address import Holding
from contacts.addressing import holdings_of, retire
from contacts.agent import Agent
from contacts.person import Person
from core.errors import Refused
from core.options import set_option
from desk.blocking import block, is_blocked
from desk.mailboxes import add_mailbox
from desk.policy import policy, save_policy
from desk.tickets.deciding_together import settle_domain
from desk.tickets.strangers import candidates_now
from desk.tickets.ticket import Ticket
from desk.tickets.undeciding import undo
from tests.desk.test_intake import person
from tests.desk.test_policy import decide
from tests.letters_made import mail


@pytest.fixture(autouse=True)
def asked(db):
    set_option(db, "intake.unknown_sender", "ask")


@pytest.mark.parametrize("sender", ["ole@gmail.com", "colleague@desk.example"])
def test_no_domain_is_blocked_that_is_everybodys_or_ours(arrive, db, nora, sender):
    ticket = arrive(mail(f"Ole Vang <{sender}>")).ticket
    with pytest.raises(Refused) as refused:
        decide(db, ticket, nora, spam=True, block_what="domain")
    assert list(refused.value.errors) == ["block"] and not is_blocked(db, sender)
    assert decide(db, ticket, nora, spam=True, block_what="address").given["blocked"] == sender


@pytest.mark.parametrize("ours", ["support@desk.example", "nora@desk.example", "@desk.example"])
def test_what_is_ours_is_never_blocked(db, support, nora, ours):
    with pytest.raises(Refused):
        block(db, ours)


def test_what_was_blocked_before_stays_blocked(arrive, db, nora):
    ticket = arrive(mail("Ole Vang <ole@kunde.example>")).ticket
    block(db, "@kunde.example")
    undo(db, decide(db, ticket, nora, spam=True, block_what="domain"), by=nora)
    assert is_blocked(db, "ole@kunde.example") and ticket.held


def test_the_rule_that_another_replaced_comes_back_to_its_place(arrive, db, nora, jonas):
    first = arrive(mail("Ole Vang <ole@kunde.example>")).ticket
    decide(db, first, nora, none=True, then={"act": "never"})
    before = policy(db).rules
    save_policy(db, [{"when": {"free_mail": True}, "then": {"act": "ask"}}, *(one.as_dict() for one in before)], {}, by=jonas)
    made = decide(db, first, nora, spam=True, then={"act": "spam"})
    assert [one.act for one in policy(db).rules] == ["spam", "ask"]
    undo(db, made, by=nora)
    assert [(one.act, one.id in {rule.id for rule in before}) for one in policy(db).rules] == [("never", True), ("ask", False)]


def test_whoever_was_given_more_since_is_not_deleted(arrive, db, nora):
    """The person made here asks on another ticket too by now: taking the first back leaves them there."""
    first, other = arrive(mail("Ole Vang <ole@kunde.example>")).ticket, arrive(mail("Ole Vang <ole@home.example>")).ticket
    made = decide(db, first, nora, create={"first_name": "Ole", "last_name": "Vang"})
    ole = first.requester
    decide(db, other, nora, person=ole, add_address=True)
    undo(db, made, by=nora)
    assert ole.living and other.requester_id == ole.id and (first.held, first.requester_id) == (True, None)


def test_what_an_agent_does_not_see_waits_for_those_who_do(arrive, db, nora):
    """Spam and no record are said of tickets that the agent sees; whose an address is holds in every mailbox."""
    board = add_mailbox(db, "board@desk.example", "Board", open_to_all=False)
    seen, unseen = arrive(mail("Ole Vang <ole@kunde.example>")).ticket, arrive(mail("Ole Vang <ole@kunde.example>", subject="Two"), board).ticket
    undo(db, decide(db, seen, nora, spam=True), by=nora)
    decide(db, seen, nora, none=True)
    assert (seen.held, unseen.held, unseen.state) == (False, True, "new")
    decide(db, seen, nora, person=person(db, "Eva Lie", "eva@kunde.example"), add_address=True)
    assert not unseen.held


def test_a_ticket_keeps_how_its_last_decision_is_taken_back(arrive, db, nora, jonas):
    ticket = arrive(mail("Ole Vang <ole@kunde.example>")).ticket
    assert isinstance(nora, Agent) and "undo" not in ticket.identification
    first = decide(db, ticket, nora, none=True)
    second = decide(db, ticket, jonas, create={"last_name": "Vang"})
    assert ticket.identification["undo"] == second.uid
    undo(db, second, by=jonas)
    assert ticket.identification["undo"] == first.uid
    undo(db, first, by=nora)
    assert "undo" not in ticket.identification and ticket.held


def test_a_whole_domain_is_created_though_some_are_nobodys_names(arrive, db, nora):
    """Bulk by domain: what a desk calls itself is a name to be completed, and stops nobody else's."""
    for sender in ("IT Support <it@kunde.example>", "post@kunde.example", "Ole Vang <ole@kunde.example>"):
        arrive(mail(sender))
    kept, settled = settle_domain(db, nora, "kunde.example", "create")
    assert settled == 3
    assert db.execute(select(Person.first_name, Person.last_name).order_by(Person.id)).all() == [
        ("", "IT Support"), ("", "post@kunde.example"), ("Ole", "Vang")]
    undo(db, kept, by=nora)
    assert db.scalar(select(func.count()).select_from(Ticket).where(Ticket.held)) == 3


def test_a_link_that_was_taken_back_speaks_for_nobody(arrive, db, nora):
    """Mads was the wrong one: that he was said to hold the address for a minute is no reason to propose him more."""
    mads = person(db, "Mads Holm", "mads@old.example")
    ticket = arrive(mail("Mads Holm <mads@new.example>")).ticket
    before = candidates_now(db, ticket)
    undo(db, decide(db, ticket, nora, person=mads, add_address=True), by=nora)
    assert candidates_now(db, ticket) == before != []
    assert [h.address.normalised for h in db.scalars(select(Holding).where(Holding.person_id == mads.id))] == ["mads@old.example"]


def test_whoever_had_the_address_before_is_named_for_that(arrive, db, nora):
    mads = person(db, "Mads Holm", "mads@old.example")
    retire(db, holdings_of(db, mads)[0], by=nora)
    found = candidates_now(db, arrive(mail("mads@old.example")).ticket)
    assert [clue["words"] for one in found for clue in one["evidence"] if clue["clue"] in ("address", "domain")] == [
        "Had the address mads@old.example before"]


def test_an_address_that_moved_and_came_back_is_primary_again(arrive, db, nora):
    set_option(db, "intake.unknown_sender", "create")
    ticket = arrive(mail("Ole Vang <post@kunde.example>")).ticket
    ole, eva = ticket.requester, person(db, "Eva Lie", "eva@other.example")
    undo(db, decide(db, ticket, nora, person=eva, move=True), by=nora)
    assert [holding.primary for holding in holdings_of(db, ole)] == [True]


def test_what_may_be_forged_is_left_for_a_look_of_its_own(arrive, db, nora, support):
    support.receiving_host = "mx.desk.example"
    failed = arrive(mail("Ole Vang <ole@kunde.example>", Authentication_Results="mx.desk.example; dmarc=fail header.from=kunde.example"),
                    transport="imap").ticket
    assert failed.trust["result"] == "fail"
    with pytest.raises(Refused) as refused:
        settle_domain(db, nora, "kunde.example", "create")
    assert "may be forged" in str(refused.value) and failed.held
    assert settle_domain(db, nora, "kunde.example", "spam")[1] == 1
