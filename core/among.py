"""Rows that are named one by one, many at a time."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, Boolean, Integer, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class among(FunctionElement[bool]):  # noqa: N801 - it reads as a condition
    """``column IN values``, for numbers or texts, as one value: an array on PostgreSQL, JSON on SQLite. The statement is the same however many
    they are, where a name for each would be written out and read again every time."""

    name = "among"
    type = Boolean()
    inherit_cache = True

    def __init__(self, column: Any, values: Collection[int] | Collection[str]) -> None:
        listed = list(values)
        kind = Integer() if isinstance(column.type, Integer) else String()
        super().__init__(column, bindparam(None, listed, type_=ARRAY(kind), unique=True), bindparam(None, json.dumps(listed), type_=String(), unique=True))

    def self_group(self, against: Any = None) -> Any:
        """As it stands: SQLite would be asked whether it equals 1, and use no index."""
        return self


@compiles(among, "postgresql")
def _as_array(element: among, compiler: SQLCompiler, **options: Any) -> str:
    column, array, _listed = element.clauses
    return f"{compiler.process(column, **options)} = ANY ({compiler.process(array, **options)})"


@compiles(among, "sqlite")
def _as_json(element: among, compiler: SQLCompiler, **options: Any) -> str:
    column, _array, listed = element.clauses
    return f"{compiler.process(column, **options)} IN (SELECT value FROM json_each({compiler.process(listed, **options)}))"        # noqa: S608 - two names of ours
