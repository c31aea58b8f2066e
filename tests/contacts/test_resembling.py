"""Who a stranger may be: the right person first, with evidence that adds up; never somebody on a company or language alone."""

from __future__ import annotations

from itertools import count

import pytest

from contacts.addressing import add_address, holdings_of
from contacts.agent import Agent
from contacts.binning import bin_person, restore_person
from contacts.creating import create_company
from contacts.editing import create_person, edit_person
from contacts.identifying import address_row
from contacts.phones import phones_in
from contacts.rejecting import say_not_same, take_back_not_same
from contacts.resembling import candidates, score
from contacts.stranger import Stranger, Trace

_NUMBER = count(1)


@pytest.fixture
def nora(db):
    agent = Agent(email="nora@desk.example", name="Nora Vik")
    db.add(agent)
    db.flush()
    return agent


def person(db, name, *emails, phone="", company=None, **fields):
    first, _, last = name.rpartition(" ")
    made = create_person(
        db, {"first_name": first, "last_name": last, **fields}, by=None, exempt=True,
        addresses=[{"kind": "email", "value": value} for value in emails] + [{"kind": "phone", "value": phone}] * bool(phone),
        employments=[{"company": company}] if company else ())
    return made


def crowd(db, name, n, **fields):
    return [person(db, name, f"crowd{next(_NUMBER)}@crowd.example", **fields) for _ in range(n)]


def named(db, *given, **fields):
    stranger = given[0] if given else Stranger(**fields)
    return [one["name"] for one in candidates(db, stranger)]


def clues(found):
    return {clue["clue"]: clue["points"] for clue in found["evidence"]}


@pytest.mark.parametrize(("writes", "is_called"), [
    ("Bjoern Soerlie", "Bjørn Sørlie"), ("Utvær, Sigbjørn", "Sigbjørn Utvær"), ("S. Utvær", "Sigbjørn Utvær"), ("Lasse Utvær", "Lars Utvær"),
    ("Sigbjorn Utvar", "Sigbjørn Utvær"), ("Sigbjørn Utver", "Sigbjørn Utvær"), ("Kari Utvær Moe", "Kari Utvær"), ("SIGBJØRN UTVÆR", "Sigbjørn Utvær"),
])
def test_found_by_name_however_it_is_written(db, writes, is_called):
    """S83a: an agent can identify who writes from an address that is not on the card."""
    crowd(db, "Kari Nordmann", 3)
    person(db, is_called, "old@kunde.example")
    assert named(db, name=writes, address="x1@post.example") == [is_called]


def test_everything_speaks_for_the_right_one(db):
    kunde = create_company(db, "Kunde ApS", domains=["kunde.example"])
    verksted = create_company(db, "Værksted A/S", domains=["verksted.example"])
    mads = person(db, "Mads Kjær", "mads@kunde.example", phone="+45 55 50 12 77", company=kunde, preferred_language="da")
    person(db, "Mads Kjær Holm", "mh@verksted.example", company=verksted, phone="+45 20 12 34 56")
    found = candidates(db, Stranger(
        name="Mads Kjær", address="mads@verksted.example", language="da", phones=phones_in("Mads Kjær\nMobil 55 50 12 77"),
        traces=(Trace(mads.id, 4790, answers=False, asked=True),)))
    assert [one["name"] for one in found] == ["Mads Kjær", "Mads Kjær Holm"]
    assert {"name", "thread", "phone", "language"} <= set(clues(found[0]))
    assert clues(found[1])["domain"] > 0
    assert found[0]["score"] > 0.8 > found[1]["score"]
    for one in found:
        assert set(one) == {"person_id", "name", "score", "evidence"}
        assert all(set(clue) == {"clue", "points", "words", "sentence"} for clue in one["evidence"])


def test_a_common_name_alone_names_nobody_and_a_thread_tells_them_apart(db):
    people = crowd(db, "Ole Hansen", 120)
    assert named(db, name="Ole Hansen", address="ole1@post.example") == []
    found = candidates(db, Stranger(name="Ole Hansen", address="ole1@post.example", traces=(
        Trace(people[77].id, 12, answers=True, asked=True),)))
    assert found[0]["person_id"] == people[77].uid
    assert clues(found[0])["name"] < 20 <= clues(found[0])["thread"]


def test_company_and_language_alone_name_nobody(db):
    """A colleague nobody has heard of is not another colleague."""
    company = create_company(db, "Kunde AS", domains=["kunde.example"])
    person(db, "Kari Moe", "kari@kunde.example", company=company, preferred_language="nb")
    assert named(db, name="Ole Vang", address="ole@kunde.example", language="nb") == []
    assert named(db, name="", address="faktura@kunde.example", language="nb") == []


def test_a_first_name_is_enough_among_colleagues(db):
    company = create_company(db, "Kunde AS", domains=["kunde.example"])
    person(db, "Kari Moe", "km@kunde.example", company=company)
    crowd(db, "Kari Lie", 2)
    assert named(db, name="Kari", address="kari@kunde.example") == ["Kari Moe"]


@pytest.mark.parametrize(("written", "held"), [
    ("sigbjorn.utvaer@knude.example", "sigbjorn.utvaer@kunde.example"), ("sigbjørn.utvær+desk@kunde.example", "sigbjørn.utvær@kunde.example"),
    ("sigbjrn.utvaer@kunde.example", "sigbjorn.utvaer@kunde.example"), ("seilbåten77@post.example", "seilbåten77@kunde.example"),
])
def test_found_by_an_address_nearly_the_same(db, written, held):
    company = create_company(db, "Kunde AS", domains=["kunde.example"])
    person(db, "Sigbjørn Utvær", held, company=company)
    found = candidates(db, Stranger(address=written))
    assert [one["name"] for one in found] == ["Sigbjørn Utvær"]
    assert "address" in clues(found[0])


def test_phones_that_several_hold_prove_less(db):
    one = person(db, "Siri Aas", "siri@kunde.example", phone="+47 91 23 45 67")
    alone = clues(candidates(db, Stranger(name="Siri", phones=phones_in("Tlf 91 23 45 67")))[0])["phone"]
    person(db, "Per Aas", "per@kunde.example", phone="+47 91 23 45 68")
    address = next(h.address for h in holdings_of(db, one) if h.address.kind == "phone")
    add_address(db, person(db, "Jo Aas", "jo@kunde.example"), "phone", address.value, by=None, share=True)
    shared = clues(candidates(db, Stranger(name="Siri Aas", phones=phones_in("Tlf 91 23 45 67")))[0])["phone"]
    assert shared < alone


def test_another_name_speaks_against_a_thread(db):
    """Whoever writes into somebody's thread under another name is a colleague, not they."""
    ole = person(db, "Ole Vang", "ole@kunde.example")
    trace = Trace(ole.id, 7, answers=True, asked=False)
    assert named(db, name="Kari Moe", address="kari@kunde.example", traces=(trace,)) == []
    assert named(db, name="", address="post@kunde.example", traces=(Trace(ole.id, 7, answers=True, asked=True),)) == ["Ole Vang"]


def test_deleted_persons_are_nobody_and_come_back_when_restored(db, nora):
    one = person(db, "Sigbjørn Utvær", "old@kunde.example")
    bin_person(db, one, by=nora)
    assert named(db, name="Sigbjørn Utvær") == []
    restore_person(db, one, by=nora)
    assert named(db, name="Sigbjørn Utvær") == ["Sigbjørn Utvær"]


def test_a_new_name_is_found_and_the_old_one_is_not(db):
    one = person(db, "Kari Hjelmeseth", "old@kunde.example")
    edit_person(db, one, {"last_name": "Brattbakk"}, by=None)
    assert named(db, name="Kari Brattbakk") == ["Kari Brattbakk"]
    assert named(db, name="Kari Hjelmeseth") == []


def test_not_the_same_is_remembered_until_taken_back(db, nora):
    one = person(db, "Sigbjørn Utvær", "old@kunde.example")
    address = address_row(db, "sigbjorn@post.example")
    stranger = Stranger(name="Sigbjørn Utvær", address=address.normalised, address_id=address.id)
    assert named(db, stranger)
    say_not_same(db, address, one, by=nora)
    say_not_same(db, address, one, by=nora)
    assert named(db, stranger) == []
    assert named(db, name="Sigbjørn Utvær", address="s@other.example") == ["Sigbjørn Utvær"]
    take_back_not_same(db, address, one, by=nora)
    assert named(db, stranger) == ["Sigbjørn Utvær"]


def test_at_most_five_and_the_best_first(db):
    crowd(db, "Runa Skog", 8)
    found = candidates(db, Stranger(name="Runa Skog"))
    assert len(found) == 5
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)


def test_score_grows_with_points():
    assert score(15) < 0.2 < score(45) == 0.5 < 0.95 < score(100) <= 1


@pytest.mark.parametrize("name", ["Kundeservice", "IT Support", "Kunde AS", "no-reply", "Bogholderi"])
def test_a_desk_is_nobody(db, name):
    person(db, name if " " in name else f"{name} {name}", "x@kunde.example")
    assert named(db, name=name, address="support@kunde.example") == []
