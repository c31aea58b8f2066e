"""Declaring routes of the API: a view's signature says what it takes and gives, and the document is made of it.

A view may ask for ``given`` (the body, a pydantic model), ``asked`` (the query string, a model) and the names in
its path. What it returns is a model, a list of them, a response (with ``content``), or nothing (204).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, get_type_hints

from flask import Blueprint, Response, request
from flask.sansio.blueprints import BlueprintSetupState
from pydantic import BaseModel, TypeAdapter, ValidationError
from werkzeug.routing import BaseConverter

from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk import idempotency
from desk.access import needs_admin
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import lead_on
from desk.web.requests import db

View = TypeVar("View", bound=Callable[..., Any])
PREFIX = "/api/v1"
bp = Blueprint("api", __name__, url_prefix=PREFIX)


class Uid(BaseConverter):
    """The random name of a record."""

    regex = "[0-9a-f]{24}"


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path, as it is served and documented."""

    method: str
    path: str
    name: str
    says: str
    status: int
    given: Any
    asked: type[BaseModel] | None
    gives: Any
    content: str
    admin: bool
    moves: bool
    upload: Callable[[], Any] | None
    refuses: tuple[int, ...]


ROUTES: list[Route] = []


def route(
    method: str, path: str, *, status: int = 0, content: str = "", admin: bool = False, moves: bool = False,
    upload: Callable[[], Any] | None = None, refuses: tuple[int, ...] = (),
) -> Callable[[View], View]:
    """Serve a view. ``content`` is the media type of a response made by the view itself, ``moves`` says that it may
    answer 308 to the survivor of a merge, ``upload`` reads a file in place of a body, ``refuses`` names statuses beyond those every such route has."""
    def declare(view: View) -> View:
        hints = get_type_hints(view, include_extras=True)
        gives = None if content else hints["return"]
        gives = None if gives is type(None) else gives
        says = (view.__doc__ or "").strip()
        made = Route(method, path, f"{view.__module__.rpartition('.')[2]}.{view.__name__}", says,
                     status or (200 if gives or content else 204), hints.get("given"), hints.get("asked"), gives, content,
                     admin, moves, upload, refuses)
        ROUTES.append(made)
        bp.add_url_rule(path, made.name.replace(".", "_"), _served(made, view), methods=[method])
        return view
    return declare


def get(path: str, **more: Any) -> Callable[[View], View]:
    """Reading."""
    return route("GET", path, **more)


def post(path: str, **more: Any) -> Callable[[View], View]:
    """Making something, or doing something to it."""
    return route("POST", path, **more)


def put(path: str, **more: Any) -> Callable[[View], View]:
    """Replacing."""
    return route("PUT", path, **more)


def patch(path: str, **more: Any) -> Callable[[View], View]:
    """Changing some fields."""
    return route("PATCH", path, **more)


def delete(path: str, **more: Any) -> Callable[[View], View]:
    """Taking away."""
    return route("DELETE", path, **more)


def may_be_left_out(given: Any) -> bool:
    """Whether a request may come without the body that it may have."""
    return bool(getattr(given, "may_be_left_out", False))


def _served(made: Route, view: Callable[..., Any]) -> Callable[..., Response]:
    reads = TypeAdapter(made.given) if made.given and not made.upload else None
    writes = TypeAdapter(made.gives) if made.gives else None

    empty = b"{}" if may_be_left_out(made.given) else b""

    @wraps(view)
    def served(**names: Any) -> Response:
        if made.asked is None and request.args:
            raise Refused(N_("What was sent cannot be taken like this."), dict.fromkeys(list(request.args)[:50], _("Not known here.")))
        if made.asked:
            if twice := [name for name, values in request.args.lists() if len(values) > 1]:
                raise Refused(N_("What was sent cannot be taken like this."), dict.fromkeys(twice[:50], _("Say it once.")))
            names["asked"] = _checked(lambda: made.asked.model_validate(request.args.to_dict()))  # type: ignore[union-attr]
        if made.upload:
            names["given"] = made.upload()
        elif reads:
            names["given"] = _checked(lambda: reads.validate_json(request.get_data() or empty, strict=True))
        if made.admin:
            needs_admin(me())
        key = request.headers.get("Idempotency-Key") if made.method == "POST" else None
        if key is not None and made.moves:
            lead_on(made.path, names)
        if key is not None and (first := _first(key, names.get("given") if made.upload else None)) is not None:
            return _answer(first.status, first.body, _version(first.body))
        result = view(**names)
        if made.content:
            return result  # type: ignore[no-any-return]
        db().flush()
        body = writes.dump_json(result, by_alias=True).decode() if writes else ""
        if key is not None:
            idempotency.keep(db(), me(), key, made.status, body)
        return _answer(made.status, body, getattr(result, "version", None))
    return served


def _checked(read: Callable[[], Any]) -> Any:
    """What was sent, as the model says. Raises Refused with a sentence for each field."""
    try:
        return read()
    except ValidationError as error:
        fields = {".".join(map(str, e["loc"])) or "body": e["msg"] for e in error.errors(include_url=False, include_input=False)}
        raise Refused(N_("What was sent cannot be taken like this."), dict(list(fields.items())[:50])) from error


def _first(key: str, upload: Any) -> idempotency.IdempotentAnswer | None:
    if not re.fullmatch(r"[\x21-\x7e]{1,200}", key):
        raise Refused(N_("An Idempotency-Key has between 1 and 200 visible characters."), {"Idempotency-Key": "Too long or empty."})
    body = upload.digest.encode() if upload is not None else request.get_data()
    asked = hashlib.sha256(f"{request.method} {request.full_path}\0".encode() + body).digest()
    return idempotency.begin(db(), me(), key, asked)


def _version(body: str) -> int | None:
    """The version of the record in an answer that was kept."""
    kept = json.loads(body or "null")
    return kept.get("version") if isinstance(kept, dict) else None


def _answer(status: int, body: str, version: int | None = None) -> Response:
    response = Response(body, status, mimetype="application/json")
    if status == 204:
        del response.headers["Content-Type"]
    if version is not None:
        response.headers["ETag"] = versions.tag(version)
    return response


def _converters(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["uid"] = Uid
    state.app.csrf.exempt(bp)  # type: ignore[attr-defined]


bp.record_once(_converters)
