"""A privacy report holds all that is stored on the person, and only of them (S54-S61)."""

from __future__ import annotations

import pytest
from sqlalchemy import ForeignKey, String, event, func, select
from sqlalchemy.orm import Mapped

from contacts.addressing import add_address, holdings_of, retire
from contacts.binning import bin_person
from contacts.company import Company
from contacts.editing import create_person, edit_person, person_called
from core import schema
from core.database import Base, database, personal, plain
from core.errors import Forbidden, Gone, Refused, Unknown
from core.operations import Operation
from desk.erasing import asking as erasing
from desk.locking_mail import lock
from desk.operating import act_on
from desk.privacy import asking, handing, running
from desk.privacy import places as where
from desk.privacy.kept import PrivacyReport, ReportPart, ReportPerson
from jobs import operations
from tests import residue as looking


def test_everything_is_in_it(desk):
    """S58: the card, what was written by and to the person, notes about them, why, from where and who got it."""
    told = desk.told(desk.make())
    sections = {one["section"]: one["entries"] for one in told["sections"]}
    card = sections["card"][0]["fields"]
    assert (card["first_name"], card["last_name"], card["title"], card["created_how"]) == ("Mads", "Zyxwold", "Wobbly officer", "mail")
    assert [one["fields"]["value"] for one in sections["addresses"]] == ["mads.zyxwold@newplace.example"]
    assert [(one["fields"]["name"], one["fields"]["position"]) for one in sections["employments"]] == [("Kunde AS", "Head of printers")]
    assert [(one["fields"]["purpose"], one["fields"]["basis"], one["fields"]["source"]) for one in sections["bases"]] == [
        ("service", "legitimate_interest", "wrote to us")]
    assert "Mads snores." in [one["fields"]["text"] for one in sections["notes"]], "private notes are about the person too"
    assert {"Dear Mads, it is fixed."} <= {one["fields"].get("text") for one in sections["conversations"]}
    assert sections["origin"][0]["fields"]["ticket"] == f"#{desk.ticket}"
    assert [(one["fields"]["name"], one["fields"]["mails"]) for one in sections["recipients"] if one["record"] == "recipient"] == [("Eva Lie", 1)], (
        "who got our mail is told by name")
    assert ("title", "Wobbly officer") in [(one["fields"].get("field"), one["fields"].get("after")) for one in sections["history"]]


def test_others_are_taken_out(desk):
    """S58: who stands beside the person in a thread or a note is nobody else's to read (15(4)); who received it is told."""
    told = desk.told(desk.make())
    words = repr([one for one in told["sections"] if one["section"] != "recipients"])
    for other in ("Eva", "eva.lie", "911 22 333", "Tove", "Sletten"):
        assert other not in words, other
    assert "My printer is quixotic, says [another person]. Ask [another person] or [another person]." in words
    assert "Mads Zyxwold" in words


def test_where_others_name_the_person(desk):
    """S58: also what stands in a ticket of others, by the words that name the person alone."""
    desk.arrive("Per Moe <per@third.example>", subject="Secret matters", text="Write to mads.zyxwold@newplace.example about the treasure.")
    told = desk.told(desk.make())
    named = [one["fields"] for section in told["sections"] if section["section"] == "mentions" for one in section["entries"]]
    assert named == [{"where": "messages", "words": ["mads.zyxwold@newplace.example"]}]
    assert "treasure" not in desk.words(desk.make())


def test_every_table_that_declares_it_is_told():
    """S58: a column declared for the report is in it, or says why it is not."""
    schema.metadata()
    assert where.unplaced() == []
    told = {column for place in where.places() for _name, column in where.told(place)}
    same = {Base.metadata.tables[place.table].c[name] for place in where.places() for name in place.same}
    for table in Base.metadata.sorted_tables:
        if table.name not in where.ELSEWHERE:
            assert set(where.shown(table)) <= told | same, table.name


def test_a_new_table_is_told_by_itself(fresh_database):
    """S58: one that points at persons needs no line; one that does not is asked for."""
    schema.metadata()
    class Shoe(Base):
        __tablename__ = "shoes"
        id: Mapped[int] = plain(primary_key=True)
        person_id: Mapped[int] = plain(ForeignKey("persons.id"))
        size: Mapped[str] = personal(String(5))

    class Hat(Base):
        __tablename__ = "hats"
        id: Mapped[int] = plain(primary_key=True)
        size: Mapped[str] = personal(String(5))
    where.places.cache_clear()
    try:
        assert [(one.table, one.section) for one in where.places() if one.table in ("shoes", "hats")] == [("shoes", "other")]
        assert where.unplaced() == ["hats"]
    finally:
        for one in (Shoe, Hat):
            Base.metadata.remove(one.__table__)
        Base.registry._dispose_cls(Shoe)
        Base.registry._dispose_cls(Hat)
        where.places.cache_clear()


def test_duplicates_are_found_and_included(desk):
    """S57: whoever may be the same human is proposed, and what is ticked goes into the report."""
    with desk.database.write() as db:
        jonas = desk.agent(db, desk.jonas)
        other = create_person(db, {"first_name": "Mads", "last_name": "Zyxwold", "title": "Gardener"}, by=jonas, employments=[
            {"company": desk_company(db)}])
        uid = other.uid
        assert [one.person.uid for one in asking.likely(db, person_called(db, desk.person()))] == [uid]
    assert "Gardener" not in desk.words(desk.make())
    assert "Gardener" in desk.words(desk.make(include=[uid]))


def desk_company(db):
    return db.scalars(select(Company)).one()


def test_only_by_right(desk):
    """S55: without the right nobody asks for one, and admins have it in any case."""
    with pytest.raises(Forbidden):
        desk.ask(by=desk.kari)
    assert desk.make(by=desk.nora).made_at
    assert desk.make(by=desk.jonas).made_at


def test_private_notes_and_locked_mail_are_held_back(desk):
    """S58 and 0.14: they are in it, are read by nobody before an admin has released it, and it is sent to nobody before."""
    with desk.database.write() as db:
        lock(db, person_called(db, desk.person()), by=desk.agent(db, desk.jonas))
    made = desk.make(by=desk.nora)
    told = desk.told(made, complete=False)
    assert told["held_back"]["notes"] == 1 and told["held_back"]["mails"] >= 3
    seen = desk.words(made, complete=False)
    assert "Mads snores." not in seen and "quixotic" not in seen and "it is fixed" not in seen
    assert "is wobbly" in seen, "a note that all may read"
    assert "Mads snores." in desk.words(made) and "quixotic" in desk.words(made)
    with desk.database.write() as db:
        report, nora, jonas = db.get_one(PrivacyReport, made.id), desk.agent(db, desk.nora), desk.agent(db, desk.jonas)
        holding = handing.addresses_for(db, report)[0].uid
        with pytest.raises(Refused):
            handing.send(db, report, holding, "pdf", by=jonas)
        with pytest.raises(Forbidden):
            handing.release(db, report, by=nora)
        handing.release(db, report, by=jonas)
        assert handing.send(db, report, holding, "pdf", by=nora).recipients == ["mads.zyxwold@newplace.example"]


def test_a_correction_is_confirmed(desk):
    """S60: a new report says what was corrected since the one before."""
    with desk.database.write() as db:
        add_address(db, person_called(db, desk.person()), "phone", "+4722334455", by=desk.agent(db, desk.jonas))
    assert desk.told(desk.make())["before"] is None
    with desk.database.write() as db:
        person, jonas = person_called(db, desk.person()), desk.agent(db, desk.jonas)
        edit_person(db, person, {"title": "Steady officer"}, by=jonas)
        retire(db, next(one for one in holdings_of(db, person) if one.address.kind == "phone"), by=jonas)
        add_address(db, person, "phone", "+4766778899", by=jonas)
    told = desk.told(desk.make())
    assert told["before"]
    found = {(one["field"], one["before"], one["after"]) for one in told["corrected"]}
    assert ("title", "Wobbly officer", "Steady officer") in found
    phones = [(before, after) for field, before, after in found if field == "phone"]
    assert [("".join(before.split()), "".join(after.split())) for before, after in phones] == [("+4722334455", "+4766778899")]
    assert len(found) == 2, found


def test_it_pauses_goes_on_and_stops(desk, monkeypatch):
    """S54: a queued job with progress that may be let pause, and does not begin anew."""
    monkeypatch.setattr(running, "SLICE", 0.0)
    number = desk.ask()
    operations.run()
    with desk.database.write() as db:
        operation = db.get_one(Operation, number)
        assert operation.state == "approved" and operation.total > 0 and operation.done < operation.total
        act_on(db, operation, "pause", by=desk.agent(db, desk.jonas))
    operations.run()
    with desk.database.write() as db:
        operation = db.get_one(Operation, number)
        assert operation.state == "paused"
        act_on(db, operation, "resume", by=desk.agent(db, desk.jonas))
    assert desk.run(number) == ("done", None)
    with desk.database.read() as db:
        parts = [(part.section, one["record"], one["id"]) for part in db.scalars(select(ReportPart)) for one in part.entries]
    assert len(parts) == len(set(parts)), "nothing twice"
    number = desk.ask()
    with desk.database.write() as db:
        act_on(db, db.get_one(Operation, number), "cancel", by=desk.agent(db, desk.jonas))
    assert desk.run(number)[0] == "cancelled"


def test_nothing_of_the_erased_is_reported(desk):
    """S61, `export(erase(x)) == {}`: reports that were made go with the person, and no other can be made."""
    made = desk.make()
    with desk.database.write() as db:
        report = db.get_one(PrivacyReport, made.id)
        link, _until = (handing.release(db, report, by=desk.agent(db, desk.jonas)), handing.new_link(db, report))[1]
    uid, token, waiting = desk.person(), link.rpartition("/")[2], desk.ask()
    with desk.database.read() as db:
        assert handing.opened(db, token).id == made.id
    assert desk.run(waiting)[0] == "done"
    assert desk.erase()["left"] == {}
    with desk.database.read() as db:
        assert db.scalar(select(func.count()).select_from(PrivacyReport)) == 0
        assert db.scalar(select(func.count()).select_from(ReportPart)) == 0
        assert db.scalar(select(func.count()).select_from(ReportPerson)) == 0
        assert looking.residue(db, "zyxwold", "newplace", "wobbly") == []
        with pytest.raises(Refused):
            handing.opened(db, token)
        with pytest.raises(Gone):
            person_called(db, uid)
        with pytest.raises(Unknown):
            asking.report_for(db, desk.agent(db, desk.jonas), made.uid)
    with desk.database.write() as db, pytest.raises(Gone):
        asking.ask(db, person_called(db, uid), by=desk.agent(db, desk.jonas))


def test_one_that_waits_fails_when_the_person_is_gone(desk):
    """S61: whoever is deleted while a report waits to be made is in none."""
    number = desk.ask()
    with desk.database.write() as db:
        bin_person(db, person_called(db, desk.person()), by=desk.agent(db, desk.jonas))
    assert desk.run(number)[0] == "failed"
    with desk.database.read() as db:
        assert db.scalar(select(func.count()).select_from(ReportPart)) == 0


def test_another_who_is_erased_goes_out_of_it(desk):
    """S63: the recipient whom a report names is taken out of it, and out of what was printed."""
    made = desk.make()
    with desk.database.write() as db:
        jonas = desk.agent(db, desk.jonas)
        eva = create_person(db, {"first_name": "Eva", "last_name": "Lie"}, by=jonas, employments=[{"company": desk_company(db)}])
        add_address(db, eva, "email", "eva.lie@other.example", by=jonas)
        number = erasing.ask(db, eva, reason="request", identity="agent", review="erase", by=jonas).id
    desk.run(number)
    with desk.database.write() as db:
        act_on(db, db.get_one(Operation, number), "approve", by=desk.agent(db, desk.jonas))
    desk.run(number)
    assert "eva.lie" not in desk.words(made)
    with desk.database.read() as db:
        report = db.get_one(PrivacyReport, made.id)
        assert report.pdf is None
        assert handing.printed(db, report, complete=True).startswith(b"%PDF")


def test_the_questions_do_not_grow_with_the_messages(desk):
    """Twenty messages more take no question more: each place is read a lot at a time."""
    def count():
        asked = []
        listener = database().engine, "before_cursor_execute", lambda *told: asked.append(told[2])
        event.listen(*listener)
        desk.make()
        event.remove(*listener)
        return len(asked)
    count()
    first = count()
    for n in range(20):
        desk.arrive(subject=f"Again {n}", text="More of it.")
    assert count() <= first + 6
