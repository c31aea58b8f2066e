"""A report is printed: tagged, in the reader's language, and what stands in names is never taken for typst."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from datetime import date

import pytest

from contacts.company import Company
from core.i18n import speaking
from desk.reports.asking import Asked, report
from desk.reports.drawing import Line, chart
from desk.reports.folding import add
from desk.reports.periods import Period
from desk.reports.printing import pdf_of

NAME = '#panic("no") $x$ *_`<a> \\ "AS"'


def count(db, support, company):
    for measure in ("in", "out", "up", "kept"):
        for dimension, value in (("total", ""), ("company", company)):
            add(db, {(dimension, measure, "2026-11-03", support.id, value, 0): 9})
    add(db, {("total", "first", "2026-11-03", support.id, "", 45): 9})


def text_of(pdf, tmp_path):
    (tmp_path / "report.pdf").write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", str(tmp_path / "report.pdf"), "-"], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def found(db, support):
    company = Company(name=NAME, sort_name="a", order_key="a")
    db.add(company)
    db.flush()
    count(db, support, company.uid)
    return report(db, Asked(Period(date(2026, 11, 1), date(2026, 11, 30)), "before", (support.id,)))


def test_it_is_tagged_for_screen_readers(found):
    pdf = pdf_of(found, desk="Skranke")
    plain = pdf + b"".join(_inflated(part) for part in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S))
    assert pdf.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in plain
    assert re.search(rb"pdfuaid:part[>=\"']+1", plain)
    assert b"/Lang" in plain


def _inflated(stream):
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="no pdftotext here")
def test_names_are_text(found, tmp_path):
    told = text_of(pdf_of(found, desk="Skranke"), tmp_path)
    assert NAME in " ".join(told.split()) or '#panic("no")' in told
    assert "Tickets in" in told


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="no pdftotext here")
def test_it_speaks_the_readers_language(found, tmp_path):
    with speaking("da"):
        pdf = pdf_of(found, desk="Skranke")
    assert "Sager ind" in text_of(pdf, tmp_path)


def test_a_report_of_nothing_is_printed(db, support):
    empty = report(db, Asked(Period(date(2020, 1, 1), date(2020, 1, 31)), "none", (support.id,)))
    assert pdf_of(empty, desk="Skranke").startswith(b"%PDF")


def test_a_chart_says_its_names_as_text():
    drawn = chart([Line("<b>in</b>", [1, None, 3], "#000"), Line("one", [None, 2, None], "#000", "2 3")], ["a", "b", "c"], str)
    assert "&lt;b&gt;in" in drawn
    assert drawn.count("<polyline") == 1
    assert drawn.count("<circle") == 1
