"""Who is in the bin stands nowhere that an agent can open, and is everywhere again when restored (S63-S65, S68-S71)."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.binning import bin_company, bin_person
from contacts.company import Company
from contacts.enrolling import new_token
from contacts.person import Person
from core.database import Database
from desk.tickets import returning
from jobs import fanout
from tests.desk.web.planting import (
    API,
    ASKED,
    FIRM,
    FIRST,
    LAST,
    MAIL,
    STARTS,
    WORDS,
    Planted,
    Walk,
    plant,
    walk,
)
from tests.desk.web.tickets.conftest import Arrive, support  # noqa: F401
from tests.desk.web.tickets.conftest import arrive as arrive
from tests.letters_made import mail
from tests.residue import rows

pytestmark = pytest.mark.timeout(900)      # some two thousand pages
#: Where a page carries what is new each time, or counts changes.
MOVING = re.compile(r'name="(csrf_token|once|version|standing|mark|last|into_version)" value="[^"]*"|nonce="[^"]*"|<meta name="csrf-token"[^>]*>|<span class="rail__count">\d+</span>|/drafts/[0-9a-f]{24}|name="draft" value="[^"]*"| row-item--unread|<td class="soft">never</td>|draft=[0-9a-f]{24}|\d+ min\b|\bnow\b|(DTSTAMP|LAST-MODIFIED|REV|SEQUENCE)[:;]\S+|'
                    r'"version": ?\d+|version=\d+|data-version="\d+"|\d+ (days?|h)\b')
#: What is no card, list or feed of the register: the desk's own, and what an agent does not get to.
ELSEWHERE = re.compile(r"^(sessions|passwords|profile|totp|addresses|tokens|health|assets|static|confirmations|digests|outbox|mailbox|policies|policy_|blocked|inbound|outbound|"
                       r"agents|teams|levels|hours|routing|settings|wordings|options|alerts|explanations|duplicate_rules|custom_fields|infotag_list|relation_kinds|stages|layout|"
                       r"bin|canned|purposes|retention_rules|legal_holds|erased_addresses|erasures|restrictions|lookups|disclosures|privacy_reports|handed_reports|rights\.|certificates|processing|identities|unsubscriptions|reports\.(file|show)|"
                       r"api\.(openapi|bin|legal_holds|retention_rules|restrictions|disclosures|rights_|inbound|outbound|mailboxes|settings|levels|teams|agents|custom_fields|intake_rules|rules|relation_kinds|sale_stages|infotags_show|"
                       r"infotags_index$|imports|selections_criteria|privacy_reports|reports_printed|reports_show|bases_index))")
#: Where nothing of the planted leads, for want of such a file, import, or merge under way.
UNREACHED = {"companies.end", "mailings.edit", "imports.edit", "attachments.show", "attachments.picture", "api.files_show", "messages.html", "company_tabs.show", "api.operations_result"}


@pytest.fixture
def planted(fresh_database: Database, arrive: Arrive, nora: Agent, jonas: Agent) -> Planted:
    return plant(fresh_database, arrive, nora, jonas)


@pytest.fixture
def token(fresh_database: Database, nora: Agent) -> str:
    with fresh_database.write() as db:
        return new_token(db, db.get_one(Agent, nora.id))


def starts(planted: Planted) -> list[str]:
    return [*STARTS, *planted.places, *ASKED, *(f"/api/v1/{path}" for path in API), f"/persons/{planted.person}", f"/companies/{planted.company}", f"/persons/{planted.companion}"]


def deleted(database: Database, by: Agent, planted: Planted) -> None:
    with database.write() as db:
        bin_person(db, db.scalars(select(Person).where(Person.uid == planted.person)).one(), by=db.get_one(Agent, by.id))


def restored(database: Database, by: Agent, planted: Planted) -> None:
    with database.write() as db:
        returning.restore_person(db, db.scalars(select(Person).where(Person.uid == planted.person)).one(), by=db.get_one(Agent, by.id))


def test_nowhere_while_in_the_bin_and_everywhere_again(
    app: Flask, agent_client: FlaskClient, fresh_database: Database, jonas: Agent, planted: Planted, token: str, arrive: Arrive,
) -> None:
    """S63, S65, S68, S69, S71: every page, list, suggestion, export, feed and the API, walked as an agent before, while the person lies in the bin, and
    after, when every row and page is as it was; with what they write meanwhile (section 0.18); and while their company does. One desk: a walk takes long."""
    before = walk(app, agent_client, token, starts(planted))
    stood = before.at(*WORDS)
    reachable = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not ELSEWHERE.match(rule.endpoint)}
    missing = sorted(reachable - before.endpoints - UNREACHED)
    assert not missing, " ".join(missing)
    assert len(stood) > 150 and len(before.at(FIRM)) > 50
    was = standing(fresh_database)
    deleted(fresh_database, jonas, planted)
    assert standing(fresh_database) != was
    assert walk(app, agent_client, token, before.seen).at(*WORDS) == {}
    if fresh_database.dialect == "postgresql":
        return                  # every page has been asked there; what is compared is the same on both
    restored(fresh_database, jonas, planted)
    as_it_was(app, agent_client, fresh_database, token, before, was)
    writes_meanwhile(app, agent_client, fresh_database, jonas, planted, token, arrive)
    a_company_is_named_nowhere(app, agent_client, fresh_database, jonas, planted, token, before)


def as_it_was(app: Flask, client: FlaskClient, database: Database, token: str, before: Walk, was: dict[str, set[str]]) -> None:
    """S68, S71: ``restore(delete(x)) == x``: in every row of every table but the history and what counts changes, and on every page."""
    is_now = standing(database)
    assert {name: (was[name] - is_now[name], is_now[name] - was[name]) for name in was if was[name] != is_now[name]} == {}
    after = walk(app, client, token, before.seen, follow=False)
    assert set(before.at(*WORDS)) - set(after.at(*WORDS)) == set()
    differ = [url for url, body in before.seen.items() if MOVING.sub("", body) != MOVING.sub("", after.seen[url])]
    assert [url for url in differ if not TELLS_OF_IT.search(url) and "Restored" not in after.seen[url]] == []
    assert FIRST in after.seen["/persons"]


def writes_meanwhile(app: Flask, client: FlaskClient, database: Database, jonas: Agent, planted: Planted, token: str, arrive: Arrive) -> None:
    """What a person in the bin writes names them nowhere either, until they are back."""
    deleted(database, jonas, planted)
    written = arrive(mail(f"{FIRST} {LAST} <{MAIL}>", subject="And another thing"))
    fanout.run()
    places = [f"/tickets/{written.number}", f"/tickets/{written.number}/requester", f"/api/v1/tickets/{written.number}", "/tickets", "/tickets?view=all",
              "/notifications", "/search/hits?q=another"]
    assert walk(app, client, token, places, follow=False).at(*WORDS) == {}
    restored(database, jonas, planted)
    assert FIRST in walk(app, client, token, places[:1], follow=False).seen[places[0]]


def a_company_is_named_nowhere(
    app: Flask, client: FlaskClient, database: Database, jonas: Agent, planted: Planted, token: str, before: Walk,
) -> None:
    """S69: with those who went along, and on the cards of those who stayed."""
    with database.write() as db:
        bin_company(db, db.scalars(select(Company).where(Company.uid == planted.company)).one(), by=db.get_one(Agent, jonas.id), persons=True)
    assert walk(app, client, token, before.seen, follow=False).at(FIRM, *WORDS) == {}
    with database.write() as db:
        returning.restore_company(db, db.scalars(select(Company).where(Company.uid == planted.company)).one(), by=db.get_one(Agent, jonas.id))
    assert set(before.at(FIRM)) - set(walk(app, client, token, before.at(FIRM), follow=False).at(FIRM)) == set()


#: Pages that tell of the deletion and its end, as a history does, or begin something new each time.
TELLS_OF_IT = re.compile(r"history|^/tickets/new|/notifications|/live|/search/hits$|only=recent|/tokens")


def standing(database: Database) -> dict[str, set[str]]:
    """Table → rows, without what tells that something happened and how often, and what an index counts by itself."""
    told = ("facts", "fact_subjects", "changes", "outbox", "alembic_version", "sqlite_stat", "sqlite_sequence", "sessions", "at_hand", "lookups", "recently_seen")
    with database.read() as db:
        found = {name: some for name, some in rows(db).items() if not name.startswith(told) and "_search" not in name}
    return {name: {re.sub(r"^version=\d+$", "", row, flags=re.MULTILINE) for row in some} for name, some in found.items()}
