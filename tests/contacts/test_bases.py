"""Why a person may be held for a purpose: evidence that is never changed, and an objection that outlives the card."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.bases import give, last_basis_lost, stop, without_basis
from contacts.editing import create_person, stand_on
from contacts.merging import merge, unmerge
from contacts.person import LegalBasis, Person
from contacts.purposes import purposes, retire_purpose, save_purpose
from contacts.suppression import suppressed
from core.clock import now
from core.errors import Conflict, Refused
from core.history import FactRow

OLE = ("email", "ole@kunde.example")


@pytest.fixture
def nora(db: Session) -> Agent:
    agent = Agent(email="nora@desk.example", name="Nora Vik")
    db.add(agent)
    db.flush()
    return agent


@pytest.fixture
def ole(db: Session) -> Person:
    return made(db, "ole@kunde.example")


def made(db: Session, email: str) -> Person:
    return create_person(db, {"first_name": "Ole", "last_name": "Vang"}, by=None, exempt=True, addresses=[{"kind": "email", "value": email}])


def told(person: Person) -> list[tuple[str, str, str]]:
    return [(one.purpose, one.event, one.basis) for one in person.legal_bases]


def test_evidence_is_added_and_never_changed(db: Session, ole: Person, nora: Agent) -> None:
    """S7, S27, S29: each purpose has a ground of its own, and who noted it, from where, in which words, when."""
    marketing = next(one for one in purposes(db) if one.key == "marketing")
    save_purpose(db, marketing, {"name": "Marketing", "marketing": True, "wordings": {"nb": "Ja, takk."}}, by=nora)
    [words] = marketing.wordings
    row = give(db, ole, "marketing", "consent", source="at the fair", by=nora, wording=words)
    give(db, ole, "service", "contract", source="signed", by=nora)
    stop(db, ole, "marketing", source="on the telephone", by=nora)
    assert told(ole) == [("service", "given", "legitimate_interest"), ("marketing", "given", "consent"), ("service", "changed", "contract"),
                         ("marketing", "withdrawn", "consent")]
    assert (row.source, row.by_uid, row.proof, row.wording.text if row.wording else "") == ("at the fair", nora.uid, "word", "Ja, takk.")
    assert {key: one.holds for key, one in ole.standing_bases.items()} == {"service": True, "marketing": False}
    facts = [fact.data["event"] for fact in db.scalars(select(FactRow).where(FactRow.kind == "person.basis").order_by(FactRow.id))]
    assert facts == ["given", "changed", "withdrawn"]


def test_an_objection_outlives_the_card(db: Session, ole: Person, nora: Agent) -> None:
    give(db, ole, "marketing", "legitimate_interest", source="customer", by=nora)
    assert stop(db, ole, "marketing", source="by mail", by=None).event == "objected"
    assert stop(db, ole, "marketing", source="again", by=None).source == "by mail"       # twice is once
    db.expire(ole)
    db.execute(delete(LegalBasis))
    assert suppressed(db, "objected", [OLE], "marketing") == {OLE}
    assert suppressed(db, "objected", [OLE], "service") == set()


def test_nothing_but_consent_opens_what_was_objected_to(db: Session, ole: Person, nora: Agent) -> None:
    stop(db, ole, "marketing", source="by mail", by=None)
    with pytest.raises(Refused, match="their own consent"):
        give(db, ole, "marketing", "legitimate_interest", source="we think so", by=nora)
    give(db, ole, "marketing", "consent", source="last year's form", by=nora, at=now() - timedelta(days=400))
    assert suppressed(db, "objected", [OLE], "marketing") == {OLE}                       # what was said before the objection says nothing
    give(db, ole, "marketing", "consent", source="asked for the newsletter", by=nora)
    assert suppressed(db, "objected", [OLE], "marketing") == set() and ole.standing_bases["marketing"].holds


def test_what_is_no_marketing_is_no_list(db: Session, ole: Person, nora: Agent) -> None:
    assert stop(db, ole, "service", source="by mail", by=nora).event == "objected"
    assert suppressed(db, "objected", [OLE]) == set()
    give(db, ole, "service", "contract", source="bought again", by=nora)
    assert ole.standing_bases["service"].event == "given"


def test_losing_the_last_is_seen(db: Session, ole: Person, nora: Agent) -> None:
    other = made(db, "kari@kunde.example")
    give(db, ole, "marketing", "consent", source="at the fair", by=nora)
    stop(db, ole, "service", source="by mail", by=nora)
    assert last_basis_lost(db, ole) is None
    assert list(db.scalars(select(Person.id).where(without_basis()))) == []
    row = stop(db, ole, "marketing", source="by mail", by=nora)
    assert last_basis_lost(db, ole) == row.at
    assert list(db.scalars(select(Person.id).where(without_basis()))) == [ole.id]
    stand_on(db, ole, "contract", by=nora)
    assert last_basis_lost(db, ole) is None and last_basis_lost(db, other) is None
    assert list(db.scalars(select(Person.id).where(without_basis()))) == []


def test_what_is_refused(db: Session, ole: Person, nora: Agent) -> None:
    for purpose, basis, source, at, field in (("none", "consent", "x", None, "purpose"), ("service", "whim", "x", None, "basis"), ("service", "consent", " ", None, "source"),
                                              ("service", "consent", "x", now() + timedelta(days=1), "at")):
        with pytest.raises(Refused) as refused:
            give(db, ole, purpose, basis, source=source, by=nora, at=at)
        assert field in refused.value.errors


def test_it_follows_a_merge_and_comes_back(db: Session, ole: Person, nora: Agent) -> None:
    other = made(db, "o.vang@hjem.example")
    stop(db, other, "marketing", source="by mail", by=None)
    merge(db, other, ole, by=nora)
    db.expire_all()
    assert not ole.standing_bases["marketing"].holds
    unmerge(db, other, by=nora)
    db.expire_all()
    assert "marketing" not in ole.standing_bases and not other.standing_bases["marketing"].holds


def test_words_have_versions_that_never_change(db: Session, nora: Agent) -> None:
    made_ = save_purpose(db, None, {"name": "Kundetreff og messer", "marketing": True, "wordings": {"nb": "Ja til treff.", "da": " "}}, by=nora)
    assert made_.key == "kundetreff_og_messer"
    version = made_.version
    save_purpose(db, made_, {"name": "Kundetreff", "wordings": {"nb": "Ja til treff.", "sv": "Ja tack."}}, by=nora)
    save_purpose(db, made_, {"name": "Kundetreff", "wordings": {"nb": "Ja til alle treff.", "sv": ""}}, by=nora)
    assert [(one.language, one.version, one.text) for one in made_.wordings] == [
        ("nb", 1, "Ja til treff."), ("sv", 1, "Ja tack."), ("nb", 2, "Ja til alle treff.")]
    assert made_.marketing and made_.key == "kundetreff_og_messer"
    with pytest.raises(Conflict):
        save_purpose(db, made_, {"name": "Treff"}, by=nora, version=version)
    with pytest.raises(Refused, match="Some fields"):
        save_purpose(db, made_, {"name": "Marketing"}, by=nora)
    retire_purpose(db, made_, by=nora)
    assert made_ not in purposes(db) and made_ in purposes(db, retired=True)
    with pytest.raises(Refused):
        retire_purpose(db, purposes(db)[0], by=nora)
