"""Which sign of a ticket counts."""

from hypothesis import given
from hypothesis import strategies as st

from rules.threading import ORDER, Sign, bare, choose, token, tokens


def test_the_strongest_sign_wins():
    signs = [Sign("subject", 1, participant=True), Sign("references", 2), Sign("reply_address", 3), Sign("in_reply_to", 4)]
    assert choose(signs, trust="none").ticket_id == 3


def test_a_token_in_the_subject_counts_for_participants_and_never_on_fail():
    assert choose([Sign("subject", 1)], trust="none") is None
    assert choose([Sign("subject", 1, participant=True)], trust="fail") is None
    assert choose([Sign("subject", 1, participant=True)], trust="none").ticket_id == 1


def test_tokens_are_read_and_taken_out():
    assert tokens("Sv: [#12] Re: [#7] Hei") == [12, 7]
    assert bare("Sv: Re: [#12] VS: Hei på deg") == "Hei på deg"
    assert bare("Reparasjon: Resultat") == "Reparasjon: Resultat"
    assert tokens(token(99)) == [99]


@given(st.text(max_size=300))
def test_no_subject_breaks_it(subject):
    assert len(tokens(subject)) <= 5
    bare(subject)


@given(st.lists(st.builds(Sign, st.sampled_from(ORDER), st.integers(1, 9), st.booleans())))
def test_choice_is_one_of_the_signs_or_none(signs):
    chosen = choose(signs, trust="none")
    assert chosen is None or chosen in signs
