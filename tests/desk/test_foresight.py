"""What a batch asks of the database stays within what a database takes."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from sqlalchemy import func, select

from contacts.person import Person
from core.batch import MISSING, recall, together
from desk.inbound import Delivery, InboundMail, accept
from desk.letter import Letter, Party
from desk.mailboxes import add_mailbox, own_addresses
from desk.tickets.foresight import look_ahead
from desk.tickets.intake import file
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from mailgate.parse import parse
from tests.letters_made import mail


def test_a_batch_of_circulars(db):
    def circular(n: int) -> Letter:
        return Letter(message_id=f"{n}@k.example", message_id_given=True, sender=Party("ole@kunde.example"),
                      to=tuple(Party(f"to{n}.{m}@k.example") for m in range(1000)))

    with together(db):
        look_ahead(db, [circular(n) for n in range(70)], frozenset())
        assert recall(db, "address", ("email", "to69.0@k.example")) is None
        assert recall(db, "address", ("email", "to69.999@k.example")) is MISSING


def test_two_workers_make_one_ticket_of_a_strangers_mail_to_two_mailboxes(fresh_database):
    with fresh_database.write() as db:
        boxes = [add_mailbox(db, f"{name}@desk.example", name).id for name in ("support", "sales")]
    raw = mail(to="support@desk.example, sales@desk.example")
    with fresh_database.write() as db:
        rows = [accept(db, Delivery(box, "smtp", str(box), raw)).id for box in boxes]
    looked = Event()

    def work(row, first):
        letter = parse(raw)
        if not first:
            looked.wait(10)
        with fresh_database.write() as db, together(db), db.no_autoflush:
            look_ahead(db, [letter], own_addresses(db))
            looked.set()
            if first:
                time.sleep(0.3)         # the other looks while this is not written
            file(db, db.get_one(InboundMail, row), letter, [])

    with ThreadPoolExecutor(2) as both:
        for done in [both.submit(work, row, n == 0) for n, row in enumerate(rows)]:
            done.result(20)
    with fresh_database.read() as db:
        assert [db.scalar(select(func.count()).select_from(kind)) for kind in (Ticket, Person, Message)] == [1, 1, 1]
