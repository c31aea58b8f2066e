"""``skranke token``: keys for programs that use the API."""

from __future__ import annotations

import click

from contacts.enrolling import agent_called, new_token
from skranke.opening import opened


@click.group()
def token() -> None:
    """Tokens for the API."""


@token.command()
@click.argument("email")
@click.option("--name", default="command line", show_default=True, help="What it is for, as the agent's profile shows it.")
def add(email: str, name: str) -> None:
    """Make a token that acts as this agent, and print it, alone. It cannot be shown again."""
    with opened().write() as db:
        made = new_token(db, agent_called(db, email), name)
    click.echo(made)
