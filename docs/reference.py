"""Writes ``docs/reference.md`` from the code: ``.venv/bin/python -m docs.reference``. A test compares the two."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click

from core.history import Fact
from core.options import OPTIONS
from core.queue import BELLS
from core.settings import Settings
from jobs.timetable import TIMETABLE
from rules import acknowledging, automatic, intake
from skranke.cli import skranke

PAGE = Path(__file__).with_name("reference.md")
FACTS = ("contacts.facts", "desk.tickets.facts")


def page() -> str:
    """The whole page."""
    parts = (settings(), options(), commands(), jobs(), rules(), facts())
    return ("# Reference\n\nWritten from the code by `python -m docs.reference`; do not edit it by hand.\n\n"
            + "\n".join("\n".join(lines) + "\n" for lines in parts))


def settings() -> Iterator[str]:
    """Environment variables."""
    yield "## Settings\n"
    yield "From the environment, or without `SKRANKE_` and in lower case in `skranke.toml` in the data folder.\n"
    yield "| setting | default | means |\n|---|---|---|"
    for name, field in Settings.model_fields.items():
        yield f"| `SKRANKE_{name.upper()}` | {_code(field.default)} | {field.description} |"


def options() -> Iterator[str]:
    """What an admin switches."""
    yield "## Options\n"
    yield "Switched by an admin on the settings pages or with `PUT /api/v1/settings/{key}`; those marked with a dot may " \
          "differ for a mailbox.\n"
    yield "| option | default | means |\n|---|---|---|"
    for name, option in OPTIONS.items():
        yield f"| `{name}`{' •' if option.per_mailbox else ''} | {_code(option.default)} | {option.means} |"


def commands() -> Iterator[str]:
    """The command line."""
    yield "## Commands\n"
    yield "| command | does |\n|---|---|"
    for words, command in _commands(skranke, ["skranke"]):
        arguments = [p.make_metavar(click.Context(command)) for p in command.params if isinstance(p, click.Argument)]
        options_ = [f"[{p.opts[0]}]" for p in command.params if isinstance(p, click.Option)]
        yield f"| `{' '.join([*words, *arguments, *options_])}` | {_first(command.help)} |"


def jobs() -> Iterator[str]:
    """What workers do, and when."""
    yield "## Jobs\n"
    yield "Rung for as soon as there is something to do, at the latest a second later:\n"
    yield "| bell | queue | does |\n|---|---|---|"
    for bell, (queue, path) in BELLS.items():
        module, _, name = path.rpartition(".")
        yield f"| `{bell}` | {queue} | {_first(getattr(import_module(module), name).__doc__)} |"
    yield "\nAt certain times (cron, local time of the machine), once however many timetables run:\n"
    yield "| job | when | does |\n|---|---|---|"
    for entry in TIMETABLE:
        yield f"| `{entry.name}` | `{entry.when}` | {_first(entry.job.__doc__)} |"


def rules() -> Iterator[str]:
    """The tables of policy."""
    for title, rows in (
        ("What becomes of a mail", [(r.asks.__name__, r.act, r.why) for r in intake.ACTS]),
        ("Whether the sender gets a record", [(r.asks.__name__, r.act, r.why) for r in intake.PERSONS]),
        ("What counts as written by a machine", [(r.name, r.kind, r.why) for r in automatic.CHAIN])):
        yield f"## {title}\n"
        yield "The first rule that fits decides.\n\n| rule | outcome | because |\n|---|---|---|"
        yield from (f"| `{name}` | {outcome} | {why} |" for name, outcome, why in rows)
        yield ""
    yield "## When no acknowledgement is sent\n"
    yield from (f"- {reason.why}" for reason in acknowledging.REASONS)
    yield ""


def facts() -> Iterator[str]:
    """What the history knows."""
    yield "## Facts\n"
    yield "What happened is written down as one of these: uids, numbers and enums, never prose about a person.\n"
    yield "| fact | holds | means |\n|---|---|---|"
    for kind, fact in sorted(known_facts().items()):
        held = ", ".join(f"`{name}`" for name in inspect.signature(fact).parameters)
        yield f"| `{kind}` | {held} | {_first(fact.__doc__)} |"


def known_facts() -> dict[str, type[Fact]]:
    """Every fact that the desk can record."""
    for module in FACTS:
        import_module(module)
    return {kind: fact for kind, fact in Fact.registry.items() if fact.__module__ in FACTS}


def _commands(group: click.Group, words: list[str]) -> Iterator[tuple[list[str], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, [*words, name])
        elif command is not None:
            yield [*words, name], command


def _code(value: object) -> str:
    return f"`{value}`" if value not in ("", None) else ""


def _first(text: str | None) -> str:
    """The first paragraph, on one line, fit for a cell."""
    return " ".join((text or "").strip().partition("\n\n")[0].split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
