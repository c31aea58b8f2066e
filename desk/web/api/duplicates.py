"""Persons who may be one: the pairs, saying that they are two, and looking through the register anew."""

from __future__ import annotations

import base64
import json

from contacts.duplicate_review import Place, open_pairs, pair_called, take_back, tell_apart
from contacts.duplicate_scan import scan
from core.database import LARGEST_ID
from core.errors import Refused
from core.i18n import N_
from desk.web.api.bearer import me
from desk.web.api.finding import the_person
from desk.web.api.paging import Listed
from desk.web.api.routing import delete, get, post
from desk.web.api.schemas.desk import Operation
from desk.web.api.schemas.duplicates import Duplicate, DuplicatesAsked
from desk.web.api.shapes.duplicates import duplicate
from desk.web.api.shapes.operations import operation
from desk.web.requests import db, ring_after


@get("/duplicates", refuses=(404,))
def index(asked: DuplicatesAsked) -> Listed[Duplicate]:
    """Pairs that nobody has looked at, the likeliest first; of one person with `person`."""
    leaf = open_pairs(db(), after=_read(asked.cursor), limit=asked.most, person=the_person(asked.person) if asked.person else None)
    return Listed[Duplicate](items=[duplicate(pair) for pair in leaf.pairs], next=_written(leaf.next) if leaf.next else None)


@post("/duplicates/<uid:uid>/not-the-same", status=200)
def create(uid: str) -> Duplicate:
    """They are two persons. It is remembered: no scan shows them again."""
    pair = pair_called(db(), uid)
    tell_apart(db(), pair, by=me())
    return duplicate(pair)


@delete("/duplicates/<uid:uid>/not-the-same", status=200)
def destroy(uid: str) -> Duplicate:
    """They may be one after all."""
    pair = pair_called(db(), uid)
    take_back(db(), pair, by=me())
    return duplicate(pair)


@post("/duplicates/scan", status=202, admin=True)
def begin() -> Operation:
    """Look through the register. Where a scan is at work, that is it."""
    found = scan(db(), by=me().uid)
    ring_after("operations")
    return operation(found)


def _written(place: Place) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read(cursor: str) -> Place | None:
    if not cursor:
        return None
    try:
        points, row = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if type(points) is int and type(row) is int and abs(points) <= LARGEST_ID and 0 <= row <= LARGEST_ID:
            return points, row
    except (ValueError, TypeError):
        pass
    raise Refused(N_("This page of the list is not there any more. Start from the top."), {"cursor": "Unknown."})
