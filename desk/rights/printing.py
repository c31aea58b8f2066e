"""A certificate of erasure as tagged PDF: words and numbers go to typst as JSON, never as its source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from core.i18n import N_, dated, language, ngettext
from core.i18n import gettext as _
from desk.erasing.stores import REASONS, counted, store
from desk.erasing.upstream import PATIENCE
from desk.printing import printed
from desk.rights.case import GROUNDS
from desk.rights.certificate import Certificate

IDENTITIES = {"link": N_("They followed a link that was mailed to an address known before"), "agent": N_("An agent was sure that it was them")}


def pdf_of(certificate: Certificate, *, desk: str) -> bytes:
    """The page, in the language that is spoken. PDF/UA-1."""
    return printed("certificate", said(certificate, desk))


def said(certificate: Certificate, desk: str) -> dict[str, Any]:
    """What stands on it, in the language that is spoken."""
    told = certificate.content
    return {
        "language": language(), "desk": desk, "title": _("Certificate of erasure"), "foot": _("Certificate %(number)s", number=certificate.id),
        "lead": _("What was held of a person was erased. This page names nobody: whom it is about is known to whoever has it."),
        "facts": _facts(told), "erased": {"title": _("What was erased"), "heads": [_("Where"), _("Places")],
                                          "rows": [[label, str(count)] for label, count in counted(told["counts"])] or [[_("Their card"), "1"]]},
        "kept": {"title": _("What is kept"), "heads": [_("What"), _("Why"), _("Until")], "rows": _kept(told)},
        "ends": [[_("Recipients"), _told(told)], [_("Mail at the providers"), _providers(told)], [_("Looked through afterwards"), _left(told)], [_("Backups"), _(
            "What was erased may lie in backups until %(day)s. If one is restored before, it is erased again before the desk opens.",
            day=_day(told["backups_until"]))]]}


def _facts(told: Mapping[str, Any]) -> list[list[str]]:
    ground = _("Article 17(1)%(letter)s", letter=_(GROUNDS[told["ground"]])) if told["ground"] else _(REASONS.get(told["reason"], told["reason"]))
    found = [(_("Case"), str(told["case"] or "")), (_("Received"), _day(told["received"])), (_("Decided"), _day(told["approved"])), (_("Done"), _day(told["done"])),
             (_("Identity check"), _(IDENTITIES.get(told["identity"], told["identity"]))), (_("Ground"), ground),
             (_("Asked for by"), told["asked_by"]), (_("Approved by"), told["approved_by"])]
    return [[name, value] for name, value in found if value]


def _kept(told: Mapping[str, Any]) -> list[list[str]]:
    rows = [[ngettext("Name and address on %(n)s invoiced order, sealed", "Name and address on %(n)s invoiced orders, sealed", one["count"]),
             _("Bookkeeping, Article %(article)s", article=one["exemption"]), _day(one["until"])] for one in told["held"]]
    if told["hashes"]:
        rows.append([ngettext("A keyed hash of %(n)s address, which nobody can read", "A keyed hash of %(n)s addresses, which nobody can read", told["hashes"]),
                     _("So that no import brings them back"), _("they ask for it to go")])
    if told["uncertain"]:
        rows.append([ngettext("%(n)s uncertain place", "%(n)s uncertain places", told["uncertain"]), _("Somebody looked at it and found that it is not them"), ""])
    rows.append([_("That there were tickets, when and in which language"), _("For the figures of the desk; it says of nobody"), ""])
    return rows


def _told(told: Mapping[str, Any]) -> str:
    if told["told"] is None:
        return _("No list of recipients was kept.")
    others = max(told.get("recipients", 0) - told["told"], 0)
    found = [ngettext("%(n)s recipient was told.", "%(n)s recipients were told.", told["told"]) if told["told"] else "",
             ngettext("%(n)s recipient was not told.", "%(n)s recipients were not told.", others) if others else ""]
    return " ".join(filter(None, found)) or _("The data had been given to nobody.")


def _providers(told: Mapping[str, Any]) -> str:
    """What lies at the mailboxes' providers, as far as it is known."""
    found = Counter(told.get("providers", {}))
    gone = found["gone"] + found["absent"]
    said_ = [
        ngettext("%(n)s mail is gone there too.", "%(n)s mails are gone there too.", gone) if gone else "",
        ngettext("%(n)s mail is being deleted there: the provider is asked until it is done, for at most %(days)s days.",
                 "%(n)s mails are being deleted there: the provider is asked until it is done, for at most %(days)s days.", found["waiting"],
                 days=PATIENCE.days) if found["waiting"] else "",
        ngettext("The provider refused to delete %(n)s mail: it is looked at by hand.",
                 "The provider refused to delete %(n)s mails: they are looked at by hand.", found["refused"]) if found["refused"] else "",
        ngettext("%(n)s mail of others was left there.", "%(n)s mails of others were left there.", found["left"]) if found["left"] else ""]
    return " ".join(filter(None, said_)) or _("Nothing of theirs lay at a provider of mail that the desk reads.")


def _left(told: Mapping[str, Any]) -> str:
    if not told["left"]:
        return _("Every table, index, file and queue was searched in another way than it was erased. Nothing was left.")
    places = ", ".join(f"{store(name)}: {count}" for name, count in told["left"].items())
    return _("Every table, index, file and queue was searched in another way than it was erased. This was left and is looked at by hand: %(places)s", places=places)


def _day(day: str | None) -> str:
    return dated(date.fromisoformat(day), year=True) if day else ""
