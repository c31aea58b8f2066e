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
    "-----\nTable\n-----\nrow",
])
def test_what_is_not_surely_a_quote_stays(text: str) -> None:
    assert visible(text) == text


def test_an_answer_below_its_quote() -> None:
    assert visible("On 4 Jun 2024 Desk <d@desk.example> wrote:\n> Works?\n> Really?\n\nYes.") == "Yes."


def test_answers_between_quotes_keep_what_they_answer() -> None:
    text = "On 4 Jun 2024 Desk <d@desk.example> wrote:\n> Works?\n\nYes.\n\n> The lamp?\n\nNo.\n\n> Regards\n> Desk"
    assert visible(text) == text.removesuffix("\n\n> Regards\n> Desk")


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
])
def test_html_of_mail_programs(html: str) -> None:
    assert visible_html(html) == ANSWER
    assert visible_html(html.replace(ANSWER, "")) != ""


def test_html_helps_where_plain_text_shows_no_quote() -> None:
    html = f"<div>{ANSWER}</div><div id='divRplyFwdMsg'>Kellelt: Desk</div><div>Virker det?</div>"
    assert folded(f"{ANSWER}\n\nKellelt: Desk\n\nVirker det?", html) == ANSWER
    assert folded("Something else entirely.", html) == "Something else entirely."


def test_whole_letters() -> None:
    assert letter("reply_norwegian").visible == "Takk, det virker nå.\n\nMvh\nKari"
    assert letter("reply_outlook_html").visible == "Det virker ikke.\nHilsen Kari"
    assert "Virker skriveren?" in letter("reply_outlook_html").text
