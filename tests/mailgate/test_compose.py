"""From a row of the ledger to the bytes that leave."""

import email
import email.policy
import email.utils
from dataclasses import replace

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import i18n
from core.clock import now
from core.errors import Refused
from core.tokens import seal
from desk.addressing import notification_of, outbound_uid_of, ticket_number_of
from desk.letter import Party
from desk.loops import carries_our_mark
from desk.outbound import enqueue
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from mailgate import heading
from mailgate.compose import compose
from mailgate.dkim import NotYet, new_key
from mailgate.outgoing import Outgoing, gather
from mailgate.parse import parse
from tests.outgoing import CUSTOMER, a_conversation, a_file, a_message, an_answer

PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de")


@pytest.fixture
def talk(db):
    return a_conversation(db)


def made(db, row):
    """The mail, as bytes that were checked and as the library reads them."""
    raw = compose(gather(db, row))
    check_wire_form(raw)
    return email.message_from_bytes(raw, policy=email.policy.default)


def check_wire_form(raw):
    lines = raw.split(b"\r\n")
    assert all(len(line) <= 998 for line in lines)
    assert not any(b"\r" in line or b"\n" in line or b"\0" in line for line in lines)
    assert raw.split(b"\r\n\r\n")[0].isascii()


def part(mail, type_):
    return next(p for p in mail.walk() if p.get_content_type() == type_).get_content().replace("\r\n", "\n")


def test_answer_to_a_customer(db, talk):
    row = an_answer(db, talk)
    mail = made(db, row)
    assert mail["From"] == "Support <support@desk.example>"
    assert mail["To"] == "Ole Vang <ole@kunde.example>"
    assert mail["Subject"] == f"Re: The lamp is dark [#{talk.ticket.number}]"
    assert mail["Message-ID"] == f"<{row.rfc_message_id}>"
    assert mail["In-Reply-To"] == "<first.1@kunde.example>"
    assert mail["References"] == "<first.1@kunde.example>"
    assert ticket_number_of(mail["Reply-To"].addresses[0].addr_spec) == talk.ticket.number
    assert mail["Auto-Submitted"] is None
    assert mail["Precedence"] is None
    assert email.utils.parsedate_to_datetime(mail["Date"]) is not None


def test_answer_in_text_and_html_with_the_quoted_question(db, talk):
    mail = made(db, an_answer(db, talk))
    assert mail.get_content_type() == "multipart/alternative"
    text = part(mail, "text/plain")
    assert text.startswith("Turn the switch.\n")
    assert "\nOn 14 Mar 2026 at 11:11, Ole Vang wrote:\n> The lamp is dark.\n> Why?" in text
    html = part(mail, "text/html")
    assert "Turn the <b>switch</b>" in html
    assert '<blockquote type="cite"' in html
    assert "The lamp is dark.<br>Why?" in html


def test_our_own_parser_reads_it_and_folds_the_quote(db, talk):
    row = an_answer(db, talk)
    letter = parse(compose(gather(db, row)))
    assert letter.sender == Party("support@desk.example", "Support")
    assert letter.message_id == row.rfc_message_id
    assert letter.visible.strip() == "Turn the switch."
    assert letter.oddities == ()


def test_only_what_they_wrote_themselves_is_quoted(db):
    talk = a_conversation(db, text="Still dark.\n\nOn Monday Support wrote:\n> Turn it", visible="Still dark.",
                          html="<p>Still dark.</p><blockquote>Turn it</blockquote>")
    mail = made(db, an_answer(db, talk))
    assert "> Still dark." in part(mail, "text/plain")
    assert "Turn it" not in part(mail, "text/plain") + part(mail, "text/html")


def test_nothing_is_quoted_to_somebody_else(db, talk):
    mail = made(db, an_answer(db, talk, to=[["", "eva@verksted.example"]]))
    assert "dark." not in part(mail, "text/plain")


def test_signature_of_the_mailbox(db, talk):
    talk.mailbox.signature = "Kind regards\nSupport"
    mail = made(db, an_answer(db, talk))
    assert "Turn the switch.\n\n-- \nKind regards\nSupport\n\nOn " in part(mail, "text/plain")
    assert "Kind regards<br>Support" in part(mail, "text/html")


def test_signature_names_who_writes(db, talk):
    talk.nora.name = "Nora <Vik>"
    talk.mailbox.signature = "Kind regards\n{agent}"
    mail = made(db, an_answer(db, talk))
    assert "-- \nKind regards\nNora <Vik>\n" in part(mail, "text/plain")
    assert "Kind regards<br>Nora &lt;Vik&gt;" in part(mail, "text/html")
    talk.mailbox.signature = "Kind regards<br><b>{agent}</b>"
    mail = made(db, an_answer(db, talk))
    assert "-- \nKind regards\nNora <Vik>\n" in part(mail, "text/plain")
    assert "<b>Nora &lt;Vik&gt;</b>" in part(mail, "text/html")


def test_signature_in_the_language_of_the_mail(db, talk):
    """S79a: the preferred language picks every text."""
    talk.mailbox.signature, talk.mailbox.signatures = "Kind regards\nSupport", {"nb": "Vennlig hilsen\n{agent}", "sv": ""}
    answer = an_answer(db, talk)
    for language, said in (("nb", "Vennlig hilsen"), ("da", "Kind regards"), ("sv", "Kind regards")):
        answer.language = language
        assert f"-- \n{said}\n" in part(made(db, answer), "text/plain")


def test_last_message_of_a_person_is_answered_not_a_robots(db, talk):
    a_message(db, talk.ticket, direction="in", rfc_message_id="second@kunde.example", from_address=CUSTOMER,
              references="first.1@kunde.example", text="More")
    a_message(db, talk.ticket, direction="in", rfc_message_id="ooo@kunde.example", automatic="vacation", text="Away")
    mail = made(db, an_answer(db, talk))
    assert mail["In-Reply-To"] == "<second@kunde.example>"
    assert mail["References"].split() == ["<first.1@kunde.example>", "<second@kunde.example>"]


def test_later_messages_are_not_answered_by_an_earlier_reply(db, talk):
    row = an_answer(db, talk)
    a_message(db, talk.ticket, direction="in", rfc_message_id="later@kunde.example", text="Later")
    assert made(db, row)["In-Reply-To"] == "<first.1@kunde.example>"


def test_references_are_trimmed_to_the_first_and_the_last(db, talk):
    """FreeScout issue 5542: relays refuse header fields above 4 096 bytes; MAIL.md, Loops and bounces."""
    talk.asked.references = " ".join(f"{n}.{'x' * 60}@kunde.example" for n in range(200, 0, -1))
    raw = compose(gather(db, an_answer(db, talk)))
    ids = email.message_from_bytes(raw, policy=email.policy.default)["References"].split()
    assert ids[0].startswith("<1.")
    assert ids[-2].startswith("<200.")
    assert ids[-1] == "<first.1@kunde.example>"
    assert len(" ".join(ids)) <= 900
    assert b"=?" not in raw.split(b"References:")[1].split(b"\r\nContent-Language")[0]


def test_long_message_ids_are_not_encoded(db, talk):
    """CPython issue 80222: folding turned ids longer than a line into encoded words."""
    talk.asked.rfc_message_id = f"{'A' * 120}@eurprd08.prod.outlook.example"
    mail = made(db, an_answer(db, talk))
    assert mail["In-Reply-To"] == f"<{talk.asked.rfc_message_id}>"


@pytest.mark.parametrize("bad", ["no-at-sign", "a b@c.example", "x@y>\r\nBcc: eva@kunde.example", "æ@kunde.example"])
def test_ids_that_no_header_can_hold_are_left_out(db, talk, bad):
    talk.asked.rfc_message_id = bad
    mail = made(db, an_answer(db, talk))
    assert mail["In-Reply-To"] is None
    assert mail["Bcc"] is None


def test_one_token_however_often_the_subject_carried_it(db, talk):
    talk.ticket.subject = f"SV: Lamp [#{talk.ticket.number}] [#7]"
    assert made(db, an_answer(db, talk))["Subject"] == f"SV: Lamp [#{talk.ticket.number}]"


def test_first_mail_of_a_ticket_that_an_agent_opened(db, talk):
    db.delete(talk.asked)
    mail = made(db, an_answer(db, talk, subject="Your order"))
    assert mail["Subject"] == f"Your order [#{talk.ticket.number}]"
    assert mail["In-Reply-To"] is None
    assert mail["References"] is None


def test_forward_begins_a_conversation_of_its_own(db, talk):
    mail = made(db, an_answer(db, talk, kind="forward", to=[["", "eva@verksted.example"]]))
    assert mail["Subject"] == f"Fwd: The lamp is dark [#{talk.ticket.number}]"
    assert mail["In-Reply-To"] is None
    assert "dark.\n> Why" not in part(mail, "text/plain")


def test_blind_copies_are_in_the_envelope_alone(db, talk):
    row = an_answer(db, talk, cc=[["", "per@kunde.example"], ["Ole", CUSTOMER.upper()]],
                    recipients=[CUSTOMER, "per@kunde.example", "hidden@kunde.example"])
    raw = compose(gather(db, row))
    assert b"hidden" not in raw
    assert email.message_from_bytes(raw)["Cc"] == "per@kunde.example"


def test_names_and_subjects_beyond_ascii(db, talk):
    talk.mailbox.name = "Kundesenter, Ålesund"
    mail = made(db, an_answer(db, talk, to=[['Åse "Sol" Ødegård, AS', CUSTOMER]], subject="Blåbærsyltetøy på " * 20))
    assert mail["To"].addresses[0].display_name == 'Åse "Sol" Ødegård, AS'
    assert mail["From"].addresses[0].display_name == "Kundesenter, Ålesund"
    assert mail["Subject"].startswith("Re: Blåbærsyltetøy på Blåbær")


def test_name_with_a_comma_stays_one_address(db, talk):
    mail = made(db, an_answer(db, talk, to=[["Vang, Ole \\ <x@y.example>", CUSTOMER]]))
    assert [a.addr_spec for a in mail["To"].addresses] == [CUSTOMER]


def test_nothing_in_a_name_or_subject_makes_a_header(db, talk):
    mail = made(db, an_answer(db, talk, subject="A\r\nBcc: eva@kunde.example", to=[["B\nBcc: x@y.example", CUSTOMER]]))
    assert mail["Bcc"] is None


def test_idn_domain_is_written_in_ascii(db, talk):
    mail = made(db, an_answer(db, talk, to=[["", "ole@bücher.example"]]))
    assert mail["To"] == "ole@xn--bcher-kva.example"


def test_non_ascii_local_part_makes_utf8_headers(db, talk):
    raw = compose(gather(db, an_answer(db, talk, to=[["Åse", "åse@kunde.example"]])))
    assert "<åse@kunde.example>".encode() in raw


def test_pictures_of_the_composer_go_inside(db, talk):
    row = an_answer(db, talk)
    message = db.get(Message, row.message_id)
    picture = a_file(db, message, "Skjermbilde på.png", PIXEL, "image/png")
    a_file(db, message, "håndbok.txt", "Æ".encode(), "text/plain")
    message.html = f'<div>See <img src="/attachments/{picture.uid}" alt="x"></div>'
    mail = made(db, row)
    assert mail.get_content_type() == "multipart/mixed"
    related = next(p for p in mail.walk() if p.get_content_type() == "multipart/related")
    html, image = related.iter_parts()
    assert image["Content-ID"].strip("<>") in html.get_content()
    assert "/attachments/" not in html.get_content()
    assert (image.get_filename(), image.get_content()) == ("Skjermbilde på.png", PIXEL)
    assert [(a.get_filename(), a.get_payload(decode=True)) for a in mail.iter_attachments()] == [
        ("håndbok.txt", "Æ".encode())]


def test_picture_of_another_ticket_stays_out(db, talk):
    other = Ticket(subject="Other", mailbox_id=talk.mailbox.id, moved_at=now())
    db.add(other)
    db.flush()
    theirs = a_file(db, a_message(db, other, direction="in"), "secret.png", PIXEL, "image/png")
    row = an_answer(db, talk)
    message = db.get(Message, row.message_id)
    message.html = f'<div><img src="/attachments/{theirs.uid}"><img src="/other.png">Text</div>'
    html = part(made(db, row), "text/html")
    assert "<img" not in html
    assert "Text" in html


def test_pictures_of_the_question_are_quoted_with_it(db, talk):
    a_file(db, talk.asked, "lamp.png", PIXEL, "image/png", content_id="lamp@kunde", inline=True)
    talk.asked.html = '<p>Dark: <img src="cid:lamp@kunde"> <img data-src="https://track.example/x.gif"></p>'
    mail = made(db, an_answer(db, talk))
    related = next(p for p in mail.walk() if p.get_content_type() == "multipart/related")
    html, image = related.iter_parts()
    assert f'src="cid:{image["Content-ID"].strip("<>")}"' in html.get_content()
    assert "track.example" not in html.get_content()


def test_mail_in_a_mail_goes_as_a_file(db, talk):
    """A message/rfc822 part may not be base64 (RFC 2046 section 5.2.1)."""
    row = an_answer(db, talk)
    a_file(db, db.get(Message, row.message_id), "old.eml", b"Subject: x\n\nold", "message/rfc822")
    attached = next(made(db, row).iter_attachments())
    assert (attached.get_content_type(), attached.get_filename()) == ("application/octet-stream", "old.eml")


def test_file_that_is_gone_is_said(db, talk):
    row = an_answer(db, talk)
    a_file(db, db.get(Message, row.message_id), "a.txt", b"a").digest = "0" * 64
    db.flush()
    with pytest.raises(Refused, match=r"a\.txt is no longer kept"):
        compose(gather(db, row))


def test_dkim_signature_is_valid(db, talk):
    key, record = new_key(1024)
    talk.mailbox.dkim_selector, talk.mailbox.dkim_key = "skranke", seal(key)
    raw = compose(gather(db, an_answer(db, talk)))
    asked = []
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=5: asked.append(name) or record.encode())
    assert asked == [b"skranke._domainkey.desk.example."]
    assert not dkim.verify(raw.replace(b"Turn the switch", b"Send me money"), dnsfunc=lambda *a, **k: record.encode())


def test_unusable_dkim_key_makes_the_mail_wait(db, talk):
    talk.mailbox.dkim_selector, talk.mailbox.dkim_key = "skranke", seal("not a key")
    with pytest.raises(NotYet, match=r"DKIM key of desk\.example"):
        compose(gather(db, an_answer(db, talk)))


# Our own mail (MAIL.md, the last line of "Loops and bounces")

def automatic(db, talk, kind, **fields):
    row = enqueue(db, kind=kind, mailbox=talk.mailbox, recipients=[CUSTOMER], ticket_id=talk.ticket.id,
                  subject="We have your request", text="Thank you.", html="<p>Thank you.</p>", **fields)
    return gather(db, row), made(db, row)


def test_acknowledgement_is_marked_and_has_the_null_sender(db, talk):
    outgoing, mail = automatic(db, talk, "acknowledgement")
    assert outgoing.envelope_sender == ""
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert mail["In-Reply-To"] == "<first.1@kunde.example>"
    assert mail["To"] == "Ole Vang <ole@kunde.example>"
    assert mail["Subject"].endswith(f"[#{talk.ticket.number}]")
    assert ">" not in part(mail, "text/plain")


def test_notification_comes_back_to_a_signed_address(db, talk):
    outgoing, mail = automatic(db, talk, "notification", agent_id=talk.nora.id)
    assert outbound_uid_of(outgoing.envelope_sender) is not None
    assert mail["Auto-Submitted"] == "auto-generated"
    assert notification_of(mail["Reply-To"].addresses[0].addr_spec) == (talk.ticket.number, talk.nora.id, False)


def test_reply_comes_back_to_a_signed_address(db, talk):
    row = an_answer(db, talk)
    assert outbound_uid_of(gather(db, row).envelope_sender) == row.uid


def test_mail_of_the_desk_itself_comes_from_its_first_mailbox(db, talk):
    row = enqueue(db, kind="system", mailbox=None, recipients=[talk.nora.email], subject="Reset", text="Link",
                  html="<p>Link</p>")
    mail = made(db, row)
    assert mail["From"] == "Skranke <support@desk.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert outbound_uid_of(gather(db, row).envelope_sender) == row.uid


def test_mail_of_a_desk_without_mailboxes_has_a_sender_still(db):
    row = enqueue(db, kind="system", mailbox=None, recipients=["nora@desk.example"], subject="Reset", text="Link")
    assert made(db, row)["From"] == "Skranke <skranke@127.0.0.1>"


@pytest.mark.parametrize("kind", ["acknowledgement", "notification", "system"])
def test_loop_mark_on_everything(db, talk, kind):
    for mail in (automatic(db, talk, kind)[1], made(db, an_answer(db, talk))):
        letter = parse(mail.as_bytes(policy=email.policy.SMTP))
        assert carries_our_mark([mail["X-Skranke-Loop"]], letter.text, ())
        assert not carries_our_mark([mail["X-Skranke-Loop"]], f"{letter.text} More.", ())
        assert not carries_our_mark([mail["X-Skranke-Loop"]], letter.text, ("0" * 64,))


def test_plain_addresses_where_the_provider_knows_no_plus(db, talk):
    talk.mailbox.plus_addressing = False
    outgoing = gather(db, an_answer(db, talk))
    assert outgoing.envelope_sender == "support@desk.example"
    assert outgoing.reply_to == ""


def test_extra_headers_cannot_replace_ours(db, talk):
    _, mail = automatic(db, talk, "system", headers={"X-Reason": "test\r\nBcc: a@b.example", "From": "evil@x.example",
                                                     "Bad:Name": "x"})
    assert mail["X-Reason"] == "test Bcc: a@b.example"
    assert mail["From"] == "Support <support@desk.example>"


# In the reader's language

def test_attribution_in_the_language_of_the_answer(db, talk, monkeypatch):
    asked = []
    monkeypatch.setattr("mailgate.enclosing.gettext", lambda m, **v: asked.append(i18n.language()) or m % v)
    assert made(db, an_answer(db, talk, language="sv"))["Content-Language"] == "sv"
    assert asked == ["sv"]


# Whatever the words

@settings(max_examples=150, deadline=None)
@given(name=st.text(max_size=200), subject=st.text(max_size=400))
def test_header_lines_stand_whatever_is_in_them(name, subject):
    raw = (heading.people("To", [(name, "ole@kunde.example")]) + heading.words("Subject", subject)).encode()
    check_wire_form(raw + b"\r\n")
    read = email.message_from_bytes(raw + b"\r\n", policy=email.policy.default)
    assert sorted(read.keys()) == ["Subject", "To"]
    assert [a.addr_spec for a in read["To"].addresses] == ["ole@kunde.example"]


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=3000))
def test_bodies_stand_whatever_is_in_them(text):
    raw = compose(replace(BARE, text=text))
    check_wire_form(raw)


BARE = Outgoing(
    message_id="a.b@desk.example", envelope_sender="", sender=("", "support@desk.example"), to=[("", CUSTOMER)], cc=[],
    reply_to="", subject="", in_reply_to="", references=[], auto_submitted="", headers={}, language="en", text="",
    html="", whole=False, signature="", quote=None, files=[], signing=None)
