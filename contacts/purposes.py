"""The list of purposes: an admin adds and renames them, words what persons are asked, and retires those that are used no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.facts import PurposeChanged
from contacts.purpose import USUAL, ConsentWording, Purpose
from core.clock import now
from core.errors import Conflict, Refused, Unknown
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _
from core.naming import name_of
from core.options import LANGUAGES
from core.slugs import slug

LONGEST_NAME, LONGEST_WORDING, MOST = 80, 5_000, 50


def purposes(db: Session, *, retired: bool = False) -> Sequence[Purpose]:
    """Those that are offered, in the order in which they came; with ``retired`` also the others, at the end."""
    query = select(Purpose) if retired else select(Purpose).where(Purpose.retired_at.is_(None))
    return db.scalars(query.order_by(Purpose.retired_at.is_not(None), Purpose.id)).all()


def purpose_called(db: Session, uid: str) -> Purpose:
    """The purpose with this uid. Raises Unknown."""
    found = db.scalar(select(Purpose).where(Purpose.uid == uid))
    if found is None:
        raise Unknown(N_("There is no such purpose."))
    return found


def purpose_under(db: Session, key: str) -> Purpose:
    """The purpose with this key, in use or not. Raises Refused."""
    found = db.scalar(select(Purpose).where(Purpose.key == key))
    if found is None:
        raise Refused(_("There is no purpose “%(key)s”.", key=key), {"purpose": N_("Choose one of the list.")})
    return found


def save_purpose(db: Session, purpose: Purpose | None, fields: Mapping[str, Any], *, by: Agent, version: int | None = None) -> Purpose:
    """Make a purpose, or change one: ``name``, ``marketing``, and ``wordings`` (language → text), of which each that differs becomes another
    version. An empty one changes nothing: what persons were asked stays known.

    Raises Conflict when a colleague was faster, and Refused with what is wrong of each field.
    """
    if purpose is not None:
        unmoved(purpose, version)
    typed = name_of(fields.get("name", purpose.label if purpose else ""))
    name = purpose.name if purpose is not None and typed == purpose.label else typed
    worded = {language: text.replace("\r\n", "\n").strip() for language, text in fields.get("wordings", {}).items() if text.strip()}
    _check(db, purpose, name, worded)
    marketing = bool(fields.get("marketing", purpose.marketing if purpose else False))
    changes: dict[str, tuple[Any, Any]] = {}
    made = purpose or Purpose(key=_key(db, name), name="", marketing=False)
    for field, value in (("name", name), ("marketing", marketing)):
        if getattr(made, field) != value or purpose is None:
            changes[field] = (getattr(made, field) if purpose else None, value)
            setattr(made, field, value)
    db.add(made)
    db.flush()
    changes |= _word(db, made, worded, by)
    if changes:
        record(db, PurposeChanged(made.uid, "edited" if purpose else "added"), by=by.uid, changes=changes)
    return made


def retire_purpose(db: Session, purpose: Purpose, *, by: Agent) -> None:
    """Offer it no more; bases that name it stay. Raises Refused for the one that everybody is held for."""
    if purpose.key == USUAL:
        raise Refused(N_("Everybody is held for this purpose, so it stays."))
    if purpose.retired_at is None:
        purpose.retired_at = now()
        db.flush()
        record(db, PurposeChanged(purpose.uid, "retired"), by=by.uid)


def bring_back(db: Session, purpose: Purpose, *, by: Agent) -> None:
    """Offer a retired one again."""
    if purpose.retired_at is not None:
        purpose.retired_at = None
        db.flush()
        record(db, PurposeChanged(purpose.uid, "restored"), by=by.uid)


def current_wordings(purpose: Purpose) -> dict[str, ConsentWording]:
    """Language → the words that hold now."""
    return {one.language: one for one in sorted(purpose.wordings, key=lambda one: one.version)}


def wording_called(db: Session, uid: str) -> ConsentWording:
    """One version of the words. Raises Refused."""
    found = db.scalar(select(ConsentWording).where(ConsentWording.uid == uid))
    if found is None:
        raise Refused(N_("There is no such wording."), {"wording": N_("Choose one of the list.")})
    return found


def unmoved(purpose: Purpose, version: int | None) -> None:
    """Raises Conflict where a colleague has changed the purpose since this version."""
    if version is not None and purpose.version != version:
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))


def _word(db: Session, purpose: Purpose, worded: Mapping[str, str], by: Agent) -> dict[str, tuple[Any, Any]]:
    """The next version of each language whose text differs; which, as changes of the history."""
    before, found = current_wordings(purpose), {}
    for language, text in worded.items():
        held = before.get(language)
        if held is None or held.text != text:
            following = held.version + 1 if held else 1
            db.add(ConsentWording(purpose_id=purpose.id, language=language, version=following, text=text, by_uid=by.uid))
            found[f"wording.{language}"] = (held.version if held else None, following)
    if found:
        purpose.raise_version()
        db.flush()
        db.expire(purpose, ["wordings"])
    return found


def _key(db: Session, name: str) -> str:
    """A short name for what is called so, that nothing else has."""
    taken, base = set(db.scalars(select(Purpose.key))), slug(name, 36).replace("-", "_") or "purpose"
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, 999))) if key not in taken)


def _check(db: Session, purpose: Purpose | None, name: str, worded: Mapping[str, str]) -> None:
    with db.no_autoflush:
        others = [one for one in purposes(db, retired=True) if one is not purpose]
    errors = {f"wording.{language}": _("At most %(most)s characters.", most=LONGEST_WORDING) for language, text in worded.items()
              if len(text) > LONGEST_WORDING}
    if not 0 < len(name) <= LONGEST_NAME:
        errors["name"] = N_("Give a name of at most 80 characters.")
    elif name.lower() in {said.lower() for one in others for said in (one.name, one.label)}:
        errors["name"] = N_("This name is taken.")
    elif purpose is None and len(others) >= MOST:
        errors["name"] = _("At most %(most)s.", most=MOST)
    if set(worded) - set(LANGUAGES):
        errors["wordings"] = N_("One of en, nb, da, sv.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)
