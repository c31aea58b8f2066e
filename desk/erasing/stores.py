"""What people call the places in which a person was met, and the reasons for erasing: on pages and on certificates."""

from __future__ import annotations

from collections.abc import Mapping

from core.i18n import N_
from core.i18n import gettext as _

REASONS = {"request": N_("They asked for it"), "objection": N_("They objected"), "unlawful": N_("It should not have been held"),
           "no_longer_needed": N_("It is not needed any more")}
#: Tables as people call what is in them; what is not named here is told as others.
STORES = {"messages": N_("messages"), "tickets": N_("tickets"), "attachments": N_("files of messages"), "contact_files": N_("files on cards"),
          "contact_notes": N_("notes"), "drafts": N_("drafts"), "outbound_mails": N_("mail that went out"), "inbound_mails": N_("mail that came in"),
          "activities": N_("activities"), "sales": N_("sales"), "projects": N_("projects"), "orders": N_("orders"), "campaigns": N_("campaigns"),
          "changes": N_("history"), "facts": N_("history"), "operations": N_("operations"), "operation_items": N_("operations"),
          "relations": N_("relations"), "companies": N_("companies"), "selections": N_("selections"), "rule_books": N_("rules"),
          "routing_rules": N_("rules"), "canned_replies": N_("canned replies"), "custom_values": N_("own fields"), "employments": N_("employments"),
          "legal_bases": N_("legal bases"), "upstream": N_("mails at the provider")}


def store(name: str) -> str:
    """What is in a table, or *others*."""
    return _(STORES.get(name, N_("others")))


def counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """What → how many places of it, those of one name together."""
    found: dict[str, int] = {}
    for table, count in counts.items():
        found[store(table)] = found.get(store(table), 0) + count
    return list(found.items())
