"""Settings: what an admin switches, for the desk or for one mailbox."""

from __future__ import annotations

from typing import Any

from core.database import take_turns
from core.errors import Unknown
from core.i18n import N_
from core.options import OPTIONS, option
from desk.access import may_see_mailbox
from desk.mailboxes import Mailbox, mailbox_at
from desk.switching import chosen_row, switch
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.paging import Listed, cut, key_of
from desk.web.api.routing import get, put
from desk.web.api.schemas.desk import NewValue, Setting, SettingAsked, SettingsAsked
from desk.web.requests import db


@get("/settings", refuses=(404,))
def index(asked: SettingsAsked) -> Listed[Setting]:
    """All of them, by name."""
    mailbox = _mailbox(asked)
    keys = sorted(key for key, declared in OPTIONS.items() if mailbox is None or declared.per_mailbox)
    rows, following = cut([*enumerate(keys, 1)][key_of(asked.cursor) or 0:], asked.most, lambda row: row[0])
    return Listed[Setting](items=[_setting(key, mailbox) for _n, key in rows], next=following)


@get("/settings/<key>")
def show(key: str, asked: SettingAsked) -> Setting:
    """The value in force: the mailbox's own, else the desk's, else the default."""
    return _setting(key, _mailbox(asked))


@put("/settings/<key>", admin=True)
def update(key: str, asked: SettingAsked, given: NewValue) -> Setting:
    """Choose a value; null takes the choice back."""
    mailbox = _mailbox(asked)
    take_turns(db(), "options")
    versions.unmoved(_setting(key, mailbox).version)
    switch(db(), key, given.value, mailbox.uid if mailbox else "", by=me())
    return _setting(key, mailbox)


def _mailbox(asked: SettingAsked | SettingsAsked) -> Mailbox | None:
    if asked.mailbox is None:
        return None
    mailbox = mailbox_at(db(), asked.mailbox)
    if mailbox is None or not may_see_mailbox(db(), me(), mailbox):
        raise Unknown(N_("There is no such mailbox."))
    return mailbox


def _setting(key: str, mailbox: Mailbox | None) -> Setting:
    uid = mailbox.uid if mailbox else ""
    value: Any = option(db(), key, uid)
    row = chosen_row(db(), key, uid)
    return Setting(key=key, value=value, default=OPTIONS[key].default, chosen=row is not None, means=OPTIONS[key].means,
                   mailbox=mailbox.address if mailbox else None, version=row.version if row is not None else 0)
