"""The web desk: a Flask application, one small module per noun."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from core.rendering import prepare
from core.settings import settings
from core.tokens import key
from desk.web import assets, cookies, drawing, errors, following, headers, once, requests, signing_in

#: One module a noun; each has a blueprint ``bp``.
NOUNS: tuple[str, ...] = (
    "sessions", "passwords", "profile", "digests", "addresses", "totp", "tokens", "health", "mailboxes", "mailbox_sign_ins", "policies", "policy_rules", "policy_trials", "blocked_senders", "inbound", "outbound",
    "agents", "teams", "levels", "hours", "routing", "absences", "settings_home", "wordings", "options", "alerts", "explanations", "outbox",
    "persons", "bin", "at_hand", "customers", "person_addresses", "person_mails", "mail_locks", "mail_files", "mail_openings", "person_history", "person_services", "person_sidebar", "address_moves",
    "person_companies", "person_moves", "person_copies", "person_bases", "restrictions", "lookups", "disclosures",
    "duplicates", "duplicate_rules", "person_merges", "person_unmerges", "erasures", "erased_addresses", "retention_rules", "legal_holds",
    "privacy_reports", "handed_reports", "rights", "rights_requests", "identities", "certificates", "processing",
    "confirmations", "unsubscriptions", "person_activities", "person_notes", "company_notes", "contact_notes", "activities", "activity_calendar", "calendars",
    "quick", "companies", "company_persons", "company_tickets", "company_history",
    "custom_fields", "infotag_list", "infotags", "photos", "contact_files", "mailed_files",
    "relations", "relation_kinds", "stages", "purposes", "operations", "imports", "exports", "matters", "matter_members", "card_matters", "project_notes",
    "selections", "selection_members", "selection_mailing", "mailings",
    "card_fields", "company_tabs", "layouts", "layout_panels", "layout_tabs", "layout_versions",
    "selection_acts", "reports",
    "tickets", "replies", "notes", "forwards", "drafts", "files", "messages", "attachments", "deliveries",
    "assignments", "states", "tags", "requesters", "rejections", "recipients", "bulk", "live", "searches", "notifications", "canned",
    "api",
)


def create_app() -> Flask:
    """The application, ready to serve."""
    app = assets.application()
    app.config.update(
        SECRET_KEY=key("session"), SESSION_COOKIE_NAME="skranke", SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=settings().url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=14), MAX_CONTENT_LENGTH=settings().smtp_size + 1_000_000,
        MAX_FORM_MEMORY_SIZE=5_000_000, WTF_CSRF_TIME_LIMIT=None,
    )
    prepare(app.jinja_env)
    drawing.prepare(app)
    once.prepare(app)
    cookies.prepare(app)
    app.csrf = CSRFProtect(app)  # type: ignore[attr-defined]
    signing_in.login_manager.init_app(app)
    requests.prepare(app)
    headers.prepare(app)
    errors.prepare(app)
    app.url_defaults(following.carry)
    for noun in NOUNS:
        app.register_blueprint(import_module(f"desk.web.{noun}").bp)
    if settings().trusted_proxies:
        hops = settings().trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app
