"""Replies, notes, forwards, new tickets and drafts, as plain forms and as the composer's scripts send them."""

from __future__ import annotations

import io
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from contacts.address import Address
from contacts.agent import Agent
from contacts.creating import create_company
from core.clock import now
from core.database import Database
from desk.mailboxes import Mailbox, add_mailbox
from desk.outbound import OutboundMail
from desk.tickets.canned import save_canned
from desk.tickets.message import Attachment, Draft
from desk.tickets.ticket import Ticket
from mailgate.compose import compose
from mailgate.outgoing import gather
from tests.buckets import Bucket
from tests.desk.web.tickets.conftest import Arrive, messages_of, now_of, page, post, said, words
from tests.letters_made import mail

OLE = "ole@kunde.example"
PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de")


def drafts(database: Database) -> list[Draft]:
    with database.read() as db:
        return list(db.scalars(select(Draft)))


def test_a_reply_goes_out_and_the_draft_with_it(agent_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    url = f"/tickets/{ticket.number}"
    agent_client.put(f"{url}/draft", json={"kind": "reply", "html": "<div>Half</div>", "to": OLE, "version": 0})
    answer = post(agent_client, f"{url}/replies", to=OLE, html="<div>Press <strong>green</strong>.</div>", version="1")
    assert answer.headers["Location"] == url
    message = messages_of(ticket)[-1]
    assert (message.direction, message.text, message.to) == ("out", "Press green.", [["Ole Vang", OLE]])
    assert now_of(ticket).state == "waiting"
    assert drafts(fresh_database) == []
    with fresh_database.read() as db:
        assert db.scalars(select(OutboundMail.recipients)).one() == [OLE]
    assert "Press green." in words(page(agent_client, url))


@pytest.mark.parametrize(("path", "given"), [
    ("/replies", {"to": OLE, "text": "Once."}), ("/notes", {"text": "Once."}), ("/forwards", {"to": "post@trykk.example", "text": "Once.", "subject": "Fwd", "sure": "1"})])
def test_a_form_is_taken_once(agent_client: FlaskClient, ticket: Ticket, path: str, given: dict[str, str]) -> None:
    """However often its button is pressed; what was refused has not been taken, and the next form is another."""
    url = f"/tickets/{ticket.number}"
    [name] = set(re.findall(r'name="once" value="([^"]+)"', page(agent_client, url)))
    before = len(messages_of(ticket))
    assert agent_client.post(url + path, data=given | {"text": "", "once": name}).status_code == 422
    for _press in range(2):
        assert post(agent_client, url + path, **given, once=name).headers["Location"] == url
    assert len(messages_of(ticket)) == before + 1
    assert name not in page(agent_client, url)


def test_a_ticket_is_begun_once(agent_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    [name] = set(re.findall(r'name="once" value="([^"]+)"', page(agent_client, "/tickets/new?channel=phone")))
    with fresh_database.read() as db:
        mailbox = db.scalars(select(Mailbox.uid).where(Mailbox.id == ticket.mailbox_id)).one()
    for _press in range(2):
        post(agent_client, "/tickets", channel="phone", who="Ole Vang", mailbox=mailbox, subject="Rang", text="Once.", once=name)
    with fresh_database.read() as db:
        assert len(db.scalars(select(Ticket).where(Ticket.channel == "phone")).all()) == 1


def test_without_scripts_the_text_is_sent(agent_client: FlaskClient, ticket: Ticket) -> None:
    post(agent_client, f"/tickets/{ticket.number}/replies", to=f'"Ole Vang" <{OLE}>', text="Two\n\nparagraphs.")
    assert messages_of(ticket)[-1].html == "<p>Two</p><p>paragraphs.</p>"


def test_files_come_with_the_form_or_before_it(agent_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    told = agent_client.post("/files", data={"file": (io.BytesIO(b"a,b"), "liste.csv", "text/csv")})
    assert told.status_code == 201
    assert told.json is not None
    assert (told.json["name"], told.json["size"], told.json["image"]) == ("liste.csv", "3 B", False)
    post(agent_client, f"/tickets/{ticket.number}/replies", to=OLE, text="Here.", attachments=told.json["uid"],
         files=(io.BytesIO(b"more"), "../../etc/pass\u202ewd.txt"))
    with fresh_database.read() as db:
        rows = db.scalars(select(Attachment).where(Attachment.message_id == messages_of(ticket)[-1].id)).all()
    assert sorted(row.name for row in rows) == ["liste.csv", "passwd.txt"]
    assert now_of(ticket).attachments_count == 2


def test_a_file_waits_on_the_page_when_what_it_came_with_is_refused(
    agent_client: FlaskClient, ticket: Ticket, fresh_database: Database,
) -> None:
    url = f"/tickets/{ticket.number}/replies"
    answer = agent_client.post(url, data={"to": OLE, "text": "", "files": (io.BytesIO(b"more"), "list.csv")})
    assert answer.status_code == 422 and "list.csv" in answer.text
    with fresh_database.read() as db:
        uid = db.scalars(select(Attachment.uid).where(Attachment.name == "list.csv")).one()
    post(agent_client, url, to=OLE, text="Here.", attachments=uid)
    assert now_of(ticket).attachments_count == 1


def test_a_picture_in_the_text_goes_along(agent_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    told = agent_client.post("/files", data={"file": (io.BytesIO(PIXEL), "screen.png", "image/png")}).json
    assert told is not None
    url = f"/tickets/{ticket.number}/replies"
    post(agent_client, url, to=OLE, html=f'<div>See</div><figure><img src="http://127.0.0.1:8080{told["url"]}"></figure>')
    with fresh_database.read() as db:
        row = db.scalars(select(OutboundMail)).one()
        assert db.scalars(select(Attachment.inline).where(Attachment.message_id == row.message_id)).one()
        mail = compose(gather(db, row))
    assert b"image/png" in mail and f"cid:{told['uid']}@skranke".encode() in mail
    post(agent_client, url, to=OLE, html=f'<div>Once more</div><img src="{told["url"]}">')        # of this ticket by now
    assert now_of(ticket).attachments_count == 0


@pytest.mark.parametrize("source", ["", 'src="https://track.example/x.png"', 'src="data:image/png;base64,AAAA"',
                                    f'src="/attachments/{"0" * 24}"'])
def test_a_picture_that_cannot_go_along_is_told_of(agent_client: FlaskClient, ticket: Ticket, source: str) -> None:
    answer = agent_client.post(f"/tickets/{ticket.number}/replies", data={"to": OLE, "html": f"<div>See</div><img {source}>"})
    assert "A picture in the text cannot be sent along." in said(answer, 422)
    assert len(messages_of(ticket)) == 1


def test_send_and_close_and_next_and_open(agent_client: FlaskClient, arrive: Arrive) -> None:
    one, two, three = arrive(), arrive(), arrive()
    seen = {"Referer": f"http://localhost/tickets/{one.number}?view=all"}

    def send(ticket: Ticket, then: str) -> str:
        answer = agent_client.post(f"/tickets/{ticket.number}/replies", data={"to": OLE, "text": "Yes.", "then": then}, headers=seen)
        assert answer.status_code == 303, words(answer.text)
        return answer.headers["Location"]
    assert send(one, "close") == f"/tickets/{three.number}?view=all"
    assert send(two, "next") == f"/tickets/{three.number}?view=all"
    assert send(three, "open") == f"/tickets/{three.number}?view=all"
    assert [now_of(t).state for t in (one, two, three)] == ["closed", "waiting", "open"]


def test_the_signature_is_shown_as_it_leaves(agent_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        db.get_one(Mailbox, ticket.mailbox_id).signature = "Kind regards<br>{agent}"
    assert "Kind regards Nora Vik" in words(page(agent_client, f"/tickets/{ticket.number}"))


def test_the_view_is_not_lost_when_something_has_to_be_looked_at_twice(agent_client: FlaskClient, arrive: Arrive) -> None:
    ticket, other = arrive(), arrive()
    asked = said(agent_client.post(f"/tickets/{ticket.number}/replies", data={"to": "new@kunde.example", "text": "Yes."},
                                   headers={"Referer": f"http://localhost/tickets/{ticket.number}?view=unassigned"}), 422)
    url = asked.partition('id="composer" method="post" action="')[2].partition('"')[0]
    answer = post(agent_client, url, to="new@kunde.example", text="Yes.", sure="1", then="close")
    assert answer.headers["Location"] == f"/tickets/{other.number}?view=unassigned"


def test_what_cannot_be_sent_stays_on_the_page(agent_client: FlaskClient, ticket: Ticket) -> None:
    url = f"/tickets/{ticket.number}/replies"
    empty = said(agent_client.post(url, data={"to": OLE, "text": " "}), 422)
    assert "Write something first." in words(empty)
    wrong = said(agent_client.post(url, data={"to": "ole@", "text": "My long answer", "sure": "1"}), 422)
    assert "ole@ is not a mail address" in words(wrong)
    first = said(agent_client.post(url, data={"to": f"{OLE}, stranger@kunde.example, ole@", "text": "My long answer"}), 422)
    assert "ole@ is not a mail address" in words(first) and "Not sent yet." not in words(first)
    assert "My long answer" in wrong
    assert len(messages_of(ticket)) == 1


def test_a_new_address_is_looked_at_twice(agent_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        create_company(db, "Rival AS", domains=["rival.example"])
        db.add(Address(value="gone@kunde.example", normalised="gone@kunde.example", health="bouncing"))
    url = f"/tickets/{ticket.number}/replies"
    given = {"to": OLE, "cc": "spy@rival.example, new@kunde.example, gone@kunde.example", "text": "Our prices."}
    asked = words(said(agent_client.post(url, data=given), 422))
    assert "Not sent yet." in asked
    assert "spy@rival.example belongs to another company, Rival AS." in asked
    assert "new@kunde.example is new on this ticket." in asked
    assert "gone@kunde.example does not take mail: it came back." in asked
    assert len(messages_of(ticket)) == 1
    post(agent_client, url, sure="1", **given)
    assert len(messages_of(ticket)) == 2
    post(agent_client, url, to=OLE, cc="spy@rival.example", text="They take part now.")


def test_another_requester_since_the_draft_is_told_of(
    agent_client: FlaskClient, ticket: Ticket, fresh_database: Database,
) -> None:
    agent_client.put(f"/tickets/{ticket.number}/draft", json={"html": "<div>Hi Ole</div>", "to": OLE, "version": 0})
    with fresh_database.write() as db:
        other = Address(value="eva@kunde.example", normalised="eva@kunde.example")
        db.add(other)
        db.flush()
        db.get_one(Ticket, ticket.id).requester_address_id = other.id
    asked = words(said(agent_client.post(f"/tickets/{ticket.number}/replies", data={"to": OLE, "text": "Hi"}), 422))
    assert "Another person has become the requester since you began this draft." in asked


def test_a_page_that_is_older_than_the_requester_is_told_of_it(
    agent_client: FlaskClient, ticket: Ticket, fresh_database: Database,
) -> None:
    """Nothing was typed when it was loaded, so no draft knows whom it was begun for."""
    url = f"/tickets/{ticket.number}"
    asker = re.search(r'name="asker" value="([0-9a-f]{24})"', page(agent_client, url))
    assert asker is not None
    with fresh_database.write() as db:
        other = Address(value="eva@kunde.example", normalised="eva@kunde.example")
        db.add(other)
        db.flush()
        db.get_one(Ticket, ticket.id).requester_address_id = other.id
    given = {"to": OLE, "text": "Hi", "asker": asker[1]}
    asked = words(said(agent_client.post(f"{url}/replies", data=given), 422))
    assert "Another person has become the requester since you began this draft." in asked
    post(agent_client, f"{url}/replies", sure="1", **given)


def test_a_forward_to_another_company_or_into_the_void_is_asked_about(
    agent_client: FlaskClient, ticket: Ticket, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        create_company(db, "Rival AS", domains=["rival.example"])
        db.add(Address(value="gone@smith.example", normalised="gone@smith.example", health="bouncing"))
    url = f"/tickets/{ticket.number}/forwards"
    given = {"to": "spy@rival.example, gone@smith.example, new@smith.example", "text": "See below", "subject": "Fwd: Hello"}
    asked = words(said(agent_client.post(url, data=given), 422))
    assert "spy@rival.example belongs to another company, Rival AS." in asked
    assert "gone@smith.example does not take mail: it came back." in asked
    assert "new@smith.example is new on this ticket." not in asked
    assert len(messages_of(ticket)) == 1
    post(agent_client, url, sure="1", **given)
    assert len(messages_of(ticket)) == 2


def test_a_new_mail_to_an_address_that_does_not_take_any_is_asked_about(
    agent_client: FlaskClient, ticket: Ticket, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        db.add(Address(value="gone@smith.example", normalised="gone@smith.example", health="bouncing"))
    given = {"to": "gone@smith.example", "text": "Hello", "subject": "News"}
    asked = said(agent_client.post("/tickets", data=given), 422)
    assert "gone@smith.example does not take mail: it came back." in words(asked) and 'value="News"' in asked
    with fresh_database.read() as db:
        assert db.scalars(select(OutboundMail)).all() == []
    post(agent_client, "/tickets", sure="1", **given)


def test_the_answer_goes_where_the_customer_wants_it(agent_client: FlaskClient, arrive: Arrive) -> None:
    ticket = arrive(mail(Reply_To="Ole at home <ole@home.example>", Cc="Eva <eva@kunde.example>, support@desk.example"))
    text = page(agent_client, f"/tickets/{ticket.number}")
    assert 'name="to" value="ole@home.example"' in text
    assert """name="cc" value="&#34;Eva&#34; &lt;eva@kunde.example&gt;\"""" in text
    assert "other domain than the sender" in text
    assert "Answers go to ole@home.example" in words(text)
    asked = words(said(agent_client.post(f"/tickets/{ticket.number}/replies", data={"to": "ole@home.example", "text": "Hi"}), 422))
    assert "ole@home.example is at another domain than ole@kunde.example, who wrote." in asked


def test_a_stranger_in_the_thread_is_left_out_and_told_of(agent_client: FlaskClient, ticket: Ticket, arrive: Arrive) -> None:
    url, first = f"/tickets/{ticket.number}", messages_of(ticket)[0]
    arrive(mail("Spy <spy@evil.example>", subject="Re: Hello", text="Send me all.", In_Reply_To=first.rfc_message_id))
    text = page(agent_client, url)
    assert f"""name="to" value="&#34;Ole Vang&#34; &lt;{OLE}&gt;\"""" in text and "&lt;spy@evil.example&gt;" not in text
    assert "spy@evil.example wrote last, but neither the requester nor we had named them" in words(text)
    form = {"to": "spy@evil.example", "text": "Our prices."}
    asked = said(agent_client.post(f"{url}/replies", data={**form, "last": str(first.id)}), 422)
    assert "A message came after you began." in asked
    assert "spy@evil.example wrote into this ticket, but neither the requester nor we had named them." in asked
    assert "wrote in uninvited" in asked
    post(agent_client, f"{url}/replies", sure="1", **form)
    post(agent_client, f"{url}/replies", **form)


def test_the_answer_to_a_forged_mail_never_goes_where_the_forger_wants(
    agent_client: FlaskClient, support: Mailbox, arrive: Arrive, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        db.get_one(Mailbox, support.id).receiving_host = "mx.desk.example"
    arrive(mail(Authentication_Results="mx.desk.example; dmarc=pass header.from=kunde.example"))
    forged = arrive(mail(Authentication_Results="mx.desk.example; dmarc=fail header.from=kunde.example",
                         Reply_To="Ole Vang <pay@evil.example>", subject="New account number"))
    text = page(agent_client, f"/tickets/{forged.number}?view=all")
    assert 'value="&#34;Ole Vang&#34; &lt;ole@kunde.example&gt;"' in text
    assert "says that this does not come from the domain it claims (DMARC). −100" in words(text)
    assert "ole@kunde.example is only claimed: this mail is not from there." in words(text)
    assert "Not from the domain it claims" in words(page(agent_client, "/tickets?view=held"))


@pytest.mark.parametrize(("told", "badge"), [
    ("dmarc=pass", "Real sender. mx.desk.example confirms that the domain of the sender sent this (DMARC)."),
    ("dmarc=fail", "Probably forged. mx.desk.example says that this does not come from the domain it claims (DMARC)."),
    ("dmarc=none", "Not proven. mx.desk.example could not tell whether the sender is genuine.")])
def test_each_message_says_how_far_its_sender_is_proven_and_why(
    agent_client: FlaskClient, support: Mailbox, arrive: Arrive, fresh_database: Database, told: str, badge: str,
) -> None:
    with fresh_database.write() as db:
        db.get_one(Mailbox, support.id).receiving_host = "mx.desk.example"
    came = arrive(mail(Authentication_Results=f"mx.desk.example; {told} header.from=kunde.example"))
    assert f'aria-label="{badge}"' in page(agent_client, f"/tickets/{came.number}?view=all")


def test_nobody_reads_over_a_forged_mail_that_others_followed(
    agent_client: FlaskClient, arrive: Arrive, ticket: Ticket, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        db.scalars(select(Mailbox)).one().receiving_host = "mx.desk.example"
    first = messages_of(ticket)[0].rfc_message_id
    forged = "mx.desk.example; dmarc=fail header.from=kunde.example"
    for words_, said_ in (("Pay elsewhere.", forged), ("I paid.", ""), ("Did you see it?", "")):
        arrive(mail(text=words_, In_Reply_To=f"<{first}>", **({"Authentication_Results": said_} if said_ else {})))
    shown = page(agent_client, f"/tickets/{ticket.number}")
    opened = [re.search(rf'id="m-{one.uid}"( open)?>', shown)[1] for one in messages_of(ticket)]
    assert opened == [None, " open", None, " open"]


def test_a_forged_reply_is_warned_of_in_the_thread_and_before_it_is_answered(
    agent_client: FlaskClient, support: Mailbox, arrive: Arrive, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        db.get_one(Mailbox, support.id).receiving_host = "mx.desk.example"
    arrive(mail(message_id="first@kunde.example", Authentication_Results="mx.desk.example; dmarc=pass header.from=kunde.example"))
    forged = arrive(mail(subject="Re: Hello", text="Please pay to this account.", In_Reply_To="<first@kunde.example>",
                         Authentication_Results="mx.desk.example; dmarc=fail header.from=kunde.example"))
    text = page(agent_client, f"/tickets/{forged.number}?view=all")
    banner = text.index('class="notice notice--late letter__verdict" role="note"')
    assert banner < text.index("Please pay to this account.", banner)
    assert "Warning: the sender is probably forged. ole@kunde.example is only claimed: this mail is not from there." in words(text)
    told = agent_client.get(f"/recipients/minded?ticket={forged.number}&q={OLE}").json
    assert told is not None
    assert told[0]["heed"] == "probably forged"
    asked = words(said(agent_client.post(f"/tickets/{forged.number}/replies", data={"to": OLE, "text": "Hi"}), 422))
    assert "The last mail is not from ole@kunde.example, although it says so" in asked


def test_what_is_known_of_an_address_is_said_as_it_is_typed(agent_client: FlaskClient, ticket: Ticket) -> None:
    told = agent_client.get(f"/recipients/minded?ticket={ticket.number}&q={OLE}, new@kunde.example").json
    assert told is not None
    assert [(one["name"], one["heed"]) for one in told] == [("Ole Vang", ""), ("", "new on this ticket")]


def test_names_stay_when_the_page_is_loaded_again(agent_client: FlaskClient, ticket: Ticket) -> None:
    agent_client.put(f"/tickets/{ticket.number}/draft", json={"html": "<div>Hi</div>", "to": OLE, "version": 0})
    assert 'value="&#34;Ole Vang&#34; &lt;ole@kunde.example&gt;"' in page(agent_client, f"/tickets/{ticket.number}")


def test_the_agent_chooses_the_language(agent_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    text = page(agent_client, f"/tickets/{ticket.number}")
    assert words(text).count("Because it is") == 1
    assert text.count('name="language"') == 4
    post(agent_client, f"/tickets/{ticket.number}/replies", to=OLE, text="Hej.", language="da")
    with fresh_database.read() as db:
        assert db.scalars(select(OutboundMail.language)).one() == "da"


def test_the_chosen_language_is_kept_with_the_draft(agent_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        save_canned(db, None, prefix="thanks", name="Thanks", text="Thank you.", language="en")
        save_canned(db, None, prefix="thanks", name="Tack", text="Tack ska du ha.", language="sv")
    draft = {"kind": "reply", "html": "<div>Hej</div>", "version": 0, "language": "sv"}
    assert agent_client.put(f"/tickets/{ticket.number}/draft", json=draft).status_code == 200
    form = page(agent_client, f"/tickets/{ticket.number}")
    assert 'name="language" value="sv" checked' in form and 'value="en" checked' not in form
    titles = {language: [one["title"] for one in agent_client.get(f"/canned.json?ticket={ticket.number}&language={language}").json]
              for language in ("", "en", "sv")}
    assert titles == {"": ["Thanks"], "en": ["Thanks"], "sv": ["Tack"]}


def test_a_note_is_internal(agent_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    post(agent_client, f"/tickets/{ticket.number}/notes", html="<div>Be kind.</div>", kind="note")
    assert messages_of(ticket)[-1].direction == "note"
    with fresh_database.read() as db:
        assert db.scalars(select(OutboundMail)).all() == []
    assert "Write something first." in words(said(agent_client.post(f"/tickets/{ticket.number}/notes", data={"text": ""}), 422))


def test_a_forward_takes_the_files_along(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    ticket = arrive(_with_file())
    url = f"/tickets/{ticket.number}/forwards"
    form = page(agent_client, f"{url}/new")
    assert "Fwd: Hello" in form
    assert "plan.txt" in form
    with fresh_database.read() as db:
        original = db.scalars(select(Attachment)).one()
    post(agent_client, url, to="smith@forge.example", html="<div>Can you?</div>", subject="Fwd: Hello", attachments=original.uid)
    with fresh_database.read() as db:
        assert len(db.scalars(select(Attachment).where(Attachment.digest == original.digest)).all()) == 2
        assert db.get_one(Attachment, original.id).message_id == original.message_id
        assert db.scalars(select(OutboundMail.kind)).one() == "forward"
    assert now_of(ticket).state == "new"
    page(agent_client, f"/attachments/{original.uid}")


def test_a_forward_keeps_tables_and_pictures(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    ticket = arrive(_with_picture())
    with fresh_database.read() as db:
        uid, original = db.scalars(select(Attachment.uid)).one(), messages_of(ticket)[0].uid
    form = page(agent_client, f"/tickets/{ticket.number}/forwards/new")
    assert f'name="original" value="{original}" checked' in form and "prints" not in unescape(form).partition("data-editor=")[2][:200]
    seen = page(agent_client, f"/messages/{original}/original")
    assert "<b>nothing</b>" in seen and f"/attachments/{uid}/picture" in seen and "<td>Room</td>" in seen and "track.example" not in seen
    post(agent_client, f"/tickets/{ticket.number}/forwards", to="smith@forge.example", html="<div>Can you?</div>", subject="Fwd: Hello",
         original=original)
    with fresh_database.read() as db:
        mail = message_from_bytes(compose(gather(db, db.scalars(select(OutboundMail)).one())), policy=policy.default)
    html, text = (mail.get_body((kind,)).get_content() for kind in ("html", "plain"))
    assert "<td>Room</td>" in html and f'src="cid:{uid}@skranke"' in html and "track.example" not in html
    assert b"image/png" in mail.as_bytes()
    for part in (html, text):
        assert part.index("Can you?") < part.index("The desk") < part.index("ole@kunde.example") < part.index("Room")
    last = messages_of(ticket)[-1]
    shown = page(agent_client, f"/tickets/{ticket.number}")
    assert f"/messages/{last.uid}/html?part=forwarded" in shown and "<td>Room</td>" not in shown
    assert "<td>Room</td>" in page(agent_client, f"/messages/{last.uid}/html?part=forwarded")


def test_a_forward_keeps_the_list_it_was_begun_beside(agent_client: FlaskClient, ticket: Ticket) -> None:
    url = f"/tickets/{ticket.number}"
    form = agent_client.get(f"{url}/forwards/new", headers={"Referer": f"http://localhost{url}?view=unassigned"}).text
    assert f'action="{url}/forwards?view=unassigned"' in form
    sent = agent_client.post(f"{url}/forwards?view=unassigned", data={"to": "smith@forge.example", "subject": "Fwd", "text": "Can you?"})
    assert sent.location == f"{url}?view=unassigned"


def test_the_original_of_a_forward_can_stay_behind(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    ticket = arrive(_with_picture())
    url, original = f"/tickets/{ticket.number}/forwards", messages_of(ticket)[0].uid
    draft = {"kind": "reply", "html": "<div>Only this</div>", "to": "smith@forge.example", "version": 0, "original": ""}
    assert agent_client.put(f"/tickets/{ticket.number}/draft?kind=forward", json=draft).status_code == 200
    kept = page(agent_client, f"{url}/new")
    assert "Only this" in kept and f'value="{original}"' in kept and f'value="{original}" checked' not in kept
    asked = page(agent_client, f"{url}/new?message={original}")     # once more with the message: what was written stays
    assert "Only this" in asked and f'value="{original}" checked' in asked
    post(agent_client, url, to="smith@forge.example", html="<div>Only this</div>", subject="Fwd: Hello")
    assert "Room" not in messages_of(ticket)[-1].text + messages_of(ticket)[-1].html
    post(agent_client, url, 422, to="smith@forge.example", subject="Fwd: Hello")
    post(agent_client, url, to="smith@forge.example", subject="Fwd: Hello", original=original)
    assert "Room" in messages_of(ticket)[-1].text


def _with_picture() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = OLE, "support@desk.example", "Hello"
    message.set_content("It prints nothing.")
    message.add_alternative('''<p>It prints <b>nothing</b>.</p><img src="cid:lamp"><img src="https://track.example/x.png">
        <table><tr><td>Room</td><td>2</td></tr><tr><td>Hall</td><td>3</td></tr></table>''', subtype="html")
    message.get_payload(1).add_related(PIXEL, "image", "png", cid="<lamp>")      # type: ignore[union-attr]
    return message.as_bytes()


def _with_file() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = OLE, "support@desk.example", "Hello"
    message["Message-ID"] = "<file@kunde.example>"
    message.set_content("See the plan.")
    message.add_attachment("The plan", filename="plan.txt")
    return message.as_bytes()


def test_drafts_survive_and_conflicts_are_told(agent_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    url = f"/tickets/{ticket.number}/draft"
    first = agent_client.put(url, json={"kind": "reply", "html": "<div>Dear Ole</div>", "to": OLE, "version": 0})
    assert first.json is not None
    assert first.json["version"] == 1
    text = page(agent_client, f"/tickets/{ticket.number}?view=all")
    assert 'data-editor="&lt;div&gt;Dear Ole&lt;/div&gt;"' in text
    assert 'data-version="1"' in text
    assert "Draft Dear Ole" in words(text)
    stale = agent_client.put(url, json={"kind": "reply", "html": "<div>Other window</div>", "version": 0},
                             headers={"Accept": "application/json"})
    assert stale.status_code == 409
    assert stale.json is not None
    assert (stale.json["html"], stale.json["version"], stale.json["by"]) == ("<div>Dear Ole</div>", 1, "Nora Vik")
    as_note = agent_client.put(url, json={"kind": "note", "html": "<div>Dear all</div>", "version": 1})
    assert as_note.status_code == 200
    assert [(d.kind, d.html) for d in drafts(fresh_database)] == [("note", "<div>Dear all</div>")]
    assert agent_client.put(url, data="no json", content_type="text/plain").status_code == 422


def test_a_draft_is_told_when_a_message_came_since(agent_client: FlaskClient, ticket: Ticket, arrive: Arrive) -> None:
    agent_client.put(f"/tickets/{ticket.number}/draft", json={"html": "<div>Half</div>", "version": 0})
    first = messages_of(ticket)[0]
    arrive(mail(subject="Re: Hello", text="Never mind!", In_Reply_To=f"<{first.rfc_message_id}>"))
    text = words(page(agent_client, f"/tickets/{ticket.number}"))
    assert "A message came after you wrote this draft." in text
    assert "Half" in page(agent_client, f"/tickets/{ticket.number}")


def test_a_draft_is_ones_own(agent_client: FlaskClient, admin_client: FlaskClient, ticket: Ticket, nora: Agent) -> None:
    agent_client.put(f"/tickets/{ticket.number}/draft", json={"html": "<div>Mine alone</div>", "version": 0})
    text = page(admin_client, f"/tickets/{ticket.number}?view=all")
    assert "Mine alone" not in text
    assert "Nora Vik is writing …" in words(text)
    assert "Nora is writing" in words(text)
    post(agent_client, f"/tickets/{ticket.number}/draft/deletion")
    assert "Mine alone" not in page(agent_client, f"/tickets/{ticket.number}")


def test_a_new_mail_to_somebody(agent_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    assert 'name="subject"' in page(agent_client, "/tickets/new?to=eva@kunde.example")
    answer = post(agent_client, "/tickets", **{"from": support.uid}, to="Eva <eva@kunde.example>", subject="Your order", text="It is here.")
    with fresh_database.read() as db:
        ticket = db.scalars(select(Ticket)).one()
    assert answer.headers["Location"] == f"/tickets/{ticket.number}?view=mine"
    assert (ticket.subject, ticket.state, ticket.channel) == ("Your order", "waiting", "mail")
    refused = said(agent_client.post("/tickets", data={"to": "", "subject": "X", "text": "A text to keep"}), 422)
    assert "A text to keep" in refused


def test_a_new_mail_shows_its_signature_and_whom_it_goes_to(agent_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        add_mailbox(db, "workshop@desk.example", "Workshop", signature="{agent}, at the bench")
    form = page(agent_client, "/tickets/new")
    assert 'data-signature="The desk"' in form and 'data-signature="Nora Vik, at the bench"' in form
    assert "The desk" in words(form) and "Nobody is chosen yet" in words(form)
    assert "Earlier tickets" in words(page(agent_client, "/tickets/new?to=ole@kunde.example"))
    beside = words(page(agent_client, "/recipients/card?q=%22Ole%22+%3Cole@kunde.example%3E,+eva@other.example"))
    assert "Ole Vang" in beside and "Earlier tickets" in beside
    assert "Nobody we know has this address." in words(page(agent_client, "/recipients/card?q=who@other.example"))
    assert "Nobody is chosen yet" in words(page(agent_client, "/recipients/card?q="))


def test_a_call_is_noted_down(agent_client: FlaskClient, ticket: Ticket, support: Mailbox, nora: Agent, fresh_database: Database) -> None:
    blank = page(agent_client, "/tickets/new?channel=phone")
    assert f'<option value="{nora.uid}" selected>' in blank
    post(agent_client, "/tickets", channel="phone", who="ole  vang", phone="+47 555 01 200", subject="He called",
         text="Wants to know.", mailbox=support.uid, agent=nora.uid)
    with fresh_database.read() as db:
        call = db.scalars(select(Ticket).where(Ticket.channel == "phone")).one()
        assert (call.requester_id, call.assignee_id) == (now_of(ticket).requester_id, nora.id)
    text = messages_of(call)[0].text
    assert "Wants to know." in text
    assert "+47 555 01 200" in text
    shown = words(page(agent_client, f"/tickets/{call.number}"))
    assert "Ole Vang called" in shown and "noted by Nora Vik" in shown
    answer = post(agent_client, "/tickets", channel="phone", who="Somebody else", subject="Who?", text="Did not say.", mailbox=support.uid)
    assert answer.headers["Location"].endswith("?view=unassigned")
    nobodys = page(agent_client, answer.headers["Location"])
    assert "Somebody else called" in nobodys
    assert "gave the ticket to nobody" not in nobodys
    refused = said(agent_client.post("/tickets", data={"channel": "phone", "who": "", "subject": "", "text": "Keep"}), 422)
    assert "Keep" in refused


def test_a_failed_mail_is_sent_again(agent_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    post(agent_client, f"/tickets/{ticket.number}/replies", to=OLE, text="Yes.")
    with fresh_database.write() as db:
        sent = db.scalars(select(OutboundMail)).one()
        sent.state, sent.reason, uid = "failed", "550 no such user", sent.uid
    shown = words(page(agent_client, f"/tickets/{ticket.number}"))
    assert "Not sent. 550 no such user" in shown
    post(agent_client, f"/deliveries/{uid}")
    with fresh_database.read() as db:
        assert db.scalars(select(OutboundMail.state)).one() == "queued"


def test_a_forwarded_mail_says_who_forwarded_it(
    agent_client: FlaskClient, arrive: Arrive, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        db.add(Agent(email="vera@desk.example", name="Vera Moe"))
    got = arrive(mail("vera@desk.example", subject="FW: Printer", text=(
        "From: Ole Vang <ole@kunde.example>\nSent: Monday, June 3, 2024 10:12 AM\nTo: Vera Moe\nSubject: Printer\n\nIt does not print.\n")))
    text = words(page(agent_client, f"/tickets/{got.number}?view=all"))
    assert "ole@kunde.example, forwarded by Vera Moe" in text
    assert "Vera Moe forwarded this mail of ole@kunde.example. Ole Vang is new here, so a person was made." in text


def test_a_message_that_came_meanwhile_is_a_doubt(agent_client: FlaskClient, ticket: Ticket, arrive: Arrive) -> None:
    first = messages_of(ticket)[0]
    assert f'name="last" value="{first.id}"' in page(agent_client, f"/tickets/{ticket.number}")
    arrive(mail(text="Wait!", In_Reply_To=first.rfc_message_id, subject="Re: Hello"))
    assert len(messages_of(ticket)) == 2
    form = {"to": "ole@kunde.example", "html": "<div>Done.</div>", "then": "close", "last": str(first.id)}
    answer = agent_client.post(f"/tickets/{ticket.number}/replies", data=form)
    assert answer.status_code == 422 and "A message came after you began." in words(answer.text)
    assert now_of(ticket).state != "closed" and f'name="last" value="{messages_of(ticket)[1].id}"' in answer.text
    post(agent_client, f"/tickets/{ticket.number}/replies", **form | {"last": str(messages_of(ticket)[1].id)})
    assert now_of(ticket).state == "closed"


@pytest.mark.parametrize("noun", ["replies", "notes", "forwards"])
def test_what_was_written_stays_when_a_colleague_is_faster_by_a_moment(
    noun: str, agent_client: FlaskClient, ticket: Ticket, fresh_database: Database,
) -> None:
    def faster(session: Session, *_more: object) -> None:
        session.connection().execute(text("UPDATE tickets SET version = version + 1"))

    form = {"to": "smith@forge.example", "html": "<div>Written with care.</div>", "subject": "Fwd", "sure": "1"}
    event.listen(Session, "before_flush", faster)
    try:
        answer = agent_client.post(f"/tickets/{ticket.number}/{noun}", data=form)
    finally:
        event.remove(Session, "before_flush", faster)
    assert answer.status_code == 409 and "Written with care." in answer.text and "at the same moment" in words(answer.text)
    assert len(messages_of(ticket)) == 1


def test_a_store_of_files_that_is_away_is_said_in_a_sentence(
    bucket: Bucket, agent_client: FlaskClient, ticket: Ticket, fresh_database: Database,
) -> None:
    url = agent_client.post("/files", data={"file": (io.BytesIO(b"kept"), "kept.txt")}).json["url"]
    bucket.stop()
    away = "The store of the files does not answer just now."
    told = agent_client.post("/files", data={"file": (io.BytesIO(b"late"), "late.txt")}, headers={"Accept": "application/json"})
    assert told.status_code == 503 and told.json["detail"].startswith(away)
    assert away in page(agent_client, url, 503)
    answer = agent_client.post(f"/tickets/{ticket.number}/replies", data={
        "to": OLE, "text": "Here.", "files": (io.BytesIO(b"form"), "form.txt")})
    assert answer.status_code == 503 and away in answer.text
    with fresh_database.read() as db:
        assert db.scalars(select(Attachment.name)).all() == ["kept.txt"]
    assert agent_client.get("/readyz").json == {"status": "degraded", "why": "The store of the files does not answer."}
    bucket.start()
    assert agent_client.get(url).data == b"kept" and agent_client.get("/readyz").json == {"status": "ok"}


def test_many_files_fold(agent_client: FlaskClient, arrive: Arrive) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = OLE, "support@desk.example", "Bilag"
    letter.set_content("Se her.")
    for n in range(14):
        letter.add_attachment(b"%d" % n, maintype="application", subtype="pdf", filename=f"bilag{n}.pdf")
    shown = page(agent_client, f"/tickets/{arrive(letter.as_bytes()).number}")
    assert "4 more files" in words(shown) and shown.index("bilag9.pdf") < shown.index("4 more files") < shown.index("bilag10.pdf")


def test_a_crowd_is_not_written_to_unasked(agent_client: FlaskClient, arrive: Arrive) -> None:
    """A mail to three hundred: its head stays short, nobody stands in copy, and no answer goes to more than fifty."""
    others = [f"u{n}@kunde.example" for n in range(300)]
    ticket = arrive(mail(to=f"support@desk.example, {', '.join(others)}"))
    url = f"/tickets/{ticket.number}"
    shown = page(agent_client, url)
    assert "u299@kunde.example" not in shown
    assert "u0@kunde.example, u1@kunde.example, and 298 others" in words(shown), "and more of them unfold"
    assert '<summary>support@desk.example' in shown and "u98@kunde.example" in shown
    assert "went to 300 others as well" in words(shown)
    refused = post(agent_client, f"{url}/replies", 422, to=OLE, cc=", ".join(others[:60]), html="Hi", sure="1")
    assert "At most 50 recipients." in words(refused.text)
    asked = words(post(agent_client, f"{url}/replies", 422, to=OLE, cc=", ".join(f"new{n}@else.example" for n in range(40)), html="Hi").text)
    assert "40 addresses are new on this ticket: new0@else.example and others." in asked
    assert len(messages_of(ticket)) == 1


def test_what_was_not_sent_has_the_cursor(agent_client: FlaskClient, ticket: Ticket) -> None:
    """So that Ctrl+Enter sends it again."""
    url = f"/tickets/{ticket.number}"
    assert " autofocus" not in page(agent_client, url).split('name="text"')[1].split(">")[0]
    asked = post(agent_client, f"{url}/replies", 422, to="new@kunde.example", html="Hi").text
    assert " autofocus" in asked.split('name="text"')[1].split("</textarea>")[0]


def test_a_colleague_who_answered_meanwhile_is_named(
    agent_client: FlaskClient, admin_client: FlaskClient, ticket: Ticket,
) -> None:
    url = f"/tickets/{ticket.number}"
    last = str(messages_of(ticket)[-1].id)
    assert f'name="last" value="{last}"' in page(agent_client, url)
    post(agent_client, f"{url}/replies", to=OLE, html="Mine.", last=last)
    assert agent_client.get(f"/live{url}?last={last}").get_json()["text"] == "Nora Vik answered"
    asked = words(post(admin_client, f"{url}/replies", 422, to=OLE, html="Mine too.", last=last).text)
    assert "Nora Vik answered after you began. Read it before you send." in asked
    post(agent_client, f"{url}/replies", to=OLE, html="And this.", last=last)       # one's own are no surprise
    post(admin_client, f"{url}/replies", to=OLE, html="Mine too.", last=last, sure="1")


def test_nothing_is_written_on_a_deleted_ticket_but_what_was_written_stays(
    admin_client: FlaskClient, ticket: Ticket, fresh_database: Database,
) -> None:
    url = f"/tickets/{ticket.number}"
    assert "data-composer" in page(admin_client, url)
    with fresh_database.write() as db:
        db.get_one(Ticket, ticket.id).binned_at = now()
    assert 'class="composer' not in page(admin_client, url)
    assert "My long answer" in post(admin_client, f"{url}/replies", 422, to=OLE, text="My long answer").text
