"""How Microsoft and Google turn a refresh token (or an application's secret) into an access token."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from core.errors import Refused
from core.i18n import gettext as _
from desk.authorizing import MAIL, authority

#: At the level of debugging msal tells codes and verifiers.
logging.getLogger("msal").setLevel(logging.WARNING)

PATIENCE = 20.0
GOOGLE = "https://oauth2.googleapis.com/token"
SCOPES = list(MAIL["microsoft"])
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
    if grant.refresh:
        answer = ask_microsoft(grant, lambda asking: asking.acquire_token_by_refresh_token(grant.refresh, SCOPES))
    else:
        answer = ask_microsoft(grant, lambda asking: asking.acquire_token_for_client(APPLICATION))
    return _granted("Microsoft", answer)


def google(grant: Grant) -> Granted:
    """By refresh token."""
    return _granted("Google", ask_google(grant, {"grant_type": "refresh_token", "refresh_token": grant.refresh}))


PROVIDERS: dict[str, Callable[[Grant], Granted]] = {"microsoft": microsoft, "google": google}


def ask_microsoft(grant: Grant, ask: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """What the token endpoint answers, or the error it names; ``ask`` is given msal's application. Raises Unavailable."""
    from msal.exceptions import MsalError  # large, and most desks never need it

    try:
        return ask(_application(grant))
    except (OSError, ValueError, MsalError) as error:
        raise Unavailable(_("Microsoft could not be asked for a token: %(error)s", error=first_line(error))) from error


def ask_google(grant: Grant, fields: dict[str, str]) -> dict[str, Any]:
    """What the token endpoint answers, or the error it names. Raises Unavailable."""
    form = urlencode({**fields, "client_id": grant.client, "client_secret": grant.secret}).encode()
    request = Request(grant.tenant if "://" in grant.tenant else GOOGLE, form)  # noqa: S310
    try:
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - an admin's URL, http only in tests
            return _json(answer.read())
    except HTTPError as error:
        with error:
            return _json(error.read())
    except (OSError, HTTPException, ValueError) as error:
        raise Unavailable(_("Google could not be asked for a token: %(error)s", error=first_line(error))) from error


def _application(grant: Grant) -> Any:
    import msal

    where = authority(grant.tenant)
    discovery = None if "microsoftonline" in where else False
    if not grant.secret:
        return msal.PublicClientApplication(
            grant.client, authority=where, timeout=PATIENCE, instance_discovery=discovery)
    return msal.ConfidentialClientApplication(
        grant.client, client_credential=grant.secret, authority=where, timeout=PATIENCE, instance_discovery=discovery)


def _granted(provider: str, answer: dict[str, Any]) -> Granted:
    if "access_token" in answer:
        return Granted(answer["access_token"], int(answer.get("expires_in", 3600)), answer.get("refresh_token", ""))
    error = str(answer.get("error", "no answer"))
    why = first_line(answer.get("error_description", error))
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


def first_line(text: object) -> str:
    """What a provider or the network said, in short."""
    return (str(text).strip().splitlines() or [""])[0][:300]
