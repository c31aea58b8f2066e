"""How a mailbox is read and sends, between the fields of its form and the URLs it is kept as."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from core.errors import Refusals, Refused
from core.i18n import N_
from desk.mailboxes import Mailbox
from desk.web.forms import posted, ticked

PORTS = {"imap": {"tls": 993, "starttls": 143, "none": 143}, "smtp": {"tls": 465, "starttls": 587, "none": 25}}
#: What the URL says where the line need not, or (smtp) must, be encrypted.
SAID = {("imap", "none"): "?tls=none", ("smtp", "none"): "?tls=none", ("smtp", "starttls"): "?tls=required"}


def account_fields() -> dict[str, Any]:
    """The posted account as :func:`desk.saving_mailboxes.edit_mailbox` takes it. Raises Refused."""
    reads, sends, auth = posted("reading") == "imap", posted("sending") == "own", posted("auth")
    oauth, wrong = auth in ("microsoft", "google") and (reads or sends), Refusals()
    fields: dict[str, Any] = {
        "imap_url": wrong(_url, "imap") if reads else "", "relay_url": wrong(_url, "smtp") if sends else "",
        "imap_folders": posted("imap_folders") or "INBOX", "imap_after": posted("imap_after") or "seen",
        "imap_move_to": posted("imap_move_to"), "sent_folder": posted("sent_folder") if reads else "",
        "oauth_provider": auth if oauth else "", "oauth_tenant": posted("oauth_tenant") if oauth else "",
        "oauth_client": posted("oauth_client") if oauth else "",
        "oauth_account": posted("oauth_account") if oauth and auth == "microsoft" else "", "plus_addressing": ticked("plus_addressing"),
        "imap_password": posted("imap_password") if reads and not oauth else None,
        "relay_password": posted("smtp_password") if sends and not oauth else None,
        "oauth_secret": posted("oauth_secret") if oauth else None,
        "oauth_refresh": posted("oauth_refresh") if oauth else None,
    }
    if not reads:
        fields |= {"imap_after": "seen", "imap_move_to": ""}
    wrong(_registered, not oauth or bool(fields["oauth_client"]))
    wrong.settle()
    return fields


def account_values(mailbox: Mailbox) -> dict[str, Any]:
    """The account as the form shows it; secrets never."""
    shown = {
        "reading": "imap" if mailbox.imap_url else "smtp", "sending": "own" if mailbox.relay_url else "relay",
        "auth": mailbox.oauth_provider or "password", "oauth_tenant": mailbox.oauth_tenant,
        "oauth_client": mailbox.oauth_client, "oauth_account": mailbox.oauth_account, "imap_folders": mailbox.imap_folders, "imap_after": mailbox.imap_after,
        "imap_move_to": mailbox.imap_move_to, "sent_folder": mailbox.sent_folder,
        "plus_addressing": mailbox.plus_addressing,
    }
    return shown | _parts("imap", mailbox.imap_url) | _parts("smtp", mailbox.relay_url)


def _registered(given: bool) -> None:
    if not given:
        raise Refused(N_("Signing in at the provider needs the application that was registered there."),
                      {"oauth_client": N_("Give the application’s client id.")})


def _url(kind: str) -> str:
    host, security = posted(f"{kind}_host").casefold(), posted(f"{kind}_security")
    if not host or any(c in host for c in " /@?#:[]"):
        raise Refused(N_("The account names no server."), {f"{kind}_host": N_("Write it like mail.company.example.")})
    if security not in PORTS[kind]:
        raise Refused(N_("Choose how the line is secured."), {f"{kind}_security": N_("Choose one of those offered.")})
    port = posted(f"{kind}_port") or str(PORTS[kind][security])
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise Refused(N_("A port is a number up to 65535."), {f"{kind}_port": N_("A number up to 65535.")})
    user = quote(posted(f"{kind}_user"), safe="")
    scheme = f"{kind}s" if security == "tls" else kind
    return f"{scheme}://{user + '@' if user else ''}{host}:{port}{SAID.get((kind, security), '')}"


def _parts(kind: str, url: str) -> dict[str, Any]:
    if not url:
        return {f"{kind}_host": "", f"{kind}_port": PORTS[kind]["tls"], f"{kind}_security": "tls", f"{kind}_user": ""}
    parts = urlsplit(url)
    tls = parse_qs(parts.query).get("tls", [""])[-1]
    lax = tls == "none" or (kind == "smtp" and tls != "required" and not parts.username)
    security = "tls" if parts.scheme == f"{kind}s" else "none" if lax else "starttls"
    try:
        port = parts.port
    except ValueError:
        port = None
    return {f"{kind}_host": parts.hostname or "", f"{kind}_port": port or PORTS[kind][security],
            f"{kind}_security": security, f"{kind}_user": unquote(parts.username or "")}
