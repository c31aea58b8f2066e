"""What a card leads to outside the desk: map, SMS, number look-up, website, profiles, address book (T32, W27, W71-W77)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import url_for

from contacts.address import Holding
from contacts.person import Person
from core.i18n import gettext as _
from core.options import option
from desk.web.requests import db


def services(person: Person, holdings: Sequence[Holding]) -> list[dict[str, Any]]:
    """Each with icon, label, what it is about, and where it leads; what is not set up or has nothing to go by is left out."""
    job = person.employment
    company, found = job.company if job else None, []
    if company and company.address and (url := place_url(company.address)):
        found.append(_service("world", _("Map"), " ".join(company.address.split()), url))
    phones = [(h.label, h.address.value) for h in holdings if h.address.kind == "phone" and h.until is None]
    if company and company.phone:
        phones.append((company.name, company.phone))
    for label, number in phones:
        for icon, text, name in (("message-circle", _("SMS"), "services.sms"), ("search", _("Look the number up"), "services.numbers")):
            if url := filled(name, "number", "".join(number.split())):
                found.append(_service(icon, text, f"{number} {label}".strip(), url))
    if company and company.website:
        found.append(_service("external-link", _("Website"), company.website, company.website))
    found += [_service("link", h.label or _("Profile"), h.address.value, h.address.value)
              for h in holdings if h.address.kind == "link" and h.until is None]
    return [*found, _service("download", _("Into the address book"), "vCard", url_for("person_services.vcard", uid=person.uid))]


def place_url(address: str) -> str:
    """Where a postal address is shown on a map; empty where no map is set up."""
    return filled("services.map", "address", " ".join(address.split()))


def filled(name: str, what: str, value: str) -> str:
    """An option's address with the value in its place; empty where it is not set up."""
    return str(option(db(), name)).replace(f"{{{what}}}", quote(value, safe="+"))


def _service(icon: str, label: str, about: str, url: str) -> dict[str, Any]:
    return {"icon": icon, "label": label, "about": about, "url": url}
