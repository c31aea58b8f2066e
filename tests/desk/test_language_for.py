"""In which language we write to somebody (DESIGN.md section 4)."""

import pytest

from contacts.company import Company
from contacts.person import Employment, Person
from desk.language import COMPANYS, DETECTED, MAILBOXES, PREFERRED, language_for
from desk.mailboxes import Mailbox
from desk.tickets.ticket import Ticket


def a_ticket(preferred=None, detected=None, company=None, *, guessed=False, known=True):
    person = Person(first_name="Kari", preferred_language=preferred, language_guessed=guessed)
    if company:
        person.employments = [Employment(company=Company(name="Fjord AS", language=company), primary=True)]
    return Ticket(mailbox=Mailbox(language="da"), language=detected, requester=person if known else None)


@pytest.mark.parametrize(("ticket", "expected"), [
    (a_ticket("sv", "en", "nb"), ("sv", PREFERRED)),
    (a_ticket(None, "en", "nb"), ("en", DETECTED)),
    (a_ticket("sv", "en", "nb", guessed=True), ("en", DETECTED)),
    (a_ticket("sv", None, "nb", guessed=True), ("sv", DETECTED)),
    (a_ticket(None, None, "nb"), ("nb", COMPANYS)),
    (a_ticket(None, None, None), ("da", MAILBOXES)),
    (a_ticket("fi", "de", "fr"), ("da", MAILBOXES)),
    (a_ticket(detected="en", known=False), ("en", DETECTED)),
    (a_ticket(known=False), ("da", MAILBOXES))])
def test_the_nearest_that_is_known(ticket, expected):
    assert language_for(ticket) == expected
