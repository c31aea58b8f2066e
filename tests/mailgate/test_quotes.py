"""The visible part of a reply: quotes folded, the sender's own words never."""

from __future__ import annotations

import pytest

from mailgate.quotes import folded, visible, visible_html
from tests.mailgate.reading import letter

ANSWER = "Takk, det virker nå."


@pytest.mark.parametrize("attribution", [
    "On Tue, Jun 4, 2024 at 9:00 AM Desk <desk@desk.example> wrote:",
    "On 4 Jun 2024, at 09:00, Desk <desk@desk.example> wrote:",
    "tir. 4. juni 2024 kl. 09:00 skrev Desk <desk@desk.example>:",
    "Den 4. juni 2024 kl. 09.00 skrev Desk <desk@desk.example>:",
    "Den tis 4 juni 2024 kl 09:00 skrev Desk <desk@desk.example>:",
    "4 juni 2024 kl. 09:00 skrev Desk <desk@desk.example>:",
    "Am Di., 4. Juni 2024 um 09:00 Uhr schrieb Desk <desk@desk.example>:",
    "Am 04.06.2024 um 09:00 schrieb Desk:",
    "Le mar. 4 juin 2024 à 09:00, Desk <desk@desk.example> a écrit :",
    "Op di 4 jun 2024 om 09:00 schreef Desk <desk@desk.example>:",
    "Op 4 jun. 2024 om 09:00 heeft Desk <desk@desk.example> het volgende geschreven:",
    "ti 4. kesäk. 2024 klo 9.00 Desk (desk@desk.example) kirjoitti:",
    "El mar, 4 jun 2024 a las 9:00, Desk (<desk@desk.example>) escribió:",
    "Il giorno mar 4 giu 2024 alle ore 09:00 Desk <desk@desk.example> ha scritto:",
    "wt., 4 cze 2024 o 09:00 Desk <desk@desk.example> napisał(a):",
    "Em ter., 4 de jun. de 2024 às 09:00, Desk <desk@desk.example> escreveu:",
    "út 4. 6. 2024 v 9:00 odesílatel Desk <desk@desk.example> napsal:",
    "вт, 4 июн. 2024 г. в 09:00, Desk <desk@desk.example>:",
    "2024-06-04 9:00 GMT+02:00 Desk <desk@desk.example>:",
    "2024年6月4日(火) 9:00 Desk <desk@desk.example>:",
    "------- Original Message -------\nOn Tuesday, June 4th, 2024 at 9:00 AM, Desk <desk@desk.example> wrote:",
    "On Tuesday 4 June 2024 at 09:00, A Desk With A Very Long Name <\ndesk@desk.example> wrote:",
    "Den tir. 4. jun. 2024 kl. 09.00 skrev Desk <desk@desk.example\n>:",
    "Quoting Desk <desk@desk.example>:", "Zitat von Desk <desk@desk.example>:",
    "Desk <desk@desk.example>\nescreveu (terça, 4/06/2024 à(s) 09:00):", "Desk <desk@desk.example> 于2024年6月4日周二 09:00写道：",
    "út 4. 6. 2024 v 9:00 odesílatel Desk\n<desk@desk.example> napsal:", "Desk\n<desk@desk.example>, 4 Haz 2024 Sal, 09:00 tarihinde şunu yazdı:",
    "uto, 4. lip 2024. u 09:00 Desk <desk@desk.example> napisao je:", "На вт, 4.06.2024 г. в 9:00 Desk <desk@desk.example> написа:",
    "Wiadomość napisana przez Desk <desk@desk.example> w dniu 4 cze 2024, o godz. 09:00:", "2024. 6. 4. 오전 9:00, Desk <desk@desk.example> 작성:",
    "Missatge de Desk <desk@desk.example> del dia dt., 4 de juny 2024 a les 9:00:", "Jun 4, 2024, 09:00 by desk@desk.example:",
    "Am Dienstag, 4. Juni 2024 um 09:00:00 MESZ hat Desk <desk@desk.example> Folgendes geschrieben:", "Þann 4.6.2024 09:00, skrifaði Desk:",
    "Desk/OSL/Kunde wrote on 06/04/2024 09:00:00 AM:", "X skrev den 2024-06-04 09:00:",
    ">>> Desk <desk@desk.example> 04/06/24 09:00 >>>", "On Jun 4, 2024, 9:00\u202fAM +0200, Desk <desk@desk.example>, wrote:",
])
def test_attributions_in_many_languages(attribution: str) -> None:
    assert visible(f"{ANSWER}\n\n{attribution}\n\n> Virker det?\n> Hilsen Desk\n") == ANSWER
    assert visible(f"{ANSWER}\n\n{attribution}\n\nVirker det?\n") == ANSWER


@pytest.mark.parametrize("header", [
    "From: Desk <desk@desk.example>\nSent: Tuesday, June 4, 2024 9:00 AM\nTo: Kari\nSubject: Printer",
    "________________________________\nFra: Desk <desk@desk.example>\nSendt: tirsdag 4. juni 2024 09:00\nTil: Kari\nEmne: Printer",
    "Fra: Desk\nDato: tirsdag den 4. juni 2024 kl. 09.00\nTil: Kari\nEmne: Printer",
    "*Från:* Desk\n*Skickat:* den 4 juni 2024 09:00\n*Till:* Kari\n*Ämne:* Printer",
    "-----Ursprüngliche Nachricht-----\nVon: Desk\nGesendet: Dienstag, 4. Juni 2024 09:00\nAn: Kari\nBetreff: Printer",
    "De : Desk\nEnvoyé : mardi 4 juin 2024 09:00\nÀ : Kari\nObjet : Printer",
    "Van: Desk\nVerzonden: dinsdag 4 juni 2024 09:00\nAan: Kari\nOnderwerp: Printer",
    "Lähettäjä: Desk\nLähetetty: tiistai 4. kesäkuuta 2024 9.00\nVastaanottaja: Kari\nAihe: Printer",
    "De: Desk\nEnviado el: martes, 4 de junio de 2024 9:00\nPara: Kari\nAsunto: Printer",
    "Da: Desk\nInviato: martedì 4 giugno 2024 09:00\nA: Kari\nOggetto: Printer",
    "Od: Desk\nWysłano: wtorek, 4 czerwca 2024 09:00\nDo: Kari\nTemat: Printer",
    "От кого: Desk <d@desk.example>\nКому: Kari\nДата: 4 июня 2024, 9:00\nТема: x", "寄件者: Desk <d@desk.example>\n寄件日期: 2024年6月4日 09:00\n收件者: Kari\n主旨: x",
    "De la: Desk <d@desk.example>\nTrimis: marți, 4 iunie 2024 09:00\nCătre: Kari\nSubiect: x", "Frá: Desk\nSent: 4. júní 2024 09:00\nTil: Kari\nEfni: x",
    "Från: Desk <d@desk.example>\nDatum: 2024-06-04 09:00\nTill: Kari\nRubrik: x",
    "From: Desk\nTo: a; b;\nc; d;\ne; f;\ng; h\nSent: Tuesday, June 4, 2024 9:00 AM\nSubject: x",
    "From: Desk <d@desk.example> Sent: Tuesday, June 4, 2024 9:00 AM To: Kari Subject: Printer",
    "-----Original Message----- From: Desk <d@desk.example> Sent: 4 June 2024 To: Kari Subject: Printer",
    "-------- Sunu mesaĝo --------\nDe: Desk <d@desk.example>\nDato: 4 junio 2024 09:00\nAl: Kari\nTemo: x",
    "_____________________\nKellelt: Desk <d@desk.example>\nMillal: 4. juuni 2024 09:00\nKellele: Kari\nPealkiri: x",
    "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐", "-----Message d’origine-----", "-------- Oprindelig besked --------", "-------- Eredeti üzenet --------",
    "-----원본 메시지-----", "---- 回复的原邮件 ----", "----- Forwarded by Desk/OSL/Kunde on 06/04/2024 09:00 AM -----",
    "---------- Edelleen lähetetty viesti ---------", "Начало переадресованного сообщения:", "---------- Áframsent bréf ---------",
    "##- Skriv svaret ditt over denne linjen -##", "--- Antwoord boven deze lijn ---", "##- Kirjoita vastauksesi tämän rivin yläpuolelle -##",
    "-------- Opprinnelig melding --------",
    "-----Original Message-----",
    "Begin forwarded message:\n\nFrom: Desk",
    "##- Please type your reply above this line -##",
])
def test_header_blocks_and_separators(header: str) -> None:
    assert visible(f"{ANSWER}\n\n{header}\n\nVirker det?\n") == ANSWER


@pytest.mark.parametrize("text", [
    "Blah\nOn blah-blah",
    "Vi reiser slik:\n\nFrom: Oslo\nTo: Bergen\n\nKan dere ordne det?",
    "Ordre\nDato: 12.05.2024\nTil: Lager 3\nEmne: Skruer\n\nTakk",
    "As I wrote on 12 May 2024:\n\nthe lamp is broken.",
    "Den 3. mai skrev jeg til dere:\nlampen er ødelagt.",
    "> Virker det?\n\nJa.\n\n> Og lampen?\n\nNei.",
    "Dette er listen:\n\n- en\n- to\n\nRing meg kl. 12:30: det haster.",
    "Se svar nedenfor i rødt.\n\nFra: Desk <desk@desk.example>\nSendt: 4. juni 2024\nEmne: Printer\n\nVirker det? JA",
    "FYI this 'From: x' is text.",
    "Hello\n\nOn 12.05.2024 at 14:00 the machine wrote:\n\nERROR 17\n\nWhat does it mean?",
    "2024-06-04 09:00 user admin@server.example:\nlogin failed\n2024-06-04 09:01 user admin@server.example:\nlogin failed\n\nWhy?",
    "Hi,\n\nI got a letter on 4 June 2024 from Per Hansen who wrote:\n\nit burns.\n\nPlease come.",
    "Hallo\n\nAm 4. Juni 2024 um 9:00 schrieb der Drucker:\n\nPAPIERSTAU\n\nWas tun?",
    "Mes réponses ci-dessous en rouge.\n\nDe : Desk <d@desk.example>\nEnvoyé : mardi 4 juin 2024 09:00\nÀ : Kari\nObjet : x\n\nMarche ? Oui",
    "Vastaukseni alla.\n\nLähettäjä: Desk <d@desk.example>\nLähetetty: tiistai 4.6.2024 9.00\nVastaanottaja: Kari\nAihe: x\n\nToimiiko? Kyllä",
    "Customer wrote this:\n\nFrom: Ole <ole@kunde.example>\nSent: Tuesday, June 4, 2024 9:00 AM\nTo: Kari\nSubject: Lamps\n\nIt burns!",
    "Ny henvendelse\n\nDate: 4 June 2024\nEmail: kari@kunde.example\nSubject: Lamps\nMessage: Twelve lamps",
    "New message from your site\n\nFrom: Kari <kari@kunde.example>\nSubject: Lamps\n\nMessage Body:\nTwelve lamps please.",
    "Invoice\n\nNo: 12345\nDate: 04.06.2024\nSubject: Lamps\nTo: Kunde AS\n\nWhen do you pay?",
    "Hello,\nFrom: Tuesday\nTo: Friday\nSubject: vacation of Per\nplease note it",
    "Reise\n\nFra: Oslo S\nTil: Bergen\nDato: 4. juni 2024\nKontakt: kari@kunde.example\n\nBestill!",
    "Log:\n\n===== Start of the log =====\nFrom: 10.0.0.1\nTo: 10.0.0.2\nline 3",
    "Q: does it work?\n\n**Svar**\n\nYes.", "Where is it?\n\n**Original message:**\n\nHallo Welt", "Two:\n\n-- Original --\nHallo\n\n-- Antwort --\nHello",
    "Your mails say: please reply above this line. That is ugly.\n\nCan you change it?", "Please write your name above this line\n\nKari",
    "Your page says:\n\n> The lamp is free of charge.", "Limits are:\n\n>10 broken\n>20 very broken",
    "Answers inline.\n\n-----Original Message-----\n> From: Desk <d@desk.example>\n> Sent: 4 June 2024\n>\n> Works?\nYes.\n> Lamp?\nNo.",
    "Some answers.\n\nFrom: Desk <d@desk.example>\nSent: 4 June 2024 09:00\nTo: Kari\nSubject: x\n\n> Works?\nYes.\n> Lamp?\nNo.",
    "-----\nTable\n-----\nrow",
])
def test_what_is_not_surely_a_quote_stays(text: str) -> None:
    assert visible(text) == text


def test_an_answer_below_its_quote() -> None:
    assert visible("On 4 Jun 2024 Desk <d@desk.example> wrote:\n> Works?\n> Really?\n\nYes.") == "Yes."


def test_answers_between_quotes_keep_what_they_answer() -> None:
    text = "On 4 Jun 2024 Desk <d@desk.example> wrote:\n> Works?\n\nYes.\n\n> The lamp?\n\nNo.\n\n> Regards\n> Desk"
    assert visible(text) == text.removesuffix("\n\n> Regards\n> Desk")


@pytest.mark.parametrize("quote", [
    "> Den 4. jun. 2024 kl. 09.00 skrev Desk <d@desk.example>:\n> \n> Virker det?", "-----Original Message-----\n> From: Desk <d@desk.example>\n> Works?",
    "----- Original Message ----- \nFrom: Desk <d@desk.example>\nTo: <k@kunde.example>\nSent: 4 June 2024 09:00\nSubject: x\n\n\n> Works?",
])
def test_an_answer_below_a_quote_that_says_itself_whose_it_is(quote: str) -> None:
    assert visible(f"{quote}\n\nYes.") == "Yes."
    assert visible(f"Yes.\n\n{quote}") == "Yes."


@pytest.mark.parametrize("separator", [
    "---------- Edelleen lähetetty viesti ---------", "-------- Sunu mesaĝo --------", "----- Videresendt af Kari/OSL 04-06-2024 09:00 -----",
    "Sent from my iPhone\n\nBegin forwarded message:",
])
def test_a_forward_without_a_word_above_it_shows_what_it_passes_on(separator: str) -> None:
    assert "It burns." in visible(f"{separator}\nFrom: Ole <ole@kunde.example>\nDate: 4 June 2024 09:00\nSubject: x\nTo: <d@desk.example>\n\nIt burns.")


@pytest.mark.parametrize("text", ["> Only a quote.\n> Nothing else.", "---------- Forwarded message ----------\nFrom: a@b.example\nSubject: x\n\nwords"])
def test_never_empty(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize("signature", [
    "-- \nKari Nordmann\nDirektør", "Sent from my iPhone", "Sendt fra min iPad", "Skickat från min Samsung Galaxy-telefon", "Get Outlook for iOS<https://aka.ms/x>",
    "Mvh\nKari Nordmann\nDirektør", "Best regards,\n\nKari Nordmann", "Kari Nordmann\nkari@kunde.example\n+47 22 33 44 55\nwww.kunde.example",
])
def test_sure_signatures_at_the_end(signature: str) -> None:
    assert visible(f"Hei, skriveren brenner.\n\n{signature}\n") == "Hei, skriveren brenner."


@pytest.mark.parametrize("ending", [
    "Mvh\nKari\nPS: lampen er også ødelagt, kan dere bytte den?", "Thanks,\nbut the lamp is still broken. Can you help?",
    "Ring meg på:\n+47 22 33 44 55", "It was sent from the warehouse to me last week, I think.",
    "Takk\nKari\nRing meg i dag", "Thanks\nplease send invoice", "Thanks,\nKari\nIt burns!", "Regards\nKari\nDoor code 1234 use it",
    "----------\n2 lamps\nhttps://shop.example/1\nhttps://shop.example/2", "__\nHow do I unsubscribe from your mailing list?",
    "--\none\n--\ntwo\n--\nthree", "--\nKari\nDoes it work?", "-- \nKari\n\nPS: the lamp burns too",
])
def test_words_that_only_resemble_a_signature(ending: str) -> None:
    text = f"Hei, skriveren brenner.\n\n{ending}"
    assert visible(text) == text


@pytest.mark.parametrize("html", [
    '<div>Takk, det virker nå.</div><div class="gmail_quote"><div class="gmail_attr">Mystisk språk</div><blockquote class="gmail_quote">Virker det?</blockquote></div>',
    '<div>Takk, det virker nå.</div><div class="moz-cite-prefix">Ukjent språk skriver</div><blockquote type="cite">Virker det?</blockquote>',
    '<div>Takk, det virker nå.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Kellelt:</b> Desk<br><b>Saadetud:</b> x</div><div>Virker det?</div>',
    '<p>Takk, det virker nå.</p><div class="yahoo_quoted"><div>Tirsdag skrev noen</div><div>Virker det?</div></div>',
    '<div>Takk, det virker nå.</div><div class="protonmail_quote">On Tuesday, June 4th, 2024 at 09:00, Desk &lt;desk@desk.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">Virker det?</blockquote></div>',
    '<div>Takk, det virker nå.<br><blockquote type="cite"><div>On 4 Jun 2024, at 09:00, Desk &lt;d@desk.example&gt; wrote:</div>Virker det?</blockquote></div>',
    '<div>Takk, det virker nå.</div><div class="OutlookMessageHeader">whatever</div><div>Virker det?</div>',
    '<div>Takk, det virker nå.</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: Desk &lt;d@desk.example&gt;<br>Subject: x<br></div><br>Virker det?</div>',
    '<div>Takk, det virker nå.</div><div class="ydp9yahoo_quoted"><div>Tirsdag skrev noen</div>Virker det?</div>',
    '<div>Takk, det virker nå.</div><span id="OLK_SRC_BODY_SECTION"><div><b>From: </b>Desk<br></div>Virker det?</span>',
    '<div>Takk, det virker nå.</div><div>‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐<br>On Tuesday Desk wrote:</div><div>Virker det?</div>',
    '<div class="gmail_quote"><div class="gmail_attr">On Tue, Jun 4, 2024 at 9:00 AM Desk &lt;d@desk.example&gt; wrote:</div><blockquote class="gmail_quote">Virker det?</blockquote></div><div>Takk, det virker nå.</div>',
    '<p id="reply-intro">On 2024-06-04 09:00, Desk wrote:</p><blockquote type="cite">Virker det?</blockquote><p>Takk, det virker nå.</p>',
])
def test_html_of_mail_programs(html: str) -> None:
    assert visible_html(html) == ANSWER
    assert visible_html(html.replace(ANSWER, "")) != ""


@pytest.mark.parametrize(("html", "text"), [
    ('<div>Hello</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px">My indented words.</blockquote>', "Hello\n\n> My indented words."),
    ('<blockquote style="margin: 0 0 0 40px; border: none;" class="">All is indented.</blockquote>', "> All is indented."),
    ('<div>My report:</div><div style="border:none;border-top:solid #E1E1E1 1.0pt">It burns.</div><div>It smokes.</div>',
     f"My report:\n{'_' * 32}\nIt burns.\nIt smokes."),
    ('<div>Top.</div><div class="yahoo_quoted">On Tuesday, June 4, 2024, Desk &lt;d@desk.example&gt; wrote:<div>Works?</div></div><div>Below.</div>', "Top.\nBelow."),
    ('<div>Top.</div><span id="OLK_SRC_BODY_SECTION"><b>From: </b>Desk &lt;d@desk.example&gt;<br><b>Date: </b>4 June 2024<br><b>Subject: </b>x<div>Works?</div></span><div>Below.</div>',
     "Top.\nBelow."),
    ('<div>Hello</div><div class="im">Words of a template.</div>', "Hello\nWords of a template."),
])
def test_html_that_only_looks_quoted_or_goes_on_below_stays(html: str, text: str) -> None:
    assert visible_html(html) == text


def test_html_helps_where_plain_text_shows_no_quote() -> None:
    html = f"<div>{ANSWER}</div><div id='divRplyFwdMsg'>Kellelt: Desk</div><div>Virker det?</div>"
    assert folded(f"{ANSWER}\n\nKellelt: Desk\n\nVirker det?", html) == ANSWER
    assert folded("Something else entirely.", html) == "Something else entirely."


def test_whole_letters() -> None:
    assert letter("reply_norwegian").visible == "Takk, det virker nå.\n\nMvh\nKari"
    assert letter("reply_outlook_html").visible == "Det virker ikke.\nHilsen Kari"
    assert "Virker skriveren?" in letter("reply_outlook_html").text
