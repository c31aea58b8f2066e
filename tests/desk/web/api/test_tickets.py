"""Tickets by the API: in exactly the documented shape, listed, begun, answered, assigned, closed, merged."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import Select

from tests.letters_made import mail

ROW = {"number", "subject", "state", "channel", "mailbox", "team", "assignee", "priority", "tags", "language", "created_at",
       "updated_at", "due_at", "version", "held", "requester", "identification", "verdict", "routing", "trust"}
MESSAGE = {"id", "direction", "channel", "from", "to", "cc", "subject", "text", "visible", "html", "locked", "attachments",
           "message_id", "at", "by", "state", "trust"}


def test_ticket_has_the_documented_shape(arrive, agent):
    number = arrive(mail("Ole Vang <ole@kunde.example>", text="It does not print.\n\n> old words\n"))
    ticket = agent.get(f"/tickets/{number}")
    assert set(ticket) == ROW | {"messages"}
    assert (ticket["number"], ticket["state"], ticket["channel"], ticket["mailbox"]) == (number, "new", "mail", "support@desk.example")
    assert set(ticket["requester"]) == {"person_id", "address", "name"}
    assert ticket["requester"]["address"] == "ole@kunde.example"
    assert ticket["requester"]["name"] == "Ole Vang"
    assert re.fullmatch("[0-9a-f]{24}", ticket["requester"]["person_id"])
    assert set(ticket["identification"]) == {"how", "evidence", "candidates"}
    assert ticket["identification"]["how"] == "created"
    assert all(set(clue) == {"clue", "words", "points"} for clue in ticket["identification"]["evidence"])
    assert set(ticket["verdict"]) == {"act", "person", "rule", "why"}
    assert (ticket["verdict"]["act"], ticket["verdict"]["person"]) == ("open", "created")
    assert set(ticket["trust"]) == {"result", "why"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", ticket["created_at"])
    [message] = ticket["messages"]
    assert set(message) == MESSAGE
    assert (message["direction"], message["from"], message["to"]) == ("in", "ole@kunde.example", ["support@desk.example"])
    assert "old words" in message["text"]
    assert "old words" not in message["visible"]
    assert message["message_id"].endswith("@kunde.example")
    assert (message["by"], message["state"]) == (None, None)


def test_html_is_sanitised(arrive, agent):
    number = arrive(mail(html="<p onclick='x()'>Hello <script>x()</script></p>"))
    [message] = agent.get(f"/tickets/{number}")["messages"]
    assert "Hello" in message["html"]
    assert "script" not in message["html"] and "onclick" not in message["html"]


def test_rows_of_a_list_have_everything_but_messages(arrive, agent):
    first, second = arrive(mail(subject="First")), arrive(mail(subject="Second"))
    page = agent.get("/tickets")
    assert set(page) == {"items", "next"}
    assert page["next"] is None
    assert [row["number"] for row in page["items"]] == [second, first]
    assert all(set(row) == ROW for row in page["items"])


def test_candidates_are_given_while_the_sender_is_not_settled(arrive, admin):
    for name in ("Ole", "Per"):
        admin.post("/persons?share=true", {"first_name": name, "last_name": "Vang", "private_customer": True,
                                           "addresses": [{"kind": "email", "value": "post@vang.example"}]})
    ticket = admin.get(f"/tickets/{arrive(mail('post@vang.example'))}")
    assert ticket["requester"]["person_id"] is None
    candidates = ticket["identification"]["candidates"]
    assert [set(one) for one in candidates] == [{"person_id", "name", "score", "evidence"}] * 2
    assert {one["name"] for one in candidates} == {"Ole Vang", "Per Vang"}
    admin.delete(f"/persons/{candidates[0]['person_id']}")
    left = admin.get(f"/tickets/{ticket['number']}")["identification"]["candidates"]
    assert [one["name"] for one in left] == [candidates[1]["name"]]


def test_list_by_state_mailbox_assignee_requester_held_and_words(arrive, admin, agent, salaries):
    printer = arrive(mail(subject="Printer", text="toner is empty"))
    door = arrive(mail("Eva Lie <eva@post.example>", subject="Door"))
    wages = arrive(mail("Ida Foss <ida@post.example>", to="salaries@desk.example", subject="Wages"), salaries)
    agent.put(f"/tickets/{printer}/assignment", {"assignee": "me"})
    agent.put(f"/tickets/{door}/state", {"state": "closed"})
    eva = agent.get(f"/tickets/{door}")["requester"]["person_id"]

    def numbers(query: str, caller=agent) -> set[int]:
        return {row["number"] for row in caller.get(f"/tickets?{query}")["items"]}

    assert numbers("state=new,open") == {printer}
    assert numbers("state=closed") == {door}
    assert numbers("state=new,open,closed", admin) == {printer, door, wages}
    assert numbers("mailbox=salaries@desk.example", admin) == {wages}
    assert numbers("mailbox=salaries@desk.example") == set()
    assert numbers("mailbox=nowhere@desk.example") == set()
    assert numbers("assignee=me") == {printer}
    assert numbers("assignee=none") == {door}
    assert numbers("assignee=none&state=closed") == {door}
    assert numbers("assignee=nora@desk.example", admin) == {printer}
    assert numbers("assignee=unheard@desk.example") == set()
    assert numbers(f"requester={eva}") == {door}
    assert numbers(f"requester={eva}&assignee=me") == set()
    assert numbers("held=false") == {printer, door}
    assert numbers("held=true") == set()
    assert numbers("q=toner") == {printer}
    assert numbers("q=eva@post.example") == {door}
    agent.get("/tickets?state=asleep", status=422)
    agent.get("/tickets?asignee=me", status=422)


def test_lists_are_paged_by_a_cursor(arrive, agent):
    numbers = [arrive(mail(subject=f"Number {n}")) for n in range(5)]
    for sort in ("moved", "created", "due"):
        found, cursor = [], ""
        while True:
            page = agent.get(f"/tickets?limit=2&sort={sort}&cursor={cursor}")
            found += [row["number"] for row in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert found == numbers[::-1]
    agent.get("/tickets?cursor=nonsense", status=422)
    assert len(agent.get("/tickets?limit=100000")["items"]) == 5
    agent.get("/tickets?limit=0", status=422)


def test_agent_begins_a_ticket_by_mail(agent, admin):
    ticket = agent.post("/tickets", {"mailbox": "support@desk.example", "to": ["ole@kunde.example"], "subject": "Your order",
                                     "text": "It is on its way."}, status=201)
    assert set(ticket) == ROW | {"messages"}
    assert (ticket["assignee"], ticket["channel"], ticket["verdict"]["rule"]) == ("nora@desk.example", "mail", "by_agent")
    [message] = ticket["messages"]
    assert (message["direction"], message["to"], message["state"], message["by"]) == (
        "out", ["ole@kunde.example"], "queued", "nora@desk.example")
    [sent] = admin.get("/outbound")["items"]
    assert sent["recipients"] == ["ole@kunde.example"] and sent["ticket"] == ticket["number"]
    assert sent["message_id"] == message["message_id"]


def test_agent_notes_a_call_of_a_known_person(agent, admin):
    person = admin.post("/persons", {"first_name": "Ole", "last_name": "Vang", "private_customer": True,
                                     "addresses": [{"value": "ole@kunde.example"}]})
    ticket = agent.post("/tickets", {"mailbox": "support@desk.example", "requester": person["id"], "subject": "Called",
                                     "html": "<p>Wants a <b>refund</b>.</p>", "channel": "phone"})
    assert ticket["requester"] == {"person_id": person["id"], "address": "ole@kunde.example", "name": "Ole Vang"}
    assert [(m["direction"], m["text"]) for m in ticket["messages"]] == [("in", "Wants a refund.")]
    assert not admin.get("/outbound")["items"]


@pytest.mark.parametrize(("wrong", "field"), [
    ({"mailbox": "unheard@desk.example"}, "mailbox"), ({"mailbox": "salaries@desk.example"}, "mailbox"),
    ({"subject": " "}, "subject"), ({"to": ["not an address"]}, "to"), ({"to": []}, "to"), ({"text": ""}, "text"),
    ({"requester": "0" * 24}, "requester"), ({"channel": "fax"}, "channel"), ({"colour": "red"}, "colour")])
def test_what_cannot_be_begun_is_refused_with_its_field(agent, salaries, wrong, field):
    given = {"mailbox": "support@desk.example", "to": ["ole@kunde.example"], "subject": "Hello", "text": "Hello.", **wrong}
    problem = agent.post("/tickets", given, status=422)
    assert set(problem) >= {"type", "title", "status", "detail", "errors"}
    assert problem["detail"].endswith((".", "”")) and field in problem["errors"]
    assert not agent.get("/tickets")["items"]


def test_reply_goes_to_the_requester_and_waits(arrive, agent):
    number = arrive(mail())
    message = agent.post(f"/tickets/{number}/replies", {"text": "Is it plugged in?"}, status=201)
    assert set(message) == MESSAGE
    assert (message["direction"], message["to"], message["state"], message["by"]) == (
        "out", ["ole@kunde.example"], "queued", "nora@desk.example")
    ticket = agent.get(f"/tickets/{number}")
    assert ticket["state"] == "waiting"
    assert ticket["messages"][-1] == message


@pytest.mark.parametrize("way", ["replies", "notes"])
def test_a_message_is_text_or_html(arrive, agent, way):
    number = arrive(mail())
    agent.post(f"/tickets/{number}/{way}", {"text": "One.", "html": "<p>Two.</p>"}, status=422)
    assert len(agent.get(f"/tickets/{number}")["messages"]) == 1


def test_reply_may_name_others_and_close(arrive, agent, admin):
    number = arrive(mail())
    message = agent.post(f"/tickets/{number}/replies", {
        "html": "<p>Done.</p>", "to": ["ole@kunde.example", "eva@kunde.example"], "cc": ["per@kunde.example"], "close": True})
    assert (message["to"], message["cc"], message["text"]) == (
        ["ole@kunde.example", "eva@kunde.example"], ["per@kunde.example"], "Done.")
    assert agent.get(f"/tickets/{number}")["state"] == "closed"
    assert admin.get("/outbound?state=queued")["items"][0]["recipients"] == [
        "ole@kunde.example", "eva@kunde.example", "per@kunde.example"]


def test_note_is_sent_to_nobody(arrive, agent, admin):
    number = arrive(mail())
    note = agent.post(f"/tickets/{number}/notes", {"text": "Third time this week."}, status=201)
    assert (note["direction"], note["to"], note["state"]) == ("note", [], None)
    assert agent.get(f"/tickets/{number}")["state"] == "new"
    assert not admin.get("/outbound")["items"]


def test_file_is_uploaded_and_sent(arrive, agent, calling, lars):
    number = arrive(mail())
    uploaded = agent.post("/files", status=201, data={"file": (io.BytesIO(b"%PDF-1.7 manual"), "../manual.pdf", "application/pdf")})
    assert (uploaded["name"], uploaded["size"]) == ("manual.pdf", 15)
    message = agent.post(f"/tickets/{number}/replies", {"text": "See the manual.", "attachments": [uploaded["id"]]})
    assert message["attachments"] == [{"id": uploaded["id"], "name": "manual.pdf", "type": "application/pdf", "size": 15,
                                       "sha256": uploaded["sha256"]}]
    answer = agent.call("GET", f"/attachments/{uploaded['id']}")
    assert (answer.data, answer.content_type) == (b"%PDF-1.7 manual", "application/pdf")
    agent.post(f"/tickets/{number}/replies", {"text": "Again.", "attachments": [uploaded["id"]]}, status=422)
    own = agent.post("/files", data={"file": (io.BytesIO(b"mine"), "mine.txt")})
    calling(lars).get(f"/attachments/{own['id']}", status=404)
    calling(lars).post(f"/tickets/{number}/replies", {"text": "Hers.", "attachments": [own["id"]]}, status=422)
    agent.post("/files", data={"nothing": "here"}, status=422)
    assert "one at a time" in str(agent.post("/files", data={"file": [(io.BytesIO(b"a"), "a.txt"), (io.BytesIO(b"b"), "b.txt")]}, status=422)["errors"])


def test_raw_mail(arrive, agent):
    raw = mail()
    number = arrive(raw)
    message = agent.get(f"/tickets/{number}")["messages"][0]
    answer = agent.call("GET", f"/messages/{message['id']}/raw")
    assert (answer.data, answer.mimetype) == (raw, "message/rfc822")
    note = agent.post(f"/tickets/{number}/notes", {"text": "No mail."})
    agent.get(f"/messages/{note['id']}/raw", status=404)


def test_assignment(arrive, agent, admin, lars, salaries):
    number = arrive(mail())
    admin.post("/teams", {"name": "Second line", "members": ["lars@desk.example"]})
    ticket = agent.put(f"/tickets/{number}/assignment", {"assignee": "lars@desk.example", "team": "Second line"})
    assert (ticket["assignee"], ticket["team"]) == ("lars@desk.example", "Second line")
    ticket = agent.put(f"/tickets/{number}/assignment", {"assignee": None})
    assert (ticket["assignee"], ticket["team"]) == (None, "Second line")
    assert "assignee" in agent.put(f"/tickets/{number}/assignment", {"assignee": "unheard@desk.example"}, status=422)["errors"]
    assert "team" in agent.put(f"/tickets/{number}/assignment", {"team": "Fourth line"}, status=422)["errors"]
    for empty in ({"assignee": ""}, {"team": ""}):
        assert agent.put(f"/tickets/{number}/assignment", empty, status=422)["errors"].keys() == empty.keys()
    wages = arrive(mail(to="salaries@desk.example", subject="Wages"), salaries)
    admin.put(f"/tickets/{wages}/assignment", {"assignee": "lars@desk.example"}, status=422)
    assert "team" in admin.put(f"/tickets/{wages}/assignment", {"team": "Second line"}, status=422)["errors"]


def test_state_and_snoozing(arrive, agent):
    number = arrive(mail())
    for state in ("open", "waiting", "closed", "spam", "new"):
        assert agent.put(f"/tickets/{number}/state", {"state": state})["state"] == state
    assert agent.put(f"/tickets/{number}/state", {"state": "snoozed", "until": "2099-01-01T08:00:00+01:00"})["state"] == "snoozed"
    agent.put(f"/tickets/{number}/state", {"state": "snoozed", "until": "2001-01-01T08:00:00Z"}, status=422)
    agent.put(f"/tickets/{number}/state", {"state": "snoozed", "until": "9999-12-31T23:59:59Z"}, status=422)
    agent.put(f"/tickets/{number}/state", {"state": "asleep"}, status=422)


def test_tags_are_replaced(arrive, agent):
    number = arrive(mail())
    assert agent.put(f"/tickets/{number}/tags", ["Printer", "urgent ", "printer"])["tags"] == ["printer", "urgent"]
    assert agent.put(f"/tickets/{number}/tags", ["toner"])["tags"] == ["toner"]
    assert [row["number"] for row in agent.get("/tickets?tag=Toner")["items"]] == [number]
    assert agent.put(f"/tickets/{number}/tags", [])["tags"] == []
    agent.put(f"/tickets/{number}/tags", ["x" * 61], status=422)


def test_if_match_guards_every_change(arrive, agent):
    number = arrive(mail())
    for path, given in (("state", {"state": "open"}), ("tags", ["printer"]), ("assignment", {"assignee": "me"})):
        read = agent.call("GET", f"/tickets/{number}")
        old = {"If-Match": read.headers["ETag"]}
        assert read.headers["ETag"] == f'"{read.json["version"]}"'
        changed = agent.put(f"/tickets/{number}/{path}", given, headers=old)
        assert changed["version"] > read.json["version"]
        problem = agent.put(f"/tickets/{number}/{path}", given, headers=old, status=412)
        assert problem["version"] == changed["version"]
        agent.put(f"/tickets/{number}/{path}", given, headers={"If-Match": "nonsense"}, status=412)
        agent.put(f"/tickets/{number}/{path}", given, headers={"If-Match": f'"7000", "{changed["version"]}"'})


def test_merged_ticket_leads_to_the_one_that_goes_on(arrive, agent, admin):
    first, second = arrive(mail(text="The first.")), arrive(mail("Eva Lie <eva@kunde.example>", text="The second."))
    merged = agent.post(f"/tickets/{second}/merge", {"into": first})
    assert merged["number"] == first
    assert [m["text"].strip() for m in merged["messages"]] == ["The first.", "The second."]
    answer = agent.call("GET", f"/tickets/{second}")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"/api/v1/tickets/{first}")
    answer = agent.call("PUT", f"/tickets/{second}/state", {"state": "closed"})
    assert (answer.status_code, answer.headers["Location"]) == (308, f"/api/v1/tickets/{first}/state")
    assert [row["number"] for row in agent.get("/tickets")["items"]] == [first]
    agent.post(f"/tickets/{second}/merge", {"into": first}, status=422)
    agent.post(f"/tickets/{first}/merge", {"into": second}, status=422)
    agent.post(f"/tickets/{first}/merge", {"into": first}, status=422)
    agent.post(f"/tickets/{first}/merge", {"into": 4000}, status=422)
    agent.delete(f"/tickets/{second}/merge", headers={"If-Match": '"77"'}, status=412)
    back = agent.delete(f"/tickets/{second}/merge")
    assert (back["number"], back["state"], len(back["messages"])) == (second, "new", 1)
    assert len(agent.get(f"/tickets/{first}")["messages"]) == 1
    agent.delete(f"/tickets/{second}/merge", status=422)
    admin.delete(f"/tickets/{first}")
    admin.post(f"/tickets/{second}/merge", {"into": first}, status=422)


def test_merging_holds_both_tickets_at_once_and_in_order(arrive, agent, monkeypatch):
    """Two agents who merge crosswise wait for one another's first ticket for ever where one is held before the other."""
    first, second = arrive(mail(text="The first.")), arrive(mail("Eva Lie <eva@kunde.example>", text="The second."))
    held = []
    monkeypatch.setattr(Select, "with_for_update", lambda query, *a, **more: held.append(str(query)) or query)
    agent.post(f"/tickets/{second}/merge", {"into": first})
    tickets = [query for query in held if "FROM tickets" in query]
    assert len(tickets) == 1
    assert "ORDER BY tickets.id" in tickets[0]


def test_answer_to_a_merged_ticket_joins_the_one_that_goes_on(arrive, agent):
    first = arrive(mail(text="The first."))
    second = arrive(mail(text="The second.", message_id="second@kunde.example"))
    third = arrive(mail(text="The third."))
    agent.post(f"/tickets/{second}/merge", {"into": first})
    agent.post(f"/tickets/{first}/merge", {"into": third})
    assert arrive(mail(text="And one more thing.", In_Reply_To="<second@kunde.example>")) == third
    assert [m["text"].strip() for m in agent.get(f"/tickets/{third}")["messages"]] == [
        "The first.", "The second.", "The third.", "And one more thing."]


def test_merged_messages_of_a_hidden_mailbox_stay_hidden(arrive, agent, admin, salaries):
    seen, hidden = arrive(mail(text="Seen.")), arrive(mail(to="salaries@desk.example", text="Hidden."), salaries)
    assert len(admin.post(f"/tickets/{hidden}/merge", {"into": seen})["messages"]) == 2
    assert [m["text"].strip() for m in agent.get(f"/tickets/{seen}")["messages"]] == ["Seen."]


def test_deleted_ticket_is_restored_by_admins(arrive, agent, admin):
    number = arrive(mail(subject="Printer"))
    agent.delete(f"/tickets/{number}", status=403)
    admin.delete(f"/tickets/{number}", status=204)
    agent.get(f"/tickets/{number}", status=404)
    assert not agent.get("/tickets")["items"]
    assert [(row["kind"], row["id"], row["name"]) for row in admin.get("/bin?kind=ticket")["items"]] == [
        ("ticket", str(number), "Printer")]
    assert admin.post(f"/tickets/{number}/restore")["number"] == number
    agent.get(f"/tickets/{number}")


def test_what_is_part_of_a_deleted_ticket_comes_back_with_it(arrive, agent, admin):
    part, whole = arrive(mail(subject="Part")), arrive(mail(subject="Whole"))
    uid = agent.get(f"/tickets/{part}")["messages"][0]["id"]
    agent.post(f"/tickets/{part}/merge", {"into": whole})
    admin.delete(f"/tickets/{whole}", status=204)
    assert [row["id"] for row in admin.get("/bin?kind=ticket")["items"]] == [str(whole)]
    assert agent.call("GET", f"/messages/{uid}/raw").status_code == 404
    admin.post(f"/tickets/{part}/restore", status=308)
    admin.post(f"/tickets/{whole}/restore")
    assert len(agent.get(f"/tickets/{whole}")["messages"]) == 2


def test_tickets_of_a_mailbox_that_is_not_seen_do_not_exist(arrive, agent, admin, salaries):
    number = arrive(mail(to="salaries@desk.example"), salaries)
    message = admin.get(f"/tickets/{number}")["messages"][0]
    for method, path, given in (("GET", "", None), ("POST", "/replies", {"text": "x"}), ("POST", "/notes", {"text": "x"}),
                                ("PUT", "/state", {"state": "closed"}), ("PUT", "/assignment", {"assignee": "me"}),
                                ("PUT", "/tags", []), ("POST", "/merge", {"into": 1}), ("DELETE", "/merge", None),
                                ("PUT", "/requester", {"none": True})):
        assert agent.call(method, f"/tickets/{number}{path}", given).status_code == 404, path
    agent.get(f"/messages/{message['id']}/raw", status=404)
    agent.get("/tickets/999999", status=404)
    agent.get("/tickets/99999999999999999999", status=404)


def test_masked_requester(arrive, agent, admin):
    number = arrive(mail())
    admin.delete(f"/persons/{agent.get(f'/tickets/{number}')['requester']['person_id']}")
    assert agent.get(f"/tickets/{number}")["requester"] == {"person_id": None, "address": None, "name": ""}


def test_a_store_of_files_that_is_away(bucket, arrive, agent):
    number = arrive(mail())
    kept = agent.post("/files", data={"file": (io.BytesIO(b"kept"), "kept.txt")})
    agent.post(f"/tickets/{number}/notes", {"text": "See.", "attachments": [kept["id"]]})
    bucket.mood("500")
    assert agent.post("/files", data={"file": (io.BytesIO(b"x"), "x.txt")}, status=503)["detail"].startswith("The store of the files")
    assert "127.0.0.1" not in str(agent.get(f"/attachments/{kept['id']}", status=503))
    bucket.mood("")
    assert agent.call("GET", f"/attachments/{kept['id']}").data == b"kept"


@pytest.mark.parametrize(("path", "body"), [
    ("/tickets/{}/tags", ["\0"]), ("/tickets/{}/tags", ["a\nb"]), ("/tickets/{}/tags", ["x"] * 101)])
def test_tags_are_taken_as_the_document_says(arrive, agent, path, body):
    number = arrive(mail())
    agent.put(path.format(number), body, status=422)
    assert agent.get(f"/tickets/{number}")["tags"] == []


def test_no_name_and_no_subject_has_two_lines(arrive, agent, admin):
    arrive(mail())
    agent.post("/tickets", {"mailbox": "support@desk.example", "channel": "phone", "subject": "a\r\nX-Evil: 1", "text": "x"}, status=422)
    admin.post("/mailboxes", {"address": "r@desk.example", "name": "R\r\nBcc: x@y.example"}, status=422)
    admin.put("/settings/desk.name", {"value": "a\nb"}, status=422)


def test_the_ledger_names_the_subject_of_an_answer(arrive, agent, admin):
    number = arrive(mail(subject="The printer"))
    agent.post(f"/tickets/{number}/replies", {"text": "Hello"})
    [reply] = [one for one in admin.get("/outbound")["items"] if one["kind"] == "reply"]
    assert reply["subject"] == "The printer"
    assert admin.get(f"/outbound/{reply['id']}")["subject"] == "The printer"
