"""What every page of a signed-in agent carries: who they are, the rail with its counts, the last act's undo."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from flask import flash, g, get_flashed_messages, redirect, render_template, request, session, url_for
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from desk.access import told_of, visible_mailboxes
from desk.mailboxes import Mailbox
from desk.tickets.drafting import begun_uids
from desk.tickets.listing import counts
from desk.tickets.message import Notification
from desk.tickets.tagging import known_tags
from desk.web.requests import db
from desk.web.signing_in import me


def page(template: str, *, current: str = "", **context: Any) -> str:
    """Render a page; ``current`` names the place in the rail."""
    if not current_user.is_authenticated:
        return render_template(template, me=None, rail=None, flashes=_flashes(), **context)
    return render_template(template, me=face(me()), rail=rail(current), flashes=_flashes(),
                           toast=session.pop("toast", None), **context)


def fragment(template: str, **context: Any) -> str:
    """Render the one piece that changed."""
    return render_template(template, me=face(me()), **context)


def face(agent: Any) -> SimpleNamespace:
    """An agent as templates see one."""
    return SimpleNamespace(
        uid=agent.uid, name=agent.name, initials=agent.initials, email=agent.email, admin=agent.admin, keys=agent.keys,
        theme="" if agent.theme == "system" else agent.theme, language=agent.language, role=agent.role)


def rail(current: str) -> SimpleNamespace:
    """The rail: counts of the views, the mailboxes the agent sees, notifications not read."""
    found = counted()
    mailboxes = [SimpleNamespace(uid=m.uid, name=m.name, count=found.get(f"mailbox-{m.id}", 0))
                 for m in seen_mailboxes()]
    return SimpleNamespace(current=current, counts=SimpleNamespace(**{k: v for k, v in found.items() if "-" not in k}),
                           mailboxes=mailboxes, unread=unread_count(), begun=_begun(), company=g.get("company"))


def _begun() -> SimpleNamespace | None:
    """The new tickets that the agent has begun and not sent: how many, and where they are gone on with."""
    found = begun_uids(db(), me())
    if not found:
        return None
    return SimpleNamespace(count=len(found), url=url_for("tickets.new", draft=found[0] if len(found) == 1 else None))


def unread_count() -> int:
    """Notifications not read, of what the agent (still) sees; at most a hundred are counted."""
    return db().scalar(select(func.count()).select_from(select(Notification.id).outerjoin(Notification.ticket).where(
        Notification.agent_id == me().id, Notification.read_at.is_(None), told_of(db(), me())).limit(100).subquery())) or 0


def seen_mailboxes() -> Sequence[Mailbox]:
    """The mailboxes the agent sees, asked once a request."""
    if "mailboxes" not in g:
        g.mailboxes = visible_mailboxes(db(), me())
    found: Sequence[Mailbox] = g.mailboxes
    return found


def suggested_tags() -> Sequence[str]:
    """Tags in use that the agent may know of, asked once a request."""
    if "tags" not in g:
        g.tags = known_tags(db(), me())
    found: Sequence[str] = g.tags
    return found


def counted() -> dict[str, int]:
    """How many tickets lie in each view and mailbox, counted once a request."""
    if "counts" not in g:
        g.counts = counts(db(), me())
    found: dict[str, int] = g.counts
    return found


def wants_fragment() -> bool:
    """Whether htmx asks for a piece rather than a page."""
    return request.headers.get("HX-Request") == "true" and not request.headers.get("HX-History-Restore-Request")


def see_other(target: str, *, said: str = "", kind: str = "sure", undo: str = "") -> Response:
    """303 to where the result is seen; ``said`` tells there what was done, ``undo`` is the URL that takes it back."""
    if said and undo:
        session["toast"] = {"text": said, "undo_url": undo}
    elif said:
        flash(said, kind)
    return redirect(target, 303)


def _flashes() -> list[SimpleNamespace]:
    kept: list[Any] = list(get_flashed_messages(with_categories=True))
    return [SimpleNamespace(kind=kind, text=text) for kind, text in kept]
