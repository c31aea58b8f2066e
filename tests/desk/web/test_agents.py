"""Agents and teams in the settings."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent, PasswordReset, Team
from core.database import Database
from desk.access import visible_mailbox_ids
from desk.mailboxes import Mailbox, add_mailbox
from desk.outbound import OutboundMail

FORM = {"name": "Kari Moe", "email": "kari@desk.example", "role": "agent", "language": "nb", "active": "1"}


def named(database: Database, email: str) -> Agent:
    with database.read() as db:
        return db.scalars(select(Agent).where(Agent.email == email)).one()


def closed_mailbox(database: Database) -> Mailbox:
    with database.write() as db:
        mailbox = add_mailbox(db, "board@desk.example", "Board")
        mailbox.open_to_all = False
        return mailbox


def test_new_agent_gets_a_link_in_their_language(admin_client: FlaskClient, fresh_database: Database) -> None:
    mailbox = closed_mailbox(fresh_database)
    answer = admin_client.post("/settings/agents", data=FORM | {"mailboxes": mailbox.uid})
    assert answer.status_code == 303
    kari = named(fresh_database, "kari@desk.example")
    assert (kari.role, kari.language, kari.password_hash) == ("agent", "nb", "")
    with fresh_database.read() as db:
        mail = db.scalars(select(OutboundMail)).one()
        assert (mail.recipients, mail.language) == (["kari@desk.example"], "nb") and "/reset/" in mail.text
        assert db.scalars(select(PasswordReset.agent_id)).one() == kari.id
        assert visible_mailbox_ids(db, kari) == [mailbox.id]
    assert "kari@desk.example" in admin_client.get("/settings/agents").text


def test_taken_and_wrong_ones_are_refused(admin_client: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    for changed, said in (({"email": "nora@desk.example"}, "already an agent"), ({"email": "x"}, "Write it like"),
                          ({"role": "king"}, "agent or admin")):
        answer = admin_client.post("/settings/agents", data=FORM | changed)
        assert answer.status_code == 422 and said in answer.text, changed
    with fresh_database.read() as db:
        assert db.scalars(select(OutboundMail)).all() == []


def test_who_loses_a_role_is_signed_out(
    admin_client: FlaskClient, agent_client: FlaskClient, nora: Agent, fresh_database: Database,
) -> None:
    form = FORM | {"name": "Nora Vik", "email": nora.email, "role": "admin"}
    assert admin_client.post(f"/settings/agents/{nora.uid}", data=form).status_code == 303
    assert agent_client.get("/profile").status_code == 303
    assert named(fresh_database, nora.email).role == "admin"


def test_who_is_let_go_is_signed_out_and_stays_in_the_list(
    admin_client: FlaskClient, agent_client: FlaskClient, nora: Agent,
) -> None:
    form = {name: value for name, value in FORM.items() if name != "active"} | {"name": "Nora Vik", "email": nora.email}
    admin_client.post(f"/settings/agents/{nora.uid}", data=form)
    assert agent_client.get("/profile").status_code == 303
    assert "switched off" in admin_client.get("/settings/agents").text


def test_the_last_admin_stays_admin(admin_client: FlaskClient, jonas: Agent, fresh_database: Database) -> None:
    form = FORM | {"name": "Jonas Berg", "email": jonas.email, "role": "agent"}
    answer = admin_client.post(f"/settings/agents/{jonas.uid}", data=form)
    assert answer.status_code == 422 and "This is the only admin." in answer.text
    assert named(fresh_database, jonas.email).role == "admin"


def test_nobody_locks_themselves_out(admin_client: FlaskClient, jonas: Agent, fresh_database: Database) -> None:
    form = {"name": "Jonas Berg", "email": jonas.email, "role": "admin", "language": "en"}
    assert admin_client.post(f"/settings/agents/{jonas.uid}", data=form).status_code == 303
    assert named(fresh_database, jonas.email).active


def test_a_colleagues_edit_is_not_overwritten(admin_client: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    form = FORM | {"email": nora.email, "version": str(nora.version)}
    assert admin_client.post(f"/settings/agents/{nora.uid}", data=form | {"name": "Nora V."}).status_code == 303
    answer = admin_client.post(f"/settings/agents/{nora.uid}", data=form | {"name": "Nora W."})
    assert answer.status_code == 409 and "Nora W." in answer.text
    assert named(fresh_database, nora.email).name == "Nora V."


def test_reset_sends_a_link(admin_client: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    assert admin_client.post(f"/settings/agents/{nora.uid}/password").status_code == 303
    with fresh_database.read() as db:
        assert db.scalars(select(OutboundMail.recipients)).one() == [nora.email]


def test_team_is_made_changed_and_dissolved(
    admin_client: FlaskClient, nora: Agent, jonas: Agent, fresh_database: Database,
) -> None:
    admin_client.post("/settings/teams", data={"name": "Workshop", "members": [nora.uid]})
    with fresh_database.read() as db:
        team = db.scalars(select(Team)).one()
        assert [agent.name for agent in team.members] == ["Nora Vik"]
    assert admin_client.post("/settings/teams", data={"name": "Workshop"}).status_code == 422
    assert admin_client.post("/settings/teams", data={"name": " "}).status_code == 422
    admin_client.post(f"/settings/teams/{team.uid}", data={"name": "Garage", "members": [nora.uid, jonas.uid]})
    assert "Garage" in admin_client.get("/settings/agents").text
    assert admin_client.get(f"/settings/teams/{team.uid}").text.count("checked") >= 2
    admin_client.post(f"/settings/teams/{team.uid}/end")
    with fresh_database.read() as db:
        assert db.scalars(select(Team)).all() == []


def test_an_agent_is_put_into_teams_from_their_own_form(
    admin_client: FlaskClient, nora: Agent, fresh_database: Database,
) -> None:
    admin_client.post("/settings/teams", data={"name": "Workshop"})
    with fresh_database.read() as db:
        uid = db.scalars(select(Team.uid)).one()
    form = FORM | {"name": "Nora Vik", "email": nora.email}
    admin_client.post(f"/settings/agents/{nora.uid}", data=form | {"teams": uid})
    with fresh_database.read() as db:
        assert [agent.uid for agent in db.scalars(select(Team)).one().members] == [nora.uid]
    admin_client.post(f"/settings/agents/{nora.uid}", data=form)
    with fresh_database.read() as db:
        assert db.scalars(select(Team)).one().members == []
