"""The form of a person: what it is filled with, and what is done with what was posted."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from sqlalchemy import select

from contacts.address import KINDS, Holding
from contacts.addressing import add_address, holdings_of, make_primary, retire
from contacts.agent import Agent
from contacts.company import Business, Category, ServiceLevel
from contacts.doors import through
from contacts.editing import create_person, edit_person, reindex, stand_on
from contacts.employing import work_at
from contacts.handing_on import one_is_primary
from contacts.person import Person
from contacts.purpose import BASES, USUAL
from core.errors import Conflict, Refusals, Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.options import option
from desk.web.chosen import chosen_id
from desk.web.company_field import typed_company
from desk.web.following import followed
from desk.web.forms import errors_of, posted, ticked, version
from desk.web.pages import page
from desk.web.presenting.alike import alike
from desk.web.presenting.choices import LANGUAGES, agents, listed, service_levels
from desk.web.presenting.own_fields import own_controls, own_differences, own_posted, own_values
from desk.web.presenting.rights import case_line
from desk.web.requests import db
from desk.web.required import filled_in, own_filled_in, required
from desk.web.signing_in import me

TEXTS = ("first_name", "last_name", "title", "customer_number")
FLAGS = ("private_customer", "block_mass_mail")
#: Fields of a person that the form calls otherwise.
CALLED = {"employments": "company", "preferred_language": "language"}
#: Field of the form → field of the person, and what its uid is looked up in.
CHOSEN: dict[str, tuple[str, Any]] = {
    "service_level": ("service_level_id", ServiceLevel), "support_contact": ("support_contact_id", Agent),
    "our_contact": ("our_contact_id", Agent), "category": ("category_id", Category), "business": ("business_id", Business)}


def made() -> Person:
    """A new person of what was posted. Raises Refused."""
    with through(db(), "form", nevertheless=ticked("nevertheless")):
        return _made()


def _made() -> Person:
    wrong, fields = Refusals(), _fields()
    company = wrong(typed_company, posted("company"))
    job = [{"company": company, "position": posted("position") or None}] if company else []
    if fields.get("our_contact_id") is None:
        fields.pop("our_contact_id", None)
    person = wrong(create_person, db(), fields, by=me(), employments=job, exempt=bool(wrong.found), basis=_basis(), custom=own_posted("person"))
    wrong(_addresses, person or _anybody())
    wrong(filled_in, _typed(), None)
    wrong(own_filled_in, "person", own_posted("person"), None)
    wrong.settle()
    assert person is not None
    return person


def changed(person: Person) -> None:
    """Save what was posted. Raises Conflict where a colleague has changed the person since, and Refused."""
    if version() is not None and version() != person.version:
        raise Conflict(N_("A colleague has changed this person in the meantime. Nothing of yours is lost: where the two "
                          "of you differ, theirs stands below the field. Save again to keep yours."),
                       _differences(person) | own_differences(person, own_posted("person")))
    wrong, own, own_before = Refusals(), own_posted("person"), own_values(person)
    before = values_of(person) | dict.fromkeys((h.address.kind for h in holdings_of(db(), person)), True)
    company = wrong(typed_company, posted("company"))
    with through(db(), "form", nevertheless=ticked("nevertheless")):
        wrong(edit_person, db(), person, _fields(), by=me(), custom=own)
        if _basis():
            wrong(stand_on, db(), person, _basis(), by=me())
        if not wrong.found:
            wrong(work_at, db(), person, company, posted("position"), by=me())
        moved = wrong(_addresses, person)
    wrong(filled_in, _typed(), before)
    wrong(own_filled_in, "person", own, own_before)
    wrong.settle()
    if moved:
        person.raise_version()


def form_page(person: Person | None, refused: Refused | None = None) -> str:
    """The form, empty, filled with the person, or with what was typed and what is wrong with it."""
    errors = errors_of(refused, CALLED) if refused else {}
    values = values_of(person) if person else _begun()
    if refused:
        values |= {name: request.form.get(name, "") for name in values} | {name: ticked(name) for name in FLAGS}
    back = url_for("persons.show", uid=person.uid) if person else url_for("persons.index")
    form = {"values": values, "new": person is None, "title": person.name if person else _("New person"), "back_url": back,
            "action": url_for("persons.update", uid=person.uid) if person else url_for("persons.create"),
            "duplicates": alike(refused), "nevertheless": bool(refused and refused.more.get("nevertheless")),
            "addresses": _typed_addresses(errors, "person_id" in refused.more and "duplicates" not in refused.more) if refused else _held(person),
            "version": person.version if person else None,
            "own": own_controls("person", own_posted("person") if refused else own_values(person), errors)}
    return page("web/persons/form.html", current="persons", following=case_line(followed(person)) if person else None, form=form, errors=errors, languages=LANGUAGES,
                bases=[(name, _(label)) for name, label in BASES.items()], service_levels=service_levels(db(), values["service_level"]), agents=agents(db()), categories=listed(db(), Category),
                businesses=listed(db(), Business), companies=[], companies_url=url_for("companies.suggest"),
                company_required=option(db(), "contacts.company_required"), service=option(db(), "features.service"), required=required())


def values_of(person: Person) -> dict[str, Any]:
    """What the form of a person is filled with."""
    job = person.employment
    found: dict[str, Any] = {name: getattr(person, name) or "" for name in TEXTS} | {
        name: getattr(person, name) for name in FLAGS}
    found |= {name: _uid(kind, getattr(person, column)) for name, (column, kind) in CHOSEN.items()}
    return found | {"language": person.preferred_language or "", "status": person.status,
                    "company": job.company.name if job else "", "position": (job.position or "") if job else "",
                    "basis": standing.basis if (standing := person.standing_bases.get(USUAL)) is not None and standing.holds else ""}


def _begun() -> dict[str, Any]:
    """A new person as links begin one: ``?name=``, ``?company=``, ``?email=``."""
    first, _space, last = request.args.get("name", "").strip().rpartition(" ")
    empty = dict.fromkeys((*TEXTS, *CHOSEN, "language", "position"), "")
    return {**empty, **dict.fromkeys(FLAGS, False), "status": "active", "first_name": first, "last_name": last,
            "company": request.args.get("company", ""), "our_contact": me().uid, "category": me().defaults.get("category", ""),
            "business": me().defaults.get("business", ""), "basis": option(db(), "contacts.legal_basis")}


def _fields() -> dict[str, Any]:
    found: dict[str, Any] = {name: posted(name) for name in TEXTS} | {name: ticked(name) for name in FLAGS}
    for name, (column, kind) in ((name, one) for name, one in CHOSEN.items() if name in request.form):
        found[column] = chosen_id(kind, name)
    spoken = {"preferred_language": posted("language") or None} if "language" in request.form else {}
    return found | spoken | {"status": posted("status") or "active"}


def _basis() -> str:
    return posted("basis") if posted("basis") in BASES else ""


def _typed() -> dict[str, Any]:
    """Field of the form → what stands in it; of addresses whether there is one of the kind."""
    return {**request.form.to_dict(), **dict.fromkeys((row["kind"] for row in _rows() if row["value"]), True)}


def _addresses(person: Person) -> bool:
    """Bring what the person holds to what the rows say, and tell whether that changed anything.

    What has no row (a colleague added it) stays. Raises Refused with the row in its name.
    """
    held = {holding.uid: holding for holding in holdings_of(db(), person)}
    standing = {(holding.id, holding.primary) for holding in held.values()}
    wrong = Refusals()
    for n, row in enumerate(_rows()):
        holding = wrong(_settled, person, held.get(row["uid"]), row, n)
        if holding is not None and row["primary"] and not holding.primary:
            make_primary(db(), holding)
    wrong.settle()
    one_is_primary(db(), person)
    if standing == {(holding.id, holding.primary) for holding in holdings_of(db(), person)}:
        return False
    reindex(db(), person)
    return True


def _anybody() -> Person:
    """Whose addresses are looked at where the person cannot be made: nothing of it is kept."""
    return create_person(db(), {"last_name": "?"}, by=me(), exempt=True)


def _settled(person: Person, holding: Holding | None, row: dict[str, Any], n: int) -> Holding | None:
    try:
        return _settle(person, holding, row, share=str(n) in request.form.getlist("address_share"))
    except Refused as refused:
        said = refused.errors.get("value") or refused.sentence
        beside = {name: text for name, text in refused.errors.items() if name in TEXTS}
        raise type(refused)(refused.sentence, beside | {f"address-{n}": said}, **refused.more) from refused


def _settle(person: Person, holding: Holding | None, row: dict[str, Any], *, share: bool) -> Holding | None:
    if holding is not None and (holding.address.kind, holding.address.value) == (row["kind"], row["value"]):
        return holding
    if holding is not None:
        retire(db(), holding, by=me())
    if not row["value"]:
        return None
    label = holding.label if holding is not None and holding.address.kind == row["kind"] else ""
    return add_address(db(), person, row["kind"], row["value"], label=label, by=me(), share=share)


def _rows() -> list[dict[str, Any]]:
    columns = [request.form.getlist(f"address_{name}") for name in ("uid", "kind", "value")]
    primary = {request.form.get(f"address_primary_{kind}") for kind in KINDS}
    return [{"uid": uid, "kind": kind, "value": value.strip(), "primary": str(n) in primary}
            for n, (uid, kind, value) in enumerate(zip(*columns, strict=False))]


def _held(person: Person | None) -> list[dict[str, Any]]:
    if person is None:
        begun = request.args.get("email", "")
        return [{"kind": "email", "value": begun, "primary": True}] if begun else []
    return [{"uid": h.uid, "kind": h.address.kind, "value": h.address.value, "primary": h.primary}
            for h in holdings_of(db(), person)]


def _typed_addresses(errors: dict[str, str], shareable: bool) -> list[dict[str, Any]]:
    rows = _rows()
    for n, row in enumerate(rows):
        row["number"], row["error"] = n, errors.get(f"address-{n}", "")
        row["shared"] = str(n) in request.form.getlist("address_share")
        row["shareable"] = row["shared"] or (shareable and bool(row["error"]))
    return [row for row in rows if row["value"] or row["uid"]]


def _differences(person: Person) -> dict[str, str]:
    """Field → what a colleague made of it, where that is not what was typed."""
    now = values_of(person)
    labels = {name: dict(offered) for name, offered in (
        ("service_level", service_levels(db(), _uid(ServiceLevel, person.service_level_id))), ("support_contact", agents(db())), ("our_contact", agents(db())),
        ("category", listed(db(), Category)), ("business", listed(db(), Business)), ("language", LANGUAGES))}
    typed = {name: ticked(name) if name in FLAGS else request.form.get(name, "").strip() for name in now}
    held = {holding.uid for holding in holdings_of(db(), person)}
    gone = {f"address-{n}": _("A colleague has taken this address away.")
            for n, row in enumerate(_rows()) if row["value"] and row["uid"] and row["uid"] not in held}
    return gone | {name: _("It is now: %(value)s", value=labels.get(name, {}).get(str(value), value) or _("empty"))
                   for name, value in now.items() if typed[name] != value and name not in FLAGS}


def _uid(kind: Any, row_id: int | None) -> str:
    return db().scalar(select(kind.uid).where(kind.id == row_id)) or "" if row_id is not None else ""
