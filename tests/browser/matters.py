"""An invented project and an order for looking at their pages."""

from __future__ import annotations

from typing import Any

from tests.browser.agenda import LOG
from tests.browser.sample import MADS, NORA, PERSON

MATTER: dict[str, Any] = {
    "key": "projects", "kind": "Project", "title": "New workshop for trucks with a very long name that goes on and on", "text": "Before Easter.\nThree gates.",
    "state": "Open", "sign": "", "stage": "", "over": False, "amount": "124 000 kr", "when": "1 Mar – 30 Apr 2027", "late": True, "added": "3 Nov 2026",
    "person": {"name": "Mads Kjær", "url": "#p"}, "company": {"name": "Værksted A/S", "url": "#c"}, "owner": NORA["face"], "owned_by": NORA, "edit_url": "#e",
    "back_url": "#b", "delete_url": "#d", "enter_url": "#s", "next": [("done", "Done"), ("cancelled", "Called off")], "new_person_url": "#n", "activity_url": "#a", "selection_url": "#p",
    "history": PERSON["history"]}
MEMBERS = {"standing": "status", "choices": [("chosen", "Chosen"), ("answered", "Has answered")], "add_url": "#a", "count": 2, "persons_url": "#", "older": "#o", "newer": None,
           "lines": [{"name": name, "url": "#p", "face": MADS, "company": "Værksted A/S", "standing": "answered", "standing_text": "Has answered", "change_url": "#c",
                      "remove_url": "#r"} for name in ("Mads Kjær", "Torbjørn Aasen-Lyngstad")]}
ORDER = {"total": "7 469,99 kr", "lines": [{"text": "Scanner for the counter, with a stand and a cable of three metres", "quantity": "3", "price": "1 990 kr", "amount": "5 970 kr"},
                                           {"text": "Hours", "quantity": "1.5", "price": "999,99 kr", "amount": "1 499,99 kr"}]}
PAGE = {"matter": MATTER, "members": MEMBERS, "order": ORDER, "notes": {"lines": LOG, "action": "#", "newer": None, "older": "#o"}}
FORM = {
    "kind": "order", "customer": True, "currencies": ["DKK", "NOK"], "companies_url": "#", "persons_url": "#", "owners": [("a1", "Nora Vik")], "stages": [],
    "states": [("draft", "Draft"), ("confirmed", "Confirmed")], "errors": {"company": "Name the company that pays.", "lines.1": "Write an amount like 12 500,50."},
    "form": {"values": {"title": "", "text": "", "state": "draft", "owner": "a1", "person": "Mads Kjær", "company": "", "currency": "DKK", "at": "2026-11-28"},
             "new": True, "title": "New order", "back_url": "#", "action": "#", "version": None, "person_uid": "p1", "company_uid": "", "member": None, "spare": 3,
             "lines": [{"text": "Scanner", "quantity": "3", "price": "1990.00", "error": ""},
                       {"text": "Hours", "quantity": "1,5", "price": "dear", "error": "Write an amount like 12 500,50."}]}}
