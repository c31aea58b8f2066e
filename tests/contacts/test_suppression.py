"""Lists of addresses known by a keyed hash alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from contacts.suppression import LOT, Suppression, fingerprint, lift, suppress, suppressed
from core import tokens
from core.settings import settings

OLE, KARI = ("email", "ole@kunde.example"), ("email", "kari@kunde.example")


def test_two_lists_that_say_nothing_of_each_other(db: Session) -> None:
    suppress(db, "erased", *OLE, reason="erasure")
    suppress(db, "objected", *KARI, purpose="marketing")
    assert suppressed(db, "erased", [OLE, KARI]) == {OLE}
    assert suppressed(db, "objected", [OLE, KARI], "marketing") == {KARI}
    with pytest.raises(ValueError, match="bounced"):
        suppress(db, "bounced", *OLE)


def test_for_one_purpose_or_for_all(db: Session) -> None:
    suppress(db, "objected", *KARI, purpose="marketing")
    suppress(db, "objected", *OLE)
    assert suppressed(db, "objected", [OLE, KARI], "survey") == {OLE}
    assert suppressed(db, "objected", [OLE, KARI]) == {OLE, KARI}


def test_a_tag_makes_no_other_mailbox(db: Session) -> None:
    suppress(db, "erased", *OLE)
    suppress(db, "erased", "email", "kari+shop@kunde.example")
    written = [("email", one) for one in ("ole+news@kunde.example", "ｏle@kunde.example", "ole@kunde.example", "kari@kunde.example")]
    assert suppressed(db, "erased", [*written, ("email", "ole+x@other.example")]) == set(written)
    assert lift(db, "erased", [("email", "ole+news@kunde.example")]) == 1 and suppressed(db, "erased", [OLE]) == set()


def test_twice_is_once_and_lifting_takes_off_what_was_put_there(db: Session) -> None:
    first = suppress(db, "objected", *OLE, purpose="marketing", reason="link")
    assert suppress(db, "objected", *OLE, purpose="marketing", reason="word") is first and first.reason == "link"
    suppress(db, "objected", *OLE, purpose="survey")
    assert lift(db, "objected", [OLE, KARI], "marketing") == 1
    assert suppressed(db, "objected", [OLE], "marketing") == set()
    assert suppressed(db, "objected", [OLE], "survey") == {OLE}


def test_nothing_of_the_address_is_in_the_row_and_the_key_is_not_in_the_database(db: Session, data_folder: Path) -> None:
    row = suppress(db, "erased", *OLE)
    assert "ole" not in repr(db.execute(select(Suppression.__table__)).all())
    assert settings().secret_path.is_relative_to(data_folder)
    settings().secret_path.unlink()
    tokens.secret.forget()
    tokens.key.cache_clear()
    assert fingerprint(*OLE) != row.fingerprint                         # another key: nobody can tell any more
    assert fingerprint("phone", OLE[1]) != fingerprint(*OLE)


def test_many_are_asked_about_in_few_questions(db: Session) -> None:
    db.add(Suppression(list_name="erased", kind="email", fingerprint=fingerprint("email", "p700@kunde.example")))
    db.flush()
    asked: list[str] = []
    event.listen(db.connection(), "before_cursor_execute", lambda _c, _k, statement, *_rest: asked.append(statement))
    assert suppressed(db, "erased", (("email", f"p{n}@kunde.example") for n in range(2 * LOT))) == {("email", "p700@kunde.example")}
    assert len(asked) == 2
    assert db.scalar(select(Suppression.list_name)) == "erased"
