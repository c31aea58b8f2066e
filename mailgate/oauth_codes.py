"""Redeeming the code that an admin's browser brought back from the provider: for a refresh token, and for who signed in."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from contacts.address import normalise_email
from core.errors import Refused
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _
from core.tokens import seal, unseal
from desk.authorizing import (
    ALSO,
    MAIL,
    NAMES,
    application,
    nonce,
    redirect_address,
    seed,
    signer,
    signers,
)
from desk.mailbox_sign_ins import Answered
from desk.mailboxes import Mailbox
from desk.saving_mailboxes import MailboxChanged
from mailgate.oauth import keep_access
from mailgate.oauth_providers import SCOPES, Grant, Granted, Unavailable, ask_google, ask_microsoft
from mailgate.oauth_refusals import NO_REFRESH, OTHER_ACCOUNT, why_not

#: Where a provider says by which addresses it knows who signed in; the first is shown.
WHO = ("email", "preferred_username", "upn")
CHANGED = N_("The mailbox’s application was changed while somebody signed in. Sign in again.")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a code was redeemed for, and the account that signed in."""

    granted: Granted
    account: str


def redeem(answered: Answered) -> SignedIn:
    """Ask the provider, with no transaction open. Raises Refused: why not, and what to do."""
    mailbox, provider = answered.mailbox, answered.mailbox.oauth_provider
    if answered.asked != application(mailbox):
        raise Refused(CHANGED)
    if not answered.code:
        raise Refused(why_not(provider, answered.error or "no code", answered.error_description))
    grant = Grant(provider, mailbox.oauth_tenant, mailbox.oauth_client, unseal(mailbox.oauth_secret), "")
    try:
        answer = ASK[provider](grant, answered)
    except Unavailable as error:
        raise Refused(_("%(why)s. Nothing was changed; sign in again in a moment.", why=str(error).rstrip("."))) from error
    if "access_token" not in answer:
        raise Refused(why_not(provider, str(answer.get("error", "no answer")), str(answer.get("error_description", ""))))
    return SignedIn(_lasting(provider, answer), _account(answered, answer))


def keep(db: Session, mailbox: Mailbox, signed_in: SignedIn, *, by: str | None) -> None:
    """The new tokens take the place of the old ones. Raises Refused where the mailbox was changed meanwhile.

    Past the record: nobody edits the mailbox, so its version stays, and a form that is open can be saved.
    """
    kept = db.execute(update(Mailbox).where(
        Mailbox.id == mailbox.id, Mailbox.oauth_provider == mailbox.oauth_provider,
        Mailbox.oauth_client == mailbox.oauth_client).values(
        oauth_refresh=seal(signed_in.granted.refresh), oauth_signed_in=signed_in.account,
    ).execution_options(synchronize_session=False))
    if not kept.rowcount:  # type: ignore[attr-defined]
        raise Refused(CHANGED)
    keep_access(db, mailbox, signed_in.granted)
    record(db, MailboxChanged(mailbox.uid, "signed_in"), by=by)


def _microsoft(grant: Grant, answered: Answered) -> dict[str, Any]:
    begun = {"state": "same", "redirect_uri": redirect_address(), "scope": [*SCOPES, *ALSO["microsoft"]],
             "code_verifier": answered.verifier, "nonce": seed(answered.verifier)}
    came = {"state": "same", "code": answered.code}      # the state has been looked at when the browser came back
    try:
        return ask_microsoft(grant, lambda asking: asking.acquire_token_by_auth_code_flow(begun, came, SCOPES))
    except RuntimeError:      # what msal says holds the nonce
        return {}


def _google(grant: Grant, answered: Answered) -> dict[str, Any]:
    answer = ask_google(grant, {"grant_type": "authorization_code", "code": answered.code,
                                "redirect_uri": redirect_address(), "code_verifier": answered.verifier})
    claims = _claims(answer.get("id_token"))
    ours = claims.get("nonce") == nonce(answered.verifier) and claims.get("aud") == grant.client
    return {**answer, "id_token_claims": claims if ours else {}}


ASK: dict[str, Callable[[Grant, Answered], dict[str, Any]]] = {"microsoft": _microsoft, "google": _google}


def _lasting(provider: str, answer: dict[str, Any]) -> Granted:
    """Tokens that are good for mail, and for longer than an hour."""
    scopes = answer.get("scope")
    if provider == "google" and isinstance(scopes, str) and not set(MAIL["google"]) <= set(scopes.split()):
        raise Refused(N_("The permission to read and send mail was not ticked at Google. Sign in again and tick it."))
    if not answer.get("refresh_token"):
        raise Refused(NO_REFRESH[provider])
    return Granted(answer["access_token"], int(answer.get("expires_in", 3600)), answer["refresh_token"])


def _account(answered: Answered, answer: dict[str, Any]) -> str:
    """Who signed in, where that is who should."""
    mailbox, claims = answered.mailbox, answer.get("id_token_claims") or {}
    names = [str(claims[name])[:254] for name in WHO if claims.get(name)]
    if not names:
        raise Refused(_("%(provider)s did not say who signed in, so nothing was changed. Sign in again.",
                        provider=NAMES[mailbox.oauth_provider]))
    expected = signers(mailbox)
    for name in names:
        if normalise_email(name) in expected:
            return name
    raise Refused(_(OTHER_ACCOUNT[mailbox.oauth_provider], account=names[0], expected=signer(mailbox)))


def _claims(token: object) -> dict[str, Any]:
    """What an id token says. It comes straight from the provider over TLS (OpenID Connect Core, section 3.1.3.7, 6)."""
    try:
        part = str(token).split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
