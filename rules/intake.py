"""What becomes of what came in: clues in, verdict out.

Two tables of pure questions. The first that fits decides what happens to the mail, the second whether the
sender gets a record (create-or-not, S81-S84). The verdict is stored beside what it judged, so that every
screen can answer "why?".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from core.i18n import N_
from rules.clues import Clues


class Verdict(NamedTuple):
    """What was decided, by which rule, and why, in sentences."""

    act: str
    person: str
    rule: str
    because: tuple[str, ...]

    @property
    def why(self) -> str:
        """The reasons in English, as stored and as the API shows them."""
        return " ".join(self.because)

    def as_dict(self) -> dict[str, Any]:
        """As stored and as the API shows it."""
        return {"act": self.act, "person": self.person, "rule": self.rule, "why": self.why,
                "because": list(self.because)}


class Rule(NamedTuple):
    """A question, the answer to draw from it, and the sentence that explains it."""

    asks: Callable[[Clues], bool]
    act: str
    why: str


def is_copy(c: Clues) -> bool:
    return c.copy


def is_bounce_of_ours(c: Clues) -> bool:
    return c.bounce_of == "message"


def is_bounce_of_a_notification(c: Clues) -> bool:
    return c.bounce_of == "notification"


def is_bounce_of_a_mass_mail(c: Clues) -> bool:
    return c.bounce_of == "mass"


def wants_no_more_mass_mail(c: Clues) -> bool:
    return c.mass == "stop" and c.trust != "fail"


def is_robot_answering_a_mass_mail(c: Clues) -> bool:
    return c.mass != "" and c.automatic != ""


def is_our_own_mail(c: Clues) -> bool:
    return c.own_loop


def is_blocked(c: Clues) -> bool:
    return c.blocked and c.decided in ("", "set_aside")


def is_set_aside(c: Clues) -> bool:
    return c.decided == "set_aside"


def is_agents_reply(c: Clues) -> bool:
    return c.agent_reply != "" and not c.automatic


def is_empty_answer_to_a_notification(c: Clues) -> bool:
    return c.agent_reply != "" and c.silent


def is_robot_answering_a_notification(c: Clues) -> bool:
    return c.agent_reply != "" and c.automatic != ""


def answers_a_ticket_closed_for_long(c: Clues) -> bool:
    return c.thread != "" and c.ticket in ("closed_long", "binned") and not c.automatic


def answers_a_ticket(c: Clues) -> bool:
    return c.thread != "" and c.ticket not in ("", "binned")


def is_spam(c: Clues) -> bool:
    return c.decided == "spam" or (c.spam and c.decided == "")


def is_automatic(c: Clues) -> bool:
    return c.automatic != "" and c.decided != "ask"


def is_from_a_deleted_person(c: Clues) -> bool:
    return c.sender == "binned"


def fails_authentication(c: Clues) -> bool:
    return c.trust == "fail" and not c.archive


def is_forged_and_let_be(c: Clues) -> bool:
    return c.trust == "fail" and c.decided == "never"


def is_unknown_and_asked(c: Clues) -> bool:
    return c.sender == "unknown" and (c.decided or c.policy) == "ask" and not c.archive and not c.erased


def is_anything_else(c: Clues) -> bool:
    return True


ACTS = (
    Rule(is_copy, "ignore", N_("This mail is here already; this is one more delivery of it.")),
    Rule(is_bounce_of_a_notification, "ignore", N_("A notification to one of our agents came back; nobody is notified "
         "of that.")),
    Rule(is_bounce_of_a_mass_mail, "ignore", N_("A mass mail of ours came back; the address is marked, and no ticket opens.")),
    Rule(is_bounce_of_ours, "append", N_("A mail of ours came back.")),
    Rule(is_our_own_mail, "ignore", N_("Our own mail came back to us; answering it would be a loop.")),
    Rule(is_blocked, "set_aside", N_("The address or its domain is blocked.")),
    Rule(wants_no_more_mass_mail, "open_quiet", N_("They want no more of a mass mail, and say nothing else: that is noted, and the ticket is closed.")),
    Rule(is_robot_answering_a_mass_mail, "ignore", N_("A machine answered a mass mail; no customer wrote this.")),
    Rule(is_robot_answering_a_notification, "ignore", N_("A machine answered a notification; no customer wrote this.")),
    Rule(is_empty_answer_to_a_notification, "ignore", N_("An agent answered a notification without a word of their own; "
         "nothing was sent.")),
    Rule(is_agents_reply, "append", N_("An agent answered a notification.")),
    Rule(answers_a_ticket_closed_for_long, "open", N_("It answers a ticket that was closed too long ago or deleted; "
         "the new ticket is linked to it.")),
    Rule(answers_a_ticket, "append", N_("It answers one of our tickets.")),
    Rule(is_set_aside, "set_aside", N_("The policy sets such mail aside.")),
    Rule(is_spam, "open_quiet", N_("It counts as spam: kept among the spam, without a record.")),
    Rule(is_automatic, "open_quiet", N_("A machine wrote it: no acknowledgement and no new person.")),
    Rule(is_from_a_deleted_person, "open_held", N_("It belongs to a deleted person: restore the person, or treat the "
         "sender as new.")),
    Rule(is_forged_and_let_be, "open_quiet", N_("The mail claims a sender whose domain says it is not from there, and the policy "
         "keeps no record of such mail.")),
    Rule(fails_authentication, "open_held", N_("The mail claims a sender whose domain says it is not from there.")),
    Rule(is_unknown_and_asked, "open_held", N_("Nobody we know, so an agent is asked.")),
    Rule(is_anything_else, "open", N_("A new request.")),
)


def answers_a_notification(c: Clues) -> bool:
    return c.agent_reply != ""


def is_one_of_us(c: Clues) -> bool:
    return c.sender in ("own", "agent")


def names_no_sender(c: Clues) -> bool:
    return c.sender == "none"


def may_be_forged(c: Clues) -> bool:
    return c.trust == "fail"


def is_known(c: Clues) -> bool:
    return c.sender == "known"


def is_one_of_several(c: Clues) -> bool:
    return c.sender == "several"


def is_not_to_be_kept(c: Clues) -> bool:
    return (c.spam or c.automatic != "" or c.blocked) and c.decided not in ("create", "ask")


def was_erased(c: Clues) -> bool:
    return c.sender == "unknown" and c.erased


def is_kept_by_a_rule(c: Clues) -> bool:
    return c.decided == "create"


def is_asked_by_a_rule(c: Clues) -> bool:
    return c.decided == "ask"


def is_never_by_a_rule(c: Clues) -> bool:
    return c.decided in ("never", "spam", "set_aside")


def is_asked(c: Clues) -> bool:
    return c.policy == "ask"


def is_never(c: Clues) -> bool:
    return c.policy == "never"


PERSONS = (
    Rule(is_copy, "none", N_("Decided with the first delivery.")),
    Rule(answers_a_notification, "none", N_("Whoever answers a notification is not recorded.")),
    Rule(is_one_of_us, "none", N_("Our own people and addresses are not customers.")),
    Rule(names_no_sender, "none", N_("The mail names nobody as its sender.")),
    Rule(is_forged_and_let_be, "none", N_("Authentication failed, so no person is matched or made.")),
    Rule(may_be_forged, "asked", N_("Authentication failed, so no person is matched without an agent's word.")),
    Rule(is_known, "matched", N_("The address belongs to a person we know.")),
    Rule(is_one_of_several, "asked", N_("Several persons hold this address; an agent chooses.")),
    Rule(is_from_a_deleted_person, "asked", N_("The address belongs to a deleted person.")),
    Rule(is_not_to_be_kept, "none", N_("No record is made of machines and spam.")),
    Rule(wants_no_more_mass_mail, "none", N_("Whoever wants no more mail is not recorded for saying so.")),
    Rule(was_erased, "none", N_("Whoever had this address was erased: they are answered, and no record is made of them again.")),
    Rule(is_kept_by_a_rule, "created", N_("A rule of the policy creates a person.")),
    Rule(is_asked_by_a_rule, "asked", N_("A rule of the policy asks an agent before a person is made.")),
    Rule(is_never_by_a_rule, "none", N_("A rule of the policy makes no record of such senders.")),
    Rule(is_asked, "asked", N_("The mailbox is set to ask before a person is made.")),
    Rule(is_never, "none", N_("The mailbox is set to make no records of unknown senders.")),
    Rule(is_anything_else, "created", N_("The mailbox is set to create a person for everybody who writes.")),
)


FORWARDED = {
    "original": N_("An agent forwarded it: who wrote the forwarded mail counts as its sender, on the agent's word."),
    "lost": N_("An agent forwarded it, but the forwarded mail does not tell its sender's address: the ticket is the agent's "
               "own until somebody says whose it is."),
}


def judge(clues: Clues) -> Verdict:
    """The verdict on one mail: the first rule of each table that fits."""
    act = next(rule for rule in ACTS if rule.asks(clues))
    if act.act in ("ignore", "set_aside"):
        return Verdict(act.act, "none", act.asks.__name__, (act.why,))
    person = next(rule for rule in PERSONS if rule.asks(clues))
    robot = (clues.automatic_why,) if clues.automatic_why and act.asks in (is_automatic, answers_a_ticket) else ()
    forward = (FORWARDED[clues.forwarded],) if clues.forwarded else ()
    return Verdict(act.act, person.act, act.asks.__name__, (act.why, *robot, *forward, person.why))
