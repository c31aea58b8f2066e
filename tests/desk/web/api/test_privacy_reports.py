"""Privacy reports by the API: a queued job, its result, and who may (S54, S55, S59)."""

from __future__ import annotations

import pytest

from jobs import operations as job


@pytest.fixture
def ole(admin):
    return admin.post("/persons", {"first_name": "Ole", "last_name": "Vang", "private_customer": True, "title": "Baker",
                                   "addresses": [{"value": "ole@privat.example"}]})["id"]


def test_as_json_and_as_a_file(admin, ole):
    """API.md: 202 with the operation, whose result is the report."""
    asked = admin.post(f"/persons/{ole}/privacy-report", {"format": "json", "language": "nb"})
    assert asked["kind"] == "person.privacy" and asked["state"] == "approved"
    job.run()
    assert admin.get(f"/operations/{asked['id']}")["state"] == "done"
    told = admin.get(f"/operations/{asked['id']}/result")
    assert told["language"] == "nb" and told["sections"][0]["entries"][0]["fields"]["title"] == "Baker"
    asked = admin.post(f"/persons/{ole}/privacy-report", {"format": "pdf"})
    job.run()
    url = admin.get(f"/operations/{asked['id']}/result")["file_url"]
    assert admin.call("GET", url.removeprefix("/api/v1")).data.startswith(b"%PDF")


def test_sent(admin, ole):
    """S59."""
    asked = admin.post(f"/persons/{ole}/privacy-report", {"format": "json"})
    job.run()
    report = admin.get(f"/operations/{asked['id']}/result")["report"]
    address = admin.get(f"/persons/{ole}")["addresses"][0]["id"]
    assert admin.call("POST", f"/privacy-reports/{report}/release").status_code == 204
    assert admin.call("POST", f"/privacy-reports/{report}/sending", {"address_id": address, "way": "pdf"}).status_code == 204
    assert "ole@privat.example" in str(admin.get("/outbound"))


def test_by_right_alone(admin, agent, ole):
    """S55."""
    assert agent.call("POST", f"/persons/{ole}/privacy-report", {"format": "json"}).status_code == 403
    asked = admin.post(f"/persons/{ole}/privacy-report", {"format": "json"})
    job.run()
    report = admin.get(f"/operations/{asked['id']}/result")["report"]
    assert agent.call("GET", f"/privacy-reports/{report}.pdf").status_code == 403
    assert agent.call("POST", f"/privacy-reports/{report}/release").status_code == 403
    nora = next(one for one in admin.get("/agents")["items"] if one["role"] == "agent")
    assert nora["privacy_reports"] is False
    admin.call("PATCH", f"/agents/{nora['id']}", {"privacy_reports": True}, headers={"If-Match": f'"{nora["version"]}"'})
    assert agent.call("POST", f"/persons/{ole}/privacy-report", {"format": "json"}).status_code == 202
