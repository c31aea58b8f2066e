"""Invented employments, a move and a copy, for the pages of the kit."""

from __future__ import annotations

from typing import Any

from tests.browser.sample import PERSON

MADS: dict[str, Any] = {"name": "Mads Kjær", "uid": "p1", "version": 3, "has_company": True}
TABS = [{"label": "Fields", "url": "#", "current": False}, {"label": "Companies", "url": "#", "current": True, "count": 3, "rule": True}]
CARD = PERSON | {"tabs": TABS, "move_url": "#", "link_url": "#", "copy_url": "#", "before_url": "#"}
THEN = CARD | {"title": "IT technician", "company": "Kunde ApS", "since": "1 Mar 2022 – 31 Oct 2026", "as_of": {
    "text": "The card as of 31 Oct 2026: IT technician at Kunde ApS.", "later_url": "#", "today_url": "#"}}
JOBS = [
    {"company": "Værksted A/S", "company_url": "#", "position": "Operations manager", "period": "1 Nov 2026 –", "primary": True, "edit_url": "#",
     "end_url": "#"},
    {"company": "Fjordhaven Idrætsklub og Selskabelig Forening af 1899", "company_url": "#", "position": "Board member", "period": "1 Jan 2024 –",
     "edit_url": "#", "primary_url": "#", "end_url": "#"},
    {"company": "Kunde ApS", "company_url": "#", "position": "IT technician", "period": "1 Mar 2022 – 31 Oct 2026", "ended": True, "edit_url": "#",
     "then_url": "#"},
]  # fmt: skip
MOVES = [{"at": "1 Nov 2026", "says": "From Kunde ApS to Værksted A/S", "took": "2 records went along", "stayed": "12 stayed", "undo_url": "/undo"}]
COMPANIES = [{"uid": "c1", "name": "Kunde ApS", "number": "12345678"}, {"uid": "c2", "name": "Kundeservice Nord AS", "website": "https://nord.example"}]
CALLS = [{"icon": "phone", "title": title, "at": day, "at_iso": "2026-11-24T09:30:00+00:00"} for title, day in (
    ("Welcome call, new employer", "24 Nov 2026"), ("Ask about training for two of the new colleagues at the workshop", "9 Nov 2026"))]  # fmt: skip
MOVE = {
    "person": MADS, "jobs": [("j1", "Kunde ApS, IT technician"), ("j2", "Fjordhaven Idrætsklub, Board member")], "errors": {"on": "Today or an earlier day."},
    "given": {"from": "j1", "where": "company", "company": "Værksted A/S", "on": "2026-11-01", "position": "Operations manager", "take": "after",
              "after": "2026-11-01", "kinds": ["activities"]},
    "kinds": [("activities", "Activities")], "back_url": "#", "companies_url": "#",
    "shown": {"says": ["The last day at Kunde ApS is 31 Oct 2026. The employment stays among those of before.", "From 1 Nov 2026 on: Værksted A/S.",
                       "Our contact follows the company: Nora Vik becomes Jonas Berg.", "Tickets stay with the person."],
              "here": "Kunde ApS", "there": "Værksted A/S", "to": "c9", "mark": "m", "status": "active", "status_text": "Set the status to “Active”",
              "sides": [{"kind": "activities", "label": "Activities", "moves": 2, "stays": 12, "moving": CALLS, "staying": CALLS,
                         "more": {"moves": 0, "stays": 10}}]},
}  # fmt: skip
LINK = {"person": MADS, "q": "kunde", "companies": COMPANIES, "given": {"company": "c1", "name": "kunde"}, "errors": {"from": "Write a day like 2026-11-28."},
        "back_url": "#"}
EMPLOYMENT = {"person": MADS, "job": {"uid": "j1", "company": "Kunde ApS"}, "given": {"position": "IT technician", "from": "2022-03-01", "status": "active"},
              "statuses": [("active", "Works there"), ("left", "Has left")], "errors": {}, "back_url": "#"}
COPY = {"person": MADS, "given": {"as": "card", "company": "Værksted A/S", "addresses": True}, "stays": ["e-mail addresses", "customer number"],
        "errors": {"company": "There is no company called that."}, "companies_url": "#", "back_url": "#"}
