"""The list of mails that the desk writes by itself: when, and what may stand in them."""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import N_


@dataclass(frozen=True, slots=True)
class Word:
    """A placeholder: its name, what it means, and an invented example for the preview (both messages for gettext)."""

    name: str
    means: str
    example: str


@dataclass(frozen=True, slots=True)
class SystemMail:
    """One mail: its title and when it is sent (messages for gettext), its words, those it cannot do without.

    ``per_mailbox``: whether mailboxes may word it differently.
    """

    title: str
    when: str
    words: tuple[Word, ...]
    needs: tuple[str, ...] = ()
    per_mailbox: bool = True


_NAME = Word("name", N_("the name of whoever gets the mail, else the address"), "Kari Holm")
_MAILBOX = Word("mailbox", N_("the name of the mailbox"), N_("Support"))
_NUMBER = Word("number", N_("the number of the ticket"), "#4821")
_SUBJECT = Word("subject", N_("the subject of the ticket"), N_("The lamp in the hall is dark"))
_REQUESTER = Word("requester", N_("who asks"), "Ole Vang")
_BY = Word("by", N_("the colleague who did it"), "Jonas Berg")
_TEXT = Word("text", N_("the message, shortened"), N_("Since Monday the lamp does not light. What can we do?"))
_LINK = Word("link", N_("the address of the page"), "https://desk.example/tickets/4821")
_DESK = Word("desk", N_("the name of the desk"), "Skranke")
_ALERT = (_NAME, Word("about", N_("what the alert is about"), "support@desk.example"),
          Word("text", N_("what is wrong, in a sentence"), "imap.example.com does not let support@desk.example in."),
          _DESK, _LINK)
_DAY = Word("day", N_("the day on which the request came"), "14 Nov 2026")
_RIGHT = Word("right", N_("what they asked for"), N_("Erasure"))
_REASONS = Word("reasons", N_("what the admin wrote about it"), N_("The law asks us to keep invoices for five years."))
_AUTHORITY = Word("authority", N_("the supervisory authority, an option of the rights desk"), "Datatilsynet, www.datatilsynet.no")
_RIGHTS = (Word("number", N_("the number of the case"), "12"), _RIGHT, _DAY, _MAILBOX)
_TICKET = (_NUMBER, _SUBJECT, _REQUESTER, _MAILBOX, _TEXT, _LINK)

MAILS: dict[str, SystemMail] = {
    "acknowledgement": SystemMail(
        N_("Acknowledgement"), N_("When a customer’s mail has become a ticket"), (_NAME, _NUMBER, _SUBJECT, _MAILBOX)),
    "confirmation": SystemMail(
        N_("Is this your address? (to customers)"), N_("When an agent asks a person to confirm an address"),
        (_NAME, Word("address", N_("the address that is to be confirmed"), "kari@home.example"), _MAILBOX, _LINK), needs=("link",)),
    "privacy_report": SystemMail(
        N_("Privacy report, attached (to customers)"), N_("When an agent sends a person their privacy report as a file"), (_NAME, _MAILBOX)),
    "privacy_link": SystemMail(
        N_("Privacy report, by a link (to customers)"), N_("When an agent sends a person a link to their privacy report"),
        (_NAME, _MAILBOX, _LINK, Word("until", N_("the last day on which the link works"), N_("14 March 2026"))), needs=("link",)),
    "restriction_lifted": SystemMail(
        N_("We use your data again (to customers)"), N_("When an admin lifts the restriction of a person"),
        (_NAME, Word("since", N_("the day on which the restriction began"), N_("3 May 2026")), _MAILBOX)),
    "recipient_told": SystemMail(
        N_("About data that you have got from us (to recipients)"), N_("When an admin tells those who got data of a person that it was corrected, restricted or erased"),
        (Word("person", N_("whose data it is"), "Ole Vang"), Word("what", N_("what has become of the data, in a sentence"),
                                                                   N_("We have erased what we held about Ole Vang.")), _MAILBOX), needs=("what",)),
    "verification": SystemMail(
        N_("Is this your address?"), N_("When an agent adds another address of theirs"),
        (_NAME, Word("address", N_("the address that is to be confirmed"), "kari@home.example"), _DESK, _LINK),
        needs=("link",), per_mailbox=False),
    "notify_new": SystemMail(
        N_("To agents: a new ticket"), N_("When a ticket has come in that nobody has yet"), _TICKET, needs=("link",)),
    "notify_assigned": SystemMail(
        N_("To agents: a ticket is yours"), N_("When a colleague or a rule gives a ticket to an agent"),
        (*_TICKET, _BY), needs=("link",)),
    "notify_answered": SystemMail(
        N_("To agents: a customer answered"), N_("When a customer writes again on an agent’s ticket"), _TICKET,
        needs=("link",)),
    "notify_noted": SystemMail(
        N_("To agents: a note"), N_("When a colleague writes a note on an agent’s ticket"), (*_TICKET, _BY),
        needs=("link",)),
    "notify_unsent": SystemMail(
        N_("To agents: an answer was not sent"), N_("When an answer by mail to a notification may not go to the customer"),
        (_NAME, _NUMBER, _MAILBOX, Word("reason", N_("why it was not sent"), "You may no longer see the ticket."))),
    "digest": SystemMail(
        N_("To agents: changes on cards they follow"), N_("Every day or week, at the agent’s hour, when something has changed"),
        (_NAME, Word("changes", N_("each card, what changed on it and who changed it"), N_("Kari Holm: addresses, notes, by Jonas Berg")), _DESK, _LINK),
        needs=("link", "changes"), per_mailbox=False),
    "monthly_report": SystemMail(
        N_("The figures of a month"), N_("On the first of each month, to whom an admin has named in the settings of the desk"),
        (_NAME, Word("month", N_("the month that it tells of"), N_("October 2026")),
         Word("figures", N_("the totals, and what they were the month before"), N_("Tickets in: 368 · before: 270 (+36 %)")), _DESK, _LINK), per_mailbox=False),
    "rights_received": SystemMail(
        N_("Rights: received"), N_("When a request for rights that came by mail becomes a case"), (*_RIGHTS, Word("due", N_("the last day of the answer"), "14 Dec 2026"))),
    "rights_identity": SystemMail(
        N_("Rights: is this request yours?"), N_("When an admin wants to be sure who asks"),
        (*_RIGHTS, _LINK, Word("until", N_("the last day of the link"), "21 Nov 2026")), needs=("link",)),
    "rights_extension": SystemMail(
        N_("Rights: more time"), N_("When an admin extends the time of a case"),
        (*_RIGHTS, Word("due", N_("the last day of the answer"), "14 Feb 2027"), _REASONS, _AUTHORITY), needs=("reasons",)),
    "rights_done_access": SystemMail(N_("Rights: access given"), N_("When a case is done"), (*_RIGHTS, _REASONS, _AUTHORITY)),
    "rights_done_rectification": SystemMail(N_("Rights: corrected"), N_("When a case is done"), (*_RIGHTS, _REASONS, _AUTHORITY)),
    "rights_done_restriction": SystemMail(N_("Rights: restricted"), N_("When a case is done"), (*_RIGHTS, _REASONS, _AUTHORITY)),
    "rights_done_objection": SystemMail(N_("Rights: objection followed"), N_("When a case is done"), (*_RIGHTS, _REASONS, _AUTHORITY)),
    "rights_done_erasure": SystemMail(N_("Rights: erased"), N_("When a case is done"), (*_RIGHTS, _REASONS, _AUTHORITY)),
    "rights_refused": SystemMail(
        N_("Rights: refused"), N_("When a case is refused"), (*_RIGHTS, _REASONS, _AUTHORITY), needs=("reasons", "authority")),
    "alert_raised": SystemMail(
        N_("To admins: something is wrong"), N_("When an alert is raised, at most once an hour for the same"), _ALERT,
        needs=("link",), per_mailbox=False),
    "alert_ended": SystemMail(
        N_("To admins: it is over"), N_("When an alert that admins were told of has ended"), _ALERT,
        needs=("link",), per_mailbox=False),
    "password_reset": SystemMail(
        N_("New password"), N_("When an agent has forgotten the password"),
        (_NAME, Word("email", N_("the address of the agent"), "kari@desk.example"),
         _DESK, _LINK),
        needs=("link",), per_mailbox=False),
}
