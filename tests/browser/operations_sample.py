"""Invented operations and imports for the kit."""

from __future__ import annotations

OPERATION = {"uid": "o1", "title": "Import of persons", "what": "kunder.csv", "state": "Waits for approval", "sign": "heed", "by": "Nora Vik", "at": "10:52",
             "going": False, "done": 0, "total": 2, "reason": "", "acts": [
                 {"name": "approve", "label": "Approve and run", "primary": True, "url": "#"}, {"name": "cancel", "label": "Cancel", "primary": False, "url": "#"}]}
FILTERS = [{"label": label, "url": "#", "current": n == 0, "count": many} for n, (label, many) in enumerate((
    ("All", 3), ("Errors", 1), ("Skipped", 0), ("Conflicts", 0)))]
ITEMS = [
    {"n": 2, "name": "Kåre Bø", "verdict": "Create", "url": None, "state": "will be done", "sign": "", "reason": "", "changes": [
        {"field": "first name", "before": "", "after": "Kåre"}, {"field": "e-mail", "before": "", "after": "kare.med.et.langt.navn@kunde.example"}]},
    {"n": 3, "name": "Ingrid Solheim", "verdict": "Change", "url": "#", "state": "will be done", "sign": "", "reason": "", "changes": [
        {"field": "title", "before": "Daglig leder", "after": "Styreleder"}]},
    {"n": 4, "name": "Per Dahl", "verdict": "", "url": None, "state": "error", "sign": "late", "changes": [],
     "reason": "E-mail address: per@ is not a mail address. Write it like nora@company.example."}]
COLUMNS = {"uid": "o1", "what": "persons", "file": "kunder.csv", "charset": "Windows-1252", "separator": ";", "errors": {}, "preset": "", "presets": ["SuperOffice", "webCRM"],
           "columns": [{"n": 0, "called": "Fornavn", "field": "first_name", "values": ["Kåre", "Ingrid"]}, {"n": 1, "called": "", "field": "", "values": []}],
           "fields": [("first_name", "First name"), ("last_name", "Last name")], "existing": [("update", "Change them to what the file says")],
           "bases": [("contract", "Contract")], "basis": "contract"}
#: What is done with many: fields of every kind, and a move.
ACTS = {
    "title": "Har sluttet", "count": "12 personer", "of": "persons", "back_url": "#", "selection": "s", "uids": [], "campaigns": [("c", "Spring fair")],
    "errors": {"company": "Choose a company."},
    "fields": [{"name": "category", "label": "Category", "value": "", "error": "", "options": [("c", "Customer")]},
               {"name": "infotag_on", "label": "Put an infotag on", "value": "", "error": "", "options": [("g", "Golf")]}],
    "own": [{"name": "custom.size", "label": "Shoe size", "type": "text", "value": "", "error": "Write a number.", "required": False, "options": []},
            {"name": "custom.vip", "label": "Invited", "type": "", "value": "", "error": "", "required": True, "options": [("yes", "Yes"), ("no", "No")]}],
    "moving": {"company": "", "on": "2026-11-28", "take": "after", "after": "", "kinds": ["sales"], "companies_url": "#",
               "offered": [("activities", "Activities"), ("sales", "Sales")]}}
