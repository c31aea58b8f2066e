"""MAIL.md, Routing: an agent forwards a customer's mail, as the mail programs write it."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from desk.letter import Party
from mailgate import letter_wire
from mailgate.parse import parse
from tests.letters_made import mail

OLE = Party("ole@kunde.example", "Ole Vang")
WORDS = "The printer does not print.\n\nOle"
GMAIL = """Can somebody look at this?

---------- Forwarded message ---------
From: Ole Vang <ole@kunde.example>
Date: Mon, 3 Jun 2024 at 10:12
Subject: Printer
To: Nora Vik <nora@desk.example>


"""
GMAIL_NB = """Can somebody look at this?

---------- Forwarded message ---------
Fra: Ole Vang <ole@kunde.example>
Date: man. 3. juni 2024 kl. 10:12
Subject: Printer
To: <nora@desk.example>


"""
OUTLOOK = """Can somebody look at this?

From: Ole Vang <ole@kunde.example>
Sent: Monday, June 3, 2024 10:12 AM
To: Nora Vik <nora@desk.example>
Subject: Printer

"""
OUTLOOK_LINKED = """Can somebody look at this?

________________________________
From: Ole Vang <ole@kunde.example<mailto:ole@kunde.example>>
Sent: Monday, June 3, 2024 10:12:00 AM
To: Nora Vik <nora@desk.example>; Jonas Berg
<jonas@desk.example>
Subject: Printer

"""
OUTLOOK_OLD = """Can somebody look at this?

-----Original Message-----
From: Ole Vang [mailto:ole@kunde.example]
Sent: Monday, June 3, 2024 10:12 AM
To: Nora Vik
Subject: Printer

"""
OUTLOOK_DE = """Can somebody look at this?

Von: Ole Vang <ole@kunde.example>
Gesendet: Montag, 3. Juni 2024 10:12
An: Nora Vik <nora@desk.example>
Betreff: Printer

"""
OUTLOOK_NB = """Can somebody look at this?

Fra: Ole Vang <ole@kunde.example>
Sendt: mandag 3. juni 2024 10:12
Til: Nora Vik <nora@desk.example>
Emne: Printer

"""
OUTLOOK_SV = """Can somebody look at this?

Från: Ole Vang <ole@kunde.example>
Skickat: den 3 juni 2024 10:12
Till: Nora Vik <nora@desk.example>
Ämne: Printer

"""
OUTLOOK_DA = """Can somebody look at this?

Fra: Ole Vang <ole@kunde.example>
Sendt: 3. juni 2024 10:12
Til: Nora Vik <nora@desk.example>
Emne: Printer

"""
APPLE_HEAD = """> From: Ole Vang <ole@kunde.example>
> Subject: Printer
> Date: 3 June 2024 at 10:12:00 CEST
> To: nora@desk.example
>\x20
"""
THUNDERBIRD = """Can somebody look at this?


-------- Forwarded Message --------
Subject: \tPrinter
Date: \tMon, 3 Jun 2024 10:12:00 +0200
From: \tOle Vang <ole@kunde.example>
To: \tnora@desk.example


"""
THUNDERBIRD_DE = """Can somebody look at this?


-------- Weitergeleitete Nachricht --------
Betreff: \tPrinter
Datum: \tMon, 3 Jun 2024 10:12:00 +0200
Von: \tOle Vang <ole@kunde.example>
An: \tnora@desk.example


"""


def apple(begin):
    quoted = "".join(f"> {line}\n" for line in WORDS.split("\n"))
    return f"Can somebody look at this?\n\n{begin}\n\n{APPLE_HEAD}{quoted}"


@pytest.mark.parametrize(("subject", "text"), [
    ("Fwd: Printer", GMAIL + WORDS), ("Fwd: Printer", GMAIL_NB + WORDS), ("Printer, please", GMAIL + WORDS),
    ("FW: Printer", OUTLOOK + WORDS), ("Fwd: Printer", OUTLOOK_LINKED + WORDS), ("FW: Printer", OUTLOOK_OLD + WORDS),
    ("WG: Printer", OUTLOOK_DE + WORDS), ("VS: Printer", OUTLOOK_NB + WORDS), ("VB: Printer", OUTLOOK_SV + WORDS),
    ("VS: Printer", OUTLOOK_DA + WORDS), ("Fwd: Printer", apple("Begin forwarded message:")),
    ("Fwd: Printer", apple("Anfang der weitergeleiteten Nachricht:")), ("Fwd: Printer", apple("Start på videresendt melding:")),
    ("Fwd: Printer", apple("Vidarebefordrat brev:")), ("Fwd: Printer", THUNDERBIRD + WORDS), ("Fwd: Printer", THUNDERBIRD_DE + WORDS),
], ids=["gmail", "gmail nb", "gmail own subject", "outlook", "outlook linked", "outlook old", "outlook de", "outlook nb", "outlook sv",
        "outlook da", "apple", "apple de", "apple nb", "apple sv", "thunderbird", "thunderbird de"])
def test_mail_programs(subject, text):
    found = parse(mail("nora@desk.example", subject=subject, text=text)).forwarded
    assert found is not None
    assert (found.sender, found.subject, found.text) == (OLE, "Printer", WORDS)
    assert found.comment == "Can somebody look at this?"


@pytest.mark.parametrize(("subject", "heading"), [
    ("VL: Printer", "Lähettäjä: Ole Vang <ole@kunde.example>\nLähetetty: maanantai 3. kesäkuuta 2024 10.12\nVastaanottaja: Nora\nAihe: Printer"),
    ("FS: Printer", "Frá: Ole Vang <ole@kunde.example>\nSent: mánudagur, 3. júní 2024 10:12\nTil: Nora\nEfni: Printer"),
    ("转发: Printer", "发件人: Ole Vang <ole@kunde.example>\n发送时间: 2024年6月3日 10:12\n收件人: Nora\n主题: Printer"),
    ("İLT: Printer", "Kimden: Ole Vang <ole@kunde.example>\nGönderildi: 3 Haziran 2024 Pazartesi 10:12\nKime: Nora\nKonu: Printer"),
    ("Printer", "-------- Edelleen lähetetty viesti --------\nFrom: Ole Vang <ole@kunde.example>\nDate: 3 Jun 2024 10:12\nSubject: Printer"),
    ("Printer", "-------- Перенаправленное сообщение --------\nОт: Ole Vang <ole@kunde.example>\nДата: 3 Jun 2024 10:12\nТема: Printer"),
    ("Printer", "----- Forwarded message from Ole Vang <ole@kunde.example> -----\n\nFrom: Ole Vang <ole@kunde.example>\nDate: 3 Jun 2024\nSubject: Printer"),
])
def test_forwards_in_more_languages(subject, heading):
    found = parse(mail("nora@desk.example", subject=subject, text=f"Can somebody look at this?\n\n{heading}\n\n{WORDS}")).forwarded
    assert found is not None
    assert (found.sender, found.subject, found.text, found.comment) == (OLE, "Printer", WORDS, "Can somebody look at this?")


def test_html_of_outlook_without_a_plain_version():
    message = EmailMessage()
    message["From"], message["Subject"] = "nora@desk.example", "FW: Printer"
    message.set_content(
        "<p>Can somebody look at this?</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> Ole Vang"
        " &lt;ole@kunde.example&gt;<br><b>Sent:</b> Monday, June 3, 2024 10:12 AM<br><b>To:</b> Nora Vik<br><b>Subject:</b>"
        " Printer</p></div></div><p>&nbsp;</p><p>The printer does not print.</p><p>Ole</p>", subtype="html")
    found = parse(message.as_bytes()).forwarded
    assert (found.sender, found.subject, found.text) == (OLE, "Printer", WORDS)
    assert found.comment == "Can somebody look at this?"


def test_dates_that_can_be_read_are_told():
    found = parse(mail("nora@desk.example", subject="Fwd: Printer", text=THUNDERBIRD + WORDS)).forwarded
    assert found.sent_at == datetime(2024, 6, 3, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize(("subject", "text"), [
    ("Re: Printer", OUTLOOK + WORDS), ("SV: Printer", OUTLOOK_NB + WORDS), ("Printer", OUTLOOK + WORDS),
    ("Re: Fwd: Printer", GMAIL + WORDS),
    ("Fwd: Printer", "Yes.\n\nOn Mon, 3 Jun 2024 at 10:12, Ole Vang <ole@kunde.example> wrote:\n\n> No.\n"),
    ("VS: Printer", OUTLOOK_SV.replace("Från:", "Lähettäjä:") + WORDS), ("Fwd: Printer", "See the file."),
])
def test_answers_and_ordinary_mails_pass_nothing_on(subject, text):
    assert parse(mail("nora@desk.example", subject=subject, text=text)).forwarded is None


def test_a_sender_without_an_address_is_nobody():
    found = parse(mail("nora@desk.example", subject="FW: Printer", text=OUTLOOK.replace(" <ole@kunde.example>", "") + WORDS)).forwarded
    assert found.sender is None
    assert found.text == WORDS


def enclosing(inner: bytes, *, subject: str, text: str = "") -> bytes:
    import email
    import email.policy

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "nora@desk.example", "support@desk.example", subject
    message["Message-ID"] = "<outer@desk.example>"
    if text:
        message.set_content(text)
    message.add_attachment(email.message_from_bytes(inner, policy=email.policy.default))
    return message.as_bytes()


def test_an_enclosed_mail_brings_its_files_and_its_html():
    inner = EmailMessage()
    inner["From"], inner["Subject"], inner["Date"] = "Ole Vang <ole@kunde.example>", "Printer", "Mon, 3 Jun 2024 10:12:00 +0200"
    inner.set_content(WORDS)
    inner.add_alternative("<p>The <b>printer</b> does not print.</p><p>Ole</p>", subtype="html")
    inner.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="log.pdf")
    letter = parse(enclosing(inner.as_bytes(), subject="Fwd: Printer", text="Can somebody look at this?"))
    found = letter.forwarded
    assert (found.sender, found.subject, found.comment) == (OLE, "Printer", "Can somebody look at this?")
    assert found.sent_at == datetime(2024, 6, 3, 8, 12, tzinfo=UTC)
    assert "<b>printer</b>" in found.html
    assert [one.name for one in found.attachments] == ["log.pdf"]
    told, contents = letter_wire.pack(letter)
    assert letter_wire.unpack(told, contents) == letter


@pytest.mark.parametrize(("subject", "text", "passed_on"), [
    ("", "", True), ("Printer", "", True), ("Fwd: Printer", "Please.", True), ("My own matter", "See what he wrote.", False)])
def test_an_enclosed_mail_beside_other_words_is_but_a_file(subject, text, passed_on):
    letter = parse(enclosing(mail(subject="Printer", text=WORDS), subject=subject, text=text))
    assert (letter.forwarded is not None) is passed_on
