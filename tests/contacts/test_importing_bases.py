"""The legal basis by which an import holds whom it creates: chosen wholly, heeded as on the card, and gone with who goes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from contacts.agent import Agent
from contacts.bases import give, stop
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.enrolling import add_agent
from contacts.importing_bases import chosen_ground
from contacts.importing_choices import begin_import, choose_columns
from contacts.importing_files import written
from contacts.person import LegalBasis, Person
from contacts.purpose import ConsentWording, Purpose
from contacts.purposes import current_wordings, retire_purpose, save_purpose
from contacts.suppression import suppress, suppressed
from core.database import Database
from core.errors import Refused
from core.history import FactRow
from core.operations import Operation
from core.options import set_option
from tests.contacts.test_importing import acted, imported, planned, verdicts

HEADER = ("Fornavn", "Etternavn", "E-post", "Mobil", "Firma")
KARI, OLE = (("Kari", "Moe", "kari@kunde.example", "", "Kunde AS"), ("Ole", "Hansen", "ole@kunde.example", "", "Kunde AS"))
AT_OLES = ("email", "ole@kunde.example")


@pytest.fixture
def nora(fresh_database: Database) -> Agent:
    with fresh_database.write() as db:
        return add_agent(db, "nora@desk.example", "a sentence is easier", name="Nora Vik")


@pytest.fixture
def wording(fresh_database: Database, nora: Agent) -> ConsentWording:
    """The words in which persons are asked for marketing."""
    with fresh_database.write() as db:
        create_company(db, "Kunde AS")
        marketing = db.scalars(select(Purpose).where(Purpose.key == "marketing")).one()
        save_purpose(db, marketing, {"wordings": {"nb": "Ja, takk."}}, by=db.get_one(Agent, nora.id))
        return current_wordings(marketing)["nb"]


def consent(wording: ConsentWording) -> dict[str, str | None]:
    return {"purpose": "marketing", "basis": "consent", "source": "Trade fair list 2026", "wording": wording.uid}


def noted(database: Database) -> list[tuple[Any, ...]]:
    with database.read() as db:
        return [(one.purpose, one.event, one.basis, one.source) for one in db.scalars(select(LegalBasis).order_by(LegalBasis.id))]


def test_new_persons_are_held_by_what_was_chosen(fresh_database: Database, nora: Agent, wording: ConsentWording) -> None:
    """S27: purpose, basis, where that is from and in which words, shown by the import and noted by whoever imported; taken back with the person."""
    operation_id = imported(fresh_database, nora, [HEADER, KARI, OLE], ground=consent(wording))
    with fresh_database.read() as db:
        operation, rows = db.get_one(Operation, operation_id), db.scalars(select(LegalBasis)).all()
        assert [(one.purpose, one.event, one.basis, one.source, one.proof, one.proof_uid, one.by_uid, one.wording_id) for one in rows] == [
            ("marketing", "given", "consent", "Trade fair list 2026", "import", operation.uid, nora.uid, wording.id)] * 2
        facts = db.scalars(select(FactRow).where(FactRow.kind == "person.basis")).all()
        assert [(one.by_uid, one.data["purpose"], one.data["event"]) for one in facts] == [(nora.uid, "marketing", "given")] * 2
    assert acted(fresh_database, operation_id, "undo", nora) == "undone"
    assert noted(fresh_database) == []


def test_what_nobody_chose_is_the_desks_own(fresh_database: Database, nora: Agent, wording: ConsentWording) -> None:
    """S27: our service by the default of the settings, as of everybody who is created."""
    with fresh_database.write() as db:
        set_option(db, "contacts.legal_basis", "contract")
    imported(fresh_database, nora, [HEADER, KARI])
    assert noted(fresh_database) == [("service", "given", "contract", "import")]


def test_a_consent_that_somebody_noted_since_keeps_the_person(fresh_database: Database, nora: Agent, wording: ConsentWording) -> None:
    operation_id = imported(fresh_database, nora, [HEADER, KARI], ground=consent(wording))
    with fresh_database.write() as db:
        stop(db, db.scalars(select(Person)).one(), "marketing", source="By mail", by=None)
    acted(fresh_database, operation_id, "undo", nora)
    assert [one[1] for one in verdicts(fresh_database, operation_id)] == ["conflict"]
    assert [one[1] for one in noted(fresh_database)] == ["given", "withdrawn"]


def test_who_objected_is_not_brought_in_for_marketing(fresh_database: Database, nora: Agent, wording: ConsentWording) -> None:
    """An objection outlives the card (Art. 21): the row is skipped and says so; for our service it is none."""
    with fresh_database.write() as db:
        suppress(db, "objected", *AT_OLES, "marketing", reason="link")
    ground = {"purpose": "marketing", "basis": "legitimate_interest", "source": "Trade fair list 2026"}
    operation_id = imported(fresh_database, nora, [HEADER, KARI, OLE], ground=ground)
    assert [(kind, state) for kind, state, _why in verdicts(fresh_database, operation_id)] == [("create", "done"), ("skip", "skipped")]
    assert "have objected to this purpose" in verdicts(fresh_database, operation_id)[1][2]
    imported(fresh_database, nora, [HEADER, OLE])
    assert noted(fresh_database) == [("marketing", "given", "legitimate_interest", "Trade fair list 2026"), ("service", "given", "legitimate_interest", "import")]


def test_who_objects_before_the_word_is_left_out(fresh_database: Database, nora: Agent, wording: ConsentWording) -> None:
    operation_id = planned(fresh_database, nora, [HEADER, OLE], ground={"purpose": "marketing", "basis": "contract", "source": "Bought"})
    with fresh_database.write() as db:
        suppress(db, "objected", *AT_OLES, "marketing", reason="link")
    acted(fresh_database, operation_id, "approve", nora)
    assert [one[1] for one in verdicts(fresh_database, operation_id)] == ["failed"]
    assert noted(fresh_database) == []


def test_consent_lifts_an_objection_and_says_so_before(fresh_database: Database, nora: Agent, wording: ConsentWording) -> None:
    """As on the card: nothing but consent opens it again. Taken back, they have objected as before."""
    with fresh_database.write() as db:
        suppress(db, "objected", *AT_OLES, "marketing", reason="link")
    operation_id = planned(fresh_database, nora, [HEADER, KARI, OLE], ground=consent(wording))
    assert [why for _kind, _state, why in verdicts(fresh_database, operation_id)] == [
        "", "They had objected to this purpose; the consent of this import takes that back."]
    with fresh_database.read() as db:
        assert suppressed(db, "objected", [AT_OLES], "marketing") == {AT_OLES}
    acted(fresh_database, operation_id, "approve", nora)
    with fresh_database.read() as db:
        assert suppressed(db, "objected", [AT_OLES], "marketing") == set()
    acted(fresh_database, operation_id, "undo", nora)
    with fresh_database.read() as db:
        assert suppressed(db, "objected", [AT_OLES], "marketing") == {AT_OLES}


@pytest.mark.parametrize("existing", ["update", "fill", "skip"])
def test_who_is_here_already_gets_nothing_back(fresh_database: Database, nora: Agent, wording: ConsentWording, existing: str) -> None:
    """What somebody withdrew stays withdrawn, whatever the file says of them, and their address stays on the list."""
    with fresh_database.write() as db:
        ole = create_person(db, {"first_name": "Ole", "last_name": "Hansen"}, by=None, exempt=True, addresses=[{"kind": "email", "value": AT_OLES[1]}])
        give(db, ole, "marketing", "consent", source="By mail", by=None)
        stop(db, ole, "marketing", source="By mail", by=None)
    before = noted(fresh_database)
    imported(fresh_database, nora, [(*HEADER, "Tittel"), (*OLE, "Dr")], existing=existing, ground=consent(wording))
    assert noted(fresh_database) == before
    with fresh_database.read() as db:
        assert suppressed(db, "objected", [AT_OLES], "marketing") == {AT_OLES}


@pytest.mark.parametrize(("ground", "field"), [
    ({"purpose": "shoes", "source": "List"}, "purpose"), ({"purpose": "", "source": "List"}, "purpose"), ({"purpose": "contract", "source": "List"}, "purpose"), ({"basis": "habit"}, "basis"),
    ({"basis": ""}, "basis"), ({"purpose": "marketing", "basis": "contract"}, "source"), ({"source": "x" * 501}, "source"),
    ({"purpose": "marketing", "basis": "consent", "source": "Fair"}, "wording"), ({"basis": "consent", "wording": "mine"}, "wording"),
    ({"basis": "contract", "wording": "mine"}, "wording"), ({"basis": "consent", "wording": "0" * 24}, "wording")])
def test_what_cannot_be_is_refused_by_its_field(fresh_database: Database, nora: Agent, wording: ConsentWording, ground: dict[str, str | None], field: str) -> None:
    """A purpose that is none or is retired, no ground, nothing of where it is from, consent to no words or to those of something else: nothing
    is changed, and no worker begins."""
    if ground.get("wording") == "mine":
        ground = ground | {"wording": wording.uid}
    with fresh_database.write() as db:
        retire_purpose(db, db.scalars(select(Purpose).where(Purpose.key == "contract")).one(), by=nora)
        operation = begin_import(db, "persons", written([HEADER, KARI]).encode(), "file.csv", by=nora)
        given = operation.given
        with pytest.raises(Refused) as refused:
            choose_columns(db, operation, given["columns"], ground=ground)
        assert set(refused.value.errors) == {field}
        assert (operation.given, operation.state) == (given, "paused")


def test_consent_where_nobody_has_written_the_words(fresh_database: Database, nora: Agent) -> None:
    """Marketing waits for them; for our service, which asks in no words of its own, it may be the desk's default."""
    with fresh_database.write() as db:
        set_option(db, "contacts.legal_basis", "consent")
        assert chosen_ground(db, {}, {})["basis"] == "consent"
        with pytest.raises(Refused) as refused:
            chosen_ground(db, {}, {"purpose": "marketing", "source": "Fair"})
    assert "Purposes" in refused.value.errors["wording"]
