"""Who is erased is erased at the mailbox's provider too, and does not come back from there (PRIVACY 3, 5): pymap and Dovecot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from contacts.agent import Agent
from core import erasure_ledger
from core.clock import now
from core.operations import Operation, OperationItem
from core.tokens import message_key, seal
from desk.inbound import InboundMail, InboundRaw
from desk.mailboxes import ImapCursor, Mailbox
from desk.outbound import OutboundMail
from desk.tickets.answering import reply
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from jobs import inbound, kinds, operations
from mailgate.copying import copy_to_sent
from mailgate.parse import parse
from skranke import catching_up
from tests import residue as looking
from tests.desk.erasing.test_running import LEFT, MADS, Desk
from tests.letters_made import mail
from tests.mailgate.boxes import reading, rows
from tests.mailgate.imap_proxy import proxied
from tests.servers import PASSWORD, USER, ImapServer, dovecot, pymap, until

EVA = "Eva Lie <eva@other.example>"
DELETED = rb"\Deleted"


@pytest.fixture(params=["pymap", "dovecot"])
def server(request: pytest.FixtureRequest) -> Iterator[ImapServer]:
    with (pymap if request.param == "pymap" else dovecot)() as started:
        yield started


class Box(Desk):
    """A desk whose mailbox lies at a provider."""

    def __init__(self, database, server, **fields):
        super().__init__(database)
        self.server = server
        with database.write() as db:
            db.execute(update(Mailbox).where(Mailbox.id == self.support.id).values(**{
                "imap_url": server.url, "imap_password": seal(PASSWORD), "sent_folder": "Sent", "imap_after": "leave", **fields}))
        kinds.register()

    @property
    def mailbox(self):
        with self.database.read() as db:
            return db.get_one(Mailbox, self.support.id)

    def fetch(self, *raws, filed=True):
        """What lies there is read by the gate, then filed."""
        before = len(rows(self.database))
        for raw in raws:
            self.server.deliver(raw)
        with reading(self.database, self.mailbox):
            until(lambda: len(rows(self.database)) == before + len(raws), what="the arrival")
            until(lambda: (found := self.cursor()) and found.settled_uid == found.last_uid, what="the end of reading")
        if filed:
            inbound.run()

    def ticket_of(self, words):
        with self.database.read() as db:
            return db.scalars(select(Message.ticket_id).where(Message.text.contains(words))).one()

    def cursor(self):
        with self.database.read() as db:
            return db.scalar(select(ImapCursor))

    def answer(self, ticket, words):
        """We answer, and the copy is in Sent; its Message-ID."""
        with self.database.write() as db:
            reply(db, db.get_one(Ticket, ticket), html=f"<p>{words}</p>", by=db.get_one(Agent, self.nora.id))
            message_id = db.scalars(select(OutboundMail.rfc_message_id).order_by(OutboundMail.id.desc())).first()
        assert copy_to_sent(self.mailbox, mail(f"Support <{USER}>", MADS, subject="Re", text=words, message_id=message_id), now()) == ""
        return message_id

    def ids(self, folder="INBOX"):
        """Message-IDs that lie there."""
        client = self.server.client()
        if not client.folder_exists(folder):
            return set()
        client.select_folder(folder, readonly=True)
        found = {parse(data[b"BODY[]"]).message_id for data in client.fetch(client.search("ALL"), ["BODY.PEEK[]"]).values()}
        client.logout()
        self.server.clients.remove(client)
        return found

    def ask(self, *, copies="delete", **given):
        number = super().ask(**given)
        with self.database.write() as db:
            operation = db.get_one(Operation, number)
            operation.given = operation.given | {"copies": copies}
        return number

    def work(self, number):
        """A worker, until nothing is left to do now."""
        waits = True
        while waits:
            operations.run()
            with self.database.read() as db:
                found = db.get_one(Operation, number)
                waits = found.state in ("approved", "running") and found.due_at <= now()

    def account(self, number):
        """What became of the mails there."""
        state, _given, result = self.operation(number)
        return state, {name: count for name, count in result.get("upstream", {}).get(USER, {}).items() if name != "why"}


def started(server, database, **fields):
    """A mail of the person's, the same moved elsewhere, one of Eva's that names them, one that does not, and an answer of ours."""
    desk = Box(database, server, **fields)
    with reading(database, desk.mailbox):
        until(desk.cursor, what="the first contact")
    desk.fetch(mail(MADS, text="My quixotic printer.\n", message_id="own@newplace.example"),
               mail(EVA, text="Mads Zyxwold <mads.zyxwold@newplace.example> said so.\n", message_id="names@other.example"),
               mail(EVA, text="Nothing of anybody.\n", message_id="other@other.example"))
    server.deliver(mail(MADS, text="My quixotic printer.\n", message_id="own@newplace.example"), folder="Moved elsewhere")
    return desk, desk.answer(desk.ticket_of("quixotic"), "It is quixotic.")


def test_their_mails_go_from_every_folder_and_others_stay(server, fresh_database):
    """Theirs, our answers in Sent, and others' that name them, of which the desk keeps its own without the name."""
    desk, answered = started(server, fresh_database)
    copy_to_sent(desk.mailbox, mail(f"Support <{USER}>", EVA, message_id="answer@desk.example"), now())
    assert answered in desk.ids("Sent")
    number = desk.ask()
    assert desk.operation(number)[2]["counts"]["upstream"] == 2, "foreseen: their mail and our answer"
    desk.act(number)
    assert desk.account(number) == ("done", {"gone": 3})
    assert desk.ids() == {"other@other.example"}
    assert desk.ids("Moved elsewhere") == set()
    assert desk.ids("Sent") == {"answer@desk.example"}
    with fresh_database.read() as db:
        assert db.scalars(select(Message.text).where(Message.text.contains("said so"))).one() == "[erased person] <[erased person]> said so."
        assert db.scalars(select(OperationItem.kind).where(OperationItem.operation_id == number)).all() == []


def test_others_mails_may_be_left_there(server, fresh_database):
    desk, _answered = started(server, fresh_database)
    number = desk.ask(copies="keep")
    desk.act(number)
    assert desk.account(number) == ("done", {"gone": 2, "left": 1})
    assert desk.ids() == {"names@other.example", "other@other.example"}


def test_a_mail_without_a_name_is_known_by_its_bytes(server, fresh_database):
    desk = Box(fresh_database, server)
    with reading(fresh_database, desk.mailbox):
        until(desk.cursor, what="the first contact")
    nameless = mail(MADS, text="My quixotic printer.\n").replace(b"Message-ID", b"X-Was")
    desk.fetch(nameless)
    server.deliver(nameless, folder="Moved")
    server.deliver(nameless.replace(b"quixotic", b"qulxotic"), folder="Moved")
    number = desk.ask()
    desk.act(number)
    assert desk.account(number) == ("done", {"gone": 1})
    assert (len(server.flags()), len(server.flags("Moved"))) == (0, 1)


def test_a_provider_that_is_away_is_asked_again(fresh_database):
    """All else is done meanwhile; what waits is said, and done by whoever comes later."""
    with dovecot() as server:
        desk, _answered = started(server, fresh_database)
        server.stop()
        number = desk.ask()
        desk.act(number)
        assert desk.account(number) == ("approved", {"waiting": 3})
        with fresh_database.read() as db:
            operation = db.get_one(Operation, number)
            assert operation.phase == "upstream" and operation.due_at > now() and operation.result["upstream"][USER]["why"]
            assert looking.residue(db, *LEFT) == []
        server.start()
        with time_machine.travel(now() + timedelta(minutes=5), tick=True):
            desk.work(number)
        assert desk.account(number) == ("done", {"gone": 3})
        assert desk.ids() == {"other@other.example"}


def test_a_provider_that_never_comes_back_ends_as_an_exception(fresh_database):
    with dovecot() as server:
        desk, _answered = started(server, fresh_database)
    number = desk.ask()
    desk.act(number)
    with time_machine.travel(now() + timedelta(days=15), tick=True):
        desk.work(number)
    assert desk.account(number) == ("done", {"refused": 3})
    with fresh_database.read() as db:
        reasons = db.scalars(select(OperationItem.reason).where(OperationItem.operation_id == number)).all()
        assert len(reasons) == 3 and all(reasons)


def test_what_a_server_refuses_is_said_mail_by_mail(fresh_database):
    with dovecot() as server, proxied(server.port) as proxy:
        desk, _answered = started(server, fresh_database)
        with fresh_database.write() as db:
            db.execute(update(Mailbox).values(imap_url=desk.mailbox.imap_url.replace(str(server.port), str(proxy.port))))
        proxy.trouble = lambda command: b"TAG NO [NOPERM] not for you\r\n" if b"STORE" in command else None
        number = desk.ask()
        desk.act(number)
        assert desk.account(number) == ("done", {"refused": 3})
        assert "not for you" in desk.operation(number)[2]["upstream"][USER]["why"]
        assert len(desk.ids()) == 3


def test_nothing_comes_back_when_all_is_read_anew(server, fresh_database):
    """Another UIDVALIDITY (a moved server, a restored backup of it): what was erased is not taken again, and goes there too."""
    desk, _answered = started(server, fresh_database)
    own = mail(MADS, text="My quixotic printer, once more.\n", message_id="own@newplace.example")
    number = desk.ask()
    desk.act(number)
    with fresh_database.write() as db:
        db.execute(update(ImapCursor).values(uidvalidity=1))
    before = len(rows(fresh_database))
    server.deliver(own, mail(EVA, message_id="new@other.example"))
    with reading(fresh_database, desk.mailbox):
        until(lambda: len(rows(fresh_database)) >= before + 2, what="the arrival")
        until(lambda: desk.ids() == {"new@other.example", "other@other.example"}, what="its end there")
    inbound.run()
    with fresh_database.read() as db:
        assert looking.residue(db, *LEFT) == []
        aside = db.scalars(select(InboundMail).where(InboundMail.state == "set_aside")).one()
        assert "erased" in aside.reason and db.get(InboundRaw, aside.id).content in (b"", None)
        assert db.scalar(select(Message.id).where(Message.message_key == message_key("new@other.example")))


def test_a_restored_desk_leaves_the_provider_to_a_worker(fresh_database):
    """No port waits for a provider: the replay ends, and what lies there is deleted afterwards."""
    with pymap() as server:
        desk, _answered = started(server, fresh_database)
        erasure_ledger.write("persons", desk.person(), "erase")
        assert catching_up.replay(fresh_database) == 1
        assert "own@newplace.example" in desk.ids()
        with fresh_database.read() as db:
            assert looking.residue(db, *LEFT) == []
            number = db.scalars(select(Operation.id)).one()
        desk.work(number)
        assert desk.account(number) == ("done", {"gone": 3})
        assert desk.ids() == {"other@other.example"}


def test_a_server_that_can_nothing_but_the_least(fresh_database):
    """Without UIDPLUS: what somebody else has marked for deleting stays, and stays marked."""
    with dovecot(capability="IMAP4rev1") as server:
        desk, _answered = started(server, fresh_database)
        server.deliver(mail(EVA, message_id="marked@other.example"), flags=(DELETED,))
        number = desk.ask()
        desk.act(number)
        assert desk.account(number) == ("done", {"gone": 3})
        assert desk.ids() == {"other@other.example", "marked@other.example"}
        assert [flags for flags in server.flags().values() if DELETED in flags] != []


def test_where_folders_are_labels_it_goes_through_the_bin(fresh_database):
    """Gmail: what is deleted from a folder lies in another until the bin is emptied of it."""
    with dovecot(capability="IMAP4rev1 UIDPLUS MOVE X-GM-EXT-1") as server, proxied(server.port) as proxy:
        desk, _answered = started(server, fresh_database)
        server.deliver(mail(EVA, message_id="binned@other.example"), folder="Trash")
        with fresh_database.write() as db:
            db.execute(update(Mailbox).values(imap_url=desk.mailbox.imap_url.replace(str(server.port), str(proxy.port))))
        number = desk.ask()
        desk.act(number)
        assert any(b"MOVE" in command and b"Trash" in command for command in proxy.commands)
        assert (desk.ids(), desk.ids("Trash")) == ({"other@other.example"}, {"binned@other.example"})
