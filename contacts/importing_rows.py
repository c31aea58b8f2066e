"""A row of a file, as the desk would keep it: cells become values, and what cannot be is named by its field."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from contacts import companies, editing
from contacts.address import PLAIN, normalise_email
from contacts.addressing import normal
from contacts.identifying import sort_name, split_name
from contacts.importing_own import Own, read_tags, read_value
from core.errors import Refused
from core.fold import fold
from core.i18n import N_
from core.i18n import gettext as _
from core.options import LANGUAGES

#: What may stand in a cell for yes; an empty one is no.
YES = {"1", "x", "yes", "true", "ja", "y", "j"}
NO = {"0", "no", "false", "nei", "nej", "n"}
LEFT = {"left", "sluttet", "stoppet", "fratraadt", "slutat", "inactive", "inaktiv", "resigned", "former"}
SPOKEN = {"english": "en", "engelsk": "en", "engelska": "en", "norwegian": "nb", "norsk": "nb", "bokmal": "nb", "no": "nb", "danish": "da", "dansk": "da",
          "dk": "da", "swedish": "sv", "svensk": "sv", "svenska": "sv", "se": "sv"}
#: Fields that name an entry of a short list or an agent → the column that keeps it.
LISTS = {"category": "category_id", "business": "business_id", "service_level": "service_level_id", "our_contact": "our_contact_id",
         "support_contact": "support_contact_id"}
MANY = re.compile(r"[;,\s]+(?=\S+@)|[;]")


@dataclass(slots=True)
class Row:
    """What a row says. ``fields`` as the services take them; ``emails`` and ``phones`` as they are matched, beside what is written;
    ``own``: slot → value, ``tags``: uid → name of infotags."""

    number: int
    uid: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    emails: list[tuple[str, str]] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    company: str = ""
    company_number: str = ""
    position: str = ""
    domains: list[str] = field(default_factory=list)
    own: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    digest: str = ""

    @property
    def called(self) -> str:
        """The name as it is read aloud."""
        name = self.fields.get("name") or f"{self.fields.get('first_name', '')} {self.fields.get('last_name', '')}"
        return str(name).strip()

    @property
    def sort_name(self) -> str:
        """The name as it is compared."""
        return _sorted(self.fields.get("first_name", ""), self.fields.get("last_name", ""))

    def kept(self) -> dict[str, Any]:
        """As an item of the operation keeps it."""
        names = ("uid", "fields", "emails", "phones", "links", "company", "company_number", "position", "domains", "own", "tags", "digest")
        return {name: value for name in names if (value := getattr(self, name))}


def row_of(number: int, kept: Mapping[str, Any]) -> Row:
    """The row that an item keeps."""
    return Row(number, **{**kept, "emails": [(one, other) for one, other in kept.get("emails", ())]})


def read_row(what: str, number: int, cells: Sequence[str], columns: Mapping[str, str], lists: Mapping[str, Mapping[str, int]],
             own: Own | None = None) -> Row:
    """A row of a file. ``columns``: number of the column → field; ``lists``: field → folded name → id."""
    told: dict[str, list[str]] = {}
    for n, name in columns.items():
        if int(n) < len(cells) and cells[int(n)]:
            told.setdefault(name, []).append(cells[int(n)])
    row = Row(number, uid=(told.pop("id", [""])[0]).lower())
    row.digest = hashlib.sha256(json.dumps([what, sorted((name, cells) for name, cells in told.items())]).encode()).hexdigest()
    for name, said in told.items():
        try:
            if own is not None and (name == "infotags" or name.startswith("custom.")):
                _own(row, name, said, own)
                continue
            _READ.get((what, name), _READ.get(("", name), _plain))(row, name, said, lists)
        except Refused as refused:
            row.errors[name] = refused.sentence
    _whole(what, row)
    return row


def _own(row: Row, name: str, said: list[str], own: Own) -> None:
    if name == "infotags":
        row.tags = read_tags(own, said)
        return
    known, told = own.fields.get(name), said[0].casefold()
    flag = known is not None and known.kind == "flag"
    row.own[name] = read_value(own, name, ["yes" if told in YES else "no" if told in NO else told] if flag else said)


def _plain(row: Row, name: str, said: list[str], _lists: Any) -> None:
    row.fields[name] = " ".join(said[0].split())


def _name(row: Row, _name: str, said: list[str], _lists: Any) -> None:
    first, last = split_name(said[0])
    row.fields.setdefault("first_name", first if first or last else "")
    row.fields.setdefault("last_name", last if first or last else " ".join(said[0].split()))


def _email(row: Row, _name: str, said: list[str], _lists: Any) -> None:
    for one in (part.strip(" <>") for cell in said for part in MANY.split(cell)):
        if one and (known := _mail(one))[0] not in {key for key, _said in row.emails}:
            row.emails.append(known)


def _phone(row: Row, _name: str, said: list[str], _lists: Any) -> None:
    row.phones = list(dict.fromkeys(_number(one) for one in said))


def _link(row: Row, _name: str, said: list[str], _lists: Any) -> None:
    row.links = list(dict.fromkeys(one if one.lower().startswith(("http://", "https://")) else f"https://{one}" for one in said))


def _attribute(row: Row, name: str, said: list[str], _lists: Any) -> None:
    setattr(row, name, " ".join(said[0].split())[:200])


def _listed(row: Row, name: str, said: list[str], lists: Mapping[str, Mapping[str, int]]) -> None:
    found = lists[name].get(fold(said[0]))
    if found is None:
        raise Refused(_("There is no “%(name)s” to choose. An admin can add it.", name=said[0]))
    row.fields[LISTS[name]] = found


def _flag(row: Row, name: str, said: list[str], _lists: Any) -> None:
    told = said[0].casefold()
    if told not in YES | NO:
        raise Refused(_("“%(word)s” is neither yes nor no.", word=said[0]))
    row.fields[name] = told in YES


def _status(row: Row, name: str, said: list[str], _lists: Any) -> None:
    row.fields[name] = "left" if fold(said[0]) in LEFT else "active"


def _language(row: Row, name: str, said: list[str], _lists: Any) -> None:
    told = fold(said[0])
    found = told if told in LANGUAGES else SPOKEN.get(told)
    if found is None:
        raise Refused(_("“%(word)s” is none of English, Norwegian, Danish and Swedish.", word=said[0]))
    row.fields[name] = found


def _organisation_number(row: Row, name: str, said: list[str], _lists: Any) -> None:
    row.fields[name] = "".join(said[0].split())


def _address(row: Row, name: str, said: list[str], _lists: Any) -> None:
    row.fields[name] = "\n".join(dict.fromkeys(said))


def _domains(row: Row, _name: str, said: list[str], _lists: Any) -> None:
    row.domains = [part.lower() for cell in said for part in re.split(r"[;,\s]+", cell) if part]


_READ: dict[tuple[str, str], Callable[[Row, str, list[str], Any], None]] = {
    ("persons", "name"): _name, ("persons", "email"): _email, ("persons", "phone"): _phone, ("", "link"): _link,
    ("", "company"): _attribute, ("", "company_number"): _attribute, ("", "position"): _attribute, ("", "private_customer"): _flag,
    ("", "block_mass_mail"): _flag, ("", "status"): _status, ("", "preferred_language"): _language, ("", "language"): _language,
    ("companies", "address"): _address, ("companies", "organisation_number"): _organisation_number, ("", "domains"): _domains, **{("", name): _listed for name in LISTS}}


def _whole(what: str, row: Row) -> None:
    """What can be said of it only when all its cells are read."""
    if not (row.called or row.uid):
        row.errors["last_name" if what == "persons" else "name"] = N_("The row has no name.")
    try:
        checked = (editing if what == "persons" else companies).checked(row.fields)
        row.fields = {name: value for name, value in checked.items() if value not in (None, "")}
    except Refused as refused:
        row.errors |= refused.errors
    if len(row.position) > 120:
        row.errors["position"] = _("At most %(most)s characters.", most=120)


@lru_cache(maxsize=2_000)
def _sorted(first: str, last: str) -> str:
    return sort_name(first, last)


@lru_cache(maxsize=20_000)
def _mail(one: str) -> tuple[str, str]:
    """An address as it is matched, and as it is written."""
    local, _at, domain = one.rpartition("@")
    quick = PLAIN.fullmatch(one) and "." in domain and ".." not in one and not local.startswith(".") and not local.endswith(".") and len(
        local) <= 64 and not domain.startswith((".", "-")) and not domain.endswith((".", "-")) and "xn--" not in domain
    value = one if quick else normal("email", one)[0]
    return normalise_email(value), value


@lru_cache(maxsize=20_000)
def _number(one: str) -> str:
    return normal("phone", one)[0]
