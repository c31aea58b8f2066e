"""Normalising addresses: what is one address is found as one, and no text from outside breaks it."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from contacts.address import PLAIN, domain_of, normalise_email
from contacts.identifying import split_name


@pytest.mark.parametrize(("one", "other"), [
    ("Ole@Kunde.example", "ole@kunde.EXAMPLE"), ("<ole@kunde.example>", " ole@kunde.example "),
    ("ase@bücher.example", "ase@xn--bcher-kva.example"), ("A\u030Ase@x.example", "Åse@x.example")])
def test_forms_of_one_address_meet(one, other):
    assert normalise_email(one) == normalise_email(other)


@pytest.mark.parametrize(("one", "other"), [
    ("ole+tag@kunde.example", "ole@kunde.example"), ("o.le@kunde.example", "ole@kunde.example")])
def test_tags_and_dots_stay(one, other):
    """MAIL.md, Identity: only by an explicit setting."""
    assert normalise_email(one) != normalise_email(other)


@pytest.mark.parametrize(("one", "other"), [
    ("post@straße.example", "post@strasse.example"), ("weiß@x.example", "weiss@x.example")])
def test_other_owners_addresses_do_not_meet(one, other):
    """IDNA2008 (RFC 5894 section 7.2): a domain with ß is not the one with ss."""
    assert normalise_email(one) != normalise_email(other)
    assert normalise_email(one.upper().replace("SS", "ẞ")) == normalise_email(one)


@given(st.text(max_size=400))
def test_no_text_breaks_it_and_twice_is_once(text):
    once = normalise_email(text)
    assert len(once) <= 320
    assert "\0" not in once
    domain_of(once)


@given(st.emails())
def test_an_address_is_its_own_normal_form(address):
    once = normalise_email(address)
    assert normalise_email(once) == once


@given(st.from_regex(PLAIN, fullmatch=True))
@example("ole@xn--bcher-kva.example")
@example("Ole@Kunde.Example")
def test_plain_addresses_are_read_as_the_library_reads_them(address):
    try:
        read = validate_email(address, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        read = address.lower()[:320]
    assert normalise_email(address) == read


@given(st.text(max_size=400))
def test_any_display_name_becomes_a_name(text):
    first, last = split_name(text)
    assert len(first) <= 120
    assert len(last) <= 120


@pytest.mark.parametrize(("display", "name"), [
    ("Ole Hansen", ("Ole", "Hansen")), ("Hansen, Ole", ("Ole", "Hansen")), ('"Hansen, Ole B."', ("Ole B.", "Hansen")),
    ("Ole", ("Ole", "")), ("Anna Karin Lind", ("Anna Karin", "Lind")), ("", ("", ""))])
def test_names(display, name):
    assert split_name(display) == name
