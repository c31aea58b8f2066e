"""The OpenAPI 3.1 document, made of the routes as they are served and the models they take and give."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, get_origin

from flask import Response, json
from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from core.database import LARGEST_ID
from desk.web.api.routing import PREFIX, ROUTES, Route, bp, may_be_left_out
from desk.web.api.schemas.common import Problem

VERSION = "1"
ABOUT = """The desk for programs. Ids are random names, tickets go by their number; times are RFC 3339 in UTC. Lists give
`{"items": [...], "next": cursor}`, the newest first unless `sort` says otherwise. Errors are problem details (RFC 9457).
A record's `version` is its `ETag`; with `If-Match` nobody overwrites what has moved on. A POST that is repeated under the
same `Idempotency-Key` within a day gets the first answer."""
REFUSED = {
    308: "Merged: its survivor is at `Location`.", 401: "No token, or none of an active agent.",
    403: "Only an admin can do this.", 404: "There is no such thing, or the agent may not know of it.",
    409: "Somebody else was first, or holds it.", 412: "It has moved on since it was read.", 413: "Too large.",
    422: "Refused: `detail` and `errors` say why.", 503: "The database or the store of the files does not answer just now.",
}
KINDS: dict[str, dict[str, Any]] = {
    "int": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
    "uid": {"type": "string", "pattern": "^[0-9a-f]{24}$"},
    "": {"type": "string", "minLength": 1, "maxLength": 320, "pattern": "^[^/]+$"},
}
_NAME = re.compile(r"<(?:(\w+):)?(\w+)>")


@bp.get("/openapi.json")
def openapi() -> Response:
    """The document. Anybody may read it."""
    return Response(_written(), mimetype="application/json")


@lru_cache(maxsize=1)
def _written() -> str:
    return json.dumps(document())


def document() -> dict[str, Any]:
    """The whole of it, as data."""
    refs, definitions = _models()
    paths: dict[str, Any] = {}
    for route in ROUTES:
        path = PREFIX + _NAME.sub(lambda found: f"{{{found[2]}}}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, refs)
    return {
        "openapi": "3.1.0", "info": {"title": "Skranke", "version": VERSION, "description": ABOUT},
        "servers": [{"url": "/"}], "security": [{"token": []}], "paths": paths,
        "components": {"schemas": definitions, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _models() -> tuple[dict[Any, Any], dict[str, Any]]:
    """Every model that a route takes or gives, once; ``$ref`` by route and direction."""
    inputs: list[tuple[Any, JsonSchemaMode, TypeAdapter[Any]]] = [("problem", "serialization", TypeAdapter(Problem))]
    for route in ROUTES:
        if route.given and not route.upload:
            inputs.append((_key(route.given), "validation", TypeAdapter(route.given)))
        if route.gives:
            inputs.append((_key(route.gives), "serialization", TypeAdapter(route.gives)))
    unique = list({(key, mode): (key, mode, adapter) for key, mode, adapter in inputs}.values())
    refs, more = TypeAdapter.json_schemas(unique, ref_template="#/components/schemas/{model}")
    return refs, more["$defs"]


def _key(kind: Any) -> str:
    """A list says of itself only that it is one: what it is of counts."""
    return f"{kind.__module__}.{kind.__qualname__}" if isinstance(kind, type) and get_origin(kind) is None else str(kind)


def _operation(route: Route, refs: dict[Any, Any]) -> dict[str, Any]:
    summary, _break, rest = route.says.partition("\n\n")
    made: dict[str, Any] = {
        "operationId": route.name, "summary": " ".join(summary.split()), "tags": [route.path.split("/")[1]],
        "parameters": [*_in_path(route), *_in_query(route), *_in_head(route)], "responses": _responses(route, refs)}
    if rest:
        made["description"] = rest
    if route.upload:
        made["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": {
            "type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}}}}
    elif route.given:
        made["requestBody"] = {"required": not may_be_left_out(route.given), "content": {"application/json": {
            "schema": refs[_key(route.given), "validation"]}}}
    return made


def _in_path(route: Route) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": KINDS[kind]}
            for kind, name in _NAME.findall(route.path)]


def _in_query(route: Route) -> list[dict[str, Any]]:
    if route.asked is None:
        return []
    schema = route.asked.model_json_schema(by_alias=True)
    return [{"name": name, "in": "query", "required": False, "description": field.pop("description", ""),
             "schema": _plain(field)} for name, field in schema["properties"].items()]


def _plain(field: dict[str, Any]) -> dict[str, Any]:
    """The schema of a value in a query string, where nothing is null."""
    kinds = [kind for kind in field.pop("anyOf", []) if kind != {"type": "null"}]
    field = {name: value for name, value in {**field, **(kinds[0] if kinds else {})}.items() if name != "title"}
    if field.get("default", "") is None:
        del field["default"]
    return field


def _in_head(route: Route) -> list[dict[str, Any]]:
    if route.method in ("PATCH", "PUT", "DELETE"):
        return [{"name": "If-Match", "in": "header", "required": False, "description": "The version that was read, as in `ETag`.",
                 "schema": {"type": "string"}}]
    if route.method == "POST":
        return [{"name": "Idempotency-Key", "in": "header", "required": False,
                 "description": "A repeat under the same key gets the first answer.",
                 "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}}]
    return []


def _responses(route: Route, refs: dict[Any, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done."}
    if route.content:
        good["content"] = {route.content: {}}
    elif route.gives:
        good["content"] = {"application/json": {"schema": refs[_key(route.gives), "serialization"]}}
    problem = {"application/problem+json": {"schema": refs["problem", "serialization"]}}
    return {str(route.status): good, **{str(status): {
        "description": REFUSED[status], "content": problem} for status in sorted(_refusals(route))}}


def _refusals(route: Route) -> set[int]:
    """Statuses that follow from what a route is, and those it names."""
    writes = route.method != "GET"
    found = {401, 422, 503, *route.refuses}
    if writes:
        found |= {409, 413}
    if "<" in route.path:
        found |= {404}
    if route.method in ("PATCH", "PUT", "DELETE"):
        found |= {412}
    if route.admin:
        found |= {403}
    if route.moves:
        found |= {308}
    return found
