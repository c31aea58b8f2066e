"""Infotags and the photo: on the card, in history, list and API, and who may change what."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.infotag import Infotag, Tagged
from contacts.infotags import infotags_on, put_on, save_infotag
from contacts.merging import merge, unmerge
from contacts.person import Person
from core import files
from core.database import Database
from core.errors import Refused
from core.pictures import SIDE, square
from jobs.cleaning import unused
from tests.desk.web.tickets.conftest import page, post, statements, words

__all__ = ["statements"]


@pytest.fixture
def ingrid(fresh_database: Database, nora: Agent) -> Person:
    with fresh_database.write() as db:
        company = create_company(db, "Kunde AS", by=nora.uid)
        return create_person(db, {"first_name": "Ingrid", "last_name": "Solheim"}, by=db.get_one(Agent, nora.id), employments=[{"company": company}])


@pytest.fixture
def golf(fresh_database: Database, jonas: Agent) -> Infotag:
    with fresh_database.write() as db:
        return save_infotag(db, None, {"name": "Golf", "kind": "Interests"}, by=db.get_one(Agent, jonas.id))


def picture(size: tuple[int, int] = (600, 400), kind: str = "JPEG", **saved: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "navy").save(made, kind, **saved)
    return made.getvalue()


def uploading(client: FlaskClient, url: str, field: str, *contents: bytes, status: int = 303, name: str = "face.jpg", kind: str = "image/jpeg") -> Any:
    answer = client.post(url, data={field: [(io.BytesIO(one), name, kind) for one in contents]}, content_type="multipart/form-data")
    assert answer.status_code == status
    return answer


def test_an_agent_puts_tags_of_the_list_on_and_off(agent_client: FlaskClient, admin_client: FlaskClient, fresh_database: Database, ingrid: Person,
                                                   golf: Infotag) -> None:
    """C8, W5: the tab shows the infotags on the person, interests under their heading; the history says which came and went."""
    url = f"/persons/{ingrid.uid}/infotags"
    post(agent_client, url, infotag=golf.uid)
    post(agent_client, url, infotag=golf.uid)
    shown = page(agent_client, url)
    assert "<dt>Interests</dt>" in shown and "Golf" in shown and f'value="{golf.uid}"' not in shown
    post(agent_client, f"{url}/{golf.uid}/end")
    assert f'value="{golf.uid}"' in page(agent_client, url)
    history = words(page(agent_client, f"/persons/{ingrid.uid}/history"))
    assert "Infotag put on, Nora Vik" in history and "Infotag taken off, Nora Vik" in history and "Golf" in history
    with agent_client.post(url, data={"infotag": ""}) as answer:
        assert answer.status_code == 422


def test_an_admin_keeps_the_list(agent_client: FlaskClient, admin_client: FlaskClient, fresh_database: Database, ingrid: Person, golf: Infotag) -> None:
    """C8: a retired one stays where it was put and is put nowhere else; only admins change the list."""
    post(agent_client, f"/persons/{ingrid.uid}/infotags", infotag=golf.uid)
    for url in ("/settings/infotags", f"/settings/infotags/{golf.uid}"):
        page(agent_client, url, status=403)
    assert {agent_client.post(f"/settings/infotags{part}").status_code for part in (
        "", f"/{golf.uid}", f"/{golf.uid}/retirement", f"/{golf.uid}/restoration")} == {403}
    post(admin_client, "/settings/infotags", name="Sailing", kind="Interests")
    post(admin_client, "/settings/infotags", status=422, name="golf", kind="")
    post(admin_client, f"/settings/infotags/{golf.uid}", name="Golf and more", kind="Interests", version=str(golf.version))
    post(admin_client, f"/settings/infotags/{golf.uid}/retirement")
    assert "Golf and more" in page(agent_client, f"/persons/{ingrid.uid}/infotags") and "Sailing" in page(admin_client, "/settings/infotags")
    with fresh_database.write() as db:
        other, by, tag = create_person(db, {"last_name": "Moe"}, by=None, exempt=True), db.scalars(select(Agent)).first(), db.get_one(Infotag, golf.id)
        assert by is not None
        with pytest.raises(Refused):
            put_on(db, other, tag, by=by)


def test_tags_and_photo_follow_a_merge_and_come_back(fresh_database: Database, ingrid: Person, golf: Infotag, nora: Agent, jonas: Agent) -> None:
    """C19: of two with the same tag one stays out of sight; each has theirs again when they part, and the photo that was overwritten is kept."""
    mine, theirs = files.put(square(picture())), files.put(square(picture(kind="PNG", size=(50, 90))))
    with fresh_database.write() as db:
        by = db.get_one(Agent, nora.id)
        sailing = save_infotag(db, None, {"name": "Sailing"}, by=db.get_one(Agent, jonas.id))
        one, other = db.get_one(Person, ingrid.id), create_person(db, {"last_name": "Solheim"}, by=by, exempt=True)
        one.photo_digest, other.photo_digest = mine, theirs
        for card, tag in ((one, db.get_one(Infotag, golf.id)), (one, sailing), (other, db.get_one(Infotag, golf.id))):
            put_on(db, card, tag, by=by)
        merge(db, one, other, {"photo": "from"}, by=by)
        assert [row.tag.name for row in infotags_on(db, other)] == ["Sailing", "Golf"] and other.photo_digest == mine
    assert unused([mine, theirs]) == []
    with fresh_database.write() as db:
        unmerge(db, db.get_one(Person, ingrid.id), by=db.get_one(Agent, nora.id))
        assert db.get_one(Person, other.id).photo_digest == theirs
        assert db.scalar(select(func.count()).select_from(Tagged).where(Tagged.person_id == ingrid.id)) == 2


def test_a_photo_is_kept_small_and_without_what_the_camera_wrote(agent_client: FlaskClient, visitor: FlaskClient, fresh_database: Database,
                                                                  ingrid: Person, nora: Agent, jonas: Agent) -> None:
    """C9, C10: a photo stands on the card and in lists for whoever takes over; it is removed again, and gone with the card."""
    url, photo = f"/persons/{ingrid.uid}/infotags", f"/persons/{ingrid.uid}/photo"
    exif = Image.Exif()
    exif[0x010E] = "Taken at home"
    uploading(agent_client, photo, "photo", picture(exif=exif))
    assert photo in page(agent_client, url) and photo in page(agent_client, "/persons") and photo in page(agent_client, f"/persons/{ingrid.uid}")
    with agent_client.get(photo) as answer:
        kept = Image.open(io.BytesIO(answer.data))
        assert (kept.size, kept.format, answer.mimetype) == ((SIDE, SIDE), "JPEG", "image/jpeg") and not kept.getexif() and b"home" not in answer.data
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    with visitor.get(photo) as answer:
        assert answer.status_code in (302, 303, 401) and not answer.data.startswith(b"\xff\xd8")
    assert {visitor.post(one).status_code for one in (photo, f"{photo}/end")} <= {302, 303, 401}
    post(agent_client, f"{photo}/end")
    page(agent_client, photo, status=404)
    uploading(agent_client, photo, "photo", picture(kind="WEBP"))
    assert "Photo removed" in words(page(agent_client, f"/persons/{ingrid.uid}/history"))
    with fresh_database.write() as db:
        bin_person(db, db.get_one(Person, ingrid.id), by=db.get_one(Agent, jonas.id))
    page(agent_client, photo, status=404)
    assert Person.__table__.c.photo_digest.info["erase"] == "clear"


def test_what_is_no_photo_is_refused(agent_client: FlaskClient, ingrid: Person) -> None:
    """C9: text, other formats, broken files and bombs are refused with a sentence at the field."""
    bomb = picture((9000, 9000), "PNG")
    assert len(bomb) < 1_000_000
    for content in (b"<svg onload=alert(1)>", picture(kind="GIF"), picture()[:300], b"", bomb):
        answer = uploading(agent_client, f"/persons/{ingrid.uid}/photo", "photo", content, status=422)
        assert "This is no picture that can be read" in answer.text or "too many pixels" in answer.text
    assert "too many pixels" in answer.text


def test_companies_have_infotags_too(agent_client: FlaskClient, fresh_database: Database, ingrid: Person, golf: Infotag) -> None:
    with fresh_database.read() as db:
        company = db.get_one(Person, ingrid.id).employments[0].company.uid
    post(agent_client, f"/companies/{company}/infotags", infotag=golf.uid)
    assert "Golf" in page(agent_client, f"/companies/{company}/infotags")


def test_what_the_tab_asks_the_database(agent_client: FlaskClient, fresh_database: Database, ingrid: Person, nora: Agent, jonas: Agent,
                                        statements: list[str]) -> None:
    """As many questions for twenty infotags as for one."""
    with fresh_database.write() as db:
        tags = [save_infotag(db, None, {"name": f"Tag {n}"}, by=db.get_one(Agent, jonas.id)) for n in range(20)]
        put_on(db, db.get_one(Person, ingrid.id), tags[0], by=db.get_one(Agent, nora.id))
    page(agent_client, f"/persons/{ingrid.uid}/infotags")
    before, few = len(statements), 0
    page(agent_client, f"/persons/{ingrid.uid}/infotags")
    few = len(statements) - before
    with fresh_database.write() as db:
        for tag in tags[1:]:
            put_on(db, db.get_one(Person, ingrid.id), db.get_one(Infotag, tag.id), by=db.get_one(Agent, nora.id))
    before = len(statements)
    page(agent_client, f"/persons/{ingrid.uid}/infotags")
    assert len(statements) - before == few
