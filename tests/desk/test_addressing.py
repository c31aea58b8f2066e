"""Signed addresses: ours alone name a ticket, a mail or a notification, whatever relays do to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.agent import Agent
from core.database import new_uid
from desk.addressing import (
    bounce_address,
    notification_address,
    notification_of,
    outbound_uid_of,
    reply_address,
    ticket_number_of,
)
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail, is_our_message_id, our_message_id
from desk.tickets.ticket import Ticket

SUPPORT = Mailbox(address="Support@desk.example", plus_addressing=True)
NORA = Agent(id=42, email="nora@desk.example", name="Nora Vik")


@pytest.mark.parametrize("changed", [str.lower, str.upper, lambda a: f"<{a}>", lambda a: f" {a} "])
def test_round_trips_also_when_a_relay_changed_its_case(changed):
    uid = new_uid()
    assert ticket_number_of(changed(reply_address(Ticket(id=4821), SUPPORT))) == 4821
    assert outbound_uid_of(changed(bounce_address(OutboundMail(uid=uid), SUPPORT))) == uid
    assert notification_of(changed(notification_address(Ticket(id=7), SUPPORT, NORA, note=True))) == (7, NORA.id, True)


def test_one_kind_is_not_taken_for_another():
    reply, back = reply_address(Ticket(id=7), SUPPORT), bounce_address(OutboundMail(uid="b" * 24), SUPPORT)
    assert ticket_number_of(back) is None
    assert outbound_uid_of(reply) is None
    assert notification_of(reply) is None


def test_signature_of_one_ticket_does_not_open_another():
    address = reply_address(Ticket(id=7), SUPPORT)
    assert ticket_number_of(address.replace("+t7.", "+t8.")) is None
    assert ticket_number_of(address[:-20] + "aaaaaaaa@desk.example") is None


def test_signature_of_another_installation_counts_for_nothing(monkeypatch, tmp_path):
    from tests.conftest import forget_caches
    address = reply_address(Ticket(id=7), SUPPORT)
    monkeypatch.setenv("SKRANKE_DATA", str(tmp_path / "other"))
    forget_caches()
    assert ticket_number_of(address) is None


@pytest.mark.parametrize("mailbox", [
    Mailbox(address="support@desk.example", plus_addressing=False), Mailbox(address=f"{'x' * 60}@desk.example", plus_addressing=True)])
def test_plain_address_where_no_tag_fits(mailbox):
    assert reply_address(Ticket(id=7), mailbox) == mailbox.address
    assert bounce_address(OutboundMail(uid="b" * 24), mailbox) == mailbox.address


def test_a_return_address_fits_behind_thirty_octets():
    mailbox = Mailbox(address=f"{'x' * 30}@desk.example", plus_addressing=True)
    uid = new_uid()
    address = bounce_address(OutboundMail(uid=uid), mailbox)
    assert len(address.partition("@")[0]) == 64
    assert outbound_uid_of(address) == uid
    assert outbound_uid_of(address.replace("@", "a@")) is None


def test_local_part_is_never_too_long():
    """RFC 5321 section 4.5.3.1.1: 64 octets."""
    for length in range(1, 64):
        mailbox = Mailbox(address=f"{'x' * length}@desk.example", plus_addressing=True)
        assert len(notification_address(Ticket(id=10**9), mailbox, NORA).partition("@")[0]) <= 64


@given(st.text(max_size=120))
def test_no_address_from_outside_breaks_it_or_passes(text):
    for address in (text, f"support+t1.{text}@desk.example", f"support+{text}@desk.example"):
        assert ticket_number_of(address) is None
        assert outbound_uid_of(address) is None
        assert notification_of(address) is None
        assert not is_our_message_id(address)


@given(st.sampled_from(["desk.example", "relay.invalid"]))
def test_our_message_ids_are_known_whatever_the_domain(domain):
    message_id = our_message_id(new_uid(), SUPPORT)
    assert is_our_message_id(f"<{message_id.partition('@')[0]}@{domain}>")
