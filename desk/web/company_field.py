"""The field in which a company is named: typed, with suggestions."""

from __future__ import annotations

from sqlalchemy import select

from contacts.company import Company
from core.errors import Refused
from core.fold import fold
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.requests import db


def typed_company(name: str) -> Company | None:
    """The company of the name that was typed. Raises Refused for one there is not."""
    if not name:
        return None
    found = db().scalars(select(Company).where(
        Company.sort_name == fold(name)[:200], Company.binned_at.is_(None)).order_by(Company.id).limit(1)).first()
    if found is None:
        raise Refused(_("There is no company called “%(name)s”.", name=name),
                      {"company": N_("Choose one of the list, or make the company first.")})
    return found


def begun_company(name: str, uid: str) -> Company | None:
    """The same where the form began with a company: that one, while its name stands; two may have one name."""
    begun = db().scalar(select(Company).where(Company.uid == uid)) if name and uid else None
    return begun if begun is not None and begun.called == name else typed_company(name)


def chosen_company(uid: str) -> Company:
    """The company that was marked in a list. Raises Refused where none was."""
    found = db().scalar(select(Company).where(Company.uid == uid, Company.binned_at.is_(None))) if uid else None
    if found is None:
        raise Refused(N_("Which company? Mark one of the list."), {"company": N_("Choose a company.")})
    return found
