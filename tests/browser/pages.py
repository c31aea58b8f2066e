"""Which template is shown under which address of the kit, with which invented context."""

from __future__ import annotations

from typing import Any

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


KIT: dict[str, Any] = base("", why=s.WHY, rows=s.ROWS, card=s.CARD, composer=s.COMPOSER, ticket=s.TICKET, agents=s.AGENTS)

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
    "person": ("web/persons/show.html", base("persons", person=s.PERSON)),
    "person-form": ("web/persons/form.html", base("persons", form=s.PERSON_FORM, errors={
        "last_name": "A person needs a name."}, companies=["Kunde AS"], company_required=True, **s.CHOICES)),
    "companies": ("web/companies/index.html", base("companies", q="", count=3, companies=s.COMPANIES)),
    "company": ("web/companies/show.html", base("companies", company=s.COMPANY)),
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
        {"name": "Reports", "prefix": "sk_9a…", "agent": "Nora Vik", "last_used": "11:02", "end_url": "#"}])),
    "ledger": ("web/ledger/index.html", setting("inbound", ledger=s.LEDGER, entries=s.ENTRIES)),
    "ledger-out": ("web/ledger/index.html", setting("outbound", ledger=s.LEDGER | {"direction": "out"}, entries=s.SENT)),
    "ledger-one": ("web/ledger/show.html", setting("inbound", **s.TRACE)),
    "notifications": ("web/notifications/index.html", base("notifications", unread=1, notifications=s.NOTIFICATIONS)),
    "profile": ("web/profile/edit.html", base("profile", **s.PROFILE)),
    "profile-totp": ("web/profile/edit.html", base("profile", **s.PROFILE | {"totp": {"starting": True,
        "secret": "JBSW Y3DP EHPK 3PXP", "qr_url": "/static/mark.svg"}})),
    "search": ("web/search/index.html", base("search", q="faktura", rows=s.ROWS[:2], persons=s.PERSONS[:1],
                                             companies=s.COMPANIES[:1], kinds=[
        {"label": "All", "url": "#", "current": True}, {"label": "Tickets", "url": "#", "count": 2}])),
    "canned": ("web/canned/index.html", setting("canned", may_edit=True, form=None, replies=s.CANNED)),
    "canned-one": ("web/canned/index.html", setting("canned", may_edit=True, errors={}, replies=[], mailboxes=[],
                                                    languages=s.CHOICES["languages"], form={
        "action": "#", "title": "New reply", "values": {}, "delete_url": "#"})),
}  # fmt: skip
