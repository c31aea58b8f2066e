"""The editor of layouts, and cards drawn from what it saves: for oneself, for all users, by version."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from contacts.agent import Agent
from contacts.companies import edit_company
from contacts.company import Company
from contacts.creating import create_company
from contacts.custom_field import CustomField
from contacts.custom_fields import retire_field, save_field
from contacts.custom_values import custom_of
from contacts.editing import create_person, edit_person
from contacts.layout import EVERYBODY
from contacts.layouts import in_force
from contacts.person import Person
from core.database import Database
from core.options import set_option
from desk.web.presenting.panels import KINDS
from tests.desk.web.tickets.conftest import Arrive, page, words
from tests.letters_made import mail

P, C = "/layouts/person", "/layouts/company"


@pytest.fixture
def ingrid(fresh_database: Database, nora: Agent) -> Person:
    with fresh_database.write() as db:
        company = create_company(db, "Kunde AS", by=nora.uid)
        return create_person(db, {"first_name": "Ingrid", "last_name": "Solheim"}, by=db.get_one(Agent, nora.id),
                             employments=[{"company": company}], addresses=[{"kind": "email", "value": "ole@kunde.example"}])


@pytest.fixture
def kunde(ingrid: Person) -> Company:
    assert ingrid.employment
    return ingrid.employment.company


def post(client: FlaskClient, url: str, status: int = 303, **data: object) -> str:
    answer = client.post(url, data=data)
    assert answer.status_code == status, answer.text
    return answer.location or answer.text


def put_in(client: FlaskClient, kind: str, tab: str = "details", of: str = P) -> str:
    """The id of the panel that was put in; the page that follows sets it up."""
    there = post(client, f"{of}/panels?tab={tab}&kind={kind}")
    found = re.search(r"(?:panel|at)=(\w+)", there)
    assert found is not None
    return found[1]


def heads(text: str) -> list[str]:
    """The titles of panels, in their order."""
    return re.findall(r"<h2>([^<]+)</h2>", text)


def palette(client: FlaskClient, tab: str, of: str = P) -> dict[str, str]:
    """Kind → why it is off, or nothing."""
    text = page(client, f"{of}?tab={tab}")
    offered = dict.fromkeys(re.findall(r'data-kind="(\w+)"', text), "")
    off = re.findall(r'is-off"[^>]*>.*?<span>([^<]+)</span>.*?"faint">([^<]+)<', text)
    return offered | {f"{label}": why for label, why in off}


def test_editor_opens_from_the_card_and_nothing_holds_until_saved(agent_client: FlaskClient, ingrid: Person) -> None:
    """W30b, W32, W36, W42, W55: Actions, Edit layout, the tab that was open; the tab of e-mails is a list and not laid out; what is changed is in force once it is saved."""
    card = f"/persons/{ingrid.uid}/details"
    link = re.search(r'href="(/layouts/person[^"]*)"[^>]*>.*?Edit layout', page(agent_client, card))
    assert link is not None
    editor = page(agent_client, link[1].replace("&amp;", "&"))
    assert re.findall(r'aria-current="page">([^<]+)', editor[editor.index('<nav class="tabs"'):]) == ["Details"]
    assert all(f">{name}<" in editor for name in ("Fields", "Sidebar", "E-mails"))
    assert re.search(r'aria-disabled="true">E-mails<', editor)
    put_in(agent_client, "relations")
    assert "Relations" not in heads(page(agent_client, card)) and "not saved" in page(agent_client, P)
    post(agent_client, f"{P}/versions", **{"for": "own", "base_own": "0"})
    assert heads(page(agent_client, card))[-1] == "Relations" and "not saved" not in page(agent_client, P)


def test_first_page_has_contact_information_at_left(agent_client: FlaskClient, ingrid: Person) -> None:
    """T16: of a fresh desk; what stands there can be laid out otherwise."""
    text = page(agent_client, f"/persons/{ingrid.uid}")
    left = text[text.index('class="laid__half"'):]
    assert "ole@kunde.example" in words(left[:left.index('class="laid__half"', 10)])


def test_draft_can_be_given_up(agent_client: FlaskClient) -> None:
    put_in(agent_client, "relations")
    post(agent_client, f"{P}/draft/end")
    assert "Take Relations away" not in page(agent_client, f"{P}?tab=details")


def test_for_oneself_or_for_all(agent_client: FlaskClient, admin_client: FlaskClient, ingrid: Person, jonas: Agent) -> None:
    """W40: an agent saves for themselves alone, an admin also for all users, whom those with an own layout do not follow."""
    card = f"/persons/{ingrid.uid}/details"
    assert "Save for all users" not in page(agent_client, P) and "Save for all users" in page(admin_client, P)
    put_in(agent_client, "mails")
    post(agent_client, f"{P}/versions", 403, **{"for": "all"})
    post(agent_client, f"{P}/versions", **{"for": "own"})
    assert "E-mails" in heads(page(agent_client, card)) and "E-mails" not in heads(page(admin_client, card))
    put_in(admin_client, "relations")
    post(admin_client, f"{P}/versions", **{"for": "all"})
    assert "Relations" in heads(page(admin_client, card)) and "Relations" not in heads(page(agent_client, card))
    post(agent_client, f"{P}/following")
    assert "Relations" in heads(page(agent_client, card)) and "E-mails" not in heads(page(agent_client, card))


def test_without_individual_layouts_only_admins_save(
    agent_client: FlaskClient, admin_client: FlaskClient, ingrid: Person, fresh_database: Database,
) -> None:
    """W41: the choice of a layout of one's own is not shown, and one that was saved is not in force."""
    put_in(agent_client, "mails")
    post(agent_client, f"{P}/versions", **{"for": "own"})
    with fresh_database.write() as db:
        set_option(db, "cards.individual_layouts", False)
    card = page(agent_client, f"/persons/{ingrid.uid}/details")
    assert "E-mails" not in heads(card) and "Edit layout" not in card
    assert page(agent_client, P, 403) and post(agent_client, f"{P}/versions", 403, **{"for": "own"})
    assert "Save for me" not in page(admin_client, P) and "Save for all users" in page(admin_client, P)


def test_copied_to_all_users(agent_client: FlaskClient, admin_client: FlaskClient, ingrid: Person) -> None:
    """W65: everybody has it afterwards, those with a layout of their own too; only an admin does that."""
    for client, kind in ((agent_client, "mails"), (admin_client, "relations")):
        put_in(client, kind)
        post(client, f"{P}/versions", **{"for": "own"})
    post(agent_client, f"{P}/copies", 403)
    post(admin_client, f"{P}/copies")
    shown = heads(page(agent_client, f"/persons/{ingrid.uid}/details"))
    assert "Relations" in shown and "E-mails" not in shown
    assert "Follows the layout of all users again." in page(agent_client, f"{P}/versions?whose=own")


def test_palette_differs_and_says_why_something_is_off(agent_client: FlaskClient) -> None:
    """W43, W44, W45, W50: fields are for Fields, lists for Details; what stands there already is off; the sidebar takes its own."""
    fields, details, side = (palette(agent_client, tab) for tab in ("fields", "details", "sidebar"))
    assert fields["fields"] == "" and details["Fields"] == "does not fit here"
    assert details["relations"] == "" and fields["Relations"] and details["Tickets"] == "already used"
    assert details["Status"] == "for the sidebar" and side["Tickets"] == "does not fit here" and side["Status"] == "already used"
    put_in(agent_client, "relations")
    assert palette(agent_client, "details")["Relations"] in ("already used", "for the sidebar")
    for kind, tab in (("fields", "details"), ("relations", "details"), ("tickets", "sidebar"), ("persons", "details"), ("nothing", "details")):
        post(agent_client, f"{P}/panels?tab={tab}&kind={kind}", 422)


def test_arranged_by_buttons_and_by_dropping(agent_client: FlaskClient, ingrid: Person) -> None:
    """W43: each button posts, so that it works by keyboard and without JavaScript; what is dragged goes the same way."""
    def order() -> list[tuple[str, str]]:
        found = re.findall(r'data-panel="details-(\w+)" data-column="(\d)"', page(agent_client, f"{P}?tab=details"))
        return [one for one in found if one[0] in ("service", "contact", "tickets", "activities", "log")]

    def step(panel: str, way: str) -> None:
        assert f"act={way}" in post(agent_client, f"{P}/panels/details-{panel}/place?tab=details", way=way)

    assert order() == [("service", "1"), ("contact", "2"), ("tickets", "0"), ("activities", "0"), ("log", "0")]
    for _past in ("orders", "projects", "campaigns", "sales", "activities"):
        step("log", "up")
    step("tickets", "up")
    assert order() == [("tickets", "0"), ("service", "1"), ("contact", "2"), ("log", "0"), ("activities", "0")]
    step("service", "right")
    step("service", "down")
    step("activities", "left")
    assert order() == [("tickets", "0"), ("contact", "2"), ("service", "2"), ("log", "0"), ("activities", "1")]
    post(agent_client, f"{P}/drops?tab=details", panel="details-log", before="details-contact", column="1")
    assert order() == [("tickets", "0"), ("log", "1"), ("activities", "1"), ("contact", "2"), ("service", "2")]
    text = page(agent_client, f"{P}?tab=details&at=details-log&act=right")
    assert re.search(r'value="right" autofocus', text)
    post(agent_client, f"{P}/panels/details-contact/end?tab=details")
    post(agent_client, f"{P}/versions", **{"for": "own"})
    assert "Contact" not in heads(page(agent_client, f"/persons/{ingrid.uid}/details"))
    post(agent_client, f"{P}/panels/sidebar-held/end?tab=sidebar", 422)


def test_set_up_by_name_criteria_and_columns(agent_client: FlaskClient, ingrid: Person, arrive: Arrive) -> None:
    """W48, W51, W52, W54, W57: set up right after it is put in or by its pencil; a name of its own or its kind's; status, order, rows, columns."""
    arrive(mail("Ole <ole@kunde.example>", subject="The pump"))
    arrive(mail("Ole <ole@kunde.example>", subject="The heater"))
    editor = page(agent_client, f"{P}?tab=details&panel=details-tickets")
    assert "Set up: Tickets" in editor and 'placeholder="Tickets"' in editor
    post(agent_client, f"{P}/panels/details-tickets?tab=details", name="Closed cases", states="closed", order="newest", rows="10")
    post(agent_client, f"{P}/versions", **{"for": "own"})
    shown = page(agent_client, f"/persons/{ingrid.uid}/details")
    assert "Closed cases" in heads(shown) and "The pump" not in shown
    post(agent_client, f"{P}/panels/details-tickets?tab=details", name="", states="active", order="oldest", rows="3", columns=["priority", "opened"])
    post(agent_client, f"{P}/versions", **{"for": "own"})
    shown = page(agent_client, f"/persons/{ingrid.uid}/details")
    assert "Tickets" in heads(shown) and shown.index("The pump") < shown.index("The heater")
    assert "Priority 3" in words(shown) and "opened" in words(shown)


def test_fields_are_added_one_by_one(agent_client: FlaskClient, ingrid: Person, fresh_database: Database, kunde: Company) -> None:
    """W46, W47, W53: + Add, chosen from the list; of the person and of the company; open for editing or only read."""
    with fresh_database.write() as db:
        edit_company(db, db.get_one(Company, kunde.id), {"website": "https://kunde.example", "organisation_number": "987654321"}, by=None)
    uid = put_in(agent_client, "information")
    there = post(agent_client, f"{P}/panels/{uid}?tab=details", name="Facts", fields=["person-title"], field="company-website", add="1")
    assert f"panel={uid}" in there
    post(agent_client, f"{P}/panels/{uid}?tab=details", name="Facts", fields=["person-title", "company-website", "company-organisation_number"],
         drop="person-title")
    post(agent_client, f"{P}/versions", **{"for": "own"})
    text = page(agent_client, f"/persons/{ingrid.uid}/details")
    shown = words(text[text.index("<h2>Facts"):])
    assert shown.startswith("Facts Website https://kunde.example Organisation number 987654321") and 'name="open" value="company-website"' not in text
    assert 'name="open" value="company-website"' in page(agent_client, f"/persons/{ingrid.uid}")


def test_tabs_are_renamed_and_one_shows_first(agent_client: FlaskClient, ingrid: Person) -> None:
    """W38, W39, W37: renamed through the cog, in force once added and saved; the default tab shows on opening; a person's tabs stay as they are."""
    post(agent_client, f"{P}/tabs/details?tab=details", act="rename", name="What hangs on it")
    post(agent_client, f"{P}/tabs/default?tab=details", default="mails")
    assert agent_client.get(f"/persons/{ingrid.uid}").status_code == 200
    post(agent_client, f"{P}/versions", **{"for": "own"})
    assert agent_client.get(f"/persons/{ingrid.uid}").location == f"/persons/{ingrid.uid}/mails"
    text = page(agent_client, f"/persons/{ingrid.uid}?tab=fields")
    assert "What hangs on it" in text and f'href="/persons/{ingrid.uid}?tab=fields"' in text
    for url, data in ((f"{P}/tabs", {"name": "Mine"}), (f"{P}/tabs/details", {"act": "left"}), (f"{P}/tabs/mails", {"act": "take"})):
        post(agent_client, url, 422, **data)


def test_tabs_of_a_company(agent_client: FlaskClient, kunde: Company) -> None:
    """W33, W34, W35, W37: layouts named freely are added from any panels; layouts and lists are moved, taken off and shown again."""
    there = post(agent_client, f"{C}/tabs?tab=overview", name="Money & more")
    key = re.search(r"tab=(t\w+)", there)
    assert key is not None
    put_in(agent_client, "figures", key[1], C)
    put_in(agent_client, "fields", key[1], C)
    post(agent_client, f"{C}/tabs/history?tab=overview", act="left")
    post(agent_client, f"{C}/tabs/tickets?tab=overview", act="take")
    post(agent_client, f"{C}/versions", **{"for": "own"})
    text = page(agent_client, f"/companies/{kunde.uid}/tabs/{key[1]}")
    tabs = text[text.index('<nav class="tabs"'):]
    shown = re.findall(r'class="tabs__tab"[^>]*>([^<]+)', tabs)
    assert shown[:3] == ["Overview", "Money &amp; more", "Persons"] and "Tickets" not in shown and shown.index("History") == len(shown) - 2
    assert heads(text) == ["Figures", "Fields"] and "Open tickets" in text and 'value="company-website"' in text
    editor = page(agent_client, f"{C}?tab=overview")
    assert "Layout</td>" in editor and "List</td>" in editor
    post(agent_client, f"{C}/tabs/tickets?tab=overview", act="show")
    post(agent_client, f"{C}/tabs/{key[1]}?tab=overview", act="take")
    post(agent_client, f"{C}/tabs/overview?tab=overview", 422, act="take")
    post(agent_client, f"{C}/versions", **{"for": "own"})
    page(agent_client, f"/companies/{kunde.uid}/tabs/{key[1]}", 404)
    assert ">Tickets<" in page(agent_client, f"/companies/{kunde.uid}")


def test_sidebar_is_the_same_beside_all_tabs_as_it_is_laid_out(agent_client: FlaskClient, ingrid: Person) -> None:
    """W50, W68: its panels are put in, moved and taken away as those of tabs are, and hold for each tab."""
    put_in(agent_client, "figures", "sidebar")
    post(agent_client, f"{P}/panels/sidebar-reach/end?tab=sidebar")
    post(agent_client, f"{P}/versions", **{"for": "own"})
    for part in ("", "/details", "/mails", "/history"):
        text = page(agent_client, f"/persons/{ingrid.uid}{part}")
        side = words(text[text.index("<aside"):text.index("</aside>")])
        assert "Figures" in side and "Since the last message" in side and "Into the address book" not in side


def test_versions_in_words_and_back(agent_client: FlaskClient, admin_client: FlaskClient, ingrid: Person) -> None:
    """Each version says what it changed; going back puts it in force as one more."""
    put_in(admin_client, "mails")
    post(admin_client, f"{P}/tabs/details?tab=details", act="rename", name="More")
    post(admin_client, f"{P}/versions", **{"for": "all"})
    post(admin_client, f"{P}/panels/details-tickets?tab=details", name="Cases", states="closed", order="newest", rows="3")
    post(admin_client, f"{P}/panels/details-log/place?tab=details", way="left")
    post(admin_client, f"{P}/panels/details-contact/end?tab=details")
    post(admin_client, f"{P}/versions", **{"for": "all"})
    told = words(page(admin_client, f"{P}/versions"))
    assert "Tab “Details” is called “More”." in told and "More: “E-mails” was added." in told
    assert "More: “Tickets” is called “Cases”." in told and "More: “Cases”: Rows is 3, it was 10." in told
    assert "More: “Log” stands in the left half." in told and "More: “Contact” was taken away." in told
    assert "Go back to it" not in page(agent_client, f"{P}/versions")
    post(agent_client, f"{P}/versions/1/return?whose=all", 403)
    post(admin_client, f"{P}/versions/1/return?whose=all")
    assert "Contact" in heads(page(agent_client, f"/persons/{ingrid.uid}/details"))


def test_two_who_save_for_all(admin_client: FlaskClient, signed_in: Callable[[Agent], FlaskClient], fresh_database: Database, jonas: Agent) -> None:
    """Whoever was overtaken sees what theirs changes against the other's, and puts it in force by saving again."""
    from contacts.enrolling import add_agent
    with fresh_database.write() as db:
        kari = add_agent(db, "kari@desk.example", "a sentence is easier", name="Kari", role="admin")
    put_in(admin_client, "mails")
    post(admin_client, f"{P}/versions", **{"for": "all", "base_all": "0"})
    other = signed_in(kari)
    put_in(other, "relations")
    text = post(other, f"{P}/versions", 409, **{"for": "all", "base_all": "0"})
    assert "Details: “Relations” was added." in text
    assert 'name="base_all" value="1"' in text
    post(other, f"{P}/versions", **{"for": "all", "base_all": "1"})
    with fresh_database.read() as db:
        assert in_force(db, "person", db.get_one(Agent, jonas.id)).owner == EVERYBODY
        assert in_force(db, "person", db.get_one(Agent, jonas.id)).number == 2


def test_warned_where_a_required_field_stands_on_no_tab(agent_client: FlaskClient, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        set_option(db, "contacts.required_fields", ["first_name", "last_name", "email", "position"])
    assert "stand on no tab" not in page(agent_client, P)
    post(agent_client, f"{P}/panels/fields-fields/end?tab=fields")
    assert "Required fields that stand on no tab: first name, last name." in page(agent_client, P)


def test_warned_of_a_field_of_ones_own(agent_client: FlaskClient, fresh_database: Database, nora: Agent) -> None:
    """A required one stands on its own panel, or by itself on one of fields; where it does not, the editor says so, on companies too."""
    with fresh_database.write() as db:
        for of in ("person", "company"):
            save_field(db, None, {"of": of, "name": "Shoe size", "kind": "number", "required": True}, by=nora)
            save_field(db, None, {"of": of, "name": "Hobby", "kind": "text"}, by=nora)
    said = "Required fields that stand on no tab: Shoe size."
    for of, tab in (("person", "fields"), ("company", "overview")):
        at = f"/layouts/{of}"
        assert "stand on no tab" not in page(agent_client, at)
        post(agent_client, f"{at}/panels/{tab}-own/end?tab={tab}")
        assert said in page(agent_client, at)
        uid = put_in(agent_client, "information", tab, at)
        post(agent_client, f"{at}/panels/{uid}?tab={tab}", name="", fields=[f"{of}-custom.shoe_size"])
        assert "stand on no tab" not in page(agent_client, at)


def test_what_was_not_offered_is_refused_and_empties_nothing(
    agent_client: FlaskClient, ingrid: Person, kunde: Company, fresh_database: Database, nora: Agent,
) -> None:
    with fresh_database.write() as db:
        edit_person(db, db.get_one(Person, ingrid.id), {"our_contact_id": nora.id}, by=db.get_one(Agent, nora.id))
        edit_company(db, db.get_one(Company, kunde.id), {"our_contact_id": nora.id}, by=db.get_one(Agent, nora.id))
    keys = ["person-our_contact", "company-our_contact"]
    post(agent_client, f"{P}/panels/{put_in(agent_client, 'fields', 'fields')}?tab=fields", name="Ours", fields=keys)
    post(agent_client, f"{P}/versions", **{"for": "own"})
    form = {"tab": "fields", "company_uid": kunde.uid, "open": keys,
            "person-our_contact": nora.uid, "company-our_contact": nora.uid}
    for field in keys:
        refused = post(agent_client, f"/persons/{ingrid.uid}/fields", 422, **form | {field: "zzz"})
        assert "Choose one of those offered." in refused and f'id="f-{field}-error"' in refused
    with fresh_database.read() as db:
        person = db.get_one(Person, ingrid.id)
        assert person.employment and person.our_contact_id == person.employment.company.our_contact_id == nora.id
    post(agent_client, f"/persons/{ingrid.uid}/fields", **form | {"person-our_contact": ""})
    with fresh_database.read() as db:
        assert db.get_one(Person, ingrid.id).our_contact_id is None


def test_fields_on_the_tab_are_saved_by_one_button(agent_client: FlaskClient, ingrid: Person, kunde: Company, fresh_database: Database, nora: Agent) -> None:
    """W30d, W46, W56: those of the person and of their company; what is wrong is said beside the field, nothing is saved then."""
    card, url = f"/persons/{ingrid.uid}", f"/persons/{ingrid.uid}/fields"
    text = page(agent_client, card)
    assert re.search(r'<button class="btn btn-primary"[^>]*form="card"', text)
    form = {"open": ["person-first_name", "person-title", "company-phone"], "version": "1", "tab": "fields", "back": card, "company_uid": kunde.uid,
            "company_version": str(kunde.version), "person-first_name": "Inga", "person-title": "Boss", "company-phone": "+47 55 50 10 00"}
    refused = post(agent_client, url, 422, **form | {"person-first_name": "", "person-title": "x" * 121})
    assert "At most 120 characters." in refused and f'value="{"x" * 121}"' in refused
    assert post(agent_client, url, **form) == card
    with fresh_database.write() as db:
        person = db.get_one(Person, ingrid.id)
        assert (person.first_name, person.last_name, person.title) == ("Inga", "Solheim", "Boss")
        assert person.employment and person.employment.company.phone == "+47 55 50 10 00"
        edit_person(db, person, {"title": "Chief"}, by=db.get_one(Agent, nora.id))
    text = post(agent_client, url, 409, **form | {"version": "2"})
    assert "It is now: Chief" in text and 'value="Boss"' in text
    assert post(agent_client, url, 409, **form | {"version": "3", "company_version": "1"})
    assert post(agent_client, url, 409, **form | {"version": "3", "company_uid": "other"})


#: Kind of a field → what is typed into it, what is kept, and what cannot be (None: all can).
NINE: dict[str, tuple[object, object, object]] = {
    "text": ("Red  shoes", "Red shoes", "x" * 501), "long": ("One\r\nTwo", "One\nTwo", "x" * 20_001), "number": ("43,5", 43.5, "many"),
    "date": ("2026-11-28", "2026-11-28", "28.11."), "flag": ("no", False, "perhaps"), "choice": ("Large", "Large", "Huge"),
    "choices": (["Small", "Large"], ["Small", "Large"], ["Huge"]), "link": ("kunde.example/a", "https://kunde.example/a", "no page"),
    "email": ("ole@kunde.example", "ole@kunde.example", "ole")}


def nine(fresh_database: Database, of: str, nora: Agent) -> None:
    with fresh_database.write() as db:
        for kind in NINE:
            save_field(db, None, {"of": of, "name": f"My {kind}", "key": kind, "kind": kind, "choices": ["Small", "Large"]}, by=nora)


@pytest.mark.parametrize("of", ["person", "company"])
def test_fields_of_ones_own_stand_open_on_a_tab(agent_client: FlaskClient, ingrid: Person, kunde: Company, fresh_database: Database, nora: Agent, of: str) -> None:
    """W56: all nine kinds are changed where they stand, on persons and on companies; what is wrong is said beside each and nothing is saved;
    a colleague's change is not overwritten; the history has what was before and after."""
    nine(fresh_database, of, nora)
    kind, whose, cards, tab = (Person, ingrid, "persons", "fields") if of == "person" else (Company, kunde, "companies", "overview")
    card, keys = f"/{cards}/{whose.uid}", [f"{of}-custom.{name}" for name in NINE]
    uid = put_in(agent_client, "fields", tab, f"/layouts/{of}")
    post(agent_client, f"/layouts/{of}/panels/{uid}?tab={tab}", name="Ours", fields=keys)
    post(agent_client, f"/layouts/{of}/versions", **{"for": "own"})
    text = page(agent_client, card)
    panel = text[text.index("<h2>Ours</h2>"):text.index("</section>", text.index("<h2>Ours</h2>"))]
    for name, key in zip(NINE, keys, strict=True):
        assert f"My {name}" in panel and re.search(rf'<(input|select|textarea)[^>]* name="{re.escape(key)}"[^>]* form="card"', panel), name
    form = {"open": keys, "version": "1", "tab": tab, "back": card}
    given = {key: NINE[name][0] for name, key in zip(NINE, keys, strict=True)}
    refused = post(agent_client, f"{card}/fields", 422, **form | {key: NINE[name][2] for name, key in zip(NINE, keys, strict=True)})
    assert all(f'id="f-{key}-error"' in refused and f"My {name}: " in refused for name, key in zip(NINE, keys, strict=True))
    assert post(agent_client, f"{card}/fields", **form | given) == card

    def kept() -> dict[str, object]:
        with fresh_database.read() as db:
            return dict(custom_of(db, db.get_one(kind, whose.id)))
    assert kept() == {name: value for name, (_given, value, _wrong) in NINE.items()}
    for path in ("", "/history"):
        assert "My number" in page(agent_client, card + path) and "43.5" in page(agent_client, card + path)
    with fresh_database.write() as db:
        edit = edit_person if of == "person" else edit_company
        edit(db, db.get_one(kind, whose.id), {}, by=db.get_one(Agent, nora.id), custom={"text": "Blue", "choices": ["Small"]})  # type: ignore[operator]
    text = post(agent_client, f"{card}/fields", 409, **form | given | {"version": "2"})
    assert text.count("<span>It is now: ") == 2 and "It is now: Blue" in text and "It is now: Small" in text and 'value="Red  shoes"' in text
    assert kept()["text"] == "Blue"
    assert post(agent_client, f"{card}/fields", **form | dict.fromkeys(keys, "") | {"version": "3"}) == card
    assert kept() == {}


def test_fields_of_the_companys_own_stand_open_on_a_persons_tab(
        agent_client: FlaskClient, ingrid: Person, kunde: Company, fresh_database: Database, nora: Agent) -> None:
    """W46, W56: each is kept with its own record and held against that one's version; two that are called alike are told apart."""
    with fresh_database.write() as db:
        for of in ("person", "company"):
            save_field(db, None, {"of": of, "name": "Size", "key": "size", "kind": "number"}, by=nora)
    card, keys = f"/persons/{ingrid.uid}", ["person-custom.size", "company-custom.size"]
    uid = put_in(agent_client, "fields", "fields")
    post(agent_client, f"{P}/panels/{uid}?tab=fields", name="", fields=keys)
    post(agent_client, f"{P}/versions", **{"for": "own"})
    assert 'for="f-person-custom.size">Size</label>' in page(agent_client, card)
    assert 'for="f-company-custom.size">Size of the company</label>' in page(agent_client, card)
    form = {"open": keys, "version": "1", "tab": "fields", "back": card, "company_uid": kunde.uid, "company_version": str(kunde.version),
            "person-custom.size": "38", "company-custom.size": "900"}
    wrong = post(agent_client, f"{card}/fields", 422, **form | {"company-custom.size": "big"})
    assert 'id="f-company-custom.size-error"' in wrong and 'id="f-person-custom.size-error"' not in wrong
    assert post(agent_client, f"{card}/fields", **form) == card
    with fresh_database.read() as db:
        assert custom_of(db, db.get_one(Person, ingrid.id)) == {"size": 38} and custom_of(db, db.get_one(Company, kunde.id)) == {"size": 900}
    text = post(agent_client, f"{card}/fields", 409, **form | {"version": "2", "company-custom.size": "901"})
    assert "It is now: 900" in text
    assert len(re.findall("It is now", text)) == 1


def test_a_field_of_ones_own_that_is_asked_for_or_used_no_longer(
        agent_client: FlaskClient, ingrid: Person, fresh_database: Database, nora: Agent) -> None:
    """What is asked for is not emptied; into what an admin has retired since nothing new is written, what stands there stays."""
    with fresh_database.write() as db:
        size = save_field(db, None, {"of": "person", "name": "Size", "key": "size", "kind": "number", "required": True}, by=nora)
        edit_person(db, db.get_one(Person, ingrid.id), {}, by=db.get_one(Agent, nora.id), custom={"size": 38})
    card = f"/persons/{ingrid.uid}"
    form = {"open": ["person-custom.size", "person-title"], "version": "2", "tab": "fields", "back": card, "person-title": "Boss"}
    assert "Size must be filled in." in post(agent_client, f"{card}/fields", 422, **form, **{"person-custom.size": ""})
    with fresh_database.write() as db:
        retire_field(db, db.get_one(CustomField, size.id), by=nora)
    assert "Size is no longer used." in post(agent_client, f"{card}/fields", 422, **form, **{"person-custom.size": "39"})
    assert post(agent_client, f"{card}/fields", **form, **{"person-custom.size": "38"}) == card
    with fresh_database.read() as db:
        person = db.get_one(Person, ingrid.id)
        assert (person.title, custom_of(db, person)) == ("Boss", {"size": 38})


def test_log_tells_what_was_changed_and_takes_entries(agent_client: FlaskClient, ingrid: Person, kunde: Company, nora: Agent, fresh_database: Database) -> None:
    """W49, W58, W59: entries with date and name; with them, where it is set up so, what was changed on the person and on the company."""
    post(agent_client, f"/persons/{ingrid.uid}/notes", text="Rang about the pump", back=f"/persons/{ingrid.uid}/details")
    with fresh_database.write() as db:
        by = db.get_one(Agent, nora.id)
        edit_person(db, db.get_one(Person, ingrid.id), {"title": "Boss"}, by=by)
        edit_company(db, db.get_one(Company, kunde.id), {"phone": "+47 55 50 10 00"}, by=by)

    def log() -> str:
        text = page(agent_client, f"/persons/{ingrid.uid}/details")
        return words(text[text.index('id="log"'):text.index("</section>", text.index('id="log"'))])
    assert "Nora Vik" in log() and "Rang about the pump" in log() and "Boss" not in log()
    post(agent_client, f"{P}/panels/details-log?tab=details", rows="10", changes="1", company="1")
    post(agent_client, f"{P}/versions", **{"for": "own"})
    assert "Changed: title, Nora Vik" in log() and "Boss" in log() and "Changed: telephone, Nora Vik · Kunde AS" in log()


def test_what_is_created_from_a_panel_is_linked(agent_client: FlaskClient, ingrid: Person) -> None:
    """W60, W61: "+" of the panel of activities leads to a form with the person filled in; without the panel it is not there."""
    text = page(agent_client, f"/persons/{ingrid.uid}/details")
    link = re.search(r'href="(/activities/new\?person=\w+[^"]*)"', text)
    assert link is not None and "Ingrid Solheim" in page(agent_client, link[1].replace("&amp;", "&"))
    post(agent_client, f"{P}/panels/details-activities/end?tab=details")
    post(agent_client, f"{P}/versions", **{"for": "own"})
    assert "/activities/new?person=" not in page(agent_client, f"/persons/{ingrid.uid}/details")


def test_every_panel_asks_a_bounded_number_of_questions(
    agent_client: FlaskClient, ingrid: Person, kunde: Company, arrive: Arrive, statements: list[str],
) -> None:
    """Each kind of panel draws for person and company, and asks no more when there is more to show."""
    def more(number: int) -> None:
        arrive(mail("Ole <ole@kunde.example>", subject=f"Letter {number} {part}"))
        post(agent_client, f"/persons/{ingrid.uid}/notes", text=f"Note {number}")
        post(agent_client, "/activities", kind="task", title=f"Task {number}", person=ingrid.uid)

    for of, url, tabs in ((P, f"/persons/{ingrid.uid}", {"fields": "", "details": "/details"}), (C, f"/companies/{kunde.uid}", {"overview": ""})):
        for tab, part in tabs.items():
            for kind in KINDS:
                if palette(agent_client, tab, of).get(kind.key) == "":
                    put_in(agent_client, kind.key, tab, of)
            post(agent_client, f"{of}/versions", **{"for": "own"})
            more(0)                                         # of what there is none of, a card does not ask
            page(agent_client, url + part)
            statements.clear()
            page(agent_client, url + part)
            alone = len(statements)
            for number in range(1, 4):
                more(number)
            statements.clear()
            page(agent_client, url + part)
            assert len(statements) <= min(alone + 4, 75), (url + part, alone, len(statements))
