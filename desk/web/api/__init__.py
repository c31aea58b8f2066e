"""The HTTP API, version 1: one small module a noun, authenticated by tokens alone."""

from __future__ import annotations

from importlib import import_module

from desk.web.api import bearer, problems
from desk.web.api.routing import bp

#: One module a noun, in the order of the document.
NOUNS = ("tickets", "replies", "assignments", "states", "tags", "merges", "requesters", "rejections", "files", "persons", "person_merges", "erasures", "privacy_reports", "rights", "addresses",
         "employments", "moves", "duplicates", "cards", "companies", "relations", "relation_kinds", "custom_fields", "infotags", "card_files", "activities", "notes", "sales", "sale_stages", "projects", "campaigns", "orders", "inbound", "outbound", "mailboxes", "settings", "intake_rules",
         "selections", "mailings", "bases", "retention_rules", "legal_holds",
         "mail_locks", "restrictions", "disclosures",
         "operations", "reports", "imports", "exports", "bulk_acts", "agents",
         "teams", "levels", "rules", "bin")

for noun in NOUNS:
    import_module(f"desk.web.api.{noun}")

from desk.web.api import openapi  # noqa: E402 - it describes the routes above

bp.before_request(bearer.let_in)
problems.prepare(bp)

__all__ = ["bp", "openapi"]
