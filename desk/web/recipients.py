"""Addresses to write to, suggested while somebody types."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask_login import login_required
from sqlalchemy import select

from contacts.address import Address, Holding
from contacts.searching import search_persons
from desk.access import ticket_for
from desk.web.forms import whole
from desk.web.pages import fragment
from desk.web.presenting.card import card_at
from desk.web.presenting.composer import minded as what_is_known
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("recipients", __name__)
MOST = 8


@bp.get("/recipients")
@login_required
def index() -> Any:
    """Persons whose name, address or company has these letters: ``[{address, name}]``, primary addresses first."""
    query = request.args.get("q", "").strip()[:100]
    if len(query) < 2:
        return jsonify([])
    persons = {p.id: p for p in search_persons(db(), query, limit=MOST).rows}
    found = db().execute(select(Holding.person_id, Address.value).join(Address, Address.id == Holding.address_id).where(
        Holding.person_id.in_(persons), Holding.until.is_(None), Address.kind == "email", Address.health != "bouncing",
    ).order_by(Holding.primary.desc(), Holding.id).limit(3 * MOST))
    return jsonify([{"address": value, "name": persons[person_id].name} for person_id, value in found])


@bp.get("/recipients/minded")
@login_required
def minded() -> Any:
    """What is known of addresses that were typed: ``[{address, name, heed}]``, ``heed`` why to look twice on ``ticket``."""
    given = request.args.get("ticket", "")
    return jsonify(what_is_known(ticket_for(db(), me(), whole(given) or 0) if given else None, request.args.get("q", "")[:4000]))


@bp.get("/recipients/card")
@login_required
def card() -> str:
    """Who is written to first, as the piece of a page beside the composer of a new ticket."""
    return fragment("web/tickets/_beside.html", card=card_at(request.args.get("q", "")[:4000]))
