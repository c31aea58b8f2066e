"""The people of the demo: all invented, at domains that nobody can own (RFC 2606)."""

from __future__ import annotations

from typing import NamedTuple

PASSWORD = "skranke-demo"  # noqa: S105 - printed on the screen, for a desk that sends nothing
DOMAIN = "skranke.example"


class AgentOf(NamedTuple):
    """Somebody at the desk."""

    name: str
    email: str
    role: str
    language: str


class CompanyOf(NamedTuple):
    """A customer company: category, line of business, our contact, mail domains."""

    name: str
    category: str
    business: str
    contact: str
    language: str
    phone: str
    address: str
    domains: tuple[str, ...]


class PersonOf(NamedTuple):
    """A person: addresses (the first is primary), company, position, language, service level, support contact."""

    first: str
    last: str
    addresses: tuple[str, ...]
    company: str
    title: str
    language: str
    level: str
    support: str
    phone: str = ""


AGENTS = {
    "nora": AgentOf("Nora Vik", f"nora@{DOMAIN}", "agent", "nb"),
    "jonas": AgentOf("Jonas Berg", f"jonas@{DOMAIN}", "agent", "en"),
    "kari": AgentOf("Kari Moe", f"kari@{DOMAIN}", "agent", "nb"),
    "freja": AgentOf("Freja Lund", f"freja@{DOMAIN}", "agent", "da"),
    "ida": AgentOf("Ida Sand", f"ida@{DOMAIN}", "agent", "sv"),
    "admin": AgentOf("Astrid Admin", f"admin@{DOMAIN}", "admin", "en"),
}
AWAY = {"ida": ("kari", 9, 12)}  # deputy, days since the first day, days until the last
MAILBOXES = {  # name, language, signature
    "kundeservice": ("Kundeservice", "nb", "Vennlig hilsen\n{agent}\nKundeservice, Skranke"),
    "sales": ("Sales", "en", "Kind regards\n{agent}\nSales, Skranke"),
    "verksted": ("Verksted", "nb", "Hilsen\n{agent}\nVerkstedet, Skranke"),
}
GREETINGS = {  # the same in the other languages, with the name of the mailbox below
    "en": "Kind regards\n{agent}\n%s, Skranke", "nb": "Vennlig hilsen\n{agent}\n%s, Skranke",
    "da": "Venlig hilsen\n{agent}\n%s, Skranke", "sv": "Vänliga hälsningar\n{agent}\n%s, Skranke"}
LEVELS = {"Gold": (120, 1), "Silver": (480, 2), "Bronze": (1440, 3)}  # minutes to the first answer, priority
CATEGORIES = ("Customer", "Prospect", "Supplier")
BUSINESSES = ("Accounting and payroll", "Construction", "Public sector", "Retail", "Property", "Industry", "Food")
COMPANIES = {
    "kunde": CompanyOf("Kunde AS", "Customer", "Accounting and payroll", "jonas", "nb", "+47 555 01 200",
                       "Storgata 1, 0001 Prøveby", ("kunde.example",)),
    "fjellbygg": CompanyOf("Fjellbygg AS", "Customer", "Construction", "jonas", "nb", "+47 555 01 300",
                           "Kaigata 12, 8001 Prøvevik", ("fjellbygg.example",)),
    "lindvik": CompanyOf("Lindvik kommune", "Customer", "Public sector", "kari", "nb", "+47 555 01 400",
                         "Rådhusplassen 2, 3001 Lindvik", ("lindvik.example",)),
    "vaerksted": CompanyOf("Værksted A/S", "Customer", "Industry", "freja", "da", "+45 55 50 12 00",
                           "Havnegade 7, 9999 Prøveby", ("vaerksted.example",)),
    "frokost": CompanyOf("Frokost ApS", "Customer", "Food", "freja", "da", "+45 55 50 13 00",
                         "Torvet 3, 9998 Prøveby", ("frokost.example",)),
    "fastighet": CompanyOf("Björkö Fastigheter AB", "Customer", "Property", "kari", "sv", "+46 555 014 00",
                           "Hamngatan 9, 999 91 Provköping", ("fastighet.example",)),
    "harbour": CompanyOf("Harbour & Pine Ltd", "Customer", "Retail", "jonas", "en", "+44 1632 960 100",
                         "4 Quay Street, Exampleton", ("harbour.example",)),
    "nordvind": CompanyOf("Nordvind Oy", "Prospect", "Retail", "jonas", "en", "+358 555 0150",
                          "Satamakatu 2, 99999 Esimerkki", ("nordvind.example",)),
}
PERSONS = {
    "ingrid": PersonOf("Ingrid", "Solheim", ("ingrid@kunde.example", "isolheim@post.example"), "kunde",
                       "Lønnsansvarlig", "nb", "Gold", "nora", "+47 555 01 284"),
    "per": PersonOf("Per", "Lunde", ("per.lunde@kunde.example",), "kunde", "Regnskapsfører", "nb", "Gold", "nora"),
    "torbjorn": PersonOf("Torbjørn", "Aasen-Lyngstad", ("torbjorn@fjellbygg.example",), "fjellbygg", "Innkjøpssjef",
                         "nb", "Gold", "nora", "+47 555 01 311"),
    "marte": PersonOf("Marte", "Kvam", ("marte.kvam@fjellbygg.example",), "fjellbygg", "IT-leder", "nb", "Silver",
                      "kari", "+47 555 01 330"),
    "eirik": PersonOf("Eirik", "Nordgård", ("eirik@fjellbygg.example", "eirik.nordgard@post.example"), "fjellbygg",
                      "Formann", "nb", "Silver", "nora"),
    "lise": PersonOf("Lise-Lotte", "Fagerheim-Bråthen", ("lise-lotte@lindvik.example",), "lindvik", "Rådgiver", "nb",
                     "Silver", "nora", "+47 555 01 402"),
    "hakon": PersonOf("Håkon", "Brekke", ("hakon.brekke@lindvik.example",), "lindvik", "Driftstekniker", "nb",
                      "Silver", "kari", "+47 555 01 417"),
    "solveig": PersonOf("Sólveig", "Jónsdóttir", ("solveig@fjellbygg.example", "solveig.j@post.example"), "fjellbygg",
                        "Prosjektleder", "nb", "Silver", "nora"),
    "soren": PersonOf("Søren", "Bøgh", ("soren@vaerksted.example",), "vaerksted", "Værkfører", "da", "Gold", "freja",
                      "+45 55 50 12 31"),
    "mads": PersonOf("Mads", "Kjær", ("mads@frokost.example",), "frokost", "Driftsleder", "da", "Silver", "freja",
                     "+45 55 50 12 77"),
    "lone": PersonOf("Lone", "Friis", ("lone.friis@frokost.example",), "frokost", "Indkøber", "da", "Bronze", "freja"),
    "petra": PersonOf("Petra", "Holmqvist", ("petra@fastighet.example", "petra.holmqvist@post.example"), "fastighet",
                      "Kontorschef", "sv", "Silver", "kari", "+46 555 014 12"),
    "karin": PersonOf("Karin", "Öberg", ("karin.oberg@fastighet.example",), "fastighet", "Ekonomiansvarig", "sv",
                      "Silver", "ida"),
    "johan": PersonOf("Johan", "Lindqvist", ("johan.lindqvist@post.example",), "", "", "sv", "", ""),
    "hannah": PersonOf("Hannah", "Whitlock", ("hannah@harbour.example",), "harbour", "Head of Retail", "en", "Gold",
                       "jonas", "+44 1632 960 114"),
    "george": PersonOf("George", "Abara", ("george.abara@harbour.example",), "harbour", "Facilities", "en", "Gold",
                       "kari"),
    "rosa": PersonOf("Rosa", "Delgado", ("rosa@harbour.example", "rosa.delgado@post.example"), "harbour",
                     "Project lead", "en", "Silver", "jonas"),
    "aino": PersonOf("Aino", "Lahtela", ("aino@nordvind.example",), "nordvind", "Buyer", "en", "Bronze", "jonas"),
    "vidar": PersonOf("Vidar", "Haug", ("vidar@lindvik.example",), "lindvik", "Innkjøper", "nb", "Bronze", "jonas"),
    "bjorn": PersonOf("Bjørn", "Johansen", ("bjorn.johansen@fjellbygg.example",), "fjellbygg", "Lagersjef", "nb",
                      "Silver", "nora", "+47 555 01 342"),
    "marit": PersonOf("Marit", "Hansetvedt", ("marit.hansetvedt@lindvik.example",), "lindvik", "Arkivar", "nb",
                      "Silver", "kari"),
}
#: Who is what to whom: kind, first, second, details, days until it ends (None: it does not).
RELATIONS = (
    ("assistant of", "per", "ingrid", "", None),
    ("replaces during leave", "marte", "torbjorn", "Has the keys to the store.", 20),
    ("manager of", "torbjorn", "eirik", "", None),
    ("deputy of", "lone", "mads", "", None),
    ("took over from", "soren", "mads", "At Værksted, in the spring.", None),
    ("owner of", "mads", "frokost", "Half of it.", None),
    ("former employee of", "mads", "vaerksted", "", None),
    ("supplier of", "frokost", "vaerksted", "Lunch for the workshop.", None),
)
CANNED = (  # what is typed after the slash, name, language, text
    ("takk", "Takk, vi ser på det", "nb", "Takk for at du tok kontakt. Vi ser på saken og kommer tilbake til deg i løpet av dagen."),
    ("thanks", "Thanks, we are on it", "en", "Thank you for writing. We are looking into it and will come back to you today."),
    ("tak", "Tak, vi ser på det", "da", "Tak for din henvendelse. Vi ser på sagen og vender tilbake i løbet af dagen."),
    ("tack", "Tack, vi tittar på det", "sv", "Tack för att du hörde av dig. Vi tittar på ärendet och återkommer under dagen."),
    ("fjernhjelp", "Tilby fjernhjelp", "nb", "Vi kan hjelpe deg raskest over fjernhjelp. Når passer det at vi ringer?"),
    ("delivery", "Delivery times", "en", "Orders placed before noon leave the same day and arrive within three working days."),
)
#: Closed long ago: person, mailbox, days ago, subject, text.
EARLIER = (
    ("ingrid", "kundeservice", 22, "Ny bruker i lønnsmodulen", "Hei, kan dere legge til Per Lunde som bruker?"),
    ("ingrid", "kundeservice", 45, "Rapport viser feil måned", "Hei, rapporten for september viser tall fra august."),
    ("ingrid", "sales", 63, "Tilbud på opplæring", "Hei, hva koster en dag med opplæring for fem personer?"),
    ("torbjorn", "kundeservice", 31, "Kopi av kontrakt", "Hei, kan jeg få en kopi av kontrakten fra i fjor?"),
    ("bjorn", "verksted", 80, "Skanner til reparasjon", "Hei, en av skannerne våre slår seg ikke på lenger."),
    ("eirik", "kundeservice", 12, "Ukeliste mangler en dag", "Hei, ukelisten min mangler torsdag."),
    ("hakon", "verksted", 170, "Kompressor levert", "Hei, kompressoren kom fram i dag og går fint."),
    ("hakon", "kundeservice", 18, "Får ikke skrevet ut", "Hei, jeg får ikke skrevet ut fra den nye maskinen."),
    ("solveig", "sales", 95, "To skjermer til", "Hei, vi trenger to skjermer til av samme slag."),
    ("marit", "kundeservice", 40, "Hvem har tilgang?", "Hei, kan dere sende en liste over hvem som har tilgang?"),
    ("soren", "verksted", 54, "Reservedele", "Hej, har I stadig dele til løftebordet fra 2019?"),
    ("mads", "kundeservice", 9, "Log på testmiljøet", "Hej, mit password til testmiljøet virker ikke."),
    ("lone", "sales", 120, "Pris på etiketter", "Hej, hvad koster 10 ruller etiketter?"),
    ("petra", "sales", 33, "Order 7650", "Hej, när levereras order 7650?"),
    ("petra", "kundeservice", 71, "Ny kontaktperson", "Hej, från och med måndag är Karin Öberg er kontakt för fakturor."),
    ("karin", "kundeservice", 28, "Påminnelse fast vi betalat", "Hej, vi har fått en påminnelse på en betald faktura."),
    ("hannah", "sales", 77, "Catalogue", "Hello, could you send us two printed catalogues?"),
    ("hannah", "sales", 15, "Invoice address", "Hello, please send invoices to accounts@harbour.example from now on."),
    ("george", "verksted", 49, "Annual check", "Good morning, is our pump due for its annual check?"),
    ("rosa", "kundeservice", 11, "Cannot export", "Hello, the export button does nothing in my browser."),
    ("aino", "sales", 140, "Demo last week", "Hello, thank you for the demonstration. What would 14 seats cost?"),
)
