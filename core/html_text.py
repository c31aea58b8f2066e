"""HTML read as text: the lines that a person sees, with quotes marked as mail marks them."""

from __future__ import annotations

import html as entities
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

DEEPEST = 800                # nested elements: parsers take time by the square of it
MOST_NODES = 200_000         # of a page; what comes after them is only in the original
LARGEST = 12_000_000
MOST_ATTRIBUTES = 300        # of one element: parsers take time by the square of it too

SILENT = frozenset([
    "script", "style", "title", "template", "noscript", "iframe", "object", "embed", "applet", "svg", "math",
    "select", "textarea", "xmp", "noembed",
])
UNREAD = SILENT | {"head"}
BLOCKS = frozenset(
    [
        "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
        "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
        "thead", "tr", "ul", "details", "caption",
    ]
)
SPACED = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "blockquote", "figure"])
NEVER_CLOSED = frozenset([
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "td", "tr", "th", "dd", "dt", "option",
])
SEPARATOR = "-----Original Message-----"
RULE = "_" * 32
CITED = ">\xa0"
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)[^<>]*?(/?)>")
#: A tag to its end, or to the end of what there is; quoted values may hold a ``>``.
_WHOLE_TAG = re.compile(r"""<([a-zA-Z][\w:-]*+)((?:=\s*+(?:"[^"]*+"|'[^']*+')|[^>=]++|=)*+)""")
_VALUE = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+')""")
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)          # not mso-hide: only Outlook hides that


def to_text(html: str, *, quoted: str = "blockquote", cited: str = "", separators: str = "", ruled: str = "") -> str:
    """The text of HTML as a person sees it: lines, paragraphs, lists; hidden parts left out.

    Elements that the CSS selector ``quoted`` finds are written with ``> `` before each line, those that ``cited`` finds
    with the same and a no-break space (``CITED``); before those that ``separators`` finds comes a line
    ``-----Original Message-----``, before those that ``ruled`` finds a drawn line.
    """
    html = html[:LARGEST].replace("\0", "")
    if depth(html) > DEEPEST:
        return flat_text(html)
    root = LexborHTMLParser(html).root
    if root is None:
        return ""
    page = _Page(_found(root, quoted), _found(root, cited))
    page.above = {**dict.fromkeys(_found(root, ruled), RULE), **dict.fromkeys(_found(root, separators), SEPARATOR)}
    return page.read(root)


def tame(html: str) -> str:
    """The HTML without the attributes of elements that have more of them than any program writes."""
    return _WHOLE_TAG.sub(_with_few, html) if len(html) > 10 * MOST_ATTRIBUTES else html


def _with_few(tag: re.Match[str]) -> str:
    written = tag[2]
    if len(written) < 2 * MOST_ATTRIBUTES or len(_VALUE.sub(" ", written).replace("/", " ").split()) <= MOST_ATTRIBUTES:
        return tag[0]
    return f"<{tag[1]}"


def depth(html: str) -> int:
    """About how deeply elements nest (0 where there are too few to matter)."""
    if html.count("<") <= DEEPEST:
        return 0
    level = deepest = 0
    for tag in _TAG.finditer(html):
        if not tag[3] and tag[2].lower() not in NEVER_CLOSED:
            level = max(0, level - 1) if tag[1] else level + 1
            deepest = max(deepest, level)
    return deepest


def _found(root: LexborNode | None, selector: str) -> frozenset[int]:
    return frozenset(node.mem_id for node in root.css(selector)) if root and selector else frozenset()


def flat_text(html: str) -> str:
    """The text of HTML without a parser: no tree, so nothing that takes time by the square of anything."""
    html = re.sub(r"(?is)<(script|style|title)\b[^<]*</\1\s*>", " ", html)
    html = re.sub(r"(?i)<(?:br|/?p|/?div|/?tr|/?li|/?h\d)\b[^<>]*>", "\n", html)
    lines = entities.unescape(re.sub(r"<[^<>]*>", "", html)).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in lines)).strip()


class _Page:
    """A text written line by line while walking the tree, without recursion."""

    def __init__(self, quoted: frozenset[int], cited: frozenset[int]) -> None:
        self.quoted, self.cited = quoted | cited, cited
        self.above: dict[int, str] = {}       # the line that is written before an element
        self.lines: list[str] = []
        self.line = ""
        self.quotes = self.quotes_above = self.citations = self.preformatted = 0
        self.gap = False
        self.lists: list[int] = []            # for every open list: the next number, or 0 for bullets

    def read(self, root: LexborNode) -> str:
        stack: list[tuple[LexborNode, bool]] = [(root, False)]
        count = 0
        while stack and count < MOST_NODES:
            node, leaving = stack.pop()
            count += 1
            if leaving:
                self.leave(node)
            elif node.is_text_node:
                self.words(node.text_content or "")
            elif node.is_element_node and self.enter(node):
                stack.append((node, True))
                child = node.last_child
                while child is not None:
                    stack.append((child, False))
                    child = child.prev
        self.end_line()
        return "\n".join(self.lines).strip("\n")

    def enter(self, node: LexborNode) -> bool:
        """Begin an element; False where its content is not read."""
        tag = node.tag or ""
        if tag == "br":
            self.break_line()
            return False
        if tag in UNREAD or self.hidden(node):
            return False
        if node.mem_id in self.above:
            self.own_line(self.above[node.mem_id])
        if tag == "img":
            self.words(_emoji(node))
        elif tag == "hr":
            self.own_line(RULE)
        elif tag in BLOCKS:
            self.begin_block(tag, node)
        if node.mem_id in self.quoted:
            self.end_line()
            self.quotes += 1
            self.citations += node.mem_id in self.cited
        return True

    def hidden(self, node: LexborNode) -> bool:
        style = node.attributes.get("style")
        return bool(style and _HIDDEN.search(style))

    def begin_block(self, tag: str, node: LexborNode) -> None:
        if tag in ("td", "th"):
            self.line += "\t" if self.line.strip() else ""
            return
        self.end_line()
        self.gap = self.gap or _spaced(tag, node)
        if tag == "pre":
            self.preformatted += 1
        elif tag in ("ul", "ol"):
            self.lists.append(1 if tag == "ol" else 0)
        elif tag == "li":
            self.line = self.bullet()

    def bullet(self) -> str:
        indent = "  " * (len(self.lists) - 1)
        if self.lists and self.lists[-1]:
            self.lists[-1] += 1
            return f"{indent}{self.lists[-1] - 1}. "
        return f"{indent}- "

    def leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in BLOCKS and tag not in ("td", "th"):
            self.end_line()
            self.gap = self.gap or _spaced(tag, node)
        if tag == "pre":
            self.preformatted -= 1
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if node.mem_id in self.quoted:
            self.end_line()
            self.quotes -= 1
            self.citations -= node.mem_id in self.cited

    def words(self, text: str) -> None:
        if self.preformatted:
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self.line += first
            for line in rest:
                self.break_line()
                self.line += line
            return
        text = _SPACE.sub(" ", text)
        if not self.line or self.line[-1] in " \t":
            text = text.lstrip(" ")
        self.line += text

    def own_line(self, line: str) -> None:
        self.end_line()
        self.line = line
        self.end_line()

    def break_line(self) -> None:
        if self.line.strip():
            self.end_line()
        else:
            self.line = ""
            self.gap = True

    def end_line(self) -> None:
        line = self.line.rstrip()
        self.line = ""
        if not line.strip():
            return
        only_cited = 0 < self.quotes == self.citations
        prefix = ">" * (self.quotes - 1) + CITED if only_cited else ">" * self.quotes + " " if self.quotes else ""
        if self.gap and self.lines:
            self.lines.append(">" * min(self.quotes, self.quotes_above))
        self.gap, self.quotes_above = False, self.quotes
        self.lines.append(prefix + line)


def _spaced(tag: str, node: LexborNode) -> bool:
    """Whether a blank line stands around this block; Outlook's paragraphs have no margin."""
    return tag in SPACED and "MsoNormal" not in (node.attributes.get("class") or "")


def _emoji(node: LexborNode) -> str:
    alternative = node.attributes.get("alt") or ""
    return alternative if 0 < len(alternative) <= 4 and not alternative.isascii() else ""
