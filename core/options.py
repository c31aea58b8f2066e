"""Options: what an admin switches while the desk runs, for the whole desk or for one mailbox.

Each option is declared here with its default, its kind and what it means; anything else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session

from core import money, office_hours
from core.database import Base, Json, Versioned, plain
from core.errors import Refused, Unknown
from core.i18n import LANGUAGES as LANGUAGES
from core.i18n import N_
from core.i18n import gettext as _

#: Fields of a person's form that an organisation may require (W10, W12).
PERSON_FIELDS = ("first_name", "last_name", "title", "position", "email", "phone", "language", "service_level", "support_contact", "our_contact",
                 "category", "business")


@dataclass(frozen=True, slots=True)
class Option:
    """One switch: default value, a test for new values, what it means, and whether a mailbox may differ."""

    default: Any
    fits: Callable[[Any], bool]
    means: str
    per_mailbox: bool = False


def _one_of(*values: str) -> Callable[[Any], bool]:
    return lambda value: value in values


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _flag(value: Any) -> bool:
    return type(value) is bool


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 200


def _name(value: Any) -> bool:
    return _text(value) and bool(value.strip()) and value.isprintable()


def _link(*names: str) -> Callable[[Any], bool]:
    """The address of a page or program, with a place for a value; empty where there is none."""
    return lambda value: value == "" or (_text(value) and value.isprintable() and " " not in value and any(f"{{{n}}}" in value for n in names)
                                         and value.startswith(("https://", "http://", "sms:", "tel:", "callto:", "sip:")))


def _among(*names: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(one in names for one in value) and len(set(value)) == len(value)


def _zone(value: Any) -> bool:
    return isinstance(value, str) and value in available_timezones()


#: Fields by which two persons may count as the same. Too many share a title for it to tell anybody apart by itself.
DUPLICATE_FIELDS = ("name", "email", "phone", "customer_number", "company", "title", "last_name", "first_name")


_ADDRESS = re.compile(r"[^@\s,;<>\x00-\x1f]+@[^@\s,;<>\x00-\x1f]+\.[^@\s,;<>\x00-\x1f]+")
_OWN_FIELD = re.compile(r"custom\.[a-z][a-z0-9_]{0,39}")


def _rule(value: Any) -> bool:
    """Of those above, and of the organisation's own fields; one of these that there is no more is nobody's."""
    return isinstance(value, list) and len(value) <= 3 and all(
        isinstance(fields, list) and 1 <= len(fields) <= 2
        and all(isinstance(f, str) and (f in DUPLICATE_FIELDS or _OWN_FIELD.fullmatch(f)) for f in fields)
        and len(set(fields)) == len(fields) and fields not in (["title"], ["first_name"]) for fields in value)


def _variants(value: Any) -> bool:
    return isinstance(value, dict) and len(value) <= 1000 and all(
        isinstance(domain, str) and domain == domain.strip().lower() != "" and ways in ("plus", "plus_and_dots")
        for domain, ways in value.items())


def _networks(value: Any) -> bool:
    try:
        return isinstance(value, list) and len(value) <= 1000 and all(ip_network(n, strict=False) for n in value)
    except (ValueError, TypeError):
        return False


def _addresses(value: Any) -> bool:
    return (isinstance(value, list) and len(value) <= 50 and len(set(map(str, value))) == len(value)
            and all(isinstance(one, str) and len(one) <= 320 and _ADDRESS.fullmatch(one) for one in value))


OPTIONS: dict[str, Option] = {
    "desk.name": Option("Skranke", _name, N_("The name customers and agents see.")),
    "desk.language": Option("en", _one_of(*LANGUAGES), N_("The language where nothing better is known.")),
    "desk.timezone": Option("Europe/Oslo", _zone, N_("The zone of times in mails and of agents who chose none.")),
    "desk.hours": Option(office_hours.DEFAULT, office_hours.fits, N_("When the desk works: hours of each day from Monday on, "
                         "the holidays of a country, days that end early, days on which nobody works. What service levels "
                         "in business hours go by.")),
    "desk.reopen_days": Option(14, _whole(0, 3650), N_("Days after closing in which a reply reopens the ticket; "
                               "later ones open a linked ticket."), per_mailbox=True),
    "desk.acknowledge": Option(True, _flag, N_("Whether a new request is acknowledged by mail."), per_mailbox=True),
    "intake.unknown_sender": Option("create", _one_of("create", "ask", "never"),
                                    N_("What happens when nobody we know writes: create a person, ask an agent, "
                                    "or never make a record."), per_mailbox=True),
    "intake.spam_score": Option(10, _whole(0, 1000), N_("Score of the filter before us (X-Spam-Score) from which a mail is spam, "
                               "where the filter itself names no limit; 0 leaves scores alone."), per_mailbox=True),
    "intake.unrecorded_days": Option(90, _whole(1, 3650), N_("Days after which a closed ticket, or spam, of a sender without a record is "
                                     "deleted for good, with the sender's address."), per_mailbox=True),
    "contacts.company_required": Option(True, _flag, N_("Whether a person saved in a form, by the API or by import "
                                        "must belong to a company.")),
    "contacts.legal_basis": Option("legitimate_interest", _one_of("legitimate_interest", "contract", "consent", "legal_obligation"),
                                   N_("The ground on which new persons are held unless another is given.")),
    "contacts.required_fields": Option(["first_name", "last_name"], _among(*PERSON_FIELDS), N_("Fields that the form of a person does not let "
                                       "empty; a company is asked for by its own option.")),
    "contacts.next_customer_number": Option(10_001, _whole(1, 2_000_000_000), N_("The number that the next private customer gets.")),
    "contacts.same_mailbox_variants": Option({}, _variants, N_("Domains (`*` for all) where spellings of an address are one mailbox: "
                                             '`{"kunde.example": "plus", "gmail.com": "plus_and_dots"}`. Elsewhere each is an '
                                             "address of its own.")),
    "contacts.file_megabytes": Option(25, _whole(1, 1000), N_("How large a file on the card of a person or a company may be, in megabytes; no upload is "
                                      "larger than a mail may be.")),
    "contacts.bin_days": Option(15, _whole(0, 365), N_("Days a deleted record stays in the bin.")),
    "contacts.duplicate_rule": Option([], _rule, N_("Fields that must not be the same on two persons, one or two of them, each alone or the two "
                                      'together: `[["email"], ["phone"]]`, `[["name", "email"]]`; `custom.KEY` is a field of your own.')),
    **{f"contacts.duplicates_{door}": Option(default, _one_of("block", "warn", "queue"), means) for door, default, means in (
        ("form", "block", N_("What the form does with a person who is a duplicate by that rule: block, warn, or queue it for review.")),
        ("quick", "block", N_("The same for a person who is made together with other records in one go.")),
        ("import", "warn", N_("The same for a person in a file that is imported.")), ("api", "block", N_("The same for a person whom another program saves by the API.")))},
    "sales.currency": Option("NOK", lambda value: isinstance(value, str) and money.known(value), N_("The currency of new sales and orders (ISO 4217).")),
    "sales.next_order_number": Option(1001, _whole(1, 2_000_000_000), N_("The number that the next order gets.")),
    "mail.check_senders": Option(True, _flag, N_("Whether the desk checks who sent a mail (DKIM, SPF, DMARC) where your own "
                                 "mail server said nothing about it. It asks name servers for that."), per_mailbox=True),
    "mailing.bases": Option(["consent"], _among("legitimate_interest", "contract", "consent", "legal_obligation"), N_("The grounds that suffice for "
                            "mass mail whose purpose is direct marketing; whoever is held by none of them for it gets none.")),
    "mailing.by": Option("admins", _one_of("admins", "agents"), N_("Who may send mass mail: admins, or all agents from mailboxes that they see.")),
    "mailing.per_minute": Option(60, _whole(1, 10_000), N_("Mass mails that leave one mailbox in a minute.")),
    "mail.on_cards": Option(True, _flag, N_("Whether the mail of a mailbox shows among the e-mails on persons' cards; its tickets do in any "
                             "case."), per_mailbox=True),
    "mail.loop_limit": Option(20, _whole(1, 10_000), N_("Automatic mails to one correspondent within three hours, "
                              "before the breaker opens.")),
    "mail.blocked_clients": Option([], _networks, N_("Networks from which the SMTP door takes nothing, such as "
                                   '["192.0.2.7", "198.51.100.0/24"].')),
    "mail.retry_days": Option(3, _whole(1, 14), N_("Days in which temporary failures to send are retried.")),
    "cards.individual_layouts": Option(True, _flag, N_("Whether an agent may lay cards out for themselves; without it all users have the same "
                                       "layout.")),
    "features.service": Option(True, _flag, N_("Whether persons have preferred language, service level and support contact: the fields of "
                               "Service.")),
    "reports.small_cell": Option(5, _whole(2, 100), N_("Tickets of a period below which a company, language or service level is told among the "
                                 "others in reports, so that no figure speaks of one person.")),
    "reports.monthly_to": Option([], _addresses, N_("Addresses that get the desk’s figures of the month before by mail, on the first of each month.")),
    "services.map": Option("https://www.openstreetmap.org/search?query={address}", _link("address"),
                           N_("The map that an address on a card leads to; empty for none.")),
    "services.numbers": Option("", _link("number"), N_("Where a telephone number is looked up, such as https://www.1881.no/?query={number}; "
                               "empty for nowhere.")),
    "services.sms": Option("", _link("number"), N_("What sends an SMS to a number, such as sms:{number} or a page of your provider; without it "
                           "cards have no button for SMS.")),
    "retention.waits": Option(True, _flag, N_("Whether what has had its time by the rules of retention waits for an admin’s word; otherwise it goes at "
                              "night.")),
    "privacy.report_days": Option(30, _whole(1, 365), N_("Days for which a privacy report is kept once it is made, with its files; one that is made later "
                                  "tells what is other than in it.")),
    "privacy.link_days": Option(7, _whole(1, 90), N_("Days for which the link works that a person gets to their privacy report.")),
    "privacy.lookup_days": Option(365, _whole(0, 3650), N_("Days for which it is kept how often an agent looked a person up; 0 counts nothing.")),
    "privacy.bookkeeping": Option("", _one_of("", "NO", "DK", "SE"), N_("Whose law says for how long an invoiced order of a private customer keeps their "
                                  "name and address when they are erased: NO and DK five years after the financial year, SE seven; empty for not at all.")),
    "privacy.four_eyes_above": Option(1000, _whole(0, 1_000_000), N_("Messages above which erasing a person needs "
                                      "a second agent.")),
    "privacy.backup_days": Option(30, _whole(0, 3650), N_("Days that a backup is kept; a certificate of erasure says until when the data may still be in one.")),
    "privacy.controller": Option("", _text, N_("Who is responsible for the data that the desk holds (the controller): name and address, for the record of "
                                 "processing.")),
    "privacy.contact": Option("", _text, N_("How the controller is reached in matters of privacy.")),
    "privacy.officer": Option("", _text, N_("The data protection officer and how they are reached; empty where there is none.")),
    "rights.link_days": Option(7, _whole(1, 30), N_("Days that the link is good for by which a person confirms that a request is theirs.")),
    "rights.from_mail": Option(False, _flag, N_("Whether a mail that reads like a request for rights opens a case by itself; otherwise the ticket offers it.")),
    "rights.authority": Option("Datatilsynet, www.datatilsynet.no", _name, N_("The supervisory authority that mails name for complaints, such as Datatilsynet, "
                               "www.datatilsynet.dk, or Integritetsskyddsmyndigheten (IMY), www.imy.se.")),
}


class OptionRow(Versioned, Base):
    """A value an admin chose; ``mailbox_uid`` is empty for the whole desk."""

    __tablename__ = "options"
    id: Mapped[int] = plain(primary_key=True)
    name: Mapped[str] = plain(String(60))
    mailbox_uid: Mapped[str] = plain(String(24), default="")
    value: Mapped[Any] = plain(Json)
    __table_args__ = (UniqueConstraint("name", "mailbox_uid"),)


def option(db: Session, name: str, mailbox_uid: str = "") -> Any:
    """The value in force: the mailbox's own, else the desk's, else the default. Raises Unknown."""
    declared = _declared(name)
    chosen = _chosen(db, name)
    return chosen.get(mailbox_uid, chosen.get("", declared.default))


def set_option(db: Session, name: str, value: Any, mailbox_uid: str = "") -> OptionRow:
    """Choose a value. Raises Unknown for a name nobody declared and Refused for a value that does not fit."""
    declared = _declared(name)
    if not declared.fits(value):
        raise Refused(_("%(value)s is not a value for %(name)s. %(means)s", value=repr(value), name=name,
                        means=_(declared.means)))
    if mailbox_uid and not declared.per_mailbox:
        raise Refused(_("%(name)s holds for the whole desk, not for one mailbox.", name=name))
    row = db.scalar(select(OptionRow).where(OptionRow.name == name, OptionRow.mailbox_uid == mailbox_uid))
    if row is None:
        row = OptionRow(name=name, mailbox_uid=mailbox_uid, value=value)
        db.add(row)
    else:
        row.value, row.version = value, row.version + 1
    db.flush()
    db.info.pop("options", None)
    return row


def clear_option(db: Session, name: str, mailbox_uid: str = "") -> None:
    """Go back to the desk's value (for a mailbox) or to the default."""
    _declared(name)
    row = db.scalar(select(OptionRow).where(OptionRow.name == name, OptionRow.mailbox_uid == mailbox_uid))
    if row is not None:
        db.delete(row)
        db.flush()
    db.info.pop("options", None)


def _declared(name: str) -> Option:
    if name not in OPTIONS:
        raise Unknown(_("There is no setting called %(name)s.", name=name))
    return OPTIONS[name]


def _chosen(db: Session, name: str) -> dict[str, Any]:
    """All chosen values of this session's view, read at once: a page asks for many."""
    cached: dict[str, dict[str, Any]] | None = db.info.get("options")
    if cached is None:
        cached = {}
        for row in db.execute(select(OptionRow.name, OptionRow.mailbox_uid, OptionRow.value)):
            cached.setdefault(row.name, {})[row.mailbox_uid] = row.value
        db.info["options"] = cached
    return cached.get(name, {})
