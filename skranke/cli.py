"""The command line. Each command lives in a module of its own, loaded when it is asked for."""

from __future__ import annotations

import sys
from importlib import import_module
from tomllib import TOMLDecodeError

import click
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from core.errors import Refused
from core.settings import toml

COMMANDS = {
    "up": "skranke.up:up",
    "web": "skranke.parts:web",
    "gate": "skranke.parts:gate",
    "worker": "skranke.parts:worker",
    "timetable": "skranke.parts:timetable",
    "db": "skranke.db:db",
    "backup": "skranke.backup:backup",
    "restore": "skranke.restore:restore",
    "doctor": "skranke.doctor:doctor",
    "agent": "skranke.agent:agent",
    "token": "skranke.token:token",
    "mailbox": "skranke.mailbox:mailbox",
    "mail": "skranke.mail:mail",
}


class Commands(click.Group):
    """A group whose commands are imported when called: ``--help`` of one need not load the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command, or None where there is no such."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="skranke")
def skranke() -> None:
    """Skranke, a service desk integrated with e-mail and chat."""


def main() -> None:
    """Run a command; what is refused, or cannot be had from the machine, is said in a sentence and ends with status 1."""
    try:
        skranke.main(standalone_mode=True)
    except Refused as refused:
        _end(refused.sentence, *(f"  {field}: {sentence}" for field, sentence in refused.errors.items()))
    except ValidationError as wrong:
        _end("Some settings cannot be used.", *(
            f"  SKRANKE_{'_'.join(map(str, one['loc'])).upper()}: {one['msg'].removeprefix('Value error, ')}"
            for one in wrong.errors(include_url=False)))
    except TOMLDecodeError as wrong:
        _end(f"{toml()} cannot be read: {wrong}.")
    except OperationalError as away:
        _end(f"The database does not answer: {str(away.orig).strip()}")
    except UnicodeError:
        _end("What was given is not text in UTF-8.")
    except OSError as error:
        _end(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")


def _end(*lines: str) -> None:
    for line in lines:
        click.echo(line, err=True)
    sys.exit(1)
