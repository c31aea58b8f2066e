"""The bin by the API: who deleted what, what somebody else has got meanwhile, many at once."""

from __future__ import annotations

import pytest

from jobs import operations as job


def person(admin, name, **more):
    return admin.post("/persons", {"first_name": name, "last_name": "Vang", "private_customer": True, **more}, status=201)


def test_conflicts_are_answered_and_then_settled(admin):
    """S71: 409 names what would be whose; nothing is written until all of it is answered."""
    mail = {"addresses": [{"kind": "email", "value": "post@kunde.example"}], "customer_number": "K-17"}
    old = person(admin, "Old", **mail)
    admin.delete(f"/persons/{old['id']}")
    new = person(admin, "New", **mail)
    refused = admin.post(f"/persons/{old['id']}/restore", status=409)
    assert [(one["kind"], one["value"], one["answers"]) for one in refused["conflicts"]] == [
        ("email", "post@kunde.example", ["keep", "back", "share"]), ("number", "K-17", ["keep", "back"])]
    assert refused["conflicts"][0]["holders"] == [{"id": new["id"], "name": "New Vang"}]
    keys = [one["key"] for one in refused["conflicts"]]
    admin.post(f"/persons/{old['id']}/restore", {"answers": {keys[0]: "share"}}, status=409)
    admin.post(f"/persons/{old['id']}/restore", {"answers": {keys[0]: "perhaps"}}, status=422)
    back = admin.post(f"/persons/{old['id']}/restore", {"answers": {keys[0]: "share", keys[1]: "back"}})
    assert back["customer_number"] == "K-17" and len(back["addresses"]) == 1
    now = admin.get(f"/persons/{new['id']}")
    assert now["customer_number"] is None and len(now["addresses"]) == 1


def test_the_list_says_by_whom_and_what_went_together(admin):
    """S70; found by name; a company with its persons has one act."""
    firm = admin.post("/companies", {"name": "Sydvest AS"}, status=201)
    lone = person(admin, "Lone", employments=[{"company_id": firm["id"]}])
    admin.delete(f"/persons/{person(admin, 'Eva')['id']}")
    admin.delete(f"/companies/{firm['id']}", status=422)
    admin.delete(f"/companies/{firm['id']}?persons=true")
    [company] = admin.get("/bin?kind=company")["items"]
    [along] = admin.get(f"/bin?act={company['act']}")["items"]
    assert (along["name"], along["deleted_by"]) == ("Lone Vang", "jonas@desk.example")
    assert [one["name"] for one in admin.get("/bin?q=vang lone")["items"]] == ["Lone Vang"]
    admin.post(f"/companies/{firm['id']}/restore")
    assert admin.get(f"/persons/{lone['id']}")["employments"][0]["company"] == "Sydvest AS"


@pytest.mark.parametrize("what", ["persons", "companies"])
def test_many_are_deleted_and_restored_as_an_operation(admin, agent, what):
    """S66-S68."""
    ids = [(person(admin, name) if what == "persons" else admin.post("/companies", {"name": name}, status=201))["id"] for name in ("Lone", "Eva")]
    agent.post(f"/{what}/delete", {"ids": ids}, status=403)
    operation = admin.post(f"/{what}/delete", {"ids": ids}, status=202)
    job.run()
    admin.post(f"/operations/{operation['id']}/approve")
    job.run()
    assert admin.get(f"/{what}")["items"] == []
    assert {one["data"]["name"] for one in admin.get(f"/operations/{operation['id']}/items")["items"]} == {
        "Deleted person" if what == "persons" else "Deleted company"}
    admin.post(f"/operations/{operation['id']}/undo")
    job.run()
    assert {one["id"] for one in admin.get(f"/{what}")["items"]} == set(ids)
