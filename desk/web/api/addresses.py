"""The addresses of a person."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from contacts.address import Holding
from contacts.addressing import add_address, correct_address, make_primary, retire
from contacts.doors import through
from contacts.editing import reindex
from contacts.handing_on import hand_on, one_is_primary
from contacts.letting_in import let_in
from contacts.person import Person
from core.errors import Refused, Unknown
from core.i18n import N_
from desk.access import needs_admin
from desk.confirming import send_link
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import person_named, the_person
from desk.web.api.routing import delete, patch, post
from desk.web.api.schemas.persons import Address, AddressChange, NewAddress, Share
from desk.web.api.shapes.persons import address
from desk.web.requests import db, ring_after


@post("/persons/<uid:uid>/addresses", status=201, moves=True, refuses=(409,))
def create(uid: str, given: NewAddress, asked: Share) -> Address:
    """Let the person hold one more. 409 names the person who holds it already; `share` allows that."""
    person = the_person(uid)
    if given.to is not None:
        raise Refused(N_("An address that is held no more cannot be added."), {"to": N_("Leave it empty.")})
    let_erased_in(given)
    with through(db(), "api", nevertheless=asked.nevertheless == "true"):
        holding = add_address(db(), person, given.kind, given.value, label=given.label, primary=given.primary, by=me(),
                              share=asked.share == "true")
    return _changed(person, holding)


@patch("/persons/<uid:uid>/addresses/<uid:aid>", moves=True)
def update(uid: str, aid: str, given: AddressChange, asked: Share) -> Address:
    """Put it right, label it, let it be used first, or let it be another person's from now on (`person_id`)."""
    person, named = the_person(uid), given.named()
    versions.unmoved(person.version)
    holding = _holding(person, aid)
    if "person_id" in named:
        return _moved(holding, given, named)
    if "value" in named:
        with through(db(), "api", nevertheless=asked.nevertheless == "true"):
            correct_address(db(), holding, given.value, by=me(), share=asked.share == "true")
    if "label" in named:
        holding.label = given.label
    if "primary" in named:
        make_primary(db(), holding)
    return _changed(person, holding)


@delete("/persons/<uid:uid>/addresses/<uid:aid>", moves=True)
def destroy(uid: str, aid: str) -> None:
    """The person holds it no more; what was written from it stays whose it was."""
    person = the_person(uid)
    versions.unmoved(person.version)
    holding = _holding(person, aid)
    retire(db(), holding, by=me())
    one_is_primary(db(), person)
    _changed(person, holding)


@post("/persons/<uid:uid>/addresses/<uid:aid>/verify", status=202, moves=True)
def verify(uid: str, aid: str) -> Address:
    """Mail a link to it, in the person's language. Once it is followed, the proof is `link`; it works once, and for a week."""
    holding = _holding(the_person(uid), aid)
    send_link(db(), holding, by=me())
    ring_after("outbound")
    return address(holding)


def let_erased_in(given: NewAddress) -> None:
    """An admin who gives a reason (``let_in``) lets an address be held again whose person was erased (PRIVACY.md, section 5). Raises Forbidden, and
    Refused where nobody of this address was erased."""
    if given.let_in is not None:
        needs_admin(me())
        let_in(db(), given.value, given.let_in, by=me())


def _moved(holding: Holding, given: AddressChange, named: Collection[str]) -> Address:
    if set(named) != {"person_id"}:
        raise Refused(N_("An address moves alone. Change the rest of it afterwards."), {"person_id": N_("Send it alone.")})
    return address(hand_on(db(), holding, person_named(given.person_id, "person_id"), by=me()))


def _holding(person: Person, uid: str) -> Holding:
    """What the person holds now under this id."""
    holding = db().scalar(select(Holding).where(
        Holding.uid == uid, Holding.person_id == person.id, Holding.until.is_(None)))
    if holding is None:
        raise Unknown(N_("There is no such address on this card."))
    return holding


def _changed(person: Person, holding: Holding) -> Address:
    """The person counts as changed, and is found by what they hold now."""
    person.raise_version()
    db().flush()
    reindex(db(), person)
    return address(holding)
