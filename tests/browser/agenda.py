"""Invented activities and notes for looking at their pages."""

from __future__ import annotations

from typing import Any

from tests.browser.sample import COMPANY, JONAS, KARI, NORA, PERSON

TABS = [{"label": "Mine", "url": "#", "current": True}, {"label": "Everybody's", "url": "#"}, {"label": "Overdue", "url": "#", "count": 1}]
VIEWS = [{"label": "List", "icon": "list", "url": "#", "current": True}, {"label": "Month", "icon": "calendar-event", "url": "#"},
         {"label": "Week", "icon": "layout", "url": "#"}]


def line(icon: str, kind: str, title: str, when: str, when_kind: str = "", **more: Any) -> dict[str, Any]:
    return {"url": f"#{title}", "icon": icon, "kind": kind, "title": title, "owner": NORA["face"], "when": when, "when_kind": when_kind, "over": False,
            "state": "Open", "begun": False, "tick_url": "#", "persons": [{"name": "Mads Kjær"}], "company": {"name": "Værksted A/S"}} | more


LINES = [
    line("checkbox", "Task", "Ask about training for two", "3 days over", "late", owner=JONAS["face"]),
    line("phone", "Call", "Welcome call, new employer", "in 18 min", "soon"),
    line("calendar-event", "Appointment", "Visit at the workshop with a very long title that goes on and on", "2 Dec 10:00", begun=True, state="In progress"),
    line("phone", "Call", "Renewal of the agreement", "done 5 Oct", "over", over=True, state="Done", owner=KARI["face"]),
]
LOG = [
    {"uid": "n1", "text": "Rang about the renewal. Wants an offer before Friday,\nthree places.", "author": "Nora Vik", "face": NORA["face"], "at": "11:16",
     "at_iso": "2026-11-28T10:16:00Z", "private": False, "about": {"name": "Værksted A/S", "url": "#"}, "edit_url": "#", "delete_url": "#"},
    {"uid": "n2", "text": "May change jobs in spring.", "author": "Nora Vik", "face": NORA["face"], "at": "9 Nov 15:02", "at_iso": "2026-11-09T14:02:00Z",
     "private": True, "about": None, "edit_url": "#", "delete_url": "#"},
    {"uid": "n3", "text": "Met at the fair.", "author": "Jonas Berg", "face": JONAS["face"], "at": "2 Oct", "at_iso": "2026-10-02T10:00:00Z", "private": False,
     "about": None, "edit_url": None, "delete_url": None},
]
PANELS = {"activities": LINES, "activities_text": "1 overdue", "new_activity_url": "#", "log": LOG, "log_url": "#", "log_all_url": "#", "log_back": "/kit/person"}
CARD = PERSON | PANELS
FIRM = COMPANY | PANELS
NOTES = {"notes": LOG, "q": "", "errors": {}, "typed": {"text": "", "private": False, "company": ""}, "companies": [("c1", "also on Værksted A/S")],
         "action": "#", "find_url": "#", "older": "#o"}


def event(title: str, at: str = "", **more: Any) -> dict[str, Any]:
    return {"url": f"#{title}", "icon": "calendar-event", "kind": "Appointment", "title": title, "time": at, "over": False, "late": False,
            "owner": KARI["face"]} | more


EVENTS = {3: [event("Visit at the workshop", "10:00"), event("Price list", late=True)], 8: [event(f"Call number {n}", f"{8 + n:02}:00", over=n < 2) for n in range(6)],
          20: [event("Board meeting with everybody from all departments", "08:30")]}


def day(number: int) -> dict[str, Any]:
    weekday = (number + 1) % 7
    return {"iso": f"2026-12-{number:02}", "number": number, "name": f"Day {number} Dec", "short": f"Tue {number} Dec", "today": number == 8,
            "closed": weekday in (5, 6) or number == 25, "holiday": "Christmas Day" if number == 25 else "", "outside": False, "url": "#w", "new_url": "#n",
            "events": EVENTS.get(number, [])}


LEAF = {"tabs": TABS[:2], "views": VIEWS, "whose": "all", "before_url": "#b", "after_url": "#a", "today_url": "#t", "here_url": "#", "day": "2026-12-08", "new_url": "#n"}
MONTH = LEAF | {"title": "December 2026", "weekdays": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], "days": [day(n) for n in range(1, 29)]}
WEEK = LEAF | {"title": "Week 50, December 2026", "hours": [f"{hour:02}:00" for hour in range(8, 16)], "days": [
    day(n) | {"whole": [one for one in EVENTS.get(n, []) if not one["time"]], "slots": [
        {"label": f"{hour:02}:00", "closed": n > 11, "events": [one for one in EVENTS.get(n, []) if one["time"][:2] == f"{hour:02}"]} for hour in range(8, 16)]}
    for n in range(7, 14)]}
FORM = {
    "form": {"values": {"kind": "call", "title": "", "text": "", "day": "2026-12-08", "begin": "10:00", "last_day": "", "end": "", "owner": "a1",
                        "company": "Værksted A/S", "state": "open"}, "new": False, "title": "Welcome call", "back_url": "#", "version": 2, "action": "#",
             "acts": {"finish": "#f", "cancel": "#c", "destroy": "#d"}, "who": "", "note": "added 3 Nov 2026"},
    "errors": {"title": "Say in a few words what it is about."}, "kinds": [("task", "Task"), ("appointment", "Appointment"), ("call", "Call")],
    "states": [("open", "Open"), ("done", "Done")], "owners": [("a1", "Nora Vik")], "colleagues": [("a2", "Kari Moe", False), ("a3", "Jonas Berg", True)],
    "people": [("p1", "Mads Kjær", True), ("p2", "Ingrid Solheim", False)], "companies_url": "#", "persons_url": "#"}
KINDS = [("task", "Task", True), ("appointment", "Appointment", False), ("call", "Call", False)]
STATES = [("open", "Open", False), ("in_progress", "In progress", True), ("done", "Done", False), ("cancelled", "Cancelled", False)]
LIST = {"activities": LINES, "tabs": TABS, "views": VIEWS, "whose": "mine", "kinds": ["task"], "choices": [(name, label) for name, label, _ in KINDS], "new_url": "#n",
        "older": "#o"}
