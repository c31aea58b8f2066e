"""The company's own rules about strangers: the first that matches, and what no rule may let in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.clues import Clues, as_known, kept, with_decision, writer_of
from rules.intake import judge
from rules.policy import ACTS, FIXED, KINDS, Rule, Writer, decide, is_from, rule_of, wrong

OLE = Writer("ole@kunde.example", "box", "nb")


def rule(act: str, **when: object) -> Rule:
    return Rule(f"r-{act}", when, {"act": act})


def verdict(rules: list[Rule], **clues: object) -> tuple[str, str, str]:
    told = Clues(**clues)
    judged = judge(with_decision(told, writer_of(told, OLE.address, "box", "nb", ""), rules))
    return judged.act, judged.person, judged.rule


@pytest.mark.parametrize(("when", "fits"), [
    ({"senders": ["ole@kunde.example"]}, True), ({"senders": ["@kunde.example"]}, True), ({"senders": ["@unde.example"]}, False),
    ({"senders": ["@*.example"]}, True), ({"senders": ["e@kunde.example"]}, False), ({"languages": ["nb", "da"]}, True),
    ({"languages": ["sv"]}, False), ({"mailboxes": ["box"]}, True), ({"mailboxes": ["other"]}, False),
    ({"known_company": True}, False), ({"free_mail": True}, False), ({"trust": "none"}, True), ({"trust": "pass"}, False),
    ({"senders": ["@kunde.example"], "languages": ["sv"]}, False)])
def test_a_rule_matches_when_all_it_names_is_so(when, fits):
    assert rule("ask", **when).matches(OLE) is fits
    assert not Rule("off", when, {"act": "ask"}, off=True).matches(OLE)


@pytest.mark.parametrize("kind", [*KINDS, "forged"])
def test_a_rule_lets_nothing_in_that_it_does_not_name(kind):
    """A rule for a domain says nothing of a blocked address of it, of spam, machines and forgeries."""
    writer = Writer("ole@kunde.example", trust="fail") if kind == "forged" else Writer("ole@kunde.example", **{kind: True})
    broad = rule("create", senders=["@kunde.example"])
    assert not broad.matches(writer)
    assert decide([broad], writer, "create").rule == kind
    named = rule("never", senders=["@kunde.example"], **({"trust": "fail"} if kind == "forged" else {kind: True}))
    assert named.matches(writer) and not named.matches(OLE)
    assert decide([broad, named], writer, "create").rule == "r-never"


def test_the_first_rule_that_matches_decides_then_the_choice():
    rules = [rule("never", languages=["sv"]), rule("ask", senders=["@kunde.example"]), rule("create", languages=["nb"])]
    found = decide(rules, OLE, "create")
    assert (found.act, found.number) == ("ask", 2)
    left = decide(rules, Writer("x@other.example"), "never")
    assert (left.act, left.rule, left.number) == ("never", "else", 0)


@pytest.mark.parametrize(("act", "expected"), [
    ("create", ("open", "created", "is_anything_else")), ("ask", ("open_held", "asked", "is_unknown_and_asked")),
    ("never", ("open", "none", "is_anything_else")), ("set_aside", ("set_aside", "none", "is_set_aside")),
    ("spam", ("open_quiet", "none", "is_spam"))])
@pytest.mark.parametrize("choice", ["create", "ask", "never"])
def test_what_a_rule_says_of_a_stranger_goes_before_the_choice(act, expected, choice):
    """S81a, S84: create, ask, never, set aside or spam, whatever the mailbox is set to."""
    assert verdict([rule(act, senders=["@kunde.example"])], policy=choice) == expected


def test_a_stranger_who_answers_a_ticket_is_not_set_aside():
    assert verdict([rule("set_aside", senders=["@kunde.example"])], thread="reply_address", ticket="open")[0] == "append"


@pytest.mark.parametrize("act", ACTS)
def test_rules_are_about_strangers(act):
    assert verdict([rule(act, senders=["@kunde.example"])], sender="known") == ("open", "matched", "is_anything_else")


@pytest.mark.parametrize("sender", ["unknown", "known"])
def test_a_forged_mail_creates_and_matches_nobody(sender):
    """DESIGN.md section 4: on *fail* nothing is matched silently."""
    assert verdict([rule("create", senders=["@kunde.example"])], trust="fail", sender=sender) == (
        "open_held", "asked", "fails_authentication")
    assert verdict([rule("never", trust="fail")], trust="fail", sender=sender) == ("open_quiet", "none", "is_forged_and_let_be")


def test_machines_make_no_person_unless_a_rule_names_them():
    broad = rule("create", senders=["@kunde.example"])
    assert verdict([broad], automatic="list") == ("open_quiet", "none", "is_automatic")
    assert verdict([rule("create", automatic=True)], automatic="list") == ("open_quiet", "created", "is_automatic")
    assert verdict([rule("ask", automatic=True)], automatic="list") == ("open_held", "asked", "is_unknown_and_asked")


def test_what_cannot_be_is_said():
    assert "act" in wrong({"senders": ["@a.example"]}, {"act": "perhaps"})
    assert "when" in wrong({}, {"act": "ask"})
    for special in ({"blocked": True}, {"spam": True}, {"trust": "fail"}):
        assert "act" in wrong(special, {"act": "create"})
    assert not wrong({"senders": ["@a.example"]}, {"act": "create"})


def test_is_from():
    assert is_from("a@x.kunde.example", "@*.kunde.example") and not is_from("a@kunde.example", "@*.kunde.example")
    assert not is_from("", "@kunde.example")


@given(st.builds(Writer, address=st.sampled_from(["a@b.example", "", "æ@ø.example"]), language=st.sampled_from([None, "nb"]),
                 trust=st.sampled_from(["pass", "none", "fail"]), blocked=st.booleans(), spam=st.booleans(), automatic=st.booleans()))
def test_ordinary_mail_falls_to_the_choice_and_everything_else_to_a_fixed_rule(writer):
    found = decide([], writer, "create")
    assert (found.rule == "else") is writer.ordinary
    assert writer.ordinary or found.rule in {one.id for one in FIXED}


def test_what_is_kept_of_the_clues_judges_the_same():
    clues = Clues(sender="unknown", thread="subject", ticket="open", automatic="list", trust="fail", spam=True)
    assert as_known(kept(clues, 7, "c", "nb")) == clues
    assert rule_of({"id": "x", "when": {}, "then": {"act": "ask"}}).as_dict()["off"] is False
