"""Persons and companies: saving, addresses, search, bin; nothing saved without what is required."""

import pytest
from sqlalchemy import select

from contacts.addressing import add_address, holdings_of, make_primary, retire
from contacts.agent import Agent
from contacts.binning import bin_company, bin_person, restore_person
from contacts.companies import edit_company, new_company
from contacts.company import Business, Category
from contacts.editing import create_person, edit_person, employ, person_called
from contacts.person import LegalBasis, Person
from contacts.searching import search_companies, search_persons
from core.errors import Conflict, Refused, Stale, Unknown
from core.history import Change, FactRow
from core.options import set_option


@pytest.fixture
def nora(db):
    agent = Agent(email="nora@desk.example", name="Nora Vik")
    db.add(agent)
    db.flush()
    return agent


@pytest.fixture
def firm(db, nora):
    return new_company(db, {"name": "Værksted A/S", "language": "da"}, by=nora, domains=["verksted.example"])


def make(db, by, first, last, *addresses, **fields):
    return create_person(db, {"first_name": first, "last_name": last, "private_customer": True, **fields}, by=by,
                         addresses=[{"value": a} for a in addresses])


def test_company_is_required_by_default(db, nora, firm):
    """S20, W10, C1: saving without a company is refused with a clear message."""
    with pytest.raises(Refused, match="must belong to a company"):
        create_person(db, {"last_name": "Lone"}, by=nora)
    person = create_person(db, {"last_name": "Friis"}, by=nora, employments=[{"company": firm, "position": "Chef"}])
    assert (person.employment.company_id, person.employment.position) == (firm.id, "Chef")


def test_company_is_not_required_when_the_organisation_says_so(db, nora):
    """S16, S19: the organisation decides."""
    set_option(db, "contacts.company_required", False)
    assert create_person(db, {"last_name": "Lone"}, by=nora).employments == []


def test_private_customer_needs_no_company(db, nora):
    """T6, S18."""
    assert make(db, nora, "Lone", "Friis").private_customer


def test_our_contact_defaults_to_who_creates(db, nora):
    """S28."""
    assert make(db, nora, "Lone", "Friis").our_contact_id == nora.id


def test_linking_takes_three_fields_from_the_company_and_no_other(db, nora, firm):
    """S31-S34, acceptance 2 (PRIVACY 7): our contact, category and business; title, telephone, legal basis and every other column stay."""
    boss, category, business = Agent(email="boss@desk.example", name="Boss"), Category(name="Partner"), Business(name="Metal")
    db.add_all([boss, category, business])
    db.flush()
    firm.our_contact_id, firm.category_id, firm.business_id, firm.phone = boss.id, category.id, business.id, "+45 70 10 20 30"
    person = make(db, nora, "Lone", "Friis", "lone@home.example", preferred_language="sv", title="Chef")
    add_address(db, person, "phone", "+45 55 50 12 77", by=nora)
    db.add(LegalBasis(person_id=person.id, purpose="service", basis="contract", source="agent"))

    def stands():
        db.flush()
        db.expire_all()
        return ({column.name: getattr(person, column.name) for column in Person.__table__.c},
                [(one.address.value, one.primary) for one in holdings_of(db, person)],
                db.execute(select(LegalBasis.purpose, LegalBasis.basis, LegalBasis.source, LegalBasis.event).where(LegalBasis.person_id == person.id)).all())

    before, addresses, bases = stands()
    employ(db, person, firm, by=nora)
    after, *others = stands()
    assert others == [addresses, bases] and len(addresses) == 2 and bases
    assert {name: after[name] for name in after if after[name] != before[name] and name != "version"} == {
        "our_contact_id": boss.id, "category_id": category.id, "business_id": business.id}


def test_nobody_is_nameless(db, nora):
    with pytest.raises(Refused):
        make(db, nora, "", "  ")
    person = make(db, nora, "Lone", "Friis")
    with pytest.raises(Refused):
        edit_person(db, person, {"first_name": "", "last_name": ""}, by=nora)


def test_address_of_another_is_a_conflict_that_names_them(db, nora):
    first = make(db, nora, "Lone", "Friis", "lone@kunde.example")
    with pytest.raises(Conflict) as error:
        make(db, nora, "Søren", "Bøgh", "LONE@kunde.example")
    assert error.value.more["person_id"] == first.uid
    second = make(db, nora, "Søren", "Bøgh")
    add_address(db, second, "email", "lone@kunde.example", by=nora, share=True)


def test_addresses_primary_retire(db, nora):
    person = make(db, nora, "Lone", "Friis", "a@kunde.example", "b@kunde.example")
    first, second = holdings_of(db, person)
    assert (first.primary, second.primary) == (True, False)
    make_primary(db, second)
    assert [h.address.value for h in holdings_of(db, person)] == ["b@kunde.example", "a@kunde.example"]
    retire(db, second, by=nora)
    assert [h.address.value for h in holdings_of(db, person)] == ["a@kunde.example"]


@pytest.mark.parametrize(("kind", "value"), [("email", "no"), ("email", "a@b@c"), ("phone", "abc"), ("phone", "1"),
                                             ("link", "javascript:alert(1)"), ("fax", "1"), ("chat", "")])
def test_what_is_no_address_is_refused(db, nora, kind, value):
    person = make(db, nora, "Lone", "Friis")
    with pytest.raises(Refused):
        add_address(db, person, kind, value, by=nora)


def test_edit_guards_the_version_and_keeps_what_changed(db, nora):
    person = make(db, nora, "Lone", "Friis")
    version = person.version
    edit_person(db, person, {"title": "Chef"}, by=nora, version=version)
    with pytest.raises(Stale):
        edit_person(db, person, {"title": "Boss"}, by=nora, version=version)
    change = db.query(Change).join(FactRow, FactRow.id == Change.fact_id).filter(FactRow.kind == "person.edited").one()
    assert (change.field, change.before, change.after) == ("title", None, "Chef")


def test_substring_search_finds_names_anywhere(db, nora):
    """T13, acceptance 14 (PRIVACY 7): "hanse" finds Johansen, Hansen and Hansetvedt."""
    for last in ("Johansen", "Hansen", "Hansetvedt", "Bøgh"):
        make(db, nora, "Kim", last)
    found = [p.last_name for p in search_persons(db, "hanse").rows]
    assert found == ["Hansen", "Hansetvedt", "Johansen"]
    assert [p.last_name for p in search_persons(db, "boegh").rows] == ["Bøgh"]
    assert [p.last_name for p in search_persons(db, "bo").rows] == ["Bøgh"]
    assert [p.last_name for p in search_persons(db, "kim johan").rows] == ["Johansen"]
    assert search_persons(db, "%").rows == []


def test_search_finds_addresses_and_companies_too(db, nora, firm):
    person = make(db, nora, "Lone", "Friis", "lf77@kunde.example")
    employ(db, person, firm, by=nora)
    assert search_persons(db, "lf77@").rows == [person]
    assert search_persons(db, "vaerksted").rows == [person]
    assert search_companies(db, "rksted").rows == [firm]


def test_search_is_paged_by_key(db, nora):
    for n in range(25):
        make(db, nora, f"Kim{n:02}", "Hansen")
    seen, cursor = [], ""
    while cursor is not None:
        page = search_persons(db, "hansen", cursor=cursor, limit=10)
        seen += [p.first_name for p in page.rows]
        cursor = page.next
    assert seen == [f"Kim{n:02}" for n in range(25)]


def test_bin_masks_and_restores(db, nora):
    """S62, S71."""
    person = make(db, nora, "Lone", "Friis")
    bin_person(db, person, by=nora)
    assert search_persons(db, "friis").rows == []
    assert search_persons(db, binned=True).rows == [person]
    with pytest.raises(Unknown):
        person_called(db, person.uid)
    restore_person(db, person, by=nora)
    assert search_persons(db, "friis").rows == [person]


def test_company_with_people_cannot_be_binned(db, nora, firm):
    person = make(db, nora, "Lone", "Friis")
    employ(db, person, firm, by=nora)
    with pytest.raises(Refused, match="still work"):
        bin_company(db, firm, by=nora)


def test_company_domain_belongs_to_one(db, nora, firm):
    with pytest.raises(Refused, match="another company"):
        new_company(db, {"name": "Other"}, by=nora, domains=["verksted.example"])
    edit_company(db, firm, {"website": "verksted.example"}, by=nora, domains=["verksted.example", "v.example"])
    assert firm.website == "https://verksted.example"


def test_customer_number_is_unique(db, nora):
    make(db, nora, "Lone", "Friis", customer_number="K1")
    with pytest.raises(Refused, match="K1"):
        make(db, nora, "Søren", "Bøgh", customer_number="K1")
