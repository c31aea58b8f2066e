"""The two tables of intake: first match wins, and every verdict explains itself."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.clues import Clues
from rules.intake import ACTS, PERSONS, judge

ACT_NAMES = {"open", "open_quiet", "open_held", "append", "set_aside", "ignore"}
PERSON_NAMES = {"created", "matched", "asked", "none"}

clues = st.builds(
    Clues, sender=st.sampled_from(["known", "several", "unknown", "binned", "agent", "own", "none"]),
    thread=st.sampled_from(["", "reply_address", "subject"]),
    ticket=st.sampled_from(["", "new", "closed", "closed_long", "binned", "spam"]),
    automatic=st.sampled_from(["", "out_of_office"]), bounce_of=st.sampled_from(["", "message", "notification"]),
    own_loop=st.booleans(), copy=st.booleans(), blocked=st.booleans(), spam=st.booleans(),
    trust=st.sampled_from(["pass", "none", "fail"]), policy=st.sampled_from(["create", "ask", "never"]),
    archive=st.booleans(), agent_reply=st.sampled_from(["", "proven", "foreign"]))


@given(clues)
def test_every_mail_gets_a_verdict_with_its_reason(c):
    verdict = judge(c)
    assert verdict.act in ACT_NAMES
    assert verdict.person in PERSON_NAMES
    assert verdict.why


@given(clues)
def test_machines_spam_and_the_blocked_never_become_persons(c):
    """S84: for an obvious spam request no person is created."""
    if c.automatic or c.spam or c.blocked or c.trust == "fail":
        assert judge(c).person != "created"


@given(clues)
def test_a_person_is_made_only_of_the_unknown_and_only_when_the_policy_says_so(c):
    if judge(c).person == "created":
        assert (c.sender, c.policy) == ("unknown", "create")


@given(clues)
def test_what_fails_authentication_matches_nobody(c):
    if c.trust == "fail":
        assert judge(c).person not in ("matched", "created")


@given(clues)
def test_a_robots_mail_never_opens_loudly(c):
    if c.automatic:
        assert judge(c).act != "open"


@given(clues)
def test_what_answers_a_notification_makes_nobody(c):
    if c.agent_reply and not c.copy:
        assert judge(c).person == "none"


@pytest.mark.parametrize("table", [ACTS, PERSONS])
def test_the_last_rule_of_a_table_always_fits(table):
    assert table[-1].asks(Clues())


@pytest.mark.parametrize(("change", "act", "rule"), [
    ({}, "open", "is_anything_else"),
    ({"copy": True}, "ignore", "is_copy"),
    ({"bounce_of": "notification", "automatic": "bounce"}, "ignore", "is_bounce_of_a_notification"),
    ({"bounce_of": "message", "automatic": "bounce"}, "append", "is_bounce_of_ours"),
    ({"own_loop": True}, "ignore", "is_our_own_mail"),
    ({"blocked": True}, "set_aside", "is_blocked"),
    ({"agent_reply": "proven"}, "append", "is_agents_reply"),
    ({"thread": "subject", "ticket": "open"}, "append", "answers_a_ticket"),
    ({"thread": "subject", "ticket": "closed_long"}, "open", "answers_a_ticket_closed_for_long"),
    ({"thread": "subject", "ticket": "closed_long", "automatic": "out_of_office"}, "append", "answers_a_ticket"),
    ({"spam": True}, "open_quiet", "is_spam"),
    ({"automatic": "list"}, "open_quiet", "is_automatic"),
    ({"sender": "binned"}, "open_held", "is_from_a_deleted_person"),
    ({"trust": "fail"}, "open_held", "fails_authentication"),
    ({"policy": "ask"}, "open_held", "is_unknown_and_asked"),
    ({"policy": "ask", "sender": "known"}, "open", "is_anything_else"),
    ({"policy": "ask", "archive": True}, "open", "is_anything_else"),
])
def test_acts(change, act, rule):
    verdict = judge(replace(Clues(), **change))
    assert (verdict.act, verdict.rule) == (act, rule)
