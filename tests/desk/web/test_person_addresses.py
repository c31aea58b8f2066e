"""The addresses on a person's card: added, confirmed by a mailed link, used first, taken away, moved to another person."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contacts.address import Address, Holding
from contacts.addressing import holdings_of
from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.editing import create_person
from contacts.person import Person
from core.clock import now
from core.database import Database
from core.history import FactRow
from desk.mailboxes import Mailbox, add_mailbox
from desk.outbound import OutboundMail
from tests.desk.web.tickets.conftest import words

VALUE = "ole@private.example"


@pytest.fixture(autouse=True)
def support(fresh_database: Database) -> Mailbox:
    with fresh_database.write() as db:
        return add_mailbox(db, "support@desk.example", "Support")


def made(database: Database, name: str, *addresses: str, **fields: object) -> Person:
    with database.write() as db:
        first, last = name.split(" ")
        return create_person(db, {"first_name": first, "last_name": last, **fields}, by=None, exempt=True,
                             addresses=[{"kind": "email", "value": one} for one in addresses])


@pytest.fixture
def ole(fresh_database: Database) -> Person:
    return made(fresh_database, "Ole Vang", "ole@kunde.example", VALUE, preferred_language="nb")


@pytest.fixture
def kari(fresh_database: Database) -> Person:
    return made(fresh_database, "Kari Dal", "kari@kunde.example")


def held(database: Database, person: Person) -> dict[str, Holding]:
    with database.read() as db:
        return {h.address.value: h for h in holdings_of(db, db.get_one(Person, person.id))}


def url(database: Database, person: Person, value: str = VALUE) -> str:
    return f"/persons/{person.uid}/addresses/{held(database, person)[value].uid}"


def links(database: Database) -> list[str]:
    with database.read() as db:
        mails = db.scalars(select(OutboundMail).order_by(OutboundMail.id)).all()
        return [re.search(r"http://[^/]+(/address/\w+/\w+)", mail.text)[1] for mail in mails]  # type: ignore[index]


def facts(database: Database, kind: str) -> list[FactRow]:
    with database.read() as db:
        return list(db.scalars(select(FactRow).where(FactRow.kind == kind).order_by(FactRow.id)))


@pytest.fixture
def link(agent_client: FlaskClient, ole: Person, fresh_database: Database) -> str:
    assert agent_client.post(url(fresh_database, ole) + "/link").status_code == 303
    return links(fresh_database)[0]


def test_the_page_tells_where_each_came_from_and_what_proves_it(agent_client: FlaskClient, ole: Person, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        db.execute(update(Holding).where(Holding.id == held(fresh_database, ole)["ole@kunde.example"].id).values(
            origin="wrote", proof="authenticated", label="work"))
        db.execute(update(Address).where(Address.value == VALUE).values(health="bouncing"))
    said = words(agent_client.get(f"/persons/{ole.uid}/addresses").text)
    assert all(part in said for part in (
        "Addresses of Ole Vang", "proven by authenticated mail they wrote from it", "work · primary", "unproven", "mail comes back", "One more"))
    assert "Held before" not in said
    assert f"/persons/{ole.uid}/addresses" in agent_client.get(f"/persons/{ole.uid}").text


def test_one_is_added_and_one_of_somebody_else_only_when_both_use_it(
    agent_client: FlaskClient, ole: Person, kari: Person, fresh_database: Database,
) -> None:
    there = f"/persons/{ole.uid}/addresses"
    assert agent_client.post(there, data={"kind": "phone", "value": "55501277", "label": "desk"}).status_code == 303
    assert held(fresh_database, ole)["+47 55 50 12 77"].label == "desk"
    wrong = agent_client.post(there, data={"kind": "email", "value": "nonsense"})
    assert wrong.status_code == 422 and "Write it like" in wrong.text
    taken = agent_client.post(there, data={"kind": "email", "value": "kari@kunde.example"})
    assert taken.status_code == 409 and "Both use it" in taken.text
    assert agent_client.post(there, data={"kind": "email", "value": "kari@kunde.example", "share": "1"}).status_code == 303
    assert {"kari@kunde.example"} == held(fresh_database, ole).keys() & held(fresh_database, kari).keys()


def test_label_primary_and_taking_away(agent_client: FlaskClient, ole: Person, fresh_database: Database) -> None:
    there = url(fresh_database, ole)
    agent_client.post(there + "/label", data={"label": "  at   home "})
    agent_client.post(there + "/primary")
    assert {value: (h.label, h.primary) for value, h in held(fresh_database, ole).items()} == {
        VALUE: ("at home", True), "ole@kunde.example": ("", False)}
    agent_client.post(there + "/end")
    assert {value: h.primary for value, h in held(fresh_database, ole).items()} == {"ole@kunde.example": True}
    text = words(agent_client.get(f"/persons/{ole.uid}/addresses").text)
    assert "Held before 1" in text and "Take back" in text
    agent_client.post(there + "/back")
    assert set(held(fresh_database, ole)) == {VALUE, "ole@kunde.example"}
    assert agent_client.post(there + "/back").status_code == 422


# ── confirmed by a link ──

def test_the_mail_is_in_the_persons_language_and_names_nobody(link: str, fresh_database: Database) -> None:
    with fresh_database.read() as db:
        mail = db.scalars(select(OutboundMail)).one()
        assert (mail.kind, mail.recipients, mail.language, mail.mailbox.address) == ("system", [VALUE], "nb", "support@desk.example")  # type: ignore[union-attr]
        assert VALUE in mail.text and "Ole" not in mail.text + mail.html + mail.subject


def test_anybody_may_open_the_page_but_only_the_button_proves(visitor: FlaskClient, link: str, ole: Person, fresh_database: Database) -> None:
    page = visitor.get(link)
    assert page.status_code == 200 and VALUE in page.text.replace("<wbr>", "") and "Ole" not in page.text and 'lang="nb"' in page.text
    assert held(fresh_database, ole)[VALUE].proof == "none"
    assert visitor.post(link).status_code == 200
    assert held(fresh_database, ole)[VALUE].proof == "link"
    assert [row.by_uid for row in facts(fresh_database, "address.proven")] == [None]
    assert (visitor.get(link).status_code, visitor.post(link).status_code) == (422, 422)


def test_the_page_asks_for_the_token_against_forgery(app, visitor: FlaskClient, link: str) -> None:  # type: ignore[no-untyped-def]
    app.config["WTF_CSRF_ENABLED"] = True
    assert visitor.post(link).status_code == 400


def test_a_confirmed_address_takes_mail_again(visitor: FlaskClient, link: str, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        db.execute(update(Address).where(Address.value == VALUE).values(health="bouncing"))
    visitor.post(link)
    with fresh_database.read() as db:
        assert db.scalar(select(Address.health).where(Address.value == VALUE)) == "ok"


@pytest.mark.parametrize("change", [
    lambda link: link[:-1] + ("a" if link[-1] != "a" else "b"), lambda link: "/address/" + "0" * 24 + "/" + link.rpartition("/")[2]])
def test_a_forged_link_proves_nothing(visitor: FlaskClient, link: str, ole: Person, fresh_database: Database, change) -> None:  # type: ignore[no-untyped-def]
    page = visitor.post(change(link))
    assert page.status_code == 422 and VALUE not in page.text and "Ole" not in page.text
    assert held(fresh_database, ole)[VALUE].proof == "none"


@pytest.mark.parametrize("what", ["old", "taken away", "deleted", "moved", "another link"])
def test_a_link_ends(visitor: FlaskClient, agent_client: FlaskClient, jonas: Agent, link: str, ole: Person, kari: Person,
                     fresh_database: Database, what: str) -> None:
    there = url(fresh_database, ole)
    with fresh_database.write() as db:
        if what == "old":
            db.execute(update(Holding).where(Holding.asked_at.is_not(None)).values(asked_at=now() - timedelta(days=8)))
        if what == "another link":
            db.execute(update(Holding).where(Holding.asked_at.is_not(None)).values(asked_at=now() - timedelta(hours=1)))
        if what == "deleted":
            bin_person(db, db.get_one(Person, ole.id), by=db.get_one(Agent, jonas.id))
    if what == "taken away":
        agent_client.post(there + "/end")
    if what == "moved":
        agent_client.post(there + "/move", data={"to": kari.uid})
    if what == "another link":
        agent_client.post(there + "/link")
        assert visitor.get(links(fresh_database)[1]).status_code == 200
    assert (visitor.get(link).status_code, visitor.post(link).status_code) == (422, 422)


def test_nobody_is_flooded_with_links(agent_client: FlaskClient, link: str, ole: Person, fresh_database: Database) -> None:
    again = agent_client.post(url(fresh_database, ole) + "/link")
    assert again.status_code == 422 and "a moment ago" in again.text
    for n in range(9):
        person = made(fresh_database, f"Nr {n}", f"nr{n}@kunde.example")
        assert agent_client.post(url(fresh_database, person, f"nr{n}@kunde.example") + "/link").status_code == 303
    late = agent_client.post(url(fresh_database, ole, "ole@kunde.example") + "/link")
    assert late.status_code == 422 and "Too many links" in late.text
    assert len(links(fresh_database)) == 10


def test_what_needs_no_link_gets_none(agent_client: FlaskClient, ole: Person, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        db.execute(update(Holding).values(proof="authenticated"))
    assert agent_client.post(url(fresh_database, ole) + "/link").status_code == 422
    assert "Mail a link" not in agent_client.get(f"/persons/{ole.uid}/addresses").text
    with fresh_database.write() as db:
        db.execute(update(Holding).values(proof="none"))
        db.execute(update(Address).where(Address.value == VALUE).values(suppression="blocked"))
    assert agent_client.post(url(fresh_database, ole) + "/link").status_code == 422


# ── moved ──

def test_it_moves_to_whom_an_agent_finds_and_both_histories_tell(
    agent_client: FlaskClient, ole: Person, kari: Person, fresh_database: Database,
) -> None:
    there = url(fresh_database, ole)
    page = agent_client.get(f"{there}/move?q=Dal").text
    assert "Kari Dal" in page and "Ole Vang has written stays theirs" in words(page)
    assert "Nobody else is called that." in agent_client.get(f"{there}/move?q=Vang").text
    moved = agent_client.post(there + "/move", data={"to": kari.uid}, follow_redirects=True)
    assert "Addresses of Kari Dal" in moved.text
    theirs = held(fresh_database, kari)[VALUE]
    assert (theirs.origin, theirs.proof, theirs.primary) == ("agent", "agent", False)
    assert VALUE not in held(fresh_database, ole)
    assert "Address moved to another person, Nora Vik" in agent_client.get(f"/persons/{ole.uid}").text
    assert "Address came from another person, Nora Vik" in agent_client.get(f"/persons/{kari.uid}").text
    agent_client.post(there + "/back")
    assert VALUE in held(fresh_database, ole) and VALUE not in held(fresh_database, kari)


def test_it_moves_to_nobody_deleted_and_not_to_whoever_has_it(
    agent_client: FlaskClient, jonas: Agent, ole: Person, kari: Person, fresh_database: Database,
) -> None:
    there = url(fresh_database, ole)
    assert agent_client.post(there + "/move", data={"to": ole.uid}).status_code == 422
    with fresh_database.write() as db:
        bin_person(db, db.get_one(Person, kari.id), by=db.get_one(Agent, jonas.id))
    assert agent_client.post(there + "/move", data={"to": kari.uid}).status_code == 404
    assert agent_client.post(there + "/move", data={"to": ""}).status_code == 404
    assert VALUE in held(fresh_database, ole)


# ── who may not ──

def test_visitors_and_wrong_cards(visitor: FlaskClient, agent_client: FlaskClient, ole: Person, kari: Person, fresh_database: Database) -> None:
    mine, wrong = url(fresh_database, ole), f"/persons/{kari.uid}/addresses/{held(fresh_database, ole)[VALUE].uid}"
    for act in ("link", "primary", "label", "end", "move", "back"):
        assert "/sign-in" in visitor.post(f"{mine}/{act}").location
        assert agent_client.post(f"{wrong}/{act}", data={"to": kari.uid}).status_code == 404
    for path in (f"/persons/{ole.uid}/addresses", f"{mine}/move"):
        assert "/sign-in" in visitor.get(path).location
    assert "/sign-in" in visitor.post(f"/persons/{ole.uid}/addresses").location
    assert agent_client.get(f"{wrong}/move").status_code == 404
    assert set(held(fresh_database, ole)) == {VALUE, "ole@kunde.example"} and not links(fresh_database)


def test_a_deleted_persons_addresses_are_not_shown(agent_client: FlaskClient, jonas: Agent, ole: Person, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        bin_person(db, db.get_one(Person, ole.id), by=db.get_one(Agent, jonas.id))
    assert agent_client.get(f"/persons/{ole.uid}/addresses").status_code == 404


def test_both_forms_of_a_domain_are_one_address(agent_client: FlaskClient, ole: Person, fresh_database: Database) -> None:
    there = f"/persons/{ole.uid}/addresses"
    assert agent_client.post(there, data={"kind": "email", "value": "Ole@xn--blbr-roah.example"}).status_code == 303
    again = agent_client.post(there, data={"kind": "email", "value": "ole@blåbær.example"})
    assert again.status_code == 422 and "It is on this card already." in again.text
