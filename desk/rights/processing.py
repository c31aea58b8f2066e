"""The record of processing activities (GDPR, Article 30), from the declarations that every column carries: what stands in no table stands not here, and
a new table stands here by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from contacts.importing_files import written
from core import schema
from core.database import Base
from core.i18n import N_, language
from core.i18n import gettext as _
from core.options import option
from desk.erasing.stores import STORES
from desk.printing import printed

#: Where a table is declared → the activity it belongs to, the first that fits: (beginning of the module, name, purpose, whose data).
ACTIVITIES: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (("contacts.agent", "contacts.layout", "contacts.favourite", "desk.routing", "desk.digesting"), N_("Accounts of colleagues"), N_("To let colleagues sign in and work"), N_("Colleagues")),
    (("desk.rights", "contacts.suppression", "contacts.purpose"), N_("Rights of persons"), N_("To answer what persons ask by law, and to keep to it"), N_("Persons who ask")),
    (("desk.mailing", "contacts.selection"), N_("Mass mail and selections"), N_("To inform persons, as far as they are held for it"), N_("Persons of the register")),
    (("desk.inbound", "desk.outbound", "desk.mailbox", "desk.tickets", "desk.locked_mail"), N_("Service by mail and telephone"), N_("To answer requests"),
     N_("Whoever writes or calls, and whom they write of")),
    (("contacts.",), N_("Register of persons and companies"), N_("To know customers and contacts"), N_("Customers, contacts and their colleagues")),
    (("desk.reports",), N_("Figures of the desk"), N_("To plan the work; figures speak of nobody"), N_("Nobody")),
    (("",), N_("Running of the desk"), N_("Security, history and undoing"), N_("Whoever the records speak of")))
#: Class of retention → for how long.
KEPT = {"row": N_("as long as the record it stands on"), "message": N_("as long as the ticket"), "raw_mail": N_("as long as the mail"),
        "ledger": N_("as long as the ledger of mail; without content when the person is erased"), "log": N_("as long as the history; without values when the person is erased"),
        "session": N_("until the session ends"), "draft": N_("until it is sent, at most 90 days")}
ERASED = {"keep": N_("stays, and says of nobody by itself"), "clear": N_("is emptied"), "rewrite": N_("loses the words about the person"), "delete_row": N_("goes with its row")}
OPTIONS = ("privacy.controller", "privacy.contact", "privacy.officer")


def record_of_processing(db: Session) -> dict[str, Any]:
    """``controller``, ``contact``, ``officer``; ``activities``: list of ``{name, purpose, persons, tables: list of {table, name, columns, kept, erased}}``;
    ``recipients``, ``transfers``, ``security``, ``limits``: sentences. In the language that is spoken."""
    found: dict[str, dict[str, Any]] = {name: {"name": _(name), "purpose": _(purpose), "persons": _(persons), "tables": []}
                                        for _modules, name, purpose, persons in ACTIVITIES}
    for table, module in personal_tables():
        found[_activity(module)]["tables"].append(_told(table))
    return {
        **{name.partition(".")[2]: option(db, name) for name in OPTIONS},
        "activities": [one for one in found.values() if one["tables"]],
        "recipients": _("Those to whom mail is sent; the mail servers that carry it; programs of yours that have an API token."),
        "transfers": _("The desk sends data nowhere by itself. Where its machines, mail servers and backups stand is said by whoever runs it."),
        "limits": _("Deleted records leave the bin after %(bin)s days; backups are kept %(backups)s days. Everything else is kept as each line says.",
                    bin=option(db, "contacts.bin_days"), backups=option(db, "privacy.backup_days")),
        "security": _("Passwords and look-up keys are kept as hashes, passwords of mailboxes sealed. Everybody sees the mailboxes they have been given. "
                      "Changes have a history. Erasing is checked by a second search.")}


def personal_tables() -> Iterator[tuple[Table, str]]:
    """Every table that holds a personal column, with the module that declares it."""
    schema.metadata()
    for mapper in sorted(Base.registry.mappers, key=lambda one: str(one.local_table)):
        table = mapper.local_table
        if isinstance(table, Table) and any(column.info.get("personal") for column in table.columns):
            yield table, mapper.class_.__module__


def csv_of(record: dict[str, Any]) -> str:
    """A line a table, for a spreadsheet."""
    heads = [_("Activity"), _("Purpose"), _("Whose data"), _("Where"), _("Data"), _("Kept"), _("When the person is erased")]
    return "\ufeff" + written([heads, *([activity["name"], activity["purpose"], activity["persons"], one["name"], ", ".join(one["columns"]), one["kept"], one["erased"]]
                                       for activity in record["activities"] for one in activity["tables"])])

def pdf_of(record: dict[str, Any], *, desk: str, day: str) -> bytes:
    """The same as tagged PDF (PDF/UA-1)."""
    heads = [_("Where"), _("Data"), _("Kept"), _("When the person is erased")]
    data = {"language": language(), "desk": desk, "title": _("Record of processing"), "foot": day,
            "facts": [[name, value] for name, value in said(record) if value],
            "activities": [{"title": one["name"], "says": f"{one['purpose']}. {_('Whose data')}: {one['persons']}.", "heads": heads,
                            "rows": [[line["name"], ", ".join(line["columns"]), line["kept"], line["erased"]] for line in one["tables"]]}
                           for one in record["activities"]]}
    return printed("processing", data)


def said(record: dict[str, Any]) -> list[tuple[str, str]]:
    """What holds for all activities, each with its name."""
    return [(_("Controller"), record["controller"]), (_("Contact"), record["contact"]), (_("Data protection officer"), record["officer"]),
            (_("Recipients"), record["recipients"]), (_("Transfers"), record["transfers"]), (_("Time limits"), record["limits"]), (_("Security"), record["security"])]


def _activity(module: str) -> str:
    return next(name for modules, name, _purpose, _persons in ACTIVITIES if module.startswith(modules))


def _told(table: Table) -> dict[str, Any]:
    personal = [column for column in table.columns if column.info.get("personal")]
    kept, erased = ({column.info[what]: None for column in personal} for what in ("kept", "erase"))
    return {"table": table.name, "name": _(STORES[table.name]) if table.name in STORES else table.name.replace("_", " "),
            "columns": [column.name.replace("_", " ") for column in personal], "kept": "; ".join(_(KEPT[one]) for one in kept),
            "erased": "; ".join(_(ERASED[one]) for one in erased)}
