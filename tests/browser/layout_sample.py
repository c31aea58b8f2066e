"""Invented cards as layouts draw them, and the editor of layouts."""

from __future__ import annotations

from typing import Any

from desk.web.presenting.laid_out import bands
from tests.browser import agenda as a
from tests.browser import sample as s

SAVING = {"url": "/kit/save", "version": 3, "tab": "fields", "back": "/kit/person", "company_uid": "c1", "company_version": 2, "again": False}


def panel(macro: str, title: str, column: int = 0, **more: Any) -> dict[str, Any]:
    return {"id": macro, "macro": macro, "title": title, "column": column} | more


SERVICE = panel("service", "Service", 1, customer_number="10042", customer_url="#")
CONTACT = panel("contact", "Contact", 2)
TICKETS = panel("tickets", "Tickets", tickets=s.PERSON["tickets"], tickets_text="2 open, 21 closed", columns=["number", "assignee", "when"], new=True)
ACTIVITIES = panel("activities", "Activities", columns=["owner", "when"], **{name: a.PANELS[name] for name in ("activities", "activities_text", "new_activity_url")})
LOG = panel("log", "Log", told=s.PERSON["history"], **{name: a.PANELS[name] for name in ("log", "log_url", "log_all_url", "log_back")})
OPEN = panel("fields", "Fields", fields=[
    {"key": "person-first_name", "label": "First name", "kind": "text", "value": "Mads", "error": ""},
    {"key": "person-title", "label": "Title", "kind": "text", "value": "Operations manager with a very long title", "error": "At most 120 characters."},
    {"key": "person-category", "label": "Category", "kind": "record", "value": "c1", "options": [("c1", "Customer")], "error": ""},
    {"key": "person-block_mass_mail", "label": "No mass mail", "kind": "flag", "value": True, "error": ""},
    {"key": "company-address", "label": "Postal address", "kind": "area", "value": "Havnegade 3\n5000 Odense", "error": ""},
    *({"key": f"person-custom.{kind}", "kind": "own", "control": {
        "name": f"person-custom.{kind}", "label": f"Our own {kind}", "kind": kind, "type": kind, "value": value, "options": options, "required": kind == "text", "error": error}}
      for kind, value, options, error in (
          ("text", "", [], "Our own text must be filled in."), ("choices", ["Large"], [("Small", "Small"), ("Large", "Large")], "Our own choices: Choose from those offered."),
          ("flag", "no", [("yes", "Yes"), ("no", "No")], "")))])
FIGURES = panel("figures", "Figures", 1, figures=[{"name": "Open tickets", "value": "2"}, {"name": "Since the last message", "value": "3 days"},
                                                  {"name": "Overdue activities", "value": "1"}])
INFORMATION = panel("information", "About the company", 2, facts=[{"label": "Website", "value": "https://verksted.example"}, {"label": "Postal address", "value": ""}])
EMPLOYMENTS = panel("employments", "Employments", employments=s.PERSON["employments"], axis=s.PERSON["axis"])
FIELDS_TAB = {"bands": bands([SERVICE, CONTACT, EMPLOYMENTS, TICKETS, ACTIVITIES, OPEN]), "saves": True}
DETAILS_TAB = {"bands": bands([SERVICE, CONTACT, FIGURES, INFORMATION, TICKETS, ACTIVITIES, LOG])}
OVERVIEW_TAB = {"bands": bands([
    SERVICE, CONTACT, panel("talks", "Who of us talked to whom", talks=s.COMPANY["talks"]), panel("persons", "Persons", persons=s.COMPANY["persons"], all_url="#"),
    TICKETS | {"new": False, "all_url": "#"}, ACTIVITIES, LOG])}


def slot(uid: str, title: str, column: int, icon: str, **more: Any) -> dict[str, Any]:
    return {"id": uid, "title": title, "column": column, "icon": icon, "kind": "", "ways": {"up", "down", "left"}, "fixed": False, "focus": "", "move_url": "#", "take_url": "#",
            "edit_url": "#"} | more


EDITOR: dict[str, Any] = {
    "entity": "company", "title": "Layout of companies", "key": "overview", "back": "/kit/company", "changed": True, "uid": "t", "default": "overview", "sidebar": False,
    "tabs": [{"label": "Overview", "url": "#", "current": True}, {"label": "Money and agreements", "url": "#"}, {"label": "Sidebar", "url": "#", "rule": True},
             {"label": "Persons", "url": "#", "off": True, "rule": True}],
    "bands": bands([slot("s", "Service", 1, "headset", focus="up"), slot("c", "Contact", 2, "at"), slot("t", "Open cases of the whole group", 0, "inbox", kind="Tickets"),
                    slot("l", "Log", 0, "history", fixed=True)]),
    "palette": [{"label": "Fields", "kinds": [{"key": "fields", "label": "Fields", "icon": "pencil", "off": "", "add_url": "#"}]},
                {"label": "Lists of records", "kinds": [{"key": "tickets", "label": "Tickets", "icon": "inbox", "off": "already used", "add_url": "#"},
                                                        {"key": "mails", "label": "E-mails", "icon": "mail", "off": "does not fit here", "add_url": "#"}]}],
    "setup": {"kind": "Tickets", "name": "Open cases of the whole group", "url": "#", "done_url": "#", "settings": [
        {"key": "states", "label": "State", "kind": "some", "options": [("active", "Open"), ("closed", "Closed")], "value": ["active"]},
        {"key": "rows", "label": "Rows", "kind": "one", "options": [("3", "3"), ("10", "10")], "value": "10"},
        {"key": "past", "label": "Also what is past", "kind": "flag", "value": True},
        {"key": "fields", "label": "Fields", "kind": "fields", "fields": [("a", "Title"), ("b", "Support contact")], "left": [("c", "Customer number")]}]},
    "missing": ["last name"], "base": {"": 3, "n": 1}, "individual": True, "admin": True, "owner": "n", "mine": "n", "hidden": [("tickets", "Tickets")],
    "rows": [{"key": "overview", "label": "Overview", "name": "", "layout": True, "url": "#", "ways": ["right"], "take": False},
             {"key": "t1", "label": "Money and agreements", "name": "Money and agreements", "layout": True, "url": "#", "ways": ["left", "right"], "take": True},
             {"key": "persons", "label": "Persons", "name": "", "layout": False, "url": "#", "ways": ["left"], "take": True}],
    "urls": dict.fromkeys(("save", "discard", "copy", "follow", "versions", "drop", "default", "add_tab"), "#"),
}
