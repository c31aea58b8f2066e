"""The mails that the desk writes by itself, in our words or in an admin's.

An admin's wording is plain text with ``{placeholders}``, for one language and one mailbox or the whole desk; it
is filled, never run. Our own words are the templates in ``templates/mail/``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import rendering
from core.batch import MISSING, recall
from core.errors import Refused, Unknown
from core.i18n import gettext, speaking
from core.i18n import gettext as _
from core.options import LANGUAGES, option
from core.rendering import paragraphs
from core.settings import settings
from desk.mailboxes import Mailbox
from desk.system_mails import MAILS, SystemMail
from desk.tickets.message import Wording

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_LINK = re.compile(r"https?://[^\s<>&\"']+(?:&amp;[^\s<>&\"']+)*")
LONGEST_SUBJECT, LONGEST_BODY = 200, 10_000


@dataclass(frozen=True, slots=True)
class Text:
    """Subject and plain text; an admin's empty one means ours."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail ready for the outbound ledger; ``html`` is a whole document."""

    subject: str
    text: str
    html: str


def system_mail(name: str) -> SystemMail:
    """What is known of one of these mails. Raises Unknown."""
    if name not in MAILS:
        raise Unknown(_("There is no mail called %(name)s.", name=name))
    return MAILS[name]


def render(db: Session, name: str, language: str, mailbox: Mailbox | None, /, **values: str) -> Rendered:
    """One mail in one language, in the wording of the mailbox, else of the desk, else ours.

    ``values`` fills every word that the mail declares.
    """
    own = wording_of(db, name, language, mailbox, inherited=True) or Text("", "")
    return _render(db, name, language, mailbox, own, values)


def preview(db: Session, name: str, language: str, mailbox: Mailbox | None, own: Text) -> Rendered:
    """How a wording looks with an invented customer. Raises Refused where it cannot be saved."""
    check(name, own)
    with speaking(language):
        values = {word.name: gettext(word.example) for word in system_mail(name).words}
    if mailbox is not None and "mailbox" in values:
        values["mailbox"] = mailbox.name
    return _render(db, name, language, mailbox, own, values)


def ours(name: str, language: str) -> Text:
    """Our own wording, with its placeholders, to start from."""
    values = {word.name: f"{{{word.name}}}" for word in system_mail(name).words}
    with speaking(language):
        return Text(rendering.render(f"mail/{name}/subject.txt", **values).strip(),
                    rendering.render(f"mail/{name}/body.txt", **values).strip())


def wording_of(
    db: Session, name: str, language: str, mailbox: Mailbox | None, *, inherited: bool = False,
) -> Text | None:
    """An admin's wording for this mailbox (None: the whole desk); ``inherited``: the desk's where it has none."""
    row = _row(db, name, language, mailbox)
    if row is None and inherited and mailbox is not None:
        row = _row(db, name, language, None)
    return Text(row.subject, row.body) if row else None


def languages_of(db: Session, name: str, mailbox: Mailbox | None) -> set[str]:
    """Languages in which an admin chose own words for this mail."""
    return set(db.scalars(select(Wording.language).where(
        Wording.mail == name, Wording.mailbox_id.is_not_distinct_from(mailbox.id if mailbox else None))))


def choose(db: Session, name: str, language: str, mailbox: Mailbox | None, own: Text) -> None:
    """Save an admin's wording; both parts empty goes back to ours. Raises Refused, naming the field."""
    check(name, own)
    if language not in LANGUAGES:
        raise Refused(_("Mails are not written in %(language)s.", language=language))
    row = _row(db, name, language, mailbox)
    if not own.subject.strip() and not own.body.strip():
        if row is not None:
            db.delete(row)
    elif row is None:
        db.add(Wording(mail=name, language=language, mailbox_id=mailbox.id if mailbox else None,
                       subject=own.subject.strip(), body=own.body.strip()))
    else:
        row.subject, row.body = own.subject.strip(), own.body.strip()
    db.flush()


def check(name: str, own: Text) -> None:
    """Raises Refused for a placeholder nobody fills, one that must be there and is not, and for too much text."""
    mail = system_mail(name)
    known = {word.name for word in mail.words}
    for field, text, most in (("subject", own.subject, LONGEST_SUBJECT), ("body", own.body, LONGEST_BODY)):
        unknown = sorted(set(PLACEHOLDER.findall(text)) - known)
        if unknown:
            _refuse(field, gettext("There is nothing to put in for {%(name)s}. You may write: %(known)s.",
                                   name=unknown[0], known=", ".join(f"{{{word}}}" for word in sorted(known))))
        if len(text) > most:
            _refuse(field, gettext("At most %(most)s characters.", most=most))
    missing = [name for name in mail.needs if own.body.strip() and f"{{{name}}}" not in own.body]
    if missing:
        _refuse("body", gettext("Without {%(name)s} this mail is of no use: put it in.", name=missing[0]))


def _refuse(field: str, sentence: str) -> None:
    raise Refused(sentence, {field: sentence})


def _row(db: Session, name: str, language: str, mailbox: Mailbox | None) -> Wording | None:
    known = recall(db, "wordings", None)
    if known is not MISSING:
        found: Wording | None = known.get((name, language, mailbox.id if mailbox else None))
        return found
    return db.scalar(select(Wording).where(
        Wording.mail == name, Wording.language == language,
        Wording.mailbox_id.is_not_distinct_from(mailbox.id if mailbox else None)))


def _render(
    db: Session, name: str, language: str, mailbox: Mailbox | None, own: Text, values: dict[str, str],
) -> Rendered:
    frame = {"language": language, "name": mailbox.name if mailbox else option(db, "desk.name"), "url": settings().url}
    with speaking(language, option(db, "desk.timezone")):
        if values.get("subject") == "":
            values = values | {"subject": gettext("(no subject)")}
        given = {**values, "frame": frame, "paragraphs": paragraphs}
        subject = fill(own.subject, values) or rendering.render(f"mail/{name}/subject.txt", **given)
        if own.body.strip():
            text = fill(own.body, values)
            html = rendering.render("mail/_own.html", body=linked(paragraphs(text)), frame=frame)
        else:
            text = rendering.render(f"mail/{name}/body.txt", **given)
            html = rendering.render(f"mail/{name}/body.html", **given)
    return Rendered(" ".join(subject.split()), text.strip() + "\n", html)


def fill(text: str, values: dict[str, str]) -> str:
    """Put the values in for their placeholders, once: what a value itself says in braces stays as it is."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text).strip()


def linked(html: Markup) -> Markup:
    """Addresses of pages as links; the HTML is escaped already."""
    return Markup(_LINK.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', html))  # noqa: S704
