"""Routing rules as their table and form show them: uids become names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import request, url_for
from sqlalchemy import select

from contacts.address import Address, Holding
from contacts.agent import Agent, Team
from contacts.company import Category, Company
from contacts.merged import named_of
from contacts.person import Person
from core.alphabet import in_order
from core.i18n import N_
from core.i18n import gettext as _
from core.options import LANGUAGES
from desk.mailboxes import Mailbox
from desk.routing import RoutingRule, matches
from desk.web.forms import posted, ticked
from desk.web.presenting.choices import agents
from desk.web.presenting.levels import PRIORITIES
from desk.web.presenting.words import language_name, listed
from desk.web.requests import db

TRUST = {"pass": N_("proven"), "none": N_("not proven"), "fail": N_("forged")}
CHOSEN = ("mailboxes", "categories", "languages", "trust")
WRITTEN = ("persons", "companies", "words")
ACTS = ("team", "assignee", "priority", "tags")


class Names:
    """What the records are called that some rules name: at most one question a kind."""

    def __init__(self, rows: Iterable[RoutingRule]) -> None:
        rows = list(rows)
        self.found: dict[str, str] = {}
        for kind, name, wanted in ((Mailbox, Mailbox.name, _uids(rows, "mailboxes")), (Category, Category.name, _uids(rows, "categories")),
                                   (Company, Company.name, _uids(rows, "companies")),
                                   (Team, Team.name, {row.acts.get("team") for row in rows}),
                                   (Agent, Agent.name, {row.acts.get("assignee") for row in rows})):
            if wanted := wanted - {None}:
                self.found |= dict(db().execute(select(kind.uid, name).where(kind.uid.in_(wanted))).all())
        if persons := _uids(rows, "persons"):
            self.found |= _addresses(persons)

    def of(self, uids: Iterable[str]) -> list[str]:
        """The names; of what is gone, that it is."""
        return [self.found.get(uid) or _("(gone)") for uid in uids]


def lines(rows: Sequence[RoutingRule]) -> list[dict[str, Any]]:
    """The book as a table."""
    names, counted = Names(rows), matches(db())
    return [{"number": number, "name": row.name, "when": _when(row, names), "then": _then(row, names), "active": row.active,
             "last_30": counted.get(row.id, 0), "url": url_for("routing.edit", uid=row.uid),
             "place_url": url_for("routing.place", uid=row.uid), "switch_url": url_for("routing.toggle", uid=row.uid),
             "first": row is rows[0], "last": row is rows[-1]} for number, row in enumerate(rows, start=1)]


def values_of(row: RoutingRule | None) -> dict[str, Any]:
    """What the form is filled with."""
    given, done = (row.conditions, row.acts) if row else ({}, {})
    names = Names([row] if row else [])
    return {"name": row.name if row else "", "active": row.active if row else True,
            **{name: list(given.get(name, ())) for name in CHOSEN}, "all_words": bool(given.get("all_words")),
            **{name: "\n".join(names.of(given.get(name, ()))) for name in ("persons", "companies")},
            "words": "\n".join(given.get("words", ())), "team": done.get("team", ""), "assignee": done.get("assignee", ""),
            "priority": str(done.get("priority", "")), "tags": ", ".join(done.get("tags", ()))}


def typed() -> dict[str, Any]:
    """The same as it was posted."""
    return {"name": posted("name"), "active": ticked("active"), "all_words": ticked("all_words"),
            **{name: request.form.getlist(name) for name in CHOSEN},
            **{name: posted(name).replace("\r\n", "\n") for name in (*WRITTEN, *ACTS)}}


def said_of(values: Mapping[str, Any]) -> dict[str, str]:
    """A filled form in words, to be compared with another."""
    choices = offered(None)
    named = {name: dict(choices[name]) for name in (*CHOSEN, "teams", "agents")}
    said = {name: listed(named[name].get(uid, uid) for uid in values[name]) for name in CHOSEN}
    return {**said, **{name: str(values[name]) for name in ("name", *WRITTEN, "priority", "tags")},
            "team": named["teams"].get(values["team"], ""), "assignee": named["agents"].get(values["assignee"], "")}


def offered(row: RoutingRule | None) -> dict[str, Any]:
    """What the form offers: lists of (value, label)."""
    return {"mailboxes": _all(Mailbox), "categories": _all(Category), "teams": _all(Team), "agents": agents(db()),
            "languages": [(code, language_name(code)) for code in LANGUAGES],
            "trust": [(value, _(label)) for value, label in TRUST.items()],
            "priorities": [(str(value), _(label)) for value, label in PRIORITIES.items()]}


def _all(kind: Any) -> list[tuple[str, str]]:
    return [(uid, name) for uid, name in in_order(db().execute(select(kind.uid, kind.name)))]


def _when(row: RoutingRule, names: Names) -> list[str]:
    given, found = row.conditions, []
    either = _(" or ")
    for name, said in (("mailboxes", N_("Mailbox is %(what)s")), ("persons", N_("Sender is %(what)s")),
                       ("companies", N_("Company is %(what)s")), ("categories", N_("Category is %(what)s"))):
        if given.get(name):
            found.append(_(said, what=either.join(names.of(given[name]))))
    if given.get("languages"):
        found.append(_("Language is %(what)s", what=either.join(language_name(code) for code in given["languages"])))
    if given.get("trust"):
        found.append(_("Sender is %(what)s", what=either.join(_(TRUST[one]) for one in given["trust"])))
    if given.get("words"):
        joined = (_(" and ") if given.get("all_words") else either).join(f"“{word}”" for word in given["words"])
        found.append(_("It says %(what)s", what=joined))
    return found or [_("Everything")]


def _then(row: RoutingRule, names: Names) -> str:
    done = row.acts
    parts = names.of([done[name] for name in ("team", "assignee") if done.get(name)])
    if done.get("priority"):
        parts.append(_("priority %(n)s", n=done["priority"]))
    return " · ".join([*parts, *(f"#{tag}" for tag in done.get("tags", ()))])


def _uids(rows: Sequence[RoutingRule], name: str) -> set[str | None]:
    return {uid for row in rows for uid in row.conditions.get(name, ())}


def _addresses(persons: set[str | None]) -> dict[str, str]:
    """Persons by an address of theirs: what the form takes. The deleted and those without any are gone; of a merged one it is an
    address of who goes on."""
    go_on = named_of(db(), {uid for uid in persons if uid})
    found = db().execute(select(Person.uid, Address.value).join(Holding, Holding.person_id == Person.id).join(
        Address, Address.id == Holding.address_id).where(
        Person.uid.in_({*persons, *go_on.values()}), Address.kind == "email", Holding.until.is_(None), Person.binned_at.is_(None)).order_by(
        Holding.primary, Holding.id.desc()))
    addresses = {uid: address for uid, address in found}  # noqa: C416 - the primary one comes last and stays
    return addresses | {uid: addresses[other] for uid, other in go_on.items() if other in addresses}
