"""What programs add below a mail, and what customers write that resembles it."""

from __future__ import annotations

import pytest

from mailgate.adverts import is_added
from mailgate.quotes import visible


@pytest.mark.parametrize("line", [
    "Sent from my iPhone", "Sendt fra min iPad", "Skickat från min Samsung Galaxy-smartphone.", "Lähetetty iPhonesta", "Lähetetty Samsung Galaxy -älypuhelimesta.",
    "Sent úr iPhone-símanum mínum", "Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App", "Envoyé de mon iPhone", "Verstuurd vanaf mijn iPhone",
    "Enviado desde mi iPhone", "Inviato da iPhone", "Enviado do meu iPhone", "Wysłane z iPhone'a", "Отправлено с iPhone", "iPhoneから送信", "发自我的 iPhone",
    "나의 iPhone에서 보냄", "Odesláno z iPhonu", "iPhone’umdan gönderildi", "Trimis de pe iPhone-ul meu", "Στάλθηκε από το iPhone μου",
    "Få Outlook for iOS<https://aka.ms/o0ukef>", "Hämta Outlook för iOS<https://aka.ms/o0ukef>", "Outlook für iOS<https://aka.ms/o0ukef> beziehen",
    "Skickades från E-post för Windows", "Sent from Yahoo Mail on Android", "Sent with Proton Mail secure email.", "Sent via Superhuman ( https://sprh.mn/?vip=a )",
    "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.", "Sent from my phone, please excuse typos", "Sent from my TI-85", "(sent from a phone)",
    "Sent from my BlackBerry 10 smartphone on the Telenor network.", "Sent from Outlook Mobile<https://aka.ms/x>", "via mobile", "Kari from mobile",
])
def test_added_by_programs(line: str) -> None:
    assert is_added(line)
    assert visible(f"The lamp burns.\n\n{line}\n") == "The lamp burns."


@pytest.mark.parametrize("line", [
    "Sent from my desk, is much easier then my mobile phone.", "Sent from warehouse 3 by mobile crane on Monday, not arrived", "Sendt fra Oslo til Bergen",
    "Sendt fra lageret med telefon i esken, men telefonen manglet.", "sent via mail i går, men er ikke kommet.", "Skickat fakturan till er mobil?",
    "Hent gjerne telefonen på lager 3", "Get back to me by phone or mail", "Get the new lamp from www.shop.example and tell me the price",
    "I cannot log in from my mobile.", "Gesendet wurde das Paket mit DHL an mein Telefon", "Download the driver for Windows from https://x.example/y.zip",
    "holen Sie das Handy bitte ab", "Get Windows to start", "Envoyé de Paris le 3 juin, pas reçu", "Via Oslo", "", "Sent " + "my mobile " * 40,
])
def test_written_by_customers(line: str) -> None:
    assert not is_added(line)
    assert visible(f"The lamp burns.\n\n{line}\n") == f"The lamp burns.\n\n{line}".strip()
