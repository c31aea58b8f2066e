"""Where an admin signs in for a mailbox: the provider's page, and what the desk asks there.

The authorization code flow (RFC 6749 section 4.1) with PKCE (RFC 7636). Nothing here speaks to a provider: the
browser is sent to an address, and a worker redeems the code that it comes back with (:mod:`mailgate.oauth_codes`).
"""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import unquote, urlencode, urljoin, urlsplit

from contacts.address import normalise_email
from core.settings import settings
from core.tokens import digest
from desk.mailboxes import Mailbox

#: The path that the provider sends the browser back to: one for all mailboxes, so that it is registered once.
CALLBACK = "/settings/mailboxes/signed-in"
NAMES = {"microsoft": "Microsoft", "google": "Google"}
MICROSOFT = "https://login.microsoftonline.com"
GOOGLE = "https://accounts.google.com/o/oauth2/v2/auth"

#: Reading and sending with one token: both belong to the same resource.
MAIL = {"microsoft": ("https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send"),
        "google": ("https://mail.google.com/",)}
#: What else is asked: a token that lasts, and who signed in.
ALSO = {"microsoft": ("offline_access", "openid", "profile", "email"), "google": ("openid", "email")}
#: Microsoft lets one choose, for it takes no hint of the account beside that; Google gives a token that lasts only
#: where consent is asked for, and only then each time.
MANNERS = {"microsoft": {"prompt": "select_account", "response_mode": "query"},
           "google": {"prompt": "consent", "access_type": "offline"}}


def redirect_address() -> str:
    """What must be registered at the provider, letter by letter."""
    return f"{settings().url}{CALLBACK}"


def authority(tenant: str) -> str:
    """Microsoft's for a tenant: a name or id, or a whole URL of an authority elsewhere."""
    return tenant.rstrip("/") if "://" in tenant else f"{MICROSOFT}/{tenant or 'organizations'}"


def page_of(mailbox: Mailbox, state: str, verifier: str) -> str:
    """The provider's page for this mailbox; it sends the browser back with ``state`` and a code or an error."""
    provider = mailbox.oauth_provider
    asked = {"client_id": mailbox.oauth_client, "response_type": "code", "redirect_uri": redirect_address(),
             "scope": " ".join((*MAIL[provider], *ALSO[provider])), "state": state, "nonce": nonce(verifier),
             "code_challenge": challenge(verifier), "code_challenge_method": "S256", **MANNERS[provider]}
    if provider == "google":
        asked["login_hint"] = signer(mailbox)
    return f"{_page(provider, mailbox.oauth_tenant)}?{urlencode(asked)}"


def signer(mailbox: Mailbox) -> str:
    """Who is expected to sign in."""
    return mailbox.oauth_account or _user(mailbox.imap_url) or mailbox.address


def signers(mailbox: Mailbox) -> set[str]:
    """Every account, normalised, that this mailbox may be signed in as: the one named for it, else its own."""
    if mailbox.oauth_account:
        return {normalise_email(mailbox.oauth_account)}
    users = (mailbox.address, _user(mailbox.imap_url), _user(mailbox.relay_url))
    return {normalise_email(user) for user in users if user} | {alias.normalised for alias in mailbox.aliases}


def application(mailbox: Mailbox) -> str:
    """A word for the application that asks: a code is good for no other."""
    return digest("oauth-application", "\0".join((mailbox.oauth_provider, mailbox.oauth_tenant, mailbox.oauth_client)))


def challenge(verifier: str) -> str:
    """S256 of RFC 7636 section 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def seed(verifier: str) -> str:
    """What the nonce is made of: none but this desk can tell it."""
    return digest("oauth-nonce", verifier)


def nonce(verifier: str) -> str:
    """What the token that says who signed in must carry, so that it is of this sign-in (the hash msal expects)."""
    return hashlib.sha256(seed(verifier).encode()).hexdigest()


def _page(provider: str, tenant: str) -> str:
    if provider == "microsoft":
        return f"{authority(tenant)}/oauth2/v2.0/authorize"
    return urljoin(tenant, "auth") if "://" in tenant else GOOGLE


def _user(url: str) -> str:
    return unquote(urlsplit(url).username or "")
