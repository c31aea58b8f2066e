"""What there is to translate: every message in the Python of all packages and in the templates.

A message is the first argument of ``_``, ``gettext`` or ``N_``, both forms of ``ngettext``, and of an error for
people (:mod:`core.errors`) its sentence and its field errors, which the edge translates when it answers.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("core", "rules", "contacts", "desk", "mailgate", "jobs", "skranke")
WORDS = ("_", "gettext", "N_", "sentence")
ERRORS = ("Refused", "Unknown", "Forbidden", "Conflict", "Stale", "Gone")

#: A message, or the two forms of one that counts.
Message = str | tuple[str, str]


def messages(root: Path = ROOT) -> set[Message]:
    """All messages of the source tree at ``root``."""
    found: set[Message] = set()
    for path in sources(root):
        found.update(in_python(ast.parse(path.read_text("utf-8"), path)))
    for path in templates(root):
        found.update(in_template(path))
    return found


def sources(root: Path = ROOT) -> Iterator[Path]:
    """The Python files that have messages; a table of migrations has none."""
    for package in PACKAGES:
        yield from (path for path in sorted((root / package).rglob("*.py")) if "migrations" not in path.parts)


def templates(root: Path = ROOT) -> Iterator[Path]:
    """The templates of pages and mails."""
    for pattern in ("*.html", "*.txt"):
        yield from sorted((root / "templates").rglob(pattern))


def in_python(tree: ast.AST) -> Iterator[Message]:
    """The messages of a module."""
    for call in calls(tree):
        if name(call) == "ngettext":
            one, many = (next(constants(argument), "") for argument in call.args[:2])
            if one:
                yield (one, many)
        else:
            yield from (text for said in spoken(call) for text in constants(said))


def in_template(path: Path) -> Iterator[Message]:
    """The messages of a template."""
    with path.open("rb") as file:
        for _line, function, said, _comments in babel_extract(
                file, ("_", "gettext", "ngettext"), (), {"trimmed": "true", "silent": "false"}):
            first, *more = said if isinstance(said, tuple) else (said,)
            if first:
                yield (first, more[0] or "") if function == "ngettext" else first


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls whose arguments are for people."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and name(node) in (*WORDS, *ERRORS, "ngettext"):
            yield node


def name(call: ast.Call) -> str:
    """What is called, without the module in front."""
    function = call.func
    return function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""


def spoken(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call that are messages: the first, and of an error the values of its field errors."""
    yield call.args[0]
    if name(call) in ERRORS:
        given = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "errors")]
        yield from (value for errors in given if isinstance(errors, ast.Dict) for value in errors.values)


def constants(said: ast.expr) -> Iterator[str]:
    """The texts an expression can be: itself, or either side of a choice."""
    if isinstance(said, ast.IfExp):
        yield from constants(said.body)
        yield from constants(said.orelse)
    elif isinstance(said, ast.Constant) and isinstance(said.value, str) and said.value:
        yield said.value
