"""What customers write: invented sentences in Danish, Norwegian, Swedish and English."""

from __future__ import annotations

from random import Random

LANGUAGES = ("da", "nb", "sv", "en")

THINGS = (
    "pumpen", "skærmen", "faktura", "kompressor", "Nordlys 400", "Fjordklipper", "kasseapparat", "router",
    "Bølgevogn", "printer", "trykluft", "abonnement", "Varmepumpe X2", "port 3", "adgangskort", "kjøleskap",
    "ventil", "batteripakke", "Ångström-lampa", "styrenhet", "kontrakt", "leveranse", "palle", "løftebord",
)  # fmt: skip

SUBJECTS = {
    "da": ("Fejl på {thing}", "Spørgsmål om ordre {number}", "{thing} virker ikke", "Ændring af adresse",
           "Manglende levering af {thing}", "Kan I ringe til os om {thing}?", "Rykker for faktura {number}"),
    "nb": ("Feil på {thing}", "Spørsmål om ordre {number}", "{thing} virker ikke", "Endring av adresse",
           "Manglende levering av {thing}", "Kan dere ringe oss om {thing}?", "Purring på faktura {number}"),
    "sv": ("Fel på {thing}", "Fråga om order {number}", "{thing} fungerar inte", "Ändrad adress",
           "Utebliven leverans av {thing}", "Kan ni ringa oss om {thing}?", "Påminnelse om faktura {number}"),
    "en": ("Fault on {thing}", "Question about order {number}", "{thing} does not start", "Change of address",
           "Missing delivery of {thing}", "Please call us about {thing}", "Reminder: invoice {number}"),
}  # fmt: skip

GREETINGS = {"da": "Hej", "nb": "Hei", "sv": "Hej", "en": "Hello"}
CLOSINGS = {"da": "Med venlig hilsen", "nb": "Med vennlig hilsen", "sv": "Med vänliga hälsningar", "en": "Best regards"}
REPLY_PREFIX = {"da": "SV: ", "nb": "SV: ", "sv": "Sv: ", "en": "Re: "}
WROTE = {
    "da": "Den {day} skrev {who}:",
    "nb": "Den {day} skrev {who}:",
    "sv": "Den {day} skrev {who}:",
    "en": "On {day}, {who} wrote:",
}

SENTENCES = {
    "da": (
        "Siden i går kan vi ikke længere bruge {thing}, og displayet viser kode {number}.",
        "Vi har prøvet at slukke og tænde igen, men det hjalp ikke.",
        "Kan I sende en montør i løbet af ugen?",
        "Vores ordrenummer er {number}, og den skulle have været leveret for længe siden.",
        "Jeg har vedlagt et billede, så I kan se, hvad der er sket.",
        "På forhånd tak for hjælpen; I plejer at være hurtige.",
        "Regningen passer ikke med det, vi aftalte om {thing}.",
        "Må jeg bede om en kopi af følgesedlen for {number}?",
        "Det haster en smule, fordi vi åbner den nye afdeling på mandag.",
        "Mine kolleger på lageret siger, at {thing} støjer mere, end den plejer.",
        "Vi er flyttet til en ny adresse og vil gerne have rettet vores oplysninger.",
        "Hvad koster det at udvide aftalen med {number} brugere?",
    ),
    "nb": (
        "Siden i går kan vi ikke lenger bruke {thing}, og skjermen viser kode {number}.",
        "Vi har prøvd å slå av og på igjen, men det hjalp ikke.",
        "Kan dere sende en montør i løpet av uken?",
        "Ordrenummeret vårt er {number}, og varen skulle vært levert for lenge siden.",
        "Jeg har lagt ved et bilde, så dere ser hva som har skjedd.",
        "På forhånd takk for hjelpen; dere pleier å være raske.",
        "Fakturaen stemmer ikke med det vi avtalte om {thing}.",
        "Kan jeg få en kopi av følgeseddelen for {number}?",
        "Det haster litt, fordi vi åpner den nye avdelingen på mandag.",
        "Kollegene mine på lageret sier at {thing} bråker mer enn vanlig.",
        "Vi har flyttet til ny adresse og ønsker å få rettet opplysningene våre.",
        "Hva koster det å utvide avtalen med {number} brukere?",
    ),
    "sv": (
        "Sedan i går kan vi inte längre använda {thing}, och skärmen visar kod {number}.",
        "Vi har försökt stänga av och starta om, men det hjälpte inte.",
        "Kan ni skicka en montör under veckan?",
        "Vårt ordernummer är {number}, och det skulle ha levererats för länge sedan.",
        "Jag bifogar en bild så att ni ser vad som har hänt.",
        "Tack på förhand för hjälpen; ni brukar vara snabba.",
        "Fakturan stämmer inte med det vi kom överens om för {thing}.",
        "Kan jag få en kopia av följesedeln för {number}?",
        "Det är lite bråttom eftersom vi öppnar den nya avdelningen på måndag.",
        "Mina kolleger på lagret säger att {thing} låter mer än vanligt.",
        "Vi har flyttat till en ny adress och vill få våra uppgifter rättade.",
        "Vad kostar det att utöka avtalet med {number} användare?",
    ),
    "en": (
        "Since yesterday we cannot use {thing} any longer, and the display shows code {number}.",
        "We tried switching it off and on again, but that did not help.",
        "Could you send a technician this week?",
        "Our order number is {number}, and it should have been delivered long ago.",
        "I attach a picture so that you can see what happened.",
        "Thanks in advance for your help; you are usually quick.",
        "The bill does not match what we agreed on for {thing}.",
        "May I have a copy of the delivery note for {number}?",
        "It is somewhat urgent because we open the new branch on Monday.",
        "My colleagues in the warehouse say that {thing} is noisier than usual.",
        "We moved to a new address and would like our details corrected.",
        "What does it cost to extend the agreement by {number} users?",
    ),
}


class Prose:
    """What is written, made up anew every time."""

    def subject(self, random: Random, language: str) -> str:
        """A subject without any reply prefix and without brackets (which some desks read as a ticket's number)."""
        return _filled(random, random.choice(SUBJECTS[language]))

    def paragraphs(self, random: Random, language: str, count: int) -> list[str]:
        """``count`` paragraphs of two to five sentences each."""
        return [
            " ".join(_filled(random, random.choice(SENTENCES[language])) for _ in range(random.randint(2, 5)))
            for _ in range(count)
        ]


class Pool(Prose):
    """The same from a store of ready paragraphs: for fills, of which a million tickets must be made in minutes."""

    SIZE = 20_000

    def __init__(self, seed: int) -> None:
        random = Random(f"pool:{seed}")
        self.ready = {
            language: super(Pool, self).paragraphs(random, language, self.SIZE // len(LANGUAGES)) for language in LANGUAGES
        }

    def paragraphs(self, random: Random, language: str, count: int) -> list[str]:
        """``count`` ready paragraphs."""
        return random.choices(self.ready[language], k=count)


def _filled(random: Random, sentence: str) -> str:
    if "{" not in sentence:
        return sentence
    return sentence.format(thing=random.choice(THINGS), number=random.randint(1000, 999_999))
