"""The OpenAPI document is true: whatever is sent, allowed by it or not, the answer is as it says.

Schemathesis makes the requests, against a desk whose records have known names, so that they are met.
"""

from __future__ import annotations

import copy
import io
import json
import os
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.pytest.lazy import get_all_tests
from sqlalchemy import select, update

from contacts.activity import Activity
from contacts.address import Holding
from contacts.agent import Agent, Team
from contacts.campaign import Campaign, CampaignMember
from contacts.company import Company, ServiceLevel
from contacts.custom_field import CustomField
from contacts.duplicate_pair import DuplicatePair
from contacts.editing import create_person
from contacts.enrolling import add_agent, new_token
from contacts.file import File
from contacts.infotag import Infotag
from contacts.legal_hold import LegalHold
from contacts.note import Note
from contacts.order import Order
from contacts.person import Employment, Person
from contacts.project import Project, ProjectMember
from contacts.relation import Relation, RelationKind
from contacts.sale import Sale, SaleMember, SaleStage
from contacts.selection import Selection
from core.clock import now
from core.database import Database, database
from core.operations import Operation
from desk.inbound import InboundMail
from desk.mailboxes import add_mailbox
from desk.outbound import OutboundMail
from desk.privacy.kept import PrivacyReport, ReportPerson
from desk.rights.case import RightsCase
from desk.tickets.message import Attachment, Message
from desk.web import create_app
from desk.web.api.openapi import document
from desk.web.api.routing import ROUTES
from tests.conftest import _copy, forget_caches
from tests.desk.web.api.conftest import Caller, arriving
from tests.letters_made import mail

#: First word of a path → the record that is met there.
NAMED: dict[str, tuple[Any, str]] = {
    "persons": (Person, "1" * 24), "companies": (Company, "2" * 24), "messages": (Message, "3" * 24),
    "attachments": (Attachment, "4" * 24), "inbound": (InboundMail, "5" * 24), "outbound": (OutboundMail, "6" * 24),
    "operations": (Operation, "7" * 24), "reports": (Operation, "7" * 24), "undo": (Operation, "7" * 24), "agents": (Agent, "8" * 24), "teams": (Team, "9" * 24),
    "service-levels": (ServiceLevel, "c" * 24), "relations": (Relation, "d" * 24), "relation-kinds": (RelationKind, "e" * 24), "selections": (Selection, "11" * 12),
    "activities": (Activity, "f" * 24), "sales": (Sale, "12" * 12), "projects": (Project, "13" * 12), "campaigns": (Campaign, "14" * 12),
    "orders": (Order, "15" * 12), "notes": (Note, "0" * 24),
    "duplicates": (DuplicatePair, "10" * 12), "custom-fields": (CustomField, "20" * 12), "infotags": (Infotag, "30" * 12), "sale-stages": (SaleStage, "50" * 12),
    "files": (File, "40" * 12), "legal-holds": (LegalHold, "60" * 12), "privacy-reports": (PrivacyReport, "61" * 12), "rights-cases": (RightsCase, "62" * 12),
}
WITHIN = {"aid": (Holding, "a" * 24), "eid": (Employment, "b" * 24)}
#: Who takes part, below each kind of record.
MEMBERS = {"sales": (SaleMember, "16" * 12), "projects": (ProjectMember, "17" * 12), "campaigns": (CampaignMember, "18" * 12)}
#: An import whose columns may be chosen, beside the last operation.
IMPORT = "50" * 12
OTHER = {"number": [1, 2], "pid": ["1" * 24], "address": ["support@desk.example"], "key": ["intake.unknown_sender", "contacts.bin_days", "notes"]}
#: What bodies name, so that some of them are not refused for it.
KNOWN = {"mailbox": ["support@desk.example"], "requester": ["1" * 24], "person_id": ["1" * 24], "company_id": ["2" * 24], "kind_id": ["e" * 24], "stage": ["Offer sent"],
         "to_company": ["2" * 24],
         "assignee": ["me"], "our_contact": ["nora@desk.example"], "support_contact": ["nora@desk.example"]}
#: Requests made at random for each operation, beside those at every edge of the document.
EXAMPLES = int(os.environ.get("SKRANKE_TEST_EXAMPLES", "5"))
CONFIG = SchemathesisConfig.from_dict({
    "seed": 1, "generation": {"deterministic": True, "database": "none", "allow-x00": True},
    # A request may fit the document and be refused for what the desk knows (422), or be too late (412).
    "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "308", "404", "409", "412", "422"]},
               "negative_data_rejection": {"expected-statuses": ["401", "403", "404", "405", "409", "412", "422"]}}})


def named() -> dict[str, Any]:
    """The document, with names of records that there are."""
    made = copy.deepcopy(document())
    for path, operations in made["paths"].items():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path":
                    parameter["schema"] = {**parameter["schema"], "enum": _names(path, parameter["name"])}
    for model in made["components"]["schemas"].values():
        for name, field in model.get("properties", {}).items():
            if name in KNOWN and "additionalProperties" in model:
                nothing = [None] if {"type": "null"} in field.get("anyOf", ()) else []
                field.clear()
                field["enum"] = [*KNOWN[name], *nothing]
    return made


def _names(path: str, name: str) -> list[Any]:
    if name == "mid":
        return [MEMBERS[path.split("/")[3]][1]]
    if path.split("/")[3] == "imports":
        return [IMPORT]
    return OTHER[name] if name in OTHER else [(WITHIN[name] if name in WITHIN else NAMED[path.split("/")[3]])[1]]


schema = schemathesis.openapi.from_dict(named(), config=CONFIG)
SETTINGS = settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
                    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large])
OPERATIONS = [(method.upper(), path) for path, operations in document()["paths"].items() for method in operations]
load_all_checks()
#: The application, made once: it asks for its database at every request.
stage: list[Flask] = []
schema.app = lambda environ, start_response: stage[0](environ, start_response)


@pytest.fixture(scope="module")
def filled(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Path, str]]:
    """A desk in which every path leads somewhere: its database, its secret and the token of an admin."""
    folder = tmp_path_factory.mktemp("filled")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SKRANKE_DATA", str(folder))
        for made in _copy(template, folder):
            environment.setenv("SKRANKE_DATABASE_URL", made.engine.url.render_as_string(hide_password=False))
            forget_caches()
            token = _fill(made)
            database().engine.dispose()
            made.engine.dispose()
            yield made, folder / "keys" / "secret", token
    stage.clear()
    forget_caches()


def _fill(made: Database) -> str:
    with made.write() as db:
        add_mailbox(db, "support@desk.example", "Support")
        nora, jonas = add_agent(db, "nora@desk.example"), add_agent(db, "jonas@desk.example", role="admin")
        tokens = [new_token(db, nora), new_token(db, jonas)]
        first, second = (create_person(db, {"last_name": name}, by=None, exempt=True) for name in ("Vik", "Wik"))
        db.add(LegalHold(of="person", record_id=second.id, record_uid=second.uid, reason="A claim", basis="authority", review_on=date(2030, 1, 1)))
        db.add(DuplicatePair(person_id=first.id, other_id=second.id, points=50, evidence=[]))
    stage.append(create_app())
    agent, admin = (Caller(stage[0].test_client(), token) for token in tokens)
    arriving(made, mail(text="One.", subject="One"))
    arriving(made, mail(text="Two.", subject="Two"))
    company = admin.post("/companies", {"name": "Nordlys AS"})
    admin.post("/persons", {"first_name": "Eva", "last_name": "Lie", "addresses": [{"value": "eva@nordlys.example"}],
                            "employments": [{"company_id": company["id"]}]})
    admin.post("/teams", {"name": "Second line"})
    admin.post("/activities", {"title": "Ask about training", "company_id": company["id"]})
    admin.post(f"/companies/{company['id']}/notes", {"text": "Likes coffee."})
    admin.post("/custom-fields", {"name": "Interests"})
    admin.post("/infotags", {"name": "Golf"})
    for key in ("sales", "projects", "campaigns"):
        made_one = admin.post(f"/{key}", {"title" if key == "sales" else "name": "Scanners"})
        admin.post(f"/{key}/{made_one['id']}/members", {"person_ids": [admin.get("/persons?q=eva")["items"][0]["id"]]})
    admin.post("/orders", {"company_id": company["id"], "lines": [{"text": "Scanner", "quantity": 2, "price": 100}]})
    admin.post("/service-levels", {"name": "Gold", "first_answer_minutes": 60})
    eva = admin.get("/persons?q=eva")["items"][0]["id"]
    kind = admin.post("/relation-kinds", {"between": "person-company", "name": "patron of"})
    admin.post("/relations", {"kind_id": kind["id"], "first": {"person_id": eva}, "second": {"company_id": company["id"]}})
    admin.post("/selections", {"name": "Some", "of": "persons"})
    admin.post("/imports?wait=true", data={"file": (io.BytesIO(b"Name,Company\nEva Lie,Nordlys AS\n"), "a.csv")}, content_type="multipart/form-data")
    admin.post("/mailboxes/support@desk.example/test")
    agent.post("/tickets/1/replies", {"text": "Hello."})
    with made.write() as db:
        db.add(Attachment(name="a.txt", type="text/plain", size=1, digest="0" * 64, message_id=1))
        db.add(File(name="a.txt", type="text/plain", size=1, digest="0" * 64, company_id=db.scalar(select(Company.id))))
        db.flush()
        db.execute(update(Operation).where(Operation.kind == "persons.import").values(uid=IMPORT))
        for kind, uid in (*NAMED.values(), *WITHIN.values(), *MEMBERS.values()):
            last = db.scalar(select(kind.id).order_by(kind.id.desc()).limit(1))
            db.execute(update(kind).where(kind.id == last).values(uid=uid))
        eva = db.scalars(select(Person).where(Person.uid == "1" * 24)).one()
        db.execute(update(Holding).where(Holding.uid == "a" * 24).values(person_id=eva.id))
        report = PrivacyReport(uid="61" * 12, language="en", made_at=now(), until=now() + timedelta(days=9))
        db.add(report)
        db.flush()
        db.add(ReportPerson(report_id=report.id, person_uid=eva.uid))
    return tokens[1]


@pytest.fixture
def desk(
    filled: tuple[Database, Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: tuple[str, str],
) -> Iterator[str]:
    """This desk, for what writes a copy of it; the token."""
    for made in [filled[0]] if operation[0] == "GET" else _copy(filled[0].engine.url.database or "", tmp_path):
        monkeypatch.setenv("SKRANKE_DATABASE_URL", made.engine.url.render_as_string(hide_password=False))
        monkeypatch.setenv("SKRANKE_SECRET_FILE", str(filled[1]))
        forget_caches()
        yield filled[2]
        database().engine.dispose()


@pytest.fixture(params=OPERATIONS, ids=" ".join)
def operation(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Method and path."""
    return request.param


def test_every_answer_is_as_the_document_says(operation: tuple[str, str], desk: str) -> None:
    """What is sent is made up here, for one operation: ``schema.parametrize`` makes all of it up in every process that collects, which takes a minute."""
    def check(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {desk}"})

    [made] = get_all_tests(schema=schema.include(method=operation[0], path=operation[1]), test_func=check, settings=SETTINGS, given_kwargs=None)
    made.ok()[1]()


def test_document_is_served_to_anybody(nobody):
    answer = nobody.call("GET", "/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json["openapi"].startswith("3.1.")
    assert answer.json == json.loads(json.dumps(document()))


def test_every_route_served_is_in_the_document(app):
    served = {(method, rule.rule.removeprefix("/api/v1")) for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1")
              for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert served - {("GET", "/openapi.json")} == {(route.method, route.path) for route in ROUTES}


def test_what_the_manual_calls_still_to_come_is_not_there():
    manual = (Path(__file__).parents[4] / "docs" / "api.md").read_text()
    coming = re.findall("`([^`]+)`", manual.partition("These answer 404")[2].partition("\n\n")[0])
    assert coming and [route.path for route in ROUTES if not {*coming, "chat"}.isdisjoint(route.path.split("/"))] == []


def test_every_route_is_in_the_manual():
    manual = (Path(__file__).parents[4] / "docs" / "api.md").read_text()
    paths = {(route.method, re.sub(r"<(?:[a-z]+:)?([a-z]+)>", r"{\1}", route.path)) for route in ROUTES}
    assert [f"{method} {path}" for method, path in paths if f"| `{method} {path}` |" not in manual] == []
