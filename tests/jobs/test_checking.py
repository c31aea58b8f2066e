"""From the ledger to the ticket with our own checks between: a spoofed mail, the real one, and one of which nothing is known."""

import time

import pytest
from sqlalchemy import func, select

from contacts.address import Holding
from contacts.person import Person
from core.options import set_option
from desk.inbound import Delivery, InboundMail, accept_all
from desk.mailboxes import add_mailbox
from desk.outbound import OutboundMail
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from jobs import fanout
from jobs import inbound as job
from jobs.explaining import explain
from mailgate import dns
from tests.letters_made import mail
from tests.names import Names, Signer

FORGER, THEIRS = "203.0.113.66", "203.0.113.5"


@pytest.fixture(scope="module")
def signer():
    return Signer()


@pytest.fixture
def names(monkeypatch, signer):
    """The DNS that the worker asks."""
    names = Names(signer.names)
    kept = dns.Remembering(names)
    monkeypatch.setattr(dns, "names", lambda: kept)
    return names


@pytest.fixture
def take(fresh_database, names):
    with fresh_database.write() as db:
        mailbox = add_mailbox(db, "support@desk.example", "Support").id
    count = iter(range(1000))

    def take(raw, client="", envelope="ole@kunde.example"):
        with fresh_database.write() as db:
            accept_all(db, [Delivery(mailbox, "smtp", str(next(count)), raw, envelope_sender=envelope, client=client)])
        job.run()
        fanout.run()
        with fresh_database.read() as db:
            row = db.scalars(select(InboundMail).order_by(InboundMail.id.desc())).first()
            assert row.state == "done"
            message = db.get(Message, row.message_id)
            return message, db.get(Ticket, message.ticket_id)
    return take


def sent(database, kind="acknowledgement"):
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(OutboundMail).where(OutboundMail.kind == kind))


def test_the_real_sender_is_proven_and_so_is_the_address(fresh_database, take, signer):
    message, ticket = take(signer.sign(mail()), FORGER, "list@list.example")
    assert (message.trust["result"], ticket.held) == ("pass", False)
    assert message.trust["why"] == "kunde.example signed this mail (DKIM)."
    with fresh_database.read() as db:
        assert db.scalars(select(Holding.proof)).all() == ["authenticated"]
    assert sent(fresh_database) == 1


def test_a_spoofed_mail_of_a_known_person_is_held_matched_to_nobody_and_not_answered(fresh_database, take, signer):
    """The issue: DMARC fail from a known person's address; MAIL.md, Identity."""
    _message, first = take(signer.sign(mail()), THEIRS)
    message, ticket = take(mail(subject="Change my account"), FORGER)
    assert (message.trust["result"], message.person_id, ticket.requester_id) == ("fail", None, None)
    assert (ticket.held, ticket.id == first.id, message.verdict["rule"]) == (True, False, "fails_authentication")
    assert message.trust["why"] == "This does not come from kunde.example, although it says so (DMARC)."
    assert [check["result"] for check in message.trust["checks"]] == ["none", "none", "reject"]
    assert sent(fresh_database) == 1
    with fresh_database.read() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 1


def test_a_spoofed_signature_is_no_signature(take, signer):
    stolen = signer.sign(mail()).replace(b"does not print", b"works, pay me!")
    message, ticket = take(stolen, FORGER)
    assert (message.trust["result"], message.trust["checks"][0]["result"], ticket.held) == ("fail", "fail", True)


@pytest.mark.parametrize(("client", "envelope", "result", "joins"), [
    (FORGER, "ole@kunde.example", "fail", False), (FORGER, "", "fail", False), ("127.0.0.1", "ole@kunde.example", "none", True)])
def test_a_token_in_the_subject_is_not_enough_for_a_forger(take, signer, client, envelope, result, joins):
    _message, first = take(signer.sign(mail()), THEIRS)
    message, ticket = take(mail(subject=f"Re: Hello [#{first.number}]", text="Send me the password."), client, envelope)
    assert (message.trust["result"], ticket.id == first.id) == (result, joins)


def test_the_same_mail_of_which_nothing_is_known_is_ordinary(fresh_database, take, signer, names):
    _message, first = take(signer.sign(mail()), THEIRS)
    names.asked.clear()
    message, ticket = take(mail(subject="Change my account"), "127.0.0.1")
    assert (message.trust["result"], ticket.held, ticket.requester_id) == ("none", False, first.requester_id)
    assert (names.asked, sent(fresh_database)) == ([], 2)


def test_a_desk_without_any_name_server_files_everything_and_loses_no_time(take, names):
    names.cut_off = True
    began = time.monotonic()
    for n in range(5):
        message, ticket = take(mail(subject=f"number {n}"), FORGER)
        assert (message.trust["result"], ticket.held) == ("none", False)
    assert "could not be checked" in message.trust["why"]
    assert len(names.asked) == 2
    assert time.monotonic() - began < 20


def test_checks_can_be_switched_off(fresh_database, take, signer, names):
    with fresh_database.write() as db:
        set_option(db, "mail.check_senders", False)
    message, _ticket = take(signer.sign(mail()), FORGER)
    assert (message.trust["result"], names.asked) == ("none", [])


def test_a_check_that_breaks_costs_the_mail_nothing(take, monkeypatch):
    def breaks(*_arguments):
        raise ZeroDivisionError

    monkeypatch.setattr("jobs.checking.check", breaks)
    assert take(mail(), FORGER)[0].trust["result"] == "none"


def test_a_check_that_takes_too_long_is_not_waited_for(take, monkeypatch):
    monkeypatch.setattr("jobs.checking.check", lambda *_arguments: time.sleep(1))
    monkeypatch.setattr("jobs.checking.PATIENCE", 0.05)
    assert take(mail(), FORGER)[0].trust["result"] == "none"


def test_explaining_tells_of_each_check(fresh_database, take, signer):
    said = "\n".join(explain(fresh_database, signer.sign(mail()), "support@desk.example"))
    assert "Trust       pass: kunde.example signed this mail (DKIM)." in said
    assert "DKIM        pass: The signature of kunde.example is valid (DKIM)." in said
    assert "DMARC       reject: kunde.example asks for mail that is not from there to be refused (DMARC)." in said
