"""What all tabs of a company's card have in common, as a person's: functions, tabs, and the sidebar (S12, W37)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from contacts.companies import domains_of
from contacts.company import Company
from contacts.files import those_of
from contacts.workforce import jobs_at
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.presenting.activities import here
from desk.web.presenting.at_hand import kept_at_hand
from desk.web.presenting.changes import changes
from desk.web.presenting.faces import agent_entry
from desk.web.presenting.infotags import infotags_of
from desk.web.presenting.laid_out import layout_of, layout_url, sidebar
from desk.web.presenting.legal_holds import mark_of
from desk.web.presenting.matters import matters_of
from desk.web.presenting.panel_drawing import Card
from desk.web.presenting.relations import beside, relations_of
from desk.web.presenting.tabs import Tab, counts_of
from desk.web.presenting.words import language_alone
from desk.web.requests import db
from desk.web.signing_in import me

LAYOUTS = (Tab("overview", N_("Overview"), "companies.show"),)
LISTS = (Tab("persons", N_("Persons"), "company_persons.index", jobs_at), Tab("tickets", N_("Tickets"), "company_tickets.index"),
         Tab("sales", N_("Sales"), "card_matters.sales", matters_of("sales"), of="companies"),
         Tab("campaigns", N_("Campaigns"), "card_matters.campaigns", matters_of("campaigns"), of="companies"),
         Tab("projects", N_("Projects"), "card_matters.projects", matters_of("projects"), of="companies"),
         Tab("orders", N_("Orders"), "card_matters.orders", matters_of("orders"), of="companies"),
         Tab("files", N_("Files"), "contact_files.index", those_of, of="companies"),
         Tab("relations", N_("Relations"), "relations.index", relations_of, of="companies"),
         Tab("infotags", N_("Infotags"), "infotags.index", infotags_of, of="companies"),
         Tab("history", N_("History"), "company_history.index"))


def shown_tabs(content: Mapping[str, Any]) -> list[tuple[Tab, str]]:
    """The tabs in the order of the layout, each with its own name or ""; lists that it does not know of come last (W35, W37)."""
    own, lists = {one.key: one for one in LAYOUTS}, {one.key: one for one in LISTS}
    named = [(lists[tab["key"]] if tab["kind"] == "list" else own.get(tab["key"]) or Tab(tab["key"], "", "company_tabs.show"), tab["name"])
             for tab in content["tabs"] if tab["kind"] != "list" or tab["key"] in lists]
    there = {tab.key for tab, _name in named}
    return [(tab, name) for tab, name in (*named, *((one, "") for one in LISTS if one.key not in there)) if tab.key not in content["hidden"]]


def opens_with(company: Company) -> str:
    """The address of the tab that shows first (W38); empty where it is the overview."""
    first = layout_of("company").content["default"]
    return next((_url(tab, company) for tab, _name in shown_tabs(layout_of("company").content) if tab.key == first != "overview"), "")


def _tabs(company: Company, current: str) -> list[dict[str, Any]]:
    content, counts = layout_of("company").content, counts_of(company, LISTS)
    drawn: list[dict[str, Any]] = []
    for tab, name in shown_tabs(content):
        drawn.append(tab._replace(endpoint="companies.show").drawn(company, current, counts) | {"url": _url(tab, company), "label": name or _(tab.label)}
                     | {"rule": tab in LISTS and (not drawn or not drawn[-1]["list"]), "list": tab in LISTS})
    if content["default"] != "overview":
        for one in drawn:
            one |= {"url": url_for("companies.show", uid=company.uid, tab="overview")} if one["key"] == "overview" else {}
    return drawn


def _url(tab: Tab, company: Company) -> str:
    own: dict[str, Any] = {"key": tab.key} if tab.endpoint == "company_tabs.show" else {}
    return url_for(tab.endpoint, **tab.named(company), **own)


def framed(company: Company, tab: str) -> dict[str, Any]:
    """The company as web/companies/_frame.html wants it, with one tab in front."""
    plain = {name: getattr(company, name) or "" for name in ("uid", "name", "phone", "address", "website")}
    tabs, first = _tabs(company, tab), layout_of("company").content["default"]
    return plain | kept_at_hand("company", company.uid, first=tab == first) | {
        "tabs": tabs, "layout_url": layout_url("company", tab, here()), "sides": sidebar(Card(company)),
        "number": company.organisation_number or "", "domains": domains_of(db(), company),
        "language": language_alone(company.language), "our_contact": agent_entry(company.our_contact) if company.our_contact else None,
        "category": company.category.name if company.category else "",
        "business": company.business.name if company.business else "", "history": changes(company.uid), "relations": beside(company, counts_of(company, LISTS)["relations"]),
        "edit_url": url_for("companies.edit", uid=company.uid),
        "hold": mark_of("company", company.id), "hold_url": url_for("legal_holds.new", of="company", record=company.uid) if me().admin else None,
        "delete_url": url_for("companies.end", uid=company.uid) if me().admin else None}
