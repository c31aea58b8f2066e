"""Whatever surrounds them, a sender's own words stay visible, and nothing is shown that was not written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.html import to_text
from mailgate.quotes import all_quoted, visible, visible_html

QUICK = settings(max_examples=200, deadline=None)
WORDS = st.lists(st.sampled_from(["lampen", "brenner", "ikke", "tre", "ganger", "på", "rom", "fire", "og", "røyken", "kommer"]), min_size=2, max_size=9)
OWN = st.lists(WORDS.map(lambda words: " ".join(words) + "."), min_size=1, max_size=4).map("\n".join)
HEADINGS = st.sampled_from([
    "On Tue, Jun 4, 2024 at 9:00 AM Desk <d@desk.example> wrote:", "tir. 4. juni 2024 kl. 09:00 skrev Desk\n<d@desk.example>:",
    "-----Original Message-----", "From: Desk <d@desk.example>\nSent: Tuesday, June 4, 2024 9:00 AM\nTo: Kari\nSubject: x",
    "________________________________\nFra: Desk <d@desk.example>\nSendt: 4. juni 2024 09:00\nTil: Kari\nEmne: x", "> 4. juni 2024 kl. 09:00 skrev Desk <d@desk.example>:",
])
FRAGMENTS = st.sampled_from([
    "", "> ", "> quoted", ">> older", "From: Desk", "From: Desk <d@desk.example>", "Sent: Tuesday, June 4, 2024 9:00 AM", "To: Kari", "Subject: x", "Date: 4.6.2024 09:00",
    "On Tue, Jun 4, 2024 at 9:00 AM Desk <d@desk.example> wrote:", "Desk wrote:", "wrote:", "<d@desk.example>", "-- ", "--", "____________", "-----Original Message-----",
    "Begin forwarded message:", "Sent from my iPhone", "Mvh", "Kari Nordmann", "+47 22 33 44 55", "kari@kunde.example", "words of my own", "see my answers below", "a:", "PS: x",
    "##- Please type your reply above this line -##", "https://x.example", "\xa0", "\u200e", "\ufeff>", "* * * * *", "2024-06-04 d@desk.example:", "…", "Fra:", "Til: x",
])


@pytest.mark.parametrize("unit", [
    ">\nwrote:\n", "From: a\n>\n", "--wrote:\n", "“:", "<", "a:", "From: \n", "> \n\n", "Sent from my mobile ", "On 2024 a@b.example wrote:\n", "see my answer ", "- ",
])
def test_no_repetition_takes_long(unit: str) -> None:
    text = "Own words.\n\n" + unit * (200_000 // len(unit)) + "\n> x\nFrom: a@b.example\nSent: 4.6.2024 09:00\nSubject: x\n\ny"
    begun = time.process_time()
    assert "Own words." in visible(text)
    all_quoted(text)
    assert time.process_time() - begun < 15          # it takes two at most; what grows by the square takes minutes


@QUICK
@given(OWN, HEADINGS, OWN, st.booleans())
def test_words_above_a_quote(own: str, heading: str, quoted: str, marked: bool) -> None:
    below = "\n".join(f"> {line}" for line in quoted.split("\n")) if marked else quoted
    assert own in visible(f"{own}\n\n{heading}\n\n{below}\n")


@QUICK
@given(OWN, HEADINGS, OWN, OWN)
def test_words_below_and_between_marked_quotes(own: str, heading: str, quoted: str, more: str) -> None:
    below = "\n".join(f"> {line}" for line in quoted.split("\n"))
    assert own in visible(f"{heading}\n\n{below}\n\n{own}\n")
    shown = visible(f"{own}\n\n{heading}\n\n{below}\n\n{more}\n\n{below}\n\n{own}\n")
    assert own in shown and more in shown


@QUICK
@given(st.lists(FRAGMENTS, max_size=25))
def test_lines_are_left_out_and_never_made_up_nor_is_all_left_out(lines: list[str]) -> None:
    text = "\n".join(lines)
    shown, left = visible(text), iter(line.strip().lstrip("\u200e\ufeff") for line in lines)
    assert bool(shown.strip()) == bool(text.strip())
    assert all(any(line.strip().lstrip("\u200e\ufeff") == kept for kept in left) for line in shown.split("\n") if line.strip())


@QUICK
@given(st.lists(st.sampled_from([
    "<div>", "</div>", "<blockquote>", "<blockquote type=cite>", "<blockquote style='margin:0 0 0 40px'>", "</blockquote>", "<p>lampen brenner</p>", "<p>røyken kommer</p>", "<br>", "<hr>",
    "<div class=gmail_attr>On Tue, Jun 4, 2024 at 9:00 AM Desk &lt;d@desk.example&gt; wrote:</div>", "<div id=divRplyFwdMsg>", "<div class=yahoo_quoted>",
    "<div style='border-top:solid #E1E1E1 1pt'>", "<p><b>From:</b> Desk<br><b>Sent:</b> 4 June 2024 09:00<br><b>Subject:</b> x</p>", "<span id=OLK_SRC_BODY_SECTION>",
]), max_size=20))
def test_html_shows_only_what_it_says_and_something_where_it_says_anything(parts: list[str]) -> None:
    html = "".join(parts)
    shown, told = (text.replace("_" * 32, " ").replace(">", " ").split() for text in (visible_html(html), to_text(html)))
    assert bool(shown) == bool(told)
    assert set(shown) <= set(told)
