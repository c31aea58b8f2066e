"""The mail that asks a person to confirm an address: from where they wrote, in their language; when it comes back, the address says so."""

from sqlalchemy import select

from contacts.address import Address
from contacts.addressing import add_address, holdings_of
from contacts.company import Company
from contacts.person import Employment
from core.options import set_option
from desk.access import forget_visible
from desk.addressing import bounce_address
from desk.confirming import send_link
from desk.outbound import OutboundMail
from tests.desk.test_notifying import BOUNCE
from tests.letters_made import mail

VALUE = "ole@private.example"


def asked(db, person, nora):
    holding = next((h for h in holdings_of(db, person) if h.address.value == VALUE), None) or add_address(db, person, "email", VALUE, by=nora)
    holding.asked_at = None
    return send_link(db, holding, by=nora)


def test_it_is_from_the_mailbox_they_wrote_to_and_in_their_language(arrive, db, support, sales, nora):
    ole = arrive(mail(to="sales@desk.example"), sales).ticket.requester
    ole.preferred_language, sales.language = None, "sv"
    assert (asked(db, ole, nora).mailbox_id, asked(db, ole, nora).language) == (sales.id, "sv")
    company = Company(name="Kunde AS", sort_name="kunde as", language="da")
    db.add(company)
    db.add(Employment(person=ole, company=company))
    db.flush()
    assert asked(db, ole, nora).language == "da"
    ole.preferred_language = "nb"
    assert asked(db, ole, nora).subject == "Er dette adressen din?"


def test_not_from_a_mailbox_that_the_agent_does_not_see(arrive, db, support, sales, nora):
    ole = arrive(mail(to="sales@desk.example"), sales).ticket.requester
    sales.open_to_all = False
    db.flush()
    forget_visible(db)
    assert asked(db, ole, nora).mailbox_id == support.id


def test_when_it_comes_back_the_address_says_so(arrive, db, support, nora):
    set_option(db, "desk.acknowledge", False)
    ole = arrive(mail()).ticket.requester
    sent = asked(db, ole, nora)
    got = arrive(BOUNCE.format(to=bounce_address(sent, support), recipient=VALUE).encode())
    assert got.verdict["act"] == "ignore"
    assert db.scalar(select(Address.health).where(Address.value == VALUE)) == "bouncing"
    assert db.get(OutboundMail, sent.id).outcomes[VALUE][0] == "returned"
