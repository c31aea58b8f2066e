"""Cutting a sanitised HTML document in two where a given beginning of its text ends."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

KEPT = ("img", "hr", "br")


def split_html(html: str, beginning: str) -> tuple[str, str] | None:
    """``(before, after)``: the document up to where this beginning of its text ends, and from there on.

    White space does not count. None where the text does not begin so, or nothing follows: then nothing is cut.
    """
    letters = len("".join(beginning.split()))
    whole = LexborHTMLParser(html)
    if whole.body is None or not letters:
        return None
    text = "".join((whole.body.text() or "").split())
    if not text.startswith("".join(beginning.split())) or len(text) == letters:
        return None
    before, after = _keeping(html, letters, before=True), _keeping(html, letters, before=False)
    return (before, after) if before and after else None


def _keeping(html: str, letters: int, *, before: bool) -> str:
    """The document with what lies on the other side of the cut taken away; elements left empty go with it.

    A picture belongs to the text before it.
    """
    tree = LexborHTMLParser(html)
    assert tree.body is not None
    seen, here, away = 0, True, []
    for node in tree.body.traverse(include_text=True):
        if node.tag == "-text":
            words = len("".join((node.text_content or "").split()))
            here = here and (seen < letters or not words)
            seen += words
        elif node.tag not in KEPT:
            continue
        if here != before:
            away.append(node)
    for node in away:
        _prune(node, tree.body)
    return (tree.body.inner_html or "").strip()


def _prune(node: LexborNode, body: LexborNode) -> None:
    """Take a node away, and whatever holds nothing any more because of it."""
    parent = node.parent
    node.decompose()
    while parent is not None and parent.mem_id != body.mem_id and _holds_nothing(parent):
        node, parent = parent, parent.parent
        node.decompose()


def _holds_nothing(node: LexborNode) -> bool:
    return node.css_first("img, hr") is None and not (node.text() or "").strip()
