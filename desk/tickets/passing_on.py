"""An agent passes a customer's mail on to the desk: it is filed as the customer's, with the agent's words beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from contacts.address import Address, is_among, normalise_email
from contacts.agent import Agent
from contacts.identifying import agent_at, evidence
from core.history import record
from core.i18n import N_
from core.rendering import paragraphs
from desk.letter import Letter
from desk.tickets.facts import NoteAdded
from desk.tickets.ticket import Ticket
from desk.tickets.writing import write_message
from rules import passing_on

UNPROVEN = N_("It came by mail in the name of an agent, which nothing proves: the note has no author.")


@dataclass(frozen=True, slots=True)
class PassedOn:
    """``how``: original or lost (rules.passing_on). ``letter`` is what is filed: the customer's, or all of it as it came.
    ``proven``: the agent's own mail is, so what they did is written down as theirs."""

    agent: Agent
    how: str
    letter: Letter
    comment: str
    proven: bool

    @property
    def by(self) -> Agent | None:
        """Who did it, as far as that is proven."""
        return self.agent if self.proven else None

    @property
    def evidence(self) -> list[dict[str, object]]:
        """What stands among the clues to the sender."""
        if self.how == "lost" or self.letter.sender is None:
            return [evidence("forwarded", 0, N_("%(name)s forwarded a mail, but the address of its sender is not in it."),
                             name=self.agent.name)]
        return [evidence("forwarded", 0, N_("%(name)s forwarded this mail of %(address)s."), name=self.agent.name,
                         address=self.letter.sender.address)]


def passed_on(
    db: Session, letter: Letter, sender: Address | None, *, trust: str, own: frozenset[str],
) -> PassedOn | None:
    """What an agent passes on in this letter, which is no machine's and no answer to a notification; None where nobody does."""
    inside = letter.forwarded
    agent = agent_at(db, sender.normalised) if inside is not None and sender is not None else None
    if inside is None or agent is None:
        return None
    named = "" if inside.sender is None else "own" if is_among(normalise_email(inside.sender.address), own) else "somebody"
    how = passing_on.judge(passing_on.Clues(agent=True, trust=trust, named=named))
    if not how:
        return None
    if how == "lost":
        return PassedOn(agent, how, replace(letter, visible=letter.text), "", trust == "pass")
    return PassedOn(agent, how, _original(letter), inside.comment, trust == "pass")


def keep_comment(db: Session, ticket: Ticket, passed: PassedOn | None, *, at: datetime) -> None:
    """What the agent wrote above the mail is for colleagues: a note, without an author where nothing proves who wrote it."""
    if passed is None or not passed.comment:
        return
    by = passed.by
    note = write_message(db, ticket, direction="note", author_id=by.id if by else None, at=at, text=passed.comment,
                         html=str(paragraphs(passed.comment)), oddities=[] if by else [UNPROVEN])
    record(db, NoteAdded(ticket.uid, note.uid), by=by.uid if by else None, at=at)


def _original(letter: Letter) -> Letter:
    """The customer's mail, under the name of the one that brought it. To whom the agent wrote is not the customer's
    affair. Where its HTML is not known, images are files like others: nothing else would show them."""
    inside = letter.forwarded
    assert inside is not None
    assert inside.sender is not None
    files = letter.attachments if inside.html is not None else tuple(replace(a, inline=False) for a in letter.attachments)
    return replace(
        letter, sender=inside.sender, senders=(inside.sender,), reply_to=inside.reply_to, to=(), cc=(),
        subject=inside.subject or letter.subject, sent_at=inside.sent_at, text=inside.text, visible=inside.visible,
        silent=False, html=inside.html, attachments=(*files, *inside.attachments), language=inside.language)
