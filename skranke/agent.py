"""``skranke agent``: the people who work at the desk."""

from __future__ import annotations

import sys

import click

from contacts.agent import ROLES
from contacts.enrolling import add_agent, agent_called, set_password
from core.errors import Refused
from core.options import LANGUAGES, option
from skranke.opening import opened


@click.group()
def agent() -> None:
    """Agents: the people who work at the desk."""


@agent.command()
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="agent", show_default=True)
@click.option("--name", default="", help="As colleagues and customers see it.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the pages; the desk's own if not given.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, one line.")
def add(email: str, role: str, name: str, language: str | None, password_stdin: bool) -> None:
    """Add an agent. Without a password they choose one through “Forgot your password?”."""
    password = read_password() if password_stdin else ""
    with opened().write() as db:
        added = add_agent(db, email, password, name=name, role=role,
                          language=language or option(db, "desk.language"))
    click.echo(f"Added {added.name} <{added.email}>, {added.role}.")


@agent.command()
@click.argument("email")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
def password(email: str, password_stdin: bool) -> None:
    """Give an agent a new password; every sign-in of theirs ends."""
    chosen = read_password()
    with opened().write() as db:
        set_password(db, agent_called(db, email), chosen)
    click.echo("The password is changed.")


def read_password() -> str:
    """The first line of standard input, without its end."""
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise Refused("There was no password on standard input.")
    return given
