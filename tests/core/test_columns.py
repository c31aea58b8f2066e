"""Every column is declared: personal or not, what erasing does, whether a report shows it, how long it is kept."""

from typing import get_args

import pytest

from core import schema
from core.database import Erasing, Kept

COLUMNS = [c for table in schema.metadata().tables.values() for c in table.columns]


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_column_is_declared(column):
    assert set(column.info) == {"personal", "erase", "report", "kept"}
    assert column.info["erase"] in get_args(Erasing)
    assert column.info["kept"] in get_args(Kept)
    if not column.info["personal"]:
        assert column.info["erase"] == "keep"
        assert column.info["report"] is False


def test_text_from_outside_is_personal():
    """A free text that customers write is never declared plain."""
    table = schema.metadata().tables["messages"]
    assert all(table.c[name].info["personal"] for name in ("subject", "text", "visible", "html", "from_address"))
