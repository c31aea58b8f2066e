"""The second factor: six digits from an authenticator app (TOTP, RFC 6238), or a recovery code.

The secret is sealed. A code is good once: ``totp_used`` is the last time step that was accepted. Recovery
codes are kept as keyed digests and leave the list when used.
"""

from __future__ import annotations

import hmac
import io
import secrets

import pyotp
import segno
from sqlalchemy import update
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.facts import AgentChanged
from core.clock import now
from core.errors import Refused
from core.history import record
from core.i18n import N_
from core.tokens import digest, seal, unseal

STEP = 30
CODES = 10
#: Letters before and after the hyphen of a recovery code, which need not be typed.
HALF = 5
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """A secret for an authenticator app: 160 bits in base32."""
    return pyotp.random_base32()


def picture(agent: Agent, secret: str) -> bytes:
    """The QR code an app scans, as an SVG file without styles."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=agent.email, issuer_name="Skranke")
    out = io.BytesIO()
    segno.make(uri, error="m").save(out, kind="svg", scale=4, border=2, dark="#000", light="#fff", nl=False)
    return out.getvalue()


def switch_on(db: Session, agent: Agent, secret: str, code: str) -> list[str]:
    """Ask for a second factor from now on; the recovery codes, to be shown once.

    Raises Refused when the code is not what the app shows now.
    """
    step = _step(secret, code, 0)
    if step is None:
        raise Refused(N_("These are not the digits the app shows now. Is the clock of the telephone right?"),
                      {"code": N_("Type the six digits that the app shows now.")})
    codes = ["-".join("".join(secrets.choice(ALPHABET) for _ in range(HALF)) for _ in range(2)) for _ in range(CODES)]
    agent.totp, agent.totp_used = seal(secret), step
    agent.recovery_codes = [digest("recovery-code", code) for code in codes]
    record(db, AgentChanged(agent.uid, "second_factor_on"), by=agent.uid)
    db.flush()
    return codes


def switch_off(db: Session, agent: Agent, *, by: str | None = None) -> None:
    """The password alone signs in again."""
    agent.totp, agent.recovery_codes, agent.totp_used = "", [], 0
    record(db, AgentChanged(agent.uid, "second_factor_off"), by=by)
    db.flush()


def accept(db: Session, agent: Agent, code: str) -> bool:
    """Whether this code signs the agent in; it is used up by that."""
    code = "".join(letter for letter in code.casefold() if letter.isalnum())
    if len(code) == 2 * HALF:
        return _accept_recovery(db, agent, f"{code[:HALF]}-{code[HALF:]}")
    return code.isdigit() and _accept_digits(db, agent, code)


def _accept_digits(db: Session, agent: Agent, code: str) -> bool:
    step = _step(unseal(agent.totp), code, agent.totp_used) if agent.totp else None
    if step is None:
        return False
    taken = db.execute(update(Agent).where(Agent.id == agent.id, Agent.totp_used < step).values(totp_used=step))
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def _accept_recovery(db: Session, agent: Agent, code: str) -> bool:
    db.refresh(agent, ["recovery_codes"], with_for_update=True)
    known = digest("recovery-code", code)
    left = [kept for kept in agent.recovery_codes if not hmac.compare_digest(kept, known)]
    if len(left) == len(agent.recovery_codes):
        return False
    agent.recovery_codes = left
    db.flush()
    return True


def _step(secret: str, code: str, after: int) -> int | None:
    """The time step this code belongs to, if it is the present one or a neighbour and later than ``after``."""
    totp, this = pyotp.TOTP(secret), int(now().timestamp()) // STEP
    code = "".join(code.split())
    return next((step for step in (this, this - 1, this + 1)
                 if step > after and hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())), None)
