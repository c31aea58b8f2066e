"""Bring the catalogues up to date with the source: ``python -m core.locale.update``.

Translations are kept, messages that are gone are dropped, new ones are added empty. Sorted by message, without
dates and line numbers: a catalogue changes only where its words do.
"""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from core.i18n import LOCALE
from core.locale.extracting import Message, messages

LANGUAGES = ("nb", "da", "sv")
HEADER = '''msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

'''


def main() -> None:
    """All catalogues; says how many messages still want words."""
    found = messages()
    for language in LANGUAGES:
        catalog = merged(read(language), found)
        (LOCALE / f"{language}.po").write_bytes(HEADER.format(language=language).encode() + written(catalog))
        wanting = sum(not all(forms(m.string)) for m in catalog if m.id)
        print(f"{language}: {len(found)} messages, {wanting} untranslated")  # noqa: T201


def read(language: str, folder: Path = LOCALE) -> Catalog:
    """A catalogue as it is; an empty one for a language that has none yet."""
    path = folder / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def merged(old: Catalog, found: set[Message]) -> Catalog:
    """A catalogue of exactly these messages, with the words that the old one has for them."""
    new = Catalog(locale=old.locale)
    for message in found:
        before = old.get(message if isinstance(message, str) else message[0])
        words = before.string if before is not None and before.id == message else None
        new.add(message, words or ("" if isinstance(message, str) else ("", "")))
    return new


def written(catalog: Catalog) -> bytes:
    """As a file, sorted, without its header."""
    file = io.BytesIO()
    write_po(file, catalog, width=0, no_location=True, omit_header=True, sort_output=True)
    return file.getvalue()


def forms(words: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """The forms of a translation: one, or one for each number."""
    return (words or "",) if words is None or isinstance(words, str) else tuple(words)


if __name__ == "__main__":
    main()
