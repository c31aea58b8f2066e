"""Every word an agent or customer sees is in four languages, and the catalogues and the source agree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry

from core.locale.extracting import ERRORS, ROOT, calls, messages, name, sources, spoken, templates
from core.locale.update import LANGUAGES, forms, merged, read

PLACES = re.compile(r"%\(\w+\)[sd]|%%|(?<!%)\{\w+\}")
#: What stands in pages without translation: the name of the product, keys, formats, signs of the trade.
PROPER = {"Skranke", "Ctrl", "Enter", "Esc", "SKRANKE", "HTML", "URL", "IMAP", "SMTP", "DKIM", "SPF", "DMARC", "API"}
#: Words on the command line and in the demo are English.
ENGLISH = "skranke"
#: The sheet on which developers see all parts of a page; nobody else does.
KIT = "kit.html"


@pytest.fixture(scope="module")
def found() -> set[object]:
    """The messages of the source."""
    return set(messages())


@pytest.fixture(params=LANGUAGES)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    """A catalogue as it lies in the repository."""
    return read(request.param)


def test_every_message_of_the_source_is_in_the_catalogue_and_no_other(catalog: Catalog, found: set[object]) -> None:
    known = {entry.id if isinstance(entry.id, str) else tuple(entry.id) for entry in catalog if entry.id}
    assert found - known == set(), "run: python -m core.locale.update"
    assert known - found == set(), "run: python -m core.locale.update"


def test_every_message_has_words(catalog: Catalog) -> None:
    assert [entry.id for entry in entries(catalog) if not all(text.strip() for text in forms(entry.string))] == []
    assert [entry.id for entry in entries(catalog) if entry.fuzzy] == []


def test_words_have_the_places_of_their_message(catalog: Catalog) -> None:
    wrong = [(source, words) for entry in entries(catalog)
             for source, words in zip(forms(entry.id), forms(entry.string), strict=True)
             if sorted(PLACES.findall(source)) != sorted(PLACES.findall(words))]
    assert wrong == []


def test_words_end_as_their_message_does(catalog: Catalog) -> None:
    """A sentence stays a sentence, a label a label."""
    wrong = [(source, words) for entry in entries(catalog)
             for source, words in zip(forms(entry.id), forms(entry.string), strict=True)
             if source[-1] in ".?:…" and words[-1] != source[-1]]
    assert wrong == []


def test_an_update_keeps_words_adds_what_is_new_and_drops_what_is_gone() -> None:
    before = Catalog(locale="nb")
    before.add("Open", "Åpne")
    before.add("Gone", "Borte")
    after = merged(before, {"Open", "New", ("%(n)s mail", "%(n)s mails")})
    assert {(entry.id, entry.string) for entry in entries(after)} == {
        ("Open", "Åpne"), ("New", ""), (("%(n)s mail", "%(n)s mails"), ("", ""))}


def test_refusals_are_messages_and_not_put_together_on_the_way() -> None:
    wrong = [f"{path.relative_to(ROOT)}:{said.lineno}" for path in sources() if ENGLISH not in path.relative_to(ROOT).parts
             for call in calls(ast.parse(path.read_text("utf-8"))) if name(call) in ERRORS
             for said in spoken(call) if isinstance(said, ast.JoinedStr | ast.BinOp)]
    assert wrong == [], "write _('… %(name)s …', name=…) from core.i18n"


@pytest.mark.parametrize("path", [path for path in templates() if path.name != KIT], ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_say_nothing_outside_gettext(path: Path) -> None:
    assert list(bare_words(path.read_text("utf-8"))) == []
    assert list(bare_strings(path.read_text("utf-8"))) == []


@pytest.mark.parametrize("path", sorted((ROOT / "desk/static/js").glob("*.js")), ids=lambda path: path.name)
def test_scripts_take_their_words_from_the_page(path: Path) -> None:
    source = re.sub(r"^\s*//.*$|\s//\s.*$|/\*.*?\*/", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    strings = [text for groups in re.findall(r'"([^"\n]*)"|\'([^\'\n]*)\'|`([^`]*)`', source) for text in groups if text]
    assert [text for text in strings if re.search(r"[A-Z][a-z]+ [a-z]+ [a-z]|^[A-Z][a-z]+ [a-z]+", text)] == []


@pytest.mark.parametrize(("source", "told"), [
    ("<p>Nothing here</p>", ["Nothing", "here"]), ('<a title="More">{{ x }}</a>', ["More"]), ('{{ _("All") }}', []),
    ('{{ ui.button("Save it now") }}', ["Save it now"]), ('{{ ui.button(_("Save")) }}', []),
    ('{{ ngettext("One mail", "%(n)s mails", 3) }}', []), ('{{ "Later" if late else _("Now") }}', ["Later"]),
])
def test_the_scan_finds_what_it_should(source: str, told: list[str]) -> None:
    assert [*bare_words(source), *bare_strings(source)] == told


def entries(catalog: Catalog) -> Iterator[Entry]:
    """The messages of a catalogue without its header."""
    return (entry for entry in catalog if entry.id)


def bare_words(source: str) -> Iterator[str]:
    """Words between tags, or in an attribute that is read aloud or shown."""
    shown = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", " ", source, flags=re.DOTALL)
    shown = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", shown, flags=re.DOTALL)
    texts = re.sub(r"<[^>]*>", "\n", shown).split("\n")
    texts += [a or b for a, b in re.findall(r"""\b(?:title|alt|placeholder|aria-label)=(?:"([^"]*)"|'([^']*)')""", shown)]
    for text in texts:
        words = re.findall(r"[^\W\d_]{2,}", re.sub(r"https?://\S*|&\w+;|\S+@\S+|Message-ID", " ", text))
        yield from (word for word in words if word not in PROPER)


def bare_strings(source: str) -> Iterator[str]:
    """Sentences in expressions that are not the argument of a translating call."""
    before: list[str] = ["", ""]
    for _line, kind, value in jinja2.Environment(extensions=["jinja2.ext.i18n"]).lex(source):
        if kind == "whitespace":
            continue
        if kind == "string":
            text = ast.literal_eval(value)
            translated = before[-1] == "(" and before[-2] in ("_", "gettext", "ngettext")
            if re.search(r"^[A-Z][a-z]+ [a-z]|^[A-Z][a-z]{2,}$|[a-z]+ [a-z]+ [a-z]+\.$", text) and not translated \
                    and text.split()[0] not in PROPER and not _second_form(before):
                yield text
        before.append(value)


def _second_form(before: list[str]) -> bool:
    """Whether what stands before is ``ngettext("…",``."""
    return before[-1] == "," and before[-4:-2] == ["ngettext", "("]
