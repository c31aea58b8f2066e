"""Who gets into the settings: admins alone, whatever the route; agents keep to their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

#: Every endpoint that admins alone may use. A new one of these nouns fails the test below until it is thought about.
ADMINS = {
    "mailboxes": {"index", "new", "create", "edit", "update", "test", "destroy", "restore"},
    "mailbox_sign_ins": {"create", "show"},
    "policies": {"edit", "update"}, "inbound": {"index", "show", "raw", "replay"},
    "outbound": {"index", "show", "raw", "retry"},
    "agents": {"index", "new", "create", "edit", "update", "reset", "reset_totp"},
    "teams": {"new", "create", "edit", "update", "destroy"},
    "levels": {"index", "new", "create", "edit", "update", "place", "destroy", "restore"}, "hours": {"edit", "update"},
    "relation_kinds": {"index", "new", "create", "edit", "update", "place", "destroy", "restore"},
    "stages": {"index", "new", "create", "edit", "update", "place", "destroy", "restore"},
    "retention_rules": {"index", "switch_waiting", "plan", "edit", "preview", "update"},
    "legal_holds": {"index", "new", "create", "edit", "update", "destroy"},
    "purposes": {"index", "mailing", "new", "create", "edit", "update", "destroy", "restore"},
    "rights": {"index", "new", "create", "show", "update", "ask_identity", "go_on", "extend", "decide", "reopen"}, "certificates": {"index", "show"},
    "processing": {"edit", "update", "show"},
    "routing": {"index", "new", "create", "edit", "update", "place", "toggle", "destroy", "put_back"}, "absences": {"create"},
    "wordings": {"index", "edit", "preview", "update", "destroy"}, "options": {"edit", "update"}, "alerts": {"index"},
    "duplicate_rules": {"edit", "update"}, "duplicates": {"begin", "steer"},
    "explanations": {"new", "create", "show"}, "persons": {"destroy", "restore"}, "companies": {"end", "destroy", "restore"}, "bin": {"index", "restore", "restore_all"},
}
SIGNED_IN = {
    "profile": {"edit", "update"}, "absences": {"update"}, "passwords": {"change"}, "addresses": {"create", "again", "proof", "prove", "destroy"},
    "totp": {"create", "edit", "picture", "update", "destroy"},
    "tokens": {"index", "create", "destroy"}, "outbox": {"index", "show", "html", "raw"},
    "person_bases": {"index", "create", "destroy"},
    "persons": {"index", "new", "create", "show", "details", "edit", "update"}, "duplicates": {"index", "create", "undo", "merge_many"},
    "companies": {"index", "suggest", "new", "create", "show", "edit", "update"},
}
OPEN = {"sessions": {"new", "create", "second", "verify", "destroy"}, "passwords": {"new", "create", "edit", "update"},
        "health": {"healthz", "readyz", "metrics"}}


def routes(app: Flask, wanted: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Method and path of every endpoint, with invented ids."""
    names = {f"{noun}.{one}" for noun, ones in wanted.items() for one in ones}
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in names:
            path = rule.rule
            for name in rule.arguments:
                path = path.replace("<any(pdf, csv):ending>", "csv").replace(f"<{name}>", "0" * 24).replace(f"<int:{name}>", "1")
            found += [(method, path) for method in sorted(rule.methods & {"GET", "POST"})]
    assert len(found) >= len(names)
    return found


def test_every_route_of_these_nouns_is_sorted(app: Flask) -> None:
    sorted_ = {f"{noun}.{one}" for lists in (ADMINS, SIGNED_IN, OPEN) for noun, ones in lists.items() for one in ones}
    nouns = {name.partition(".")[0] for name in sorted_}
    assert {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in nouns} == sorted_


def test_agents_are_turned_away(app: Flask, agent_client: FlaskClient) -> None:
    for method, path in routes(app, ADMINS):
        answer = agent_client.open(path, method=method)
        assert answer.status_code == 403, f"{method} {path}"
        assert "Only an admin can open this page." in answer.text


@pytest.mark.parametrize("wanted", [ADMINS, SIGNED_IN], ids=["settings", "own"])
def test_visitors_are_asked_to_sign_in(app: Flask, visitor: FlaskClient, wanted: dict[str, set[str]]) -> None:
    for method, path in routes(app, wanted):
        answer = visitor.open(path, method=method)
        assert answer.status_code == 303 and answer.location.startswith("/sign-in"), f"{method} {path}"


def test_what_is_not_there_is_not_found(app: Flask, admin_client: FlaskClient) -> None:
    for method, path in routes(app, ADMINS):
        if "0" * 24 in path:
            assert admin_client.open(path, method=method).status_code == 404, f"{method} {path}"


def test_an_agent_keeps_the_rail_of_the_desk(agent_client: FlaskClient) -> None:
    page = agent_client.get("/tokens").text
    assert "/settings/mailboxes" not in page and "API tokens" in page


def test_every_page_refuses_foreign_scripts(signed_in: Callable[..., FlaskClient], admin_client: FlaskClient) -> None:
    policy = admin_client.get("/settings/mailboxes").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy


def test_every_page_of_the_settings_names_itself_once(app: Flask, admin_client: FlaskClient) -> None:
    titles = {}
    for path in ("mailboxes", "agents", "wording", "alerts", "desk", "mail-in", "mail-out", "unknown-senders", "explain", "teams/new", "routing", "routing/new",
                 "service-levels", "service-levels/new", "business-hours", "relations", "relations/new", "purposes", "purposes/new", "retention", "retention/notes", "holds", "holds/new", "sale-stages", "sale-stages/new"):
        page = admin_client.get(f"/settings/{path}").text
        titles[path] = page.partition("<title>")[2].partition("</title>")[0]
        assert f"<h1>{titles[path].removesuffix(' – Skranke')}</h1>" in page
    assert len(set(titles.values())) == len(titles)


def test_the_settings_have_an_address_of_their_own(admin_client: FlaskClient, agent_client: FlaskClient) -> None:
    assert admin_client.get("/settings").location == "/settings/mailboxes"
    assert agent_client.get("/settings").status_code == 403


def test_what_is_not_there_or_not_open_leaves_the_rail(agent_client: FlaskClient, visitor: FlaskClient) -> None:
    for path in ("/nowhere", "/settings/agents"):
        assert 'class="rail"' in agent_client.get(path).text
    assert 'class="rail"' not in visitor.get("/nowhere").text
