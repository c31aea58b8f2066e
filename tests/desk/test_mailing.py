"""Mailing to a selection: who gets it, in which words, once, no faster than it may go, and nothing to whoever wants no more by then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from contacts.address import Address
from contacts.addressing import holdings_of, make_primary, retire
from contacts.agent import Agent
from contacts.bases import give, stop
from contacts.binning import bin_person
from contacts.editing import create_person, edit_person
from contacts.enrolling import add_agent
from contacts.merging import merge
from contacts.person import Person
from contacts.selecting import add_members, new_selection
from core.clock import now
from core.database import Database
from core.errors import Conflict, Forbidden, Refused, Unknown
from core.operations import Operation, OperationItem
from core.options import set_option
from desk import handing_over, mailing
from desk.mailing import Mailing
from desk.mailing_words import rendered
from desk.operating import act_on, acts
from desk.outbound import OutboundMail, retry
from jobs import operations as job
from jobs import outbound
from tests.mailgate.relays import Relay, a_relay
from tests.outgoing import a_conversation, a_mailbox, an_answer

HELLO = ("Autumn, {first_name}", "Dear {first_name|friend},\n\nnews for {company}: https://kunde.example/news")


@pytest.fixture
def jonas(fresh_database: Database) -> Agent:
    with fresh_database.write() as db:
        set_option(db, "mailing.per_minute", 10_000)
        return add_agent(db, "jonas@desk.example", "a sentence is easier", name="Jonas Berg", role="admin")


class Desk:
    """A selection, a mailing to it, and the people of it."""

    def __init__(self, database: Database, jonas: Agent, relay_url: str = "") -> None:
        self.database, self.by = database, jonas
        with database.write() as db:
            me = db.get_one(Agent, jonas.id)
            mailbox = a_mailbox(db, relay_url=relay_url)
            self.selection = new_selection(db, {"name": "Autumn", "of": "persons", "kind": "static"}, by=me)
            self.mailing = mailing.begin(db, self.selection, "marketing", mailbox.uid, by=me, language="en")
            mailing.word(db, self.mailing, "en", *HELLO)
            self.mailbox = mailbox

    def person(self, first: str, *, consents: bool = True, email: str = "", **fields: Any) -> Person:
        with self.database.write() as db:
            made = create_person(db, {"first_name": first, "last_name": "Vang", **fields}, by=None, exempt=True, addresses=[
                {"kind": "email", "value": email or f"{first.lower()}@kunde.example"}], share=True)
            if consents:
                give(db, made, "marketing", "consent", source="at the fair", by=None, proof="import")
            add_members(db, self.selection, [made.uid], by=db.get_one(Agent, self.by.id))
            return made

    def planned(self) -> int:
        with self.database.write() as db:
            operation_id = mailing.plan(db, db.get_one(Mailing, self.mailing.id), by=db.get_one(Agent, self.by.id)).id
        job.run()
        return operation_id

    def act(self, operation_id: int, name: str) -> None:
        with self.database.write() as db:
            act_on(db, db.get_one(Operation, operation_id), name, by=db.get_one(Agent, self.by.id))

    def sent(self) -> int:
        """Planned, approved, and in the ledger."""
        operation_id = self.planned()
        self.act(operation_id, "approve")
        job.run()
        return operation_id

    def items(self, operation_id: int) -> dict[str, tuple[str, str]]:
        with self.database.read() as db:
            return {item.data["name"].split()[0]: (item.state, item.reason or "") for item in db.scalars(select(OperationItem).where(
                OperationItem.operation_id == operation_id))}

    def mails(self) -> list[OutboundMail]:
        with self.database.read() as db:
            return list(db.scalars(select(OutboundMail).where(OutboundMail.mailing_id == self.mailing.id).order_by(OutboundMail.id)))

    def change(self, what: Callable[[Any, Person], object], person: Person) -> None:
        with self.database.write() as db:
            what(db, db.get_one(Person, person.id))


@pytest.fixture
def desk(fresh_database: Database, jonas: Agent) -> Desk:
    return Desk(fresh_database, jonas)


def test_who_gets_it_is_shown_first_and_each_has_a_row(desk: Desk) -> None:
    """W20, W22, W23: and acceptance test 10: who has left matches the selection and is not in the mailing; a single mail goes through (W21)."""
    desk.person("Ole", preferred_language="en")
    left = desk.person("Lars", status="left")
    desk.person("Berit", block_mass_mail=True)
    desk.person("Nils", consents=False)
    bare = desk.person("Bo")
    desk.change(lambda db, bo: retire(db, holdings_of(db, bo)[0], by=None), bare)
    operation_id = desk.planned()
    assert desk.mails() == []
    assert desk.items(operation_id) == {
        "Ole": ("planned", ""), "Lars": ("skipped", "has left"), "Berit": ("skipped", "mass e-mails are blocked"),
        "Nils": ("skipped", "has not agreed to this purpose"), "Bo": ("skipped", "has no e-mail address")}
    desk.act(operation_id, "approve")
    job.run()
    [mail] = desk.mails()
    assert (mail.recipients, mail.kind, mail.state, mail.subject) == (["ole@kunde.example"], "mass", "queued", "Autumn, Ole")
    with desk.database.write() as db:
        assert acts(db, db.get_one(Operation, operation_id)) == []                              # what has gone cannot be undone
        talk = a_conversation(db, db.merge(desk.mailbox), from_address="lars@post.example")
        single = an_answer(db, talk, to=[["Lars", "lars@kunde.example"]])
        assert single.recipients == ["lars@kunde.example"] and left.status == "left"


def test_for_what_is_no_marketing_no_consent_is_asked(desk: Desk) -> None:
    desk.person("Nils", consents=False)
    objects = desk.person("Eva", consents=False)
    desk.change(lambda db, eva: stop(db, eva, "service", source="by mail", by=None), objects)
    with desk.database.write() as db:
        db.execute(update(Mailing).values(purpose="service"))
    assert desk.items(desk.planned()) == {"Nils": ("planned", ""), "Eva": ("skipped", "has objected to this purpose")}


def test_which_bases_suffice_is_an_option(desk: Desk) -> None:
    nils = desk.person("Nils", consents=False)
    desk.change(lambda db, one: give(db, one, "marketing", "legitimate_interest", source="customer", by=None), nils)
    assert desk.items(desk.planned())["Nils"][0] == "skipped"
    with desk.database.write() as db:
        set_option(db, "mailing.bases", ["consent", "legitimate_interest"])
        db.execute(update(Operation).values(state="cancelled"))
    assert desk.items(desk.planned())["Nils"][0] == "planned"


def test_in_their_language_and_by_their_name_escaped(desk: Desk) -> None:
    with desk.database.write() as db:
        mailing.word(db, db.get_one(Mailing, desk.mailing.id), "nb", "Høst, {name}", "Hei {first_name}!")
    ole = desk.person("Ole", preferred_language="nb")
    odd = desk.person("<b>{company}", preferred_language="da", email="odd@kunde.example")
    desk.sent()
    of = {mail.person_uid: mail for mail in desk.mails()}
    assert (of[ole.uid].subject, of[ole.uid].language) == ("Høst, Ole Vang", "nb")
    assert "Hei Ole!" in of[ole.uid].text and "Jeg vil ikke ha mer" in of[ole.uid].html
    assert (of[odd.uid].language, of[odd.uid].subject) == ("en", "Autumn, <b>{company}")
    assert "Dear &lt;b&gt;{company}," in of[odd.uid].html and "<b>" not in of[odd.uid].html and "news for your company" in of[odd.uid].text
    assert '<a href="https://kunde.example/news">' in of[odd.uid].html
    with desk.database.read() as db:
        nobody = rendered(db, db.get_one(Mailing, desk.mailing.id), Person(first_name="", last_name=""), "0" * 24)[0]
    assert "Dear friend," in nobody.text and nobody.subject == "Autumn, customer"


def test_one_mail_to_an_address_that_two_share(desk: Desk) -> None:
    desk.person("Ole", email="post@kunde.example")
    desk.person("Kari", email="POST@kunde.example")
    operation_id = desk.sent()
    assert sorted(desk.items(operation_id).values()) == [("done", ""), ("skipped", "Somebody else in this mailing has the same address.")]
    assert len(desk.mails()) == 1


@pytest.mark.parametrize(("happens", "why"), [
    (lambda db, ole: stop(db, ole, "marketing", source="by mail", by=None), "has withdrawn the consent"),
    (lambda db, ole: edit_person(db, ole, {"block_mass_mail": True}, by=None), "mass e-mails are blocked"),
    (lambda db, ole: edit_person(db, ole, {"status": "left"}, by=None), "has left"),
    (lambda db, ole: bin_person(db, ole, by=db.scalars(select(Agent)).first()), "is deleted or part of another"),
    (lambda db, ole: retire(db, holdings_of(db, ole)[0], by=None), "has no e-mail address"),
    (lambda db, ole: db.execute(update(Address).values(health="bouncing")), "mail to the address comes back"),
    (lambda db, ole: db.execute(update(Address).values(suppression="blocked")), "the address is blocked"),
    (lambda db, ole: db.delete(ole), "is deleted or part of another"),
])
def test_the_sender_asks_again_whatever_was_planned(fresh_database: Database, jonas: Agent, happens: Any, why: str) -> None:
    """W20, W22, W23: between the approval and the moment at which it goes, for each way of wanting no more of it."""
    with a_relay() as relay:
        desk = Desk(fresh_database, jonas, relay.url)
        ole = desk.person("Ole")
        desk.sent()
        desk.change(happens, ole)
        outbound.run()
        [mail] = desk.mails()
        assert (mail.state, mail.reason) == ("withheld", why)
        assert relay.taken == []


def test_between_approval_and_the_ledger_too(desk: Desk) -> None:
    ole = desk.person("Ole")
    operation_id = desk.planned()
    desk.change(lambda db, one: stop(db, one, "marketing", source="by mail", by=None), ole)
    desk.act(operation_id, "approve")
    job.run()
    assert desk.items(operation_id) == {"Ole": ("skipped", "has withdrawn the consent")} and desk.mails() == []


def test_who_became_part_of_another_gets_it_as_the_other(fresh_database: Database, jonas: Agent) -> None:
    with a_relay() as relay:
        desk = Desk(fresh_database, jonas, relay.url)
        ole, other = desk.person("Ole"), desk.person("Olav", consents=False)
        desk.sent()
        with desk.database.write() as db:
            merge(db, db.get_one(Person, ole.id), db.get_one(Person, other.id), by=db.get_one(Agent, jonas.id))
        outbound.run()
        assert [mail.state for mail in desk.mails()] == ["sent"]


def test_the_mail_has_what_a_mail_to_many_needs(fresh_database: Database, jonas: Agent) -> None:
    """RFC 8058, RFC 2369: a link and a mail address, one POST, nothing folded into encoded words."""
    with a_relay() as relay:
        desk = Desk(fresh_database, jonas, relay.url)
        desk.person("Ole")
        desk.sent()
        outbound.run()
        [mail], [taken] = desk.mails(), relay.taken
    head = taken.raw.decode().partition("\r\n\r\n")[0]
    assert f"List-Unsubscribe: <http://127.0.0.1:8080/no-more/{mail.uid}/" in head
    assert f",\r\n <mailto:support@desk.example?subject=unsubscribe%20{mail.uid}." in head
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head + "\r\n" and "\r\nPrecedence: bulk" in head
    assert "Auto-Submitted" not in head and mail.state == "sent"


def test_no_faster_than_it_may_go_and_after_the_answers(desk: Desk) -> None:
    with desk.database.write() as db:
        set_option(db, "mailing.per_minute", 20)                # two in six seconds
    for n in range(5):
        desk.person(f"P{n}")
    operation_id = desk.sent()
    assert len(desk.mails()) == 2
    with desk.database.write() as db:
        operation = db.get_one(Operation, operation_id)
        assert operation.state == "approved" and operation.due_at > now()
        operation.due_at = now()
        db.execute(update(OutboundMail).values(created_at=now() - timedelta(seconds=7)))
    job.run()
    assert len(desk.mails()) == 4
    with desk.database.write() as db:
        answer = an_answer(db, a_conversation(db, db.merge(desk.mailbox))).id
        assert handing_over.claim(db, "me", desk.mailbox.id)[0] == answer


def test_paused_waits_and_cancelled_goes_to_nobody_else(fresh_database: Database, jonas: Agent) -> None:
    with a_relay() as relay:
        desk = Desk(fresh_database, jonas, relay.url)
        with desk.database.write() as db:
            set_option(db, "mailing.per_minute", 10)
        for n in range(3):
            desk.person(f"P{n}")
        operation_id = desk.sent()
        desk.act(operation_id, "pause")
        outbound.run()
        [mail] = desk.mails()
        assert mail.state == "queued" and mail.due_at > now() and relay.taken == []
        desk.act(operation_id, "cancel")
        with desk.database.write() as db:
            db.execute(update(OutboundMail).values(due_at=now()))
        outbound.run()
        job.run()
        [mail] = desk.mails()
        assert (mail.state, mail.reason) == ("withheld", "The mailing was cancelled.") and relay.taken == []


def test_planned_again_goes_only_to_whoever_has_not_got_it(desk: Desk) -> None:
    desk.person("Ole")
    desk.sent()
    desk.person("Kari")
    operation_id = desk.sent()
    assert desk.items(operation_id) == {"Ole": ("skipped", "This address has it already."), "Kari": ("done", "")}
    assert sorted(mail.recipients[0] for mail in desk.mails()) == ["kari@kunde.example", "ole@kunde.example"]


def test_an_answer_that_never_came_is_not_asked_for_twice(fresh_database: Database, jonas: Agent) -> None:
    """The line breaks when the relay has the mail: mail to one person goes again, a mass mail never."""
    with a_relay(Relay(drop={"end"})) as relay:
        desk = Desk(fresh_database, jonas, relay.url)
        desk.person("Ole")
        desk.sent()
        outbound.run()
        [mail] = desk.mails()
        assert mail.state == "failed" and "not sent twice" in (mail.reason or "")
        with desk.database.write() as db, pytest.raises(Refused, match="may have arrived"):
            retry(db, db.get_one(OutboundMail, mail.id))
        relay.drop.clear()
        outbound.run()
    assert len([one for one in relay.taken if one.recipients]) <= 1 and desk.mails()[0].attempts == 1


def test_a_temporary_no_is_tried_again(fresh_database: Database, jonas: Agent) -> None:
    with a_relay(Relay(answers={"ole@kunde.example": ["450 later"]})) as relay:
        desk = Desk(fresh_database, jonas, relay.url)
        desk.person("Ole")
        desk.sent()
        outbound.run()
        assert desk.mails()[0].state == "deferred"
        with desk.database.write() as db:
            db.execute(update(OutboundMail).values(due_at=now()))
        outbound.run()
        assert desk.mails()[0].state == "sent" and len(relay.taken) == 1


KILLED = """
import os, signal, sys
from core import bulk
from jobs import operations, outbound
at, n = sys.argv[1], [0]

def dying(function, after):
    def wrapped(*given, **more):
        n[0] += 1
        if n[0] == 3 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        found = function(*given, **more)
        if n[0] == 3 and after:
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    return wrapped

bulk.CHUNK = 2
if at == "ledger":
    bulk._Work._once = dying(bulk._Work._once, True)
elif at == "chunk":
    bulk.Bulk.prepare = bulk.Bulk.prepare
    from desk import mass_mailing
    mass_mailing.enqueue = dying(mass_mailing.enqueue, True)
elif at == "before":
    outbound.hand_over = dying(outbound.hand_over, False)
elif at == "after":
    outbound.hand_over = dying(outbound.hand_over, True)
(operations if at in ("ledger", "chunk") else outbound).run()
"""


@pytest.mark.parametrize("at", ["chunk", "ledger", "before", "after"])
def test_never_twice_to_one_address_whenever_a_worker_is_killed(fresh_database: Database, jonas: Agent, at: str) -> None:
    """SIGKILL inside a chunk, after one, before the relay has a mail and after it has it, before that is written down."""
    with a_relay() as relay:
        desk = Desk(fresh_database, jonas, relay.url)
        for n in range(6):
            desk.person(f"P{n}")
        operation_id = desk.planned()
        desk.act(operation_id, "approve")
        if at in ("before", "after"):
            job.run()
        ended = subprocess.run([sys.executable, "-c", KILLED, at], env=dict(os.environ), timeout=60, check=False)
        assert ended.returncode == -signal.SIGKILL
        for _round in range(2):
            with desk.database.write() as db:
                db.execute(update(Operation).values(lease="", lease_until=None, due_at=now()))
                db.execute(update(OutboundMail).values(lease="", lease_until=None))
            job.run()
            outbound.run()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and any(mail.state == "queued" for mail in desk.mails()):
            outbound.run()
    got = [one for taken in relay.taken for one in taken.recipients]
    assert len(got) == len(set(got)) and len(got) >= 5
    assert len({mail.recipient_key for mail in desk.mails()}) == len(desk.mails()) == 6
    assert sorted(mail.state for mail in desk.mails()) == ["sent"] * 6 if at in ("chunk", "ledger") else ["failed"] + ["sent"] * 5


def test_who_may(fresh_database: Database, jonas: Agent, desk: Desk) -> None:
    with fresh_database.write() as db:
        nora = add_agent(db, "nora@desk.example", "a sentence is easier", name="Nora Vik")
        kari = add_agent(db, "kari@desk.example", "a sentence is easier", name="Kari Lie")
        own = new_selection(db, {"name": "Mine", "of": "persons", "kind": "static"}, by=nora)
        with pytest.raises(Forbidden):
            mailing.begin(db, own, "marketing", desk.mailbox.uid, by=nora)
        with pytest.raises(Forbidden):
            mailing.mailing_called(db, desk.mailing.uid, nora)
        set_option(db, "mailing.by", "agents")
        made = mailing.begin(db, own, "marketing", desk.mailbox.uid, by=nora)
        assert mailing.mailing_called(db, made.uid, nora) is made
        assert mailing.mailing_called(db, made.uid, db.get_one(Agent, jonas.id)) is made
        with pytest.raises(Unknown):
            mailing.mailing_called(db, made.uid, kari)
        with pytest.raises(Refused, match="Write the mail in"):
            mailing.plan(db, made, by=nora)
        db.merge(desk.mailbox).open_to_all = False
        db.info.clear()
        with pytest.raises(Refused):
            mailing.begin(db, own, "marketing", desk.mailbox.uid, by=nora)


def test_words_are_checked_and_stay_once_it_goes(desk: Desk) -> None:
    with desk.database.write() as db:
        row = db.get_one(Mailing, desk.mailing.id)
        with pytest.raises(Refused) as refused:
            mailing.word(db, row, "en", "Hi {surname}", "")
        assert set(refused.value.errors) == {"subject", "text"}
        with pytest.raises(Conflict):
            mailing.word(db, row, "en", "Hi", "Hi", version=row.version - 1)
    desk.person("Ole")
    desk.sent()
    with desk.database.write() as db:
        row = db.get_one(Mailing, desk.mailing.id)
        with pytest.raises(Refused, match="under way"):
            mailing.word(db, row, "en", "Hi", "Hi")
        with pytest.raises(Refused):
            mailing.delete_mailing(db, row)


def test_another_address_than_planned_counts_too(fresh_database: Database, jonas: Agent) -> None:
    """What was made first since then does not matter while the address is still theirs."""
    with a_relay() as relay:
        desk = Desk(fresh_database, jonas, relay.url)
        ole = desk.person("Ole")
        desk.sent()

        def move(db: Any, one: Person) -> None:
            from contacts.addressing import add_address
            make_primary(db, add_address(db, one, "email", "ole@hjem.example", by=None))
        desk.change(move, ole)
        outbound.run()
        assert [mail.state for mail in desk.mails()] == ["sent"]
