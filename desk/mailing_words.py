"""The words of a mailing for one person: in their language, with their name in its place, and the way out of it below."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contacts.company import Company
from contacts.person import Employment, Person
from contacts.purposes import purpose_under
from core import rendering
from core.i18n import speaking
from core.options import option
from core.rendering import paragraphs
from core.settings import settings
from core.tokens import sign
from desk.mailboxes import Mailbox
from desk.mailing import Mailing
from desk.placeholders import filled
from desk.wording import Rendered, linked

Texts = Mapping[str, Mapping[str, str]]


def language_of(person: Person, texts: Texts, usual: str) -> str:
    """The language a person gets it in: theirs, else the company's, where it is written in that; else the usual one."""
    company = person.employment.company.language if person.employment else None
    return next((code for code in (person.preferred_language, company) if code and code in texts), usual)


def rendered(db: Session, mailing: Mailing, person: Person, uid: str, texts: Texts | None = None, language: str = "") -> tuple[Rendered, str]:
    """The mail to a person, and its language; ``uid`` is the row of the ledger that it becomes. Names are escaped in its HTML. ``texts`` are
    words to try instead of the mailing's own, ``language`` one to be shown in."""
    texts = mailing.texts if texts is None else texts
    language = language or language_of(person, texts, mailing.language)
    with speaking(language, option(db, "desk.timezone")):
        return _rendered(db, mailing, texts[language], _values(person), language, uid), language


def way_out(uid: str) -> str:
    """The address of the page on which whoever got this mail wants no more of it."""
    return f"{settings().url}/no-more/{uid}/{sign('no-more', uid, length=32)}"


def headers(mailbox: Mailbox, uid: str) -> dict[str, str]:
    """What lets mail programs show a button for it (RFC 2369, RFC 8058), and keeps machines from answering."""
    token = f"{uid}.{sign('no-more', uid, length=32)}"
    return {"List-Unsubscribe": f"<{way_out(uid)}>, <mailto:{mailbox.address}?subject=unsubscribe%20{token}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Precedence": "bulk"}


def with_companies(db: Session, uids: list[str]) -> dict[str, Person]:
    """Uid → the living person, with what a mail to them says, in two questions."""
    return {one.uid: one for one in db.scalars(select(Person).where(Person.uid.in_(uids), Person.binned_at.is_(None), Person.merged_into_id.is_(None)).options(
        joinedload(Person.employments).joinedload(Employment.company))).unique()}


def _rendered(db: Session, mailing: Mailing, said: Mapping[str, str], values: dict[str, str], language: str, uid: str) -> Rendered:
    subject, text = filled(said["subject"], values), filled(said["text"], values)
    given = {"purpose": purpose_under(db, mailing.purpose).label, "sender": mailing.mailbox.name, "link": way_out(uid),
             "frame": {"language": language, "name": mailing.mailbox.name, "url": settings().url}}
    return Rendered(" ".join(subject.split()), rendering.render("mail/_mailing.txt", text=text, **given).strip() + "\n",
                    rendering.render("mail/_mailing.html", body=linked(paragraphs(text)), **given))


def _values(person: Person) -> dict[str, str]:
    company: Company | None = person.employment.company if person.employment else None
    return {"first_name": person.first_name or person.name, "last_name": person.last_name or person.name, "name": person.name,
            "company": company.name if company else ""}

