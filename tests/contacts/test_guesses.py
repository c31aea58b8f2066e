"""What intake guessed of a person: name, company, language; each marked, until use confirms it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from contacts.agent import Agent
from contacts.company import CompanyDomain
from contacts.creating import company_at, create_company, create_from_mail
from contacts.editing import confirm_language, edit_person
from contacts.employing import work_at
from contacts.identifying import address_row
from rules.free_mail import FREE_MAIL


@pytest.fixture
def nora(db):
    agent = Agent(email="nora@desk.example", name="Nora Vik")
    db.add(agent)
    db.flush()
    return agent


def came(db, display, address, language="nb"):
    return create_from_mail(db, address_row(db, address), display, why="", language=language, proof="none")


@pytest.mark.parametrize(("display", "address", "first", "last"), [
    ("Hansen, Ole", "x@kunde.example", "Ole", "Hansen"), ("OLE HANSEN (Kunde AS)", "x@kunde.example", "Ole", "Hansen"),
    ("", "ole.hansen@kunde.example", "Ole", "Hansen"), ("ole.hansen@kunde.example", "ole.hansen@kunde.example", "Ole", "Hansen"),
    ("", "ole77@kunde.example", "ole77", ""), ("IT Support", "it.support@kunde.example", "", "IT Support"),
    ("Kundeservice", "post@kunde.example", "", "Kundeservice"), ("Kunde AS", "ole77@kunde.example", "", "Kunde AS"),
    ("", "post@kunde.example", "", "post@kunde.example"), ("post@kunde.example", "post@kunde.example", "", "post@kunde.example"),
    ("Support", "jens.krag@kunde.example", "Jens", "Krag"), ("123", "post@kunde.example", "", "post@kunde.example"),
])
def test_names_are_guessed_and_marked(db, display, address, first, last):
    """Deliver 9: "IT Support" is nobody's name; what is guessed is marked as a guess."""
    made = came(db, display, address)
    assert (made.first_name, made.last_name, made.name_guessed, made.to_be_completed) == (first, last, True, True)


def test_company_by_domain_and_never_by_the_senders_own_word(db):
    kunde = create_company(db, "Kunde AS", domains=["kunde.example"])
    create_company(db, "Verksted ApS")
    assert came(db, "Verksted ApS v/ Ole Vang", "ole@kunde.example").employments[0].company_id == kunde.id
    assert came(db, "Verksted ApS v/ Eva Lie", "eva@gmail.com").employments == []
    create_company(db, "Verksted ApS")
    assert came(db, "Verksted ApS v/ Ida Moe", "ida@gmail.com").employments == []


@pytest.mark.parametrize("domain", ["gmail.com", "online.no", "broadpark.no", "telia.com", "home.se", "spray.se", "mail.dk", "stofanet.dk"])
def test_a_free_mail_domain_tells_no_company(db, domain):
    assert domain in FREE_MAIL
    create_company(db, "Kunde AS", domains=[domain, "kunde.example"])
    assert db.scalars(select(CompanyDomain.domain)).all() == ["kunde.example"]
    assert company_at(db, domain) is None


def test_saving_the_person_confirms_what_was_guessed(db, nora):
    made = came(db, "Ole Hansen", "ole@kunde.example")
    edit_person(db, made, {"title": "Foreman"}, by=nora)
    assert (made.name_guessed, made.language_guessed) == (True, True)
    edit_person(db, made, {"first_name": "Ole", "last_name": "Hansen", "preferred_language": "nb"}, by=nora)
    assert (made.name_guessed, made.language_guessed) == (False, False)


def test_a_company_by_domain_is_a_guess_until_the_card_is_saved(db, nora):
    kunde, other = create_company(db, "Kunde AS", domains=["kunde.example"]), create_company(db, "Annet AS")
    made = came(db, "Ole Hansen", "ole@kunde.example")
    assert made.employment.guessed
    work_at(db, made, kunde, None, by=nora)
    assert not made.employment.guessed
    given = create_from_mail(db, address_row(db, "per@kunde.example"), "Per Lie", why="", language="nb", proof="none", gifts={"company": other})
    assert (given.employment.company_id, given.employment.guessed) == (other.id, False), "the policy said so"


def test_a_language_that_the_policy_gives_is_no_guess(db):
    given = create_from_mail(db, address_row(db, "per@kunde.example"), "Per Lie", why="", language="nb", proof="none", gifts={"language": "sv"})
    assert (given.preferred_language, given.language_guessed) == ("sv", False)
    assert came(db, "Ole Hansen", "ole@kunde.example").language_guessed


def test_an_import_confirms_nothing_that_it_repeats(db):
    made = came(db, "Ole Hansen", "ole@kunde.example")
    edit_person(db, made, {"first_name": "Ole", "last_name": "Hansen", "preferred_language": "nb"}, by=None)
    assert (made.name_guessed, made.language_guessed) == (True, True)


def test_writing_in_the_language_confirms_it_and_moves_no_version(db):
    made = came(db, "Ole Hansen", "ole@kunde.example", language="da")
    version = made.version
    confirm_language(db, made, "en")
    assert made.language_guessed
    confirm_language(db, made, "da")
    db.refresh(made)
    assert (made.language_guessed, made.version) == (False, version)
