"""What a batch asks of the database stays within what a database takes."""

from core.batch import MISSING, recall, together
from desk.letter import Letter, Party
from desk.tickets.foresight import look_ahead


def test_a_batch_of_circulars(db):
    def circular(n: int) -> Letter:
        return Letter(message_id=f"{n}@k.example", message_id_given=True, sender=Party("ole@kunde.example"),
                      to=tuple(Party(f"to{n}.{m}@k.example") for m in range(1000)))

    with together(db):
        look_ahead(db, [circular(n) for n in range(70)], frozenset())
        assert recall(db, "address", ("email", "to69.0@k.example")) is None
        assert recall(db, "address", ("email", "to69.999@k.example")) is MISSING
