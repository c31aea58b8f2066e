"""Which record a row of a file became, so that the same row finds it again: importing twice equals once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import String, delete, select, text
from sqlalchemy.orm import Mapped, Session

from core.among import among
from core.database import Base, personal, plain


class ImportedRow(Base):
    """A digest of what a row said, and the uid of the person or company it became. A merged one's leads to who goes on."""

    __tablename__ = "imported_rows"
    digest: Mapped[str] = personal(String(64), primary_key=True, erase="delete_row", report=False)
    subject_uid: Mapped[str] = plain(String(24), index=True)


def known_rows(db: Session, digests: Collection[str]) -> dict[str, str]:
    """Digest → uid of the record."""
    return dict(db.execute(select(ImportedRow.digest, ImportedRow.subject_uid).where(among(ImportedRow.digest, digests))).all()) if digests else {}


def keep_rows(db: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Remember what these became: ``digest``, ``uid``."""
    db.connection().execute(_KEEP, list(rows))


def forget_rows(db: Session, uid: str) -> None:
    """What became this record may become another."""
    db.execute(delete(ImportedRow).where(ImportedRow.subject_uid == uid))


_KEEP = text("INSERT INTO imported_rows (digest, subject_uid) VALUES (:digest, :uid) ON CONFLICT (digest) DO UPDATE SET subject_uid = :uid")
