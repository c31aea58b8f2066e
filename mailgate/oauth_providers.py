"""How Microsoft and Google turn a refresh token (or an application's secret) into an access token."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from core.errors import Refused
from core.i18n import gettext as _

PATIENCE = 20.0
GOOGLE = "https://oauth2.googleapis.com/token"
MICROSOFT = "https://login.microsoftonline.com"
#: One token for reading and for sending: both belong to the same resource.
SCOPES = ["https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send"]
APPLICATION = ["https://outlook.office365.com/.default"]

#: Errors that asking again will not mend (RFC 6749 section 5.2; the last two are Microsoft's).
FINAL = {"invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type",
         "interaction_required", "consent_required"}


class Revoked(Refused):
    """The provider no longer takes the grant; somebody must sign in again."""


class Unavailable(ConnectionError):
    """The provider could not be asked or could not answer; later it may."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What we may ask a token with. ``tenant`` of Microsoft is a name or id, or a whole URL of an authority
    elsewhere; Google has none, but may be given the URL of another token endpoint."""

    provider: str
    tenant: str
    client: str
    secret: str = field(repr=False)
    refresh: str = field(repr=False)
    sealed_refresh: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class Granted:
    """An access token, for how many seconds, and the refresh token that takes the old one's place, if any."""

    access: str = field(repr=False)
    seconds: int
    refresh: str = field(repr=False, default="")


def microsoft(grant: Grant) -> Granted:
    """By refresh token, or for the application itself where there is none (IMAP.AccessAsApp)."""
    authority = grant.tenant if "://" in grant.tenant else f"{MICROSOFT}/{grant.tenant or 'organizations'}"
    try:
        application = _application(grant, authority)
        if grant.refresh:
            answer = application.acquire_token_by_refresh_token(grant.refresh, SCOPES)
        else:
            answer = application.acquire_token_for_client(APPLICATION)
    except (OSError, ValueError) as error:
        raise Unavailable(_("Microsoft could not be asked for a token: %(error)s", error=_first_line(error))) from error
    return _granted("Microsoft", answer)


def google(grant: Grant) -> Granted:
    """By refresh token."""
    fields = {"grant_type": "refresh_token", "refresh_token": grant.refresh,
              "client_id": grant.client, "client_secret": grant.secret}
    request = Request(grant.tenant if "://" in grant.tenant else GOOGLE, urlencode(fields).encode())  # noqa: S310
    try:
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - an admin's URL, http only in tests
            return _granted("Google", json.load(answer))
    except HTTPError as error:
        with error:
            return _granted("Google", _json(error.read()))
    except (OSError, ValueError) as error:
        raise Unavailable(_("Google could not be asked for a token: %(error)s", error=_first_line(error))) from error


PROVIDERS: dict[str, Callable[[Grant], Granted]] = {"microsoft": microsoft, "google": google}


def _application(grant: Grant, authority: str) -> Any:
    import msal  # large, and most desks never need it

    known = "microsoftonline" in authority
    if not grant.secret:
        return msal.PublicClientApplication(
            grant.client, authority=authority, timeout=PATIENCE, instance_discovery=None if known else False)
    return msal.ConfidentialClientApplication(
        grant.client, client_credential=grant.secret, authority=authority, timeout=PATIENCE,
        instance_discovery=None if known else False)


def _granted(provider: str, answer: dict[str, Any]) -> Granted:
    if "access_token" in answer:
        return Granted(answer["access_token"], int(answer.get("expires_in", 3600)), answer.get("refresh_token", ""))
    error = str(answer.get("error", "no answer"))
    why = _first_line(answer.get("error_description", error))
    if error in FINAL:
        raise Revoked(_("%(provider)s no longer accepts the desk's authorisation (%(error)s: %(why)s). "
                        "Sign in again in Settings, Mailboxes.", provider=provider, error=error, why=why))
    raise Unavailable(_("%(provider)s gave no token: %(error)s: %(why)s", provider=provider, error=error, why=why))


def _json(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _first_line(text: object) -> str:
    return (str(text).strip().splitlines() or [""])[0][:300]
