"""What hangs on a card, for pages that are looked at: infotags, a photo, fields of the organisation's own."""

from __future__ import annotations

from typing import Any

INFOTAGS: dict[str, Any] = {
    "groups": [{"heading": "Interests", "tags": [{"name": "Golf", "at": "11:11", "delete_url": "#"}, {"name": "Opera and chamber music", "at": "11:11", "delete_url": "#"}]},
               {"heading": "Role", "tags": [{"name": "Decision maker", "at": "3 Mar", "delete_url": "#"}]}],
    "free": [{"heading": "Interests", "options": [("t1", "Sailing")]}, {"heading": "", "options": [("t2", "Hunting")]}],
    "action": "#", "errors": {"infotag": "Choose an infotag first."}, "photo": {"url": None, "action": "#", "delete_url": "#"}, "list_url": "#"}
#: One control of each kind, as a form has them.
OWN = [{"name": f"custom.{kind}", "label": f"Of the kind {kind}", "kind": kind, "type": drawn, "value": value, "required": kind == "text",
        "error": "Of the kind number: Write a number, such as 12 or 12.5." if kind == "number" else "", "options": options}
       for kind, drawn, value, options in (
           ("text", "text", "M-1007", []), ("long", "textarea", "In the morning", []), ("number", "text", "many", []), ("date", "date", "1980-02-01", []),
           ("flag", "", "yes", [("yes", "Yes"), ("no", "No")]), ("choice", "", "Golf", [("Golf", "Golf"), ("Opera", "Opera")]),
           ("choices", "", ["Golf"], [("Golf", "Golf"), ("Opera", "Opera")]), ("link", "text", "https://kunde.example", []),
           ("email", "email", "gammel@kunde.example", []))]
