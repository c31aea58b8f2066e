"""Which template is shown under which address of the kit, with which invented context."""

from __future__ import annotations

from typing import Any

from tests.browser import agenda as a
from tests.browser import employed_sample as employed
from tests.browser import hung_on as hung
from tests.browser import layout_sample as laid
from tests.browser import matters as m
from tests.browser import operations_sample as o
from tests.browser import sample as s

BASE = {"me": s.ME, "flashes": [], "toast": None, "language": "en"}
LIVE = {"new": 2, "text": "2 nye saker", "url": "/kit/ticket", "readers": [{"initials": "KM", "text": "Kari skriver"}]}
FRAMES = {
    "letter": "<!doctype html><meta charset=utf-8><style>body{font:14px sans-serif;margin:0}</style>"
    "<p>Hei, dette er en <b>HTML-post</b>.</p>" + "<p>Et avsnitt til.</p>" * 12,
}


def base(current: str = "", **more: Any) -> dict[str, Any]:
    return BASE | {"rail": s.rail(current)} | more


def setting(current: str, **more: Any) -> dict[str, Any]:
    return BASE | {"settings": {"current": current}, "rail": s.rail("")} | more


DUPLICATE_TABS = [{"label": "All", "url": "#"}, {"label": "To be completed", "url": "#"},
                  {"label": "Possible duplicates", "url": "#", "current": True, "count": 2}]
KIT: dict[str, Any] = base("", why=s.WHY, rows=s.ROWS, card=s.CARD, composer=s.COMPOSER, ticket=s.TICKET, agents=s.AGENTS)

HITS = [{"label": "Persons", "hits": [{"url": "/kit/person", "name": "Ingrid Solheim", "also": "Kunde AS · ingrid@kunde.example", "face": s.INGRID},
                                      {"url": "/kit/persons", "name": "Mads Kjær", "also": "mads@kjaer.example", "face": s.MADS}]},
        {"label": "Tickets", "hits": [{"url": "/kit/ticket", "name": "Kan ikke logge inn", "also": "#4821 · Ingrid Solheim", "state": "open",
                                       "state_label": "Open"}]}]
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "ticket": ("web/tickets/index.html", base("mine", view=s.VIEW, rows=s.ROWS, agents=s.AGENTS, ticket=s.TICKET,
                                              composer=s.COMPOSER, card=s.CARD)),
    "list": ("web/tickets/index.html", base("mine", view=s.VIEW, agents=s.AGENTS, ticket=None,
                                            rows=[one | {"current": False} for one in s.ROWS])),
    "html": ("web/tickets/index.html", base("mine", view=s.VIEW, rows=s.ROWS, agents=s.AGENTS, ticket=s.HTML_TICKET,
                                            composer=s.COMPOSER | {"kind": "note"}, card=s.CARD)),
    "held": ("web/tickets/index.html", base("held", view=s.HELD_VIEW, rows=[], agents=s.AGENTS, ticket=s.HELD_TICKET,
                                            composer=s.COMPOSER, card=s.HELD_CARD,
                                            toast={"text": "Tilknyttet Lone Friis, 2 sager fulgte med.",
                                                   "undo_url": "/undo", "undo_label": "Fortryd"})),
    "empty": ("web/tickets/index.html", base("mine", view=s.VIEW | {"count": 0, "older": None}, rows=[],
                                             agents=s.AGENTS, ticket=None)),
    "new": ("web/tickets/new.html", base("begun", channel="mail", errors={}, waiting=s.WAITING, kept_days=90, composer=s.COMPOSER | {
        "draft": s.KEPT,
        "subject": "", "note_url": None, "to": [], "cc": [], "html": "", "text": "", "kind": "reply", "saved": "",
        "placeholder": "Write …", "mailboxes": [*s.COMPOSER["mailboxes"], {"uid": "m2", "name": "Salg",
                                                                            "address": "salg@example.com"}]})),
    "new-phone": ("web/tickets/new.html", base("begun", channel="phone", errors={"subject": "A ticket needs a subject."}, draft=s.KEPT,
                                               call={"who": "Håkon Brekke"}, composer=s.COMPOSER,
                                               mailboxes=[("m1", "Kundeservice")], agents=s.CHOICES["agents"])),
    "raw": ("web/tickets/raw.html", base("mine", cut=False, source=s.RAW, message={
        "title": "Kan ikke logge inn", "at": "22. nov. 10:52", "size": "4 kB", "back_url": "/kit/ticket",
        "download_url": "#", "trace_url": "/kit/ledger-one"})),
    "sign-in": ("web/sign_in.html", {"step": "password", "company": "Fjordhaven AS", "demo": s.DEMO}),
    "sign-in-wrong": ("web/sign_in.html", {"step": "password", "email": "nora@example.com",
                                           "error": "The address or the password is wrong."}),
    "sign-in-code": ("web/sign_in.html", {"step": "code"}),
    "forgotten": ("web/sign_in.html", {"step": "forgotten", "sent": True}),
    "reset": ("web/sign_in.html", {"step": "reset", "token": "t", "shortest": 8}),
    "error": ("web/error.html", {"status": 404, "sentence": "There is no ticket 9999. It may have been deleted, or it lies in a mailbox you do not see.",
                                 "reference": "5f1c"}),
    "persons": ("web/persons/index.html", base("persons", q="", count=248, persons=s.PERSONS, newer=None, older="#o",
                                               filters=[{"label": "All", "url": "#", "current": True, "count": 248},
                                                        {"label": "To be completed", "url": "#", "count": 12}])),
    "persons-none": ("web/persons/index.html", base("persons", q="hanse", count=0, persons=[], filters=[])),
    "person": ("web/persons/tab.html", base("persons", person=a.CARD | laid.FIELDS_TAB, saving=laid.SAVING, errors={"": "Some fields cannot be saved like this."})),
    "person-details": ("web/persons/tab.html", base("persons", person=a.CARD | laid.DETAILS_TAB)),
    "layout": ("web/layouts/edit.html", base("companies", editor=laid.EDITOR, errors={}, differences=["Overview: the order of the panels changed."])),
    "person-mails": ("web/persons/mails.html", base("persons", person=s.PERSON | {"uid": "p1"}, **s.MAILS)),
    "person-history": ("web/persons/history.html", base("persons", person=s.PERSON, past=s.PAST, company="Værksted A/S")),
    "person-services": ("web/persons/services.html", base("persons", person=s.PERSON, services=s.SERVICES)),
    "person-then": ("web/persons/tab.html", base("persons", person=employed.THEN | laid.FIELDS_TAB | {"saves": False})),
    "person-companies": ("web/persons/companies.html", base("persons", person=employed.CARD, jobs=employed.JOBS, moves=employed.MOVES,
                                                            today="2026-11-28", new_url="#")),
    "person-link": ("web/persons/link.html", base("persons", **employed.LINK)),
    "person-employment": ("web/persons/employment.html", base("persons", **employed.EMPLOYMENT)),
    "person-move": ("web/persons/move.html", base("persons", **employed.MOVE)),
    "person-copy": ("web/persons/copy.html", base("persons", **employed.COPY)),
    "person-merge-find": ("web/persons/merge_find.html", base("persons", name="Mads Kjær", q="kjær", back_url="#", persons=[
        one | {"to_url": "/kit/person-merge"} for one in s.PERSONS])),
    "person-merge": ("web/persons/merge.html", base("persons", **s.MERGE)),
    "person-unmerge": ("web/persons/unmerge.html", base("persons", **s.UNMERGE)),
    "person-form": ("web/persons/form.html", base("persons", form=s.PERSON_FORM, errors={
        "last_name": "A person needs a name."}, companies=["Kunde AS"], company_required=True, **s.CHOICES)),
    "person-refused": ("web/persons/form.html", base("persons", form=s.PERSON_FORM | {"nevertheless": True, "duplicates": [
        {"name": "Ole Hansen", "url": "/kit/person", "fields": "name and e-mail address"}]}, errors={
        "": "Ole Hansen has the same name and e-mail address already.", "last_name": "Ole Hansen has the same name and e-mail address already."},
        companies=["Kunde AS"], company_required=True, **s.CHOICES)),
    "duplicates": ("web/persons/duplicates.html", base("persons", tabs=DUPLICATE_TABS, count=2, pairs=s.PAIRS, after="", person=None, newer=None,
                                                       older="#o", scan={"going": True, "paused": False, "done": 40, "ended": ""},
                                                       toast={"text": "Ole Moe and Ole Vik are two persons.", "undo_url": "/undo"})),
    "duplicates-none": ("web/persons/duplicates.html", base("persons", tabs=DUPLICATE_TABS, count=0, pairs=[], after="", person=None, newer=None,
                                                            older=None, scan=None)),
    "operation": ("web/operations/show.html", base("operations", operation=o.OPERATION, filters=o.FILTERS, items=o.ITEMS, poll_url="#", newer=None, older="#o")),
    "import-columns": ("web/imports/columns.html", base("persons", **o.COLUMNS)),
    "duplicate-rule": ("web/settings/duplicates.html", setting("duplicates", **s.RULE)),
    "quick": ("web/quick.html", base("", kind="person", label="Person", kinds=[{"label": "Person", "url": "#", "current": True}, {"label": "Company", "url": "#"}],
                                     fields=[{"name": "first_name", "label": "First name", "type": "text", "value": "Eva", "error": ""},
                                             {"name": "company", "label": "Company", "type": "company", "value": "", "error": "There is no such company."},
                                             {"name": "text", "label": "Text", "type": "textarea", "value": "", "error": ""}],
                                     errors={"company": "There is no such company."}, duplicates=[], nevertheless=False, whole_url="#whole", companies=["Nordlys AS"],
                                     companies_url="#", made=[{"kind": "company", "icon": "building", "label": "Company", "name": "Nordlys AS", "url": "#1", "employ_url": "#2"},
                                                              {"kind": "person", "icon": "user", "label": "Person", "name": "Åse Lindqvist", "url": "#3", "employ_url": ""}])),
    "companies": ("web/companies/index.html", base("companies", q="", count=3, companies=s.COMPANIES)),
    "company": ("web/companies/tab.html", base("companies", company=a.FIRM | laid.OVERVIEW_TAB)),
    "company-persons": ("web/companies/persons.html", base("companies", company=s.COMPANY, persons=s.COMPANY["persons"], left=False, older="#o", kinds=[
        {"label": "Who work here", "url": "#", "current": True}, {"label": "Who have left", "url": "#"}])),
    "company-tickets": ("web/companies/tickets.html", base("companies", company=s.COMPANY, tickets=s.COMPANY["tickets"], older="#o")),
    "relations": ("web/relations/index.html", base("persons", frame="web/persons/_frame.html", person=s.PERSON | {"tabs": s.PERSON_TABS}, **s.RELATIONS)),
    "infotags": ("web/infotags.html", base("persons", frame="web/persons/_frame.html", person=s.PERSON | {"tabs": s.PERSON_TABS}, **hung.INFOTAGS)),
    "person-own-fields": ("web/persons/form.html", base("persons", form=s.PERSON_FORM | {"own": hung.OWN}, errors={}, companies=[], company_required=True,
                                                        **s.CHOICES)),
    "relation": ("web/relations/form.html", base("persons", **s.RELATION_FORM)),
    "relation-kinds": ("web/settings/relations/index.html", setting("relations", kinds=s.KINDS)),
    "relation-kind": ("web/settings/relations/form.html", setting("relations", form=s.KIND_FORM, errors={}, betweens=[], meanings=[
        ("", "Nothing more"), ("deputy", "The first stands in for the second")])),
    "person-activities": ("web/persons/activities.html", base("persons", person=a.CARD, activities=a.LINES, kinds=a.KINDS, states=a.STATES,
                                                              narrowed=True, late="1 overdue", new_url="#n", older="#o")),
    "person-notes": ("web/persons/notes.html", base("persons", person=a.CARD, **a.NOTES)),
    "note": ("web/persons/note.html", base("persons", typed={"text": "Likes coffee.", "private": True}, errors={}, version=2, action="#", back_url="#")),
    "company-notes": ("web/companies/notes.html", base("companies", name="Kunde AS", back_url="#", persons=[("p1", "Ingrid Solheim")],
                                                       **a.NOTES | {"errors": {"": "The note is empty.", "text": "Write something."}})),
    "activities": ("web/activities/index.html", base("activities", **a.LIST)),
    "activities-none": ("web/activities/index.html", base("activities", **a.LIST | {"activities": [], "whose": "overdue"})),
    "activities-month": ("web/activities/month.html", base("activities", **a.MONTH)),
    "activities-week": ("web/activities/week.html", base("activities", **a.WEEK)),
    "activity": ("web/activities/form.html", base("activities", **a.FORM)),
    "matter": ("web/matters/show.html", base("projects", **m.PAGE)),
    "matter-form": ("web/matters/form.html", base("orders", **m.FORM)),
    "company-form": ("web/companies/form.html", base("companies", form=s.COMPANY_FORM, errors={}, **s.CHOICES)),
    "mailboxes": ("web/settings/mailboxes/index.html", setting("mailboxes", mailboxes=s.MAILBOXES)),
    "mailbox": ("web/settings/mailboxes/form.html", setting("mailboxes", form=s.MAILBOX_FORM, tests=s.TESTS, errors={},
                                                            **s.CHOICES)),
    "policy": ("web/settings/policy/index.html", setting("unknown", policy=s.POLICY)),
    "policy-trial": ("web/settings/policy/index.html", setting("unknown", policy=s.POLICY | {"trial": s.TRIAL})),
    "agents": ("web/settings/agents/index.html", setting("agents", agents=s.AGENT_ROWS,
                                                         teams=[{"url": "#", "name": "Verksted", "members": 3}])),
    "agent": ("web/settings/agents/form.html", setting("agents", form=s.AGENT_FORM | {"uid": "a2"}, away=s.AWAY, errors={}, **s.CHOICES)),
    "wordings": ("web/settings/wording/index.html", setting("wording", letters=s.LETTERS, mailboxes=[
        {"uid": "", "name": "All mailboxes", "url": "#", "current": True}])),
    "wording": ("web/settings/wording/form.html", setting("wording", **s.WORDING)),
    "tokens": ("web/settings/tokens/index.html", setting("tokens", fresh="sk_3f0c1d", errors={}, tokens=[
        {"name": "Reports", "created": "3 Feb", "last_used": "11:02", "end_url": "#"}])),
    "ledger": ("web/ledger/index.html", setting("inbound", ledger=s.LEDGER, entries=s.ENTRIES)),
    "ledger-out": ("web/ledger/index.html", setting("outbound", ledger=s.LEDGER | {"direction": "out"}, entries=s.SENT)),
    "ledger-one": ("web/ledger/show.html", setting("inbound", **s.TRACE)),
    "notifications": ("web/notifications/index.html", base("notifications", unread=1, notifications=s.NOTIFICATIONS)),
    "profile": ("web/profile/edit.html", base("profile", **s.PROFILE)),
    "profile-totp": ("web/profile/edit.html", base("profile", **s.PROFILE | {"totp": {"starting": True,
        "secret": "JBSW Y3DP EHPK 3PXP", "qr_url": "/static/mark.svg"}})),
    "selection": ("web/selections/show.html", base("selections", selection=s.SELECTION, q="", members=s.PERSONS, count=2, older="#o")),
    "selection-acts": ("web/selections/acts.html", base("selections", **o.ACTS)),
    "selection-form": ("web/selections/form.html", base("selections", **s.SELECTION_FORM)),
    "search": ("web/search/index.html", base("search", q="faktura", rows=s.ROWS[:2], persons=s.PERSONS[:1],
                                             companies=s.COMPANIES[:1], kinds=[
        {"label": "All", "url": "#", "current": True}, {"label": "Tickets", "url": "#", "count": 2}])),
    "canned": ("web/canned/index.html", setting("canned", may_edit=True, form=None, replies=s.CANNED)),
    "canned-one": ("web/canned/index.html", setting("canned", may_edit=True, errors={}, replies=[], mailboxes=[],
                                                    languages=s.CHOICES["languages"], form={
        "action": "#", "title": "New reply", "values": {}, "delete_url": "#"})),
}  # fmt: skip
