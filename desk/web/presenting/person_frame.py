"""What all tabs of a person's card have in common (S1, W26, W31, W68): functions, tabs, and the sidebar."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import g, request, url_for

from contacts.bin import kept
from contacts.files import those_of
from contacts.person import Person
from core.clock import now
from core.i18n import N_, day
from core.i18n import gettext as _
from core.options import option
from desk.web.looking_up import note_lookup, purpose_of_page
from desk.web.presenting.activities import activities_of, here
from desk.web.presenting.at_hand import kept_at_hand
from desk.web.presenting.card import person_facts
from desk.web.presenting.changes import changes
from desk.web.presenting.correspondence import mails_of
from desk.web.presenting.duplicates import duplicates_of
from desk.web.presenting.employments import card_then, jobs_of, with_companies
from desk.web.presenting.infotags import infotags_of
from desk.web.presenting.laid_out import layout_of, layout_url, renamed, sidebar
from desk.web.presenting.legal_holds import mark_of_person
from desk.web.presenting.links import company_url
from desk.web.presenting.matters import matters_of
from desk.web.presenting.merging import parts
from desk.web.presenting.notes import notes_of_person
from desk.web.presenting.panel_drawing import Card
from desk.web.presenting.privacy import entry_of
from desk.web.presenting.relations import beside, relations_of
from desk.web.presenting.restrictions import banner
from desk.web.presenting.services import filled, place_url
from desk.web.presenting.tabs import Tab, counts_of
from desk.web.requests import db
from desk.web.signing_in import me

#: Laid out, and neither added to nor reordered on a person (W37); then lists, by kind (REQUIREMENTS 0.12).
LAYOUTS = (Tab("fields", N_("Fields"), "persons.show"), Tab("details", N_("Details"), "persons.details"))
LISTS = (Tab("mails", N_("E-mails"), "person_mails.index", mails_of),
         Tab("companies", N_("Companies"), "person_companies.index", jobs_of),
         Tab("activities", N_("Activities"), "person_activities.index", activities_of),
         Tab("notes", N_("Notes"), "person_notes.index", notes_of_person),
         Tab("sales", N_("Sales"), "card_matters.sales", matters_of("sales"), of="persons"),
         Tab("campaigns", N_("Campaigns"), "card_matters.campaigns", matters_of("campaigns"), of="persons"),
         Tab("projects", N_("Projects"), "card_matters.projects", matters_of("projects"), of="persons"),
         Tab("orders", N_("Orders"), "card_matters.orders", matters_of("orders"), of="persons"),
         Tab("files", N_("Files"), "contact_files.index", those_of, of="persons"),
         Tab("relations", N_("Relations"), "relations.index", relations_of, of="persons"),
         Tab("infotags", N_("Infotags and photo"), "infotags.index", infotags_of, of="persons"),
         Tab("bases", N_("Legal bases"), "person_bases.index"),
         Tab("services", N_("Services"), "person_services.index"),
         Tab("history", N_("History"), "person_history.index"))


def framed(person: Person, tab: str) -> dict[str, Any]:
    """The person as web/persons/_frame.html wants them, with one tab in front."""
    note_lookup([person.uid], purpose_of_page(), me().id)
    facts = person_facts(with_companies(person)) | {"since": _since(person)} | card_then(person)
    counts = counts_of(person, LISTS)
    tabs = [one.drawn(person, tab, counts, as_of=request.args.get("as_of") if one in LAYOUTS else None) | {"rule": one is LISTS[0]}
            for one in (*LAYOUTS, *LISTS)]
    first = layout_of("person").content["default"]
    for one in tabs[:len(LAYOUTS)]:
        one |= renamed("person", one["key"]) | ({"url": url_for("persons.show", uid=person.uid, tab="fields")} if one["key"] == "fields" != first else {})
    if person.employment:
        g.company = {"name": person.employment.company.name, "url": company_url(person.employment.company)}
    return facts | kept_at_hand("person", person.uid, first=tab == first) | {
        "layout_url": layout_url("person", tab, here()), "sides": sidebar(Card(person)), "service": option(db(), "features.service"), "tabs": tabs,
        "move_url": url_for("person_moves.new", uid=person.uid), "link_url": url_for("person_companies.new", uid=person.uid),
        "copy_url": url_for("person_copies.new", uid=person.uid),
        "hold": mark_of_person(person), "restricted": banner(person),
        "privacy": entry_of(person),
        "erase_url": url_for("erasures.new", uid=person.uid) if me().admin else None,
        "delete_url": url_for("persons.destroy", uid=person.uid) if me().admin and person.living else None, "deleted_until": day(now() + kept(db())),
        "uid": person.uid, "email": next((a["value"] for a in facts["addresses"] if a["kind"] == "mail" and not a["bad"]), ""),
        "status": {"text": _("Active"), "kind": "sure"} if person.status == "active" else {"text": _("Has left"), "kind": "heed"},
        "marks": [text for text, holds in ((_("Private customer"), person.private_customer),
                                           (_("No mass mail"), person.block_mass_mail)) if holds],
        "links": [{"label": one["sign"] or one["value"], "url": one["value"]} for one in facts["addresses"] if one["kind"] == "link"],
        "held_url": url_for("person_bases.index", uid=person.uid), "merge_url": url_for("person_merges.new", uid=person.uid), "merged": parts(person), "duplicates": duplicates_of(person),
        "history": changes(person.uid), "relations": beside(person, counts["relations"]),
        "reach": _reach(person, facts), "left": person.status == "left", "own_title": person.title or "",
        "version": person.version, "sidebar_url": url_for("person_sidebar.update", uid=person.uid)}


def opens_with(person: Person) -> str:
    """The address of the tab that shows first (W38); empty where it is the one of fields."""
    first = layout_of("person").content["default"]
    return next((url_for(one.endpoint, **one.named(person)) for one in (*LAYOUTS[1:], *LISTS) if one.key == first), "")


def _reach(person: Person, facts: dict[str, Any]) -> dict[str, Any]:
    """How the person is reached: at the company first, whose main number stands before their own (W70-W76)."""
    company = person.employment.company if person.employment else None
    place = " ".join(company.address.split()) if company and company.address else ""
    return {"place": place, "place_url": place_url(place) if place else "", "switchboard": company.phone or "" if company else "",
            "phones": [one for one in facts["addresses"] if one["kind"] == "phone"],
            "mails": [one["value"] for one in facts["addresses"] if one["kind"] == "mail" and not one["bad"]],
            "sms": [filled("services.sms", "number", "".join(one["value"].split())) for one in facts["addresses"] if one["kind"] == "phone"],
            "vcard_url": url_for("person_services.vcard", uid=person.uid)}


def _since(person: Person) -> str:
    job = person.employment
    return _("since %(day)s", day=day(datetime.combine(job.started_on, time(12), now().tzinfo))) if job and job.started_on else ""
