"""Addresses of pages of other nouns that the ticket page points to."""

from __future__ import annotations

from flask import url_for

from contacts.company import Company
from contacts.person import Person
from desk.tickets.ticket import Ticket


def person_url(person: Person | str) -> str:
    """The page of a person, or of the person with this uid."""
    return url_for("persons.show", uid=person if isinstance(person, str) else person.uid)


def addresses_url(person: Person) -> str:
    """The page of a person's addresses."""
    return url_for("person_addresses.index", uid=person.uid)


def person_edit_url(person: Person) -> str:
    """The form of a person."""
    return url_for("persons.edit", uid=person.uid)


def company_url(company: Company) -> str:
    """The page of a company."""
    return url_for("companies.show", uid=company.uid)


def ticket_url(ticket: Ticket) -> str:
    """The page of a ticket."""
    return url_for("tickets.show", number=ticket.number)


def trace_url(inbound_uid: str) -> str:
    """Everything that was decided about a mail that came in, for admins."""
    return url_for("inbound.show", uid=inbound_uid)
