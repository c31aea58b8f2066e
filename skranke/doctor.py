"""``skranke doctor``: checks everything and says what is wrong and how to mend it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import click

from core.outage import is_outage
from skranke import examining, examining_mail
from skranke.examining import Finding

#: In the order in which a trouble explains the next.
EXAMINATIONS: tuple[Callable[[], Iterator[Finding]], ...] = (
    examining.data_folder, examining.settings_read, examining.secret, examining.database_reached, examining.erasures, examining.files_reached, examining.redis_reached,
    examining.clock, examining.ports, examining.agents, examining_mail.certificate, examining_mail.relay,
    examining_mail.mailboxes, examining_mail.ledgers,
)
MARKS = {True: ("ok", "green"), False: ("WRONG", "red"), None: ("note", "yellow")}


@click.command()
def doctor() -> None:
    """Check everything; end with status 1 where something is wrong."""
    wrong = 0
    for examination in EXAMINATIONS:
        for finding in findings(examination):
            wrong += finding.fine is False
            tell(finding)
    click.echo("Nothing is wrong." if not wrong else f"{wrong} thing{'s' if wrong > 1 else ''} to mend.")
    sys.exit(1 if wrong else 0)


def findings(examination: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What an examination finds; one that breaks off is a finding too."""
    try:
        yield from examination()
    except Exception as error:  # noqa: BLE001 - an examination that fails must not hide what the others find
        name = examination.__name__.replace("_", " ")
        if is_outage(error):                # that the database is away was said above, and is one thing to mend
            yield Finding(None, f"The check of {name} wants the database first.")
            return
        yield Finding(False, f"The check of {name} broke off: {type(error).__name__}: {str(error).splitlines()[0]}",
                      "Mend what is wrong above first.")


def tell(finding: Finding) -> None:
    """One line, and one that says how to mend it."""
    mark, colour = MARKS[finding.fine]
    click.echo(f"{click.style(f'{mark:<6}', fg=colour)} {finding.found}")
    if finding.mend:
        click.echo(f"       {finding.mend}")
