"""The record of processing is written from the declarations of the columns: every table with a personal one stands in it."""

from __future__ import annotations

from flask.testing import FlaskClient

from core import schema
from core.database import Database
from desk.rights.processing import record_of_processing


def test_every_table_with_personal_columns_stands_in_it(fresh_database: Database) -> None:
    personal = {name for name, table in schema.metadata().tables.items() if any(column.info["personal"] for column in table.columns)}
    with fresh_database.read() as db:
        record = record_of_processing(db)
    told = {one["table"]: one for activity in record["activities"] for one in activity["tables"]}
    assert set(told) == personal and len(personal) > 30
    for name, one in told.items():
        columns = [column.name for column in schema.metadata().tables[name].columns if column.info["personal"]]
        assert [word.replace(" ", "_") for word in one["columns"]] == columns
        assert one["kept"] and one["erased"]


def test_page_and_files(admin_client: FlaskClient) -> None:
    values = {"privacy.controller": "Demo AS, Storgata 1", "rights.authority": "IMY, www.imy.se", "rights.link_days": "5", "privacy.backup_days": "10",
              "privacy.four_eyes_above": "10"}
    assert admin_client.post("/settings/record-of-processing", data=values).status_code == 303
    page = admin_client.get("/settings/record-of-processing").text
    assert "Demo AS, Storgata 1" in page and "backups are kept 10 days" in page
    told = admin_client.get("/settings/record-of-processing/record.csv").text
    assert "from address" in told
    printed = admin_client.get("/settings/record-of-processing/record.pdf")
    assert printed.mimetype == "application/pdf" and printed.data.startswith(b"%PDF")
    wrong = admin_client.post("/settings/record-of-processing", data=values | {"rights.link_days": "0"})
    assert wrong.status_code == 422 and "This value does not fit here." in wrong.text
