"""What is printed holds whatever mail brings: a character without a glyph fails no page."""

from __future__ import annotations

import io

from pypdf import PdfReader

from desk.printing import bare, printable, printed

ANYTHING = "Hei 😀 ❤️ 山田 สวัสดี \x00\x0b\uf0b7\uffff\u200d slutt"
#: A mark of a script that no face has, on what stands for a letter of another.
MARKED = "山\u0f39 ם\u05ad"


def test_a_character_that_the_face_does_not_have_stands_as_a_box():
    """PDF/UA-1 has no character without a glyph: typst makes no page at all of one."""
    made = printed("processing", {"language": "nb", "desk": ANYTHING, "title": ANYTHING, "foot": ANYTHING, "facts": [[ANYTHING, ANYTHING]],
                                  "activities": [{"title": ANYTHING, "says": ANYTHING, "heads": ["a", "b", "c", "d"], "rows": [[ANYTHING] * 4]}]})
    assert "Hei □" in PdfReader(io.BytesIO(made)).pages[0].extract_text()


def test_what_the_face_has_stays_as_it_is():
    for text in ("Åse Bjørnstjerne", "Łukasz №1 – “x” … €", "a\u00adb\u200bc", "two\nlines", "محمد", "שלום", "➜ ▪"):
        assert printable(text) == text
    assert printable("a\x00b\x7f\tc") == "ab c"


def test_marks_that_cannot_be_printed_where_they_stand_go():
    """Each may be printed alone and not together."""
    for text in (MARKED, "é" + MARKED):
        printed("processing", {"language": "nb", "desk": text, "title": text, "foot": text, "facts": [[text, text]], "activities": []})
    assert bare("é e\u0301 山\u05ad\u202e") == "é é ?"
