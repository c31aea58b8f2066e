"""Cutting HTML where its visible text ends: nothing of it is lost, whatever it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from core.html_parts import split_html


def text_of(html: str) -> str:
    body = LexborHTMLParser(html).body
    return "".join((body.text() if body else "").split())


def test_the_cut_lies_where_the_text_ends() -> None:
    html = "<div>Hello <b>there</b><br><p>Kind regards</p></div><div>On Monday, Nora wrote:</div><blockquote>Old</blockquote>"
    assert split_html(html, "Hello there\n\nKind regards") == (
        "<div>Hello <b>there</b><br><p>Kind regards</p></div>",
        "<div>On Monday, Nora wrote:</div><blockquote>Old</blockquote>")


def test_pictures_stay_with_the_text_before_them() -> None:
    parts = split_html('<p>See:</p><img src="cid:a"><hr><p>Old text</p><img src="cid:b">', "See:")
    assert parts is not None
    assert 'src="cid:a"' in parts[0]
    assert 'src="cid:b"' in parts[1]


def test_a_cut_inside_tables_keeps_both_whole() -> None:
    parts = split_html("<table><tr><td>New</td></tr><tr><td>Old</td></tr></table>", "New")
    assert parts is not None
    assert [text_of(part) for part in parts] == ["New", "Old"]


def test_what_does_not_begin_so_is_not_cut() -> None:
    assert split_html("<p>Something else</p>", "Hello") is None
    assert split_html("<p>All of it</p>", "All of it") is None
    assert split_html("<p>Text</p>", "   ") is None
    assert split_html("", "Hello") is None


@given(st.lists(st.tuples(st.sampled_from(["p", "div", "b", "td", "li", "blockquote"]), st.text("ab <&>é\n", max_size=8)),
                max_size=8), st.integers(0, 8))
def test_nothing_is_lost(pieces: list[tuple[str, str]], cut: int) -> None:
    clean = [(tag, text.replace("&", "").replace("<", "").replace(">", "")) for tag, text in pieces]
    html = "".join(f"<{tag}>{text}</{tag}>" for tag, text in clean)
    whole = text_of(html)
    parts = split_html(html, whole[:cut])
    if parts is not None:
        assert text_of(parts[0]) + text_of(parts[1]) == whole
