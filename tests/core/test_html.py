"""HTML from outside and from agents: what stays, what goes, what it says as text."""

from __future__ import annotations

import pytest

from core.html import sanitise, sanitise_own, to_text, too_much


@pytest.mark.parametrize(("written", "kept"), [
    ("<p>Hei <b>du</b></p>", "<p>Hei <b>du</b></p>"),
    ("<script>alert(1)</script>x", "x"),
    ("<p onmouseover=x()>x</p>", "<p>x</p>"),
    ('<p style="color:red;position:absolute;background-image:url(//t)">x</p>', '<p style="color:red">x</p>'),
    ('<img src="https://t.example/p.gif" alt="a">', '<img data-src="https://t.example/p.gif" alt="a">'),
    ('<img src="//t.example/p.gif">', "<img>"),
    ('<img src="cid:bilde">', '<img src="cid:bilde">'),
    ('<img src="data:image/svg+xml,x">', "<img>"),
    ('<p title="<img src=https://t.example>">x</p>', '<p title="&lt;img src=https://t.example&gt;">x</p>'),
    ("<code>&lt;img src=\"https://t.example\"&gt;</code>", "<code>&lt;img src=\"https://t.example\"&gt;</code>"),
    ("<style>p{color:red}</style><link rel=x href=y><base href=z>x", "x"),
    ("<svg onload=x><script>y</script></svg>x", "x"),
    ('<input name=a><textarea>b</textarea><select><option>c</select>x', "x"),
    ('<td background="https://t.example/x">x', "x"),
])
def test_sanitise(written: str, kept: str) -> None:
    assert sanitise(written) == kept


def test_links_open_elsewhere_and_tell_nobody() -> None:
    assert sanitise('<a href="https://x.example" target="_top" class="y">x</a>') == (
        '<a href="https://x.example" target="_blank" rel="noopener noreferrer nofollow">x</a>'
    )
    assert "href" not in sanitise('<a href="javascript:alert(1)">x</a><a href="vbscript:x">y</a><a href="/admin">z</a>')


def test_no_image_is_fetched_however_it_is_written() -> None:
    tricks = [
        '<img title=">" src="https://t.example/1">', "<img src='https://t.example/1'>", "<IMG SRC=https://t.example/1>",
        '<img alt="a > b" src=https://t.example/1>', '<img src="https://t.example/1" src="cid:x">', "<img/src=https://t.example/1>",
        '<img srcset="https://t.example/1 2x">', '<video poster="https://t.example/1">', '<picture><source srcset="https://t.example/1"></picture>',
    ]
    for trick in tricks:
        assert ' src="http' not in sanitise(trick)
        assert "srcset" not in sanitise(trick)
        assert "poster" not in sanitise(trick)


def test_agents_may_format_link_and_show_our_images() -> None:
    own = '<div>Hei <strong>du</strong> <a href="https://x.example">x</a><img src="/attachments/7"><img src="cid:a"></div>'
    kept = sanitise_own(own)
    assert '<img src="/attachments/7">' in kept
    assert '<img src="cid:a">' in kept
    assert "<strong>du</strong>" in kept
    assert 'href="https://x.example"' in kept


@pytest.mark.parametrize("source", ["https://t.example/x", "//t.example/x", "/\\t.example/x", "javascript:x", "data:image/png;base64,x"])
def test_agents_show_no_foreign_images(source: str) -> None:
    assert sanitise_own(f'<img src="{source}">') == "<img>"


def test_too_much_is_shown_as_text() -> None:
    deep = "<div>" * 30_000 + "words & more"
    assert too_much(deep)
    assert sanitise(deep) == '<div style="white-space:pre-wrap">words &amp; more</div>'
    assert not too_much("<div>" * 300 + "x" + "</div>" * 300)
    assert not too_much("<p>" * 100_000)


def test_to_text_marks_what_selectors_find() -> None:
    html = "<p>a</p><blockquote class=q>b</blockquote><blockquote>c<blockquote class=q>d</blockquote></blockquote><i class=s>e</i><p class=r>f</p>"
    assert to_text(html, quoted="blockquote.q", cited="blockquote:not(.q)", separators=".s", ruled=".r") == (
        f"a\n\n> b\n>\n>\xa0c\n>\n>> d\n\n-----Original Message-----\ne\n{'_' * 32}\n\nf")


@pytest.mark.parametrize(("html", "text"), [
    ("<p>Hei</p><p>du</p>", "Hei\n\ndu"),
    ("Hei<br>du<br><br>der", "Hei\ndu\n\nder"),
    ("<p class=MsoNormal>a</p><p class=MsoNormal>b</p>", "a\nb"),
    ("<ul><li>en<li>to</ul><ol start=1><li>x<li>y</ol>", "- en\n- to\n\n1. x\n2. y"),
    ("<table><tr><td>a<td>b<tr><td>c</table>", "a\tb\nc"),
    ("<pre>a\n  b</pre>", "a\n  b"),
    ("a<blockquote>b<blockquote>c</blockquote></blockquote>d", "a\n\n> b\n>\n>> c\n\nd"),
    ("<title>t</title><style>s</style>x<!-- c --><script>y</script>", "x"),
    ('<div style="display:none">hidden</div>shown', "shown"),
    ("a&nbsp;b &amp; c &#x2603;", "a b & c ☃"),
    ('<p>Fint <img alt="🙂" src=x></p>', "Fint 🙂"),
    ("", ""), ("just text", "just text"), ("a < b and c > d", "a < b and c > d"),
])
def test_to_text(html: str, text: str) -> None:
    assert to_text(html) == text
