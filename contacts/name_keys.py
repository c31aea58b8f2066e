"""What persons are found by whose name is spelled, shortened or turned round another way (:mod:`rules.matching`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String, delete, text
from sqlalchemy.orm import Mapped, Session

from contacts.person import Person
from core.batch import defer
from core.database import Base, personal, plain
from rules.matching import keys

#: Compared letter by letter, so that a beginning of a key is a stretch of the index.
Key = String(120).with_variant(String(120, collation="C"), "postgresql")


class NameKey(Base):
    """Two words of a person's name as they sound, either way round. The key comes first: a name is one stretch of rows."""

    __tablename__ = "name_keys"
    key: Mapped[str] = personal(Key, primary_key=True, erase="delete_row", report=False)
    person_id: Mapped[int] = plain(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True, index=True)
    __table_args__ = {"sqlite_with_rowid": False}


def keep_keys(db: Session, person: Person, *, new: bool = False) -> None:
    """Let the person be found by how the name sounds; ``new`` when none of its keys can be there yet."""
    if not new:
        forget_keys(db, person.id)
    for key in keys(person.name):
        defer(db, _insert, {"key": key, "person": person.id})


def forget_keys(db: Session, person_id: int) -> None:
    """Let the person not be found by name any more."""
    db.execute(delete(NameKey).where(NameKey.person_id == person_id))


def _insert(db: Session, rows: list[dict[str, Any]]) -> None:
    db.connection().execute(_INSERT, rows)


_INSERT = text("INSERT INTO name_keys (key, person_id) VALUES (:key, :person) ON CONFLICT DO NOTHING")
