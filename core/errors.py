"""Errors as sentences for people: what did not happen and why. The edges turn them into answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar

from core.i18n import N_

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class Refused(Exception):
    """The request was understood and cannot be done (422). ``errors`` maps field names to sentences."""

    status = 422

    def __init__(self, sentence: str, errors: Mapping[str, str] | None = None, **more: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.errors = dict(errors or {})
        self.more = more


class Unknown(Refused):
    """There is no such thing, or the asker may not know of it (404)."""

    status = 404


class Forbidden(Refused):
    """The asker may not do this (403)."""

    status = 403


class Conflict(Refused):
    """Somebody else was first, or somebody else holds it (409)."""

    status = 409


class Stale(Refused):
    """The record has moved on since it was read (412)."""

    status = 412


class Gone(Refused):
    """It was erased (410)."""

    status = 410


class Away(Refused, OSError):
    """A store that keeps things for us does not answer, or not as it should; it may again (503). ``str`` is for admins."""

    status = 503

    def __init__(self, why: str) -> None:
        super().__init__(N_("The store of the files does not answer just now. Nothing was changed. Try again in a moment."))
        self.why = why

    def __str__(self) -> str:
        return self.why


class Refusals:
    """What is wrong with a request in several places, said at once: nobody mends one field only to hear of the next."""

    def __init__(self) -> None:
        self.found: list[Refused] = []

    def __call__(self, check: Callable[Asked, Answer], *args: Asked.args, **named: Asked.kwargs) -> Answer | None:
        """What a check answers; None where it refuses, which is said in the end."""
        try:
            return check(*args, **named)
        except Refused as refused:
            self.found.append(refused)
            return None

    def settle(self) -> None:
        """Raises the one refusal there is, or one of all; where two speak of a field, the first is heard."""
        if not self.found:
            return
        if len(self.found) == 1:
            raise self.found[0]
        kinds = {type(refused) for refused in self.found}
        errors = {field: said for refused in reversed(self.found) for field, said in refused.errors.items()}
        more = {name: value for refused in reversed(self.found) for name, value in refused.more.items()}
        raise (kinds.pop() if len(kinds) == 1 else Refused)(N_("Some fields cannot be saved like this."), errors, **more)
