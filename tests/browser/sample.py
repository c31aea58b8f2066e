"""Invented people and tickets for looking at the templates without a database."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

NORA = {"uid": "a1", "name": "Nora Vik", "face": {"kind": "me", "initials": "NV", "name": "Nora Vik"}}
KARI = {"uid": "a2", "name": "Kari Moe", "face": {"kind": "agent", "initials": "KM", "name": "Kari Moe"}}
JONAS = {"uid": "a3", "name": "Jonas Berg", "face": {"kind": "agent", "initials": "JB", "name": "Jonas Berg"}}
AGENTS = [NORA, KARI, JONAS]
ME = SimpleNamespace(uid="a1", name="Nora Vik", initials="NV", theme="", keys=True, language="en", admin=True)
INGRID = {"kind": "person", "initials": "IS", "name": "Ingrid Solheim"}
MADS = {"kind": "person", "initials": "MK", "name": "Mads Kjær"}


def rail(current: str = "mine") -> dict[str, Any]:
    return {
        "current": current,
        "counts": {"mine": 12, "unassigned": 7, "waiting": 23, "held": 9, "all": 148, "spam": 4},
        "mailboxes": [
            {"uid": "m1", "name": "Kundeservice", "count": 96},
            {"uid": "m2", "name": "Salg", "count": 38},
            {"uid": "m3", "name": "Verksted", "count": 14},
        ],
        "unread": 3,
        "begun": {"count": 2, "url": "/kit/new"},
    }


def row(number: int, who: str, subject: str, preview: str, age: str, **more: Any) -> dict[str, Any]:
    words = {
        "new": "New", "open": "Open", "waiting": "Waiting for the customer", "snoozed": "Snoozed",
        "closed": "Closed", "spam": "Spam", "held": "Waits for a decision",
    }  # fmt: skip
    known = {
        "number": number, "url": f"/kit/ticket?n={number}", "state": "open", "unread": False, "current": False,
        "who": who, "subject": subject, "preview": preview, "lead": "", "lead_kind": "", "age": age,
        "at": "2026-11-22T10:52:00Z", "channel": "mail", "has_attachments": False, "due": "", "due_kind": "",
        "assignee": NORA["face"],
    } | more  # fmt: skip
    return known | {"state_label": words[known["state"]]}


ROWS = [
    row(4820, "Torbjørn Aasen-Lyngstad", "Faktura 20418 har feil organisasjonsnummer",
        "Vi får den ikke gjennom regnskapet før nummeret er rettet.", "2 t", state="new", unread=True,
        has_attachments=True, due="42 min over", due_kind="late"),
    row(4821, "Ingrid Solheim", "Kan ikke logge inn etter oppgradering",
        "Nå får også kollegaen min den samme meldingen.", "8 min", current=True, has_attachments=True,
        due="om 18 min", due_kind="soon"),
    row(4822, "Petra Holmqvist", "Byta leveransadress på order 7731", "", "21 min", channel="chat",
        lead="Kari Moe skriver …", lead_kind="act", due="12:15", assignee=KARI["face"]),
    row(4823, "kontoret@verksted.example", "Bestilling av deler til heis 2",
        "Kan dere bekrefte pris og levering innen fredag?", "34 min", state="new", unread=True, channel="web",
        due="13:40", assignee=None),
    row(4824, "Håkon Brekke", "Ringte om garanti på kompressor", "Vil ha svar før han sender den inn.", "1 t",
        channel="phone", due="14:00"),
    row(4825, "Lise-Lotte Fagerheim-Bråthen", "Oversikt over brukere i avdeling Drammen og Kongsberg",
        "Se vedlagt liste, de tre siste har sluttet.", "2 t", has_attachments=True, due="15:30"),
    row(4826, "Mads Kjær", "Adgang til testmiljø", "Tak, jeg vender tilbage i morgen.", "3 t", state="waiting",
        lead="Venter på kunden"),
    row(4827, "Sólveig Jónsdóttir", "Spørsmål om årsavtalen", "Hei Sólveig, avtalen løper til og med", "i går",
        lead="Kladd", lead_kind="heed", due="i morgen"),
    row(4828, "Aino Lahtela", "Fornying av lisens for 14 plasser", "Ta det opp igjen etter styremøtet.", "i går",
        state="snoozed", lead="Utsatt til man. 08:00"),
    row(4829, "Eirik Nordgård", "Skjermen blir svart under utskrift", "Byttet kabel, følger med ut uken.", "fre.",
        state="waiting", channel="chat", lead="Venter på kunden"),
]  # fmt: skip

VIEW = {
    "key": "mine", "title": "Mine", "count": 12, "url": "/tickets?view=mine", "live_url": "",
    "sort_label": "Frist",
    "sorts": [{"label": "Frist", "url": "?sort=due", "current": True}, {"label": "Nyeste", "url": "?sort=new"}],
    "filters": [{"label": "Alle", "url": "?", "current": True}, {"label": "Uleste", "url": "?unread=1"}],
    "filtered": False, "newer": None, "older": "/tickets?after=4829", "many_url": "/tickets/many", "groups": None,
}  # fmt: skip

WHY = {
    "clues": [
        {"icon": "proven", "kind": "sure",
         "text": "Skrev fra ingrid@kunde.example, bekreftet 3. feb. 2025. Ekte avsender (DMARC)."},
        {"icon": "list-check", "kind": "", "text": "Regel 2, «Kjent firmadomene»: koblet til Kunde AS."},
        {"icon": "user-check", "kind": "", "text": "Nora Vik er supportkontakt. Gull gir svar innen 2 timer."},
    ],
    "acts": [{"label": "Det er en annen person", "url": "#other"}, {"label": "Hele sporet", "url": "#trace"}],
}  # fmt: skip


def message(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": kind, "uid": f"u{len(str(more))}{abs(hash(str(more))) % 9999}", "channel": "mail", "folded": False,
        "preview": "", "proof": "", "to": "", "cc": "", "attachments": [], "blocked_images": 0, "at_iso": "",
    } | more  # fmt: skip


TICKET = {
    "number": 4821, "subject": "Kan ikke logge inn etter oppgradering", "url": "/tickets/4821", "state": "open",
    "state_label": "Åpen", "held": False, "assignee": NORA, "due": "om 18 min", "due_kind": "soon",
    "due_text": "Svar innen 11:30", "version": 7, "tags": [], "mailbox": "Kundeservice", "live_url": "",
    "states": [
        {"value": "open", "label": "Åpen", "current": True},
        {"value": "waiting", "label": "Venter på kunden"},
        {"value": "closed", "label": "Lukket"},
    ],
    "snoozes": [
        {"value": "2026-11-22T15:00:00Z", "label": "I dag 16:00"},
        {"value": "2026-11-23T07:00:00Z", "label": "I morgen 08:00"},
        {"value": "reply", "label": "Til neste e-post"},
    ],
    "readers": [{"face": KARI["face"], "text": "Kari leser"}], "can_delete": True, "notices": [],
    "entries": [
        {"kind": "deed", "text": "Kjent igjen som Ingrid Solheim, lagt til deg som supportkontakt.", "why": WHY,
         "icon": "", "open": True},
        message("in", face=INGRID, who="Ingrid Solheim", address="ingrid@kunde.example", at="i går 15:42",
                folded=True, preview="Hei, etter oppgraderingen i går kommer vi ikke inn.",
                text="Hei,\n\netter oppgraderingen i går kommer vi ikke inn."),
        message("out", face=NORA["face"], who="Nora Vik", at="i går 16:10", folded=True,
                preview="Hei Ingrid, kan du prøve i et privat vindu?", address="",
                delivery={"state": "sent", "text": "Levert"}, text="Hei Ingrid, kan du prøve i et privat vindu?"),
        message("in", face=INGRID, who="Ingrid Solheim", address="ingrid@kunde.example", at="10:52", proof="pass",
                proof_text="Ekte avsender", blocked_images=2, show_images_url="?images=1", raw_url="/raw/1",
                forward_url="/forward/1", trace_url="/trace/1",
                text=Markup("<p>Hei Nora,</p><p>privat vindu hjalp ikke. Nå får også kollegaen min Per den samme "
                            "meldingen, «Økten er utløpt», med en gang han trykker Logg inn. Vi skal sende ut lønn "
                            "klokken tolv, så det haster litt.</p><p>Vennlig hilsen<br>Ingrid</p>"),
                attachments=[{"name": "feilmelding.png", "size": "214 kB", "url": "/f/1", "kind": "image"}],
                quote="Hei Ingrid, kan du prøve i et privat vindu?"),
        message("note", face=JONAS["face"], who="Jonas Berg", at="11:04",
                text=Markup('<p><span class="said">@Nora</span> sertifikatet deres gikk ut i natt. Jeg fornyer det '
                            "nå, ferdig om ti minutter.</p>")),
    ],
}  # fmt: skip

COMPOSER = {
    "kind": "reply", "html": "<div>Hei Ingrid,<br>sertifikatet hos dere gikk ut i natt. Det er fornyet nå, så dere "
    "kommer inn igjen</div>",
    "text": "Hei Ingrid,\nsertifikatet hos dere gikk ut i natt. Det er fornyet nå, så dere kommer inn igjen",
    "to": [{"address": "ingrid@kunde.example", "name": "Ingrid Solheim", "heed": ""}],
    "cc": [{"address": "per.lunde@kunde.example", "name": "", "heed": "ny på saken"}],
    "mailboxes": [{"uid": "m1", "name": "Kundeservice", "address": "kundeservice@example.com"}], "mailbox": "m1",
    "subject": None, "signature": "", "placeholder": "Svar til Ingrid Solheim", "saved": "11:11", "version": 3,
    "language": {"label": "Svarer på norsk", "reason": "Ingrid har valgt norsk bokmål.",
                 "options": [{"value": "nb", "label": "Norsk bokmål", "current": True},
                             {"value": "en", "label": "English"}]},
    "attachments": [], "reply_url": "/tickets/4821/replies", "note_url": "/tickets/4821/notes",
    "draft_url": "/draft", "upload_url": "/upload", "canned_url": "/canned.json", "addresses_url": "/addresses.json",
    "error": "",
}  # fmt: skip

KEPT = {"uid": "d1", "version": 3, "saved": "11:11", "save_url": "/draft", "page_url": "/kit/new", "discard_url": "/discard",
        "loses": "What you have written here is lost."}
WAITING = [
    {"uid": "d2", "channel": "mail", "who": "Ingeborg Kristiansdatter Østergård-Sæther og 2 til", "what": "Tilbud på opplæring i lønnsmodulen",
     "at": "i går 15:42", "at_iso": "2026-11-21T14:42:00Z", "url": "/kit/new", "discard_url": "/discard", "loses": "Det går tapt."},
    {"uid": "d3", "channel": "phone", "who": "Håkon Brekke", "what": "", "at": "08:02", "at_iso": "2026-11-22T07:02:00Z", "url": "/kit/new",
     "discard_url": "/discard", "loses": "Det går tapt."},
]

CARD = {
    "known": True, "name": "Ingrid Solheim", "title": "Lønnsansvarlig", "company": "Kunde AS", "company_url": "#c",
    "face": INGRID, "url": "/persons/1", "edit_url": "/persons/1/edit", "favourite_url": "/fav", "favourite": False,
    "change_url": "/persons/1/change", "add_address_url": "/persons/1/addresses",
    "status": {"name": "Forsømt kunde", "text": "Vi har ikke ringt eller møtt henne på 47 dager, grensen er 30.",
               "why_url": "#why"},
    "addresses": [
        {"kind": "mail", "value": "ingrid@kunde.example", "primary": True, "proof": "verified", "sign": "bekreftet"},
        {"kind": "mail", "value": "isolheim@post.example", "proof": "unproven", "sign": "ubekreftet"},
        {"kind": "mail", "value": "ingrid.dahl@kunde.example", "bad": True, "proof": "bounces", "sign": "avvises"},
        {"kind": "phone", "value": "+47 555 01 284", "href": "tel:+4755501284", "proof": "", "sign": "mobil"},
    ],
    "language": "Norsk bokmål", "service_level": "Gull", "service_note": "svar innen 2 t",
    "support_contact": NORA, "our_contact": JONAS, "category": "Kunde", "business": "Regnskap og lønn",
    "incomplete": [],
    "held_because": "Opprettet 14. mars 2024 fra en e-post til Salg, etter regelen «Kjent firmadomene». "
    "Grunnlag: avtale.",
    "held_url": "#held", "deleted_when": "Slettes 14. mars 2028 hvis hun ikke skriver før.",
    "tickets": [
        {"number": 4702, "state": "closed", "state_label": "Lukket", "subject": "Ny bruker i lønnsmodulen",
         "url": "#1", "at": "4. nov."},
        {"number": 4655, "state": "closed", "state_label": "Lukket", "subject": "Rapport viser feil måned",
         "url": "#2", "at": "12. okt."},
        {"number": 4590, "state": "waiting", "state_label": "Venter", "subject": "Tilbud på opplæring", "url": "#3",
         "at": "2. okt."},
    ],
    "ticket_count": 17, "tickets_url": "/persons/1/tickets",
}  # fmt: skip


def clue(text: str, points: int) -> dict[str, Any]:
    return {"text": text, "points": points, "width": min(100, abs(points) * 2), "against": points < 0}


HELD_ROWS = [
    row(4836, "Mads Kjær", "Adgang til testmiljøet", "Mads Kjær, Kunde ApS", "14 min", state="held", lead="Nok",
        due="om 31 min", due_kind="soon", current=True, assignee=None, channel=""),
    row(4837, "bogholderi@verksted.example", "Kontoudtog oktober", "Værksted A/S, fælles postkasse", "1 t",
        state="held", lead="Måske", due="13:10", assignee=None, channel="", has_attachments=True),
    row(4838, "J. Østergård", "Reklamation, løftebord", "Ingen ligner", "2 t", state="held", due="14:00",
        assignee=None, channel=""),
]  # fmt: skip
HELD_VIEW = VIEW | {
    "key": "held", "title": "Ukendte afsendere", "count": 9, "filters": [], "sort_label": "Domæne",
    "groups": [{"name": "@verksted.example", "count": 3, "note": "", "rows": HELD_ROWS},
               {"name": "@post.example", "count": 1, "note": "privat udbyder",
                "rows": [row(4839, "henrik.d", "Hej igen", "Ingen ligner", "i går", state="held", assignee=None,
                             channel="")]}],
}  # fmt: skip
HELD_TICKET = TICKET | {
    "number": 4836, "subject": "Adgang til testmiljøet", "held": True, "state": "open", "assignee": None,
    "held_text": "Ukendt afsender, så vi spørger først.", "held_why": WHY, "due": "om 31 min",
    "due_text": "Svar inden 11:45", "readers": [], "previous_url": "#p", "next_url": "#n",
    "entries": [
        message("in", face={"kind": "unknown"}, who="Mads Kjær", address="mads@verksted.example", at="11:00",
                raw_url="/raw/1", quote="Tidligere",
                text=Markup("<p>Hej,</p><p>jeg er begyndt hos Værksted A/S den 1. november og skriver derfor fra en "
                            "ny adresse. Min adgang til testmiljøet virker ikke længere, formentlig fordi den hang "
                            "på min gamle konto hos Kunde ApS.</p><p>Kan I flytte den? Det drejer sig om sag 4790, "
                            "som Nora hjalp mig med i sidste uge.</p><p>Venlig hilsen<br>Mads Kjær</p>"),
                why={"sentence": "Til Kundeservice, kopi til lager@verksted.example. Afsenderen kan ikke "
                     "kontrolleres, men intet taler imod.", **WHY}),
    ],
}  # fmt: skip
HELD_CARD = {
    "known": False, "name": "Mads Kjær", "address": "mads@verksted.example",
    "candidates": [
        {"name": "Mads Kjær", "company": "Kunde ApS · til 31. okt.", "face": MADS, "url": "#", "points": 92,
         "link_url": "/link/1", "reject_url": "/reject/1",
         "clues": [clue("Samme navn, sjældent i registret", 38), clue("Nævner sag 4790, som var hans", 26),
                   clue("Samme mobilnummer i underskriften", 24), clue("Samme sprog", 4)]},
        {"name": "Mads Kjær Holm", "company": "Værksted A/S", "face": MADS, "url": "#", "points": 41,
         "link_url": "/link/2", "reject_url": "/reject/2",
         "clues": [clue("Navnet ligner", 19), clue("Samme domæne", 26), clue("Andet mobilnummer", -4)]},
    ],
    "acts": [
        {"label": "Opret Mads Kjær", "icon": "user-plus", "url": "/create", "press": "n"},
        {"label": "Opret hos Værksted A/S", "icon": "building", "url": "/create2", "press": "f"},
        {"label": "Svar uden at oprette nogen", "then": "slettes efter 90 dage", "icon": "message-reply",
         "url": "/once", "press": "q"},
        {"label": "Opret med et firma …", "icon": "building", "url": "#", "press": "g", "link": True},
        {"label": "Bloker adressen eller domænet", "icon": "ban", "choices": [("mads@verksted.example", "/block"), ("@verksted.example", "/block2")]},
    ],
    "tickets": [],
}  # fmt: skip

HTML_TICKET = TICKET | {
    "tags": [{"name": "innlogging", "remove_url": "/tags/1"}, {"name": "haster", "remove_url": "/tags/2"}],
    "live_url": "/live.json",
    "notices": [{"text": "The loop breaker stopped automatic answers to this address.", "kind": "heed"}],
    "entries": [
        {"kind": "day", "text": "I går"},
        message("in", face=INGRID, who="Ingrid Solheim med et svært langt navn", address="ingrid@kunde.example",
                at="10:52", proof="fail", proof_text="ikke den ekte avsenderen", html_url="/frame/letter",
                to="Kundeservice", cc="per.lunde@kunde.example, lager@kunde.example", raw_url="/raw/1",
                reply_to="annen@post.example", quote_url="/frame/letter", blocked_images=1, show_images_url="#"),
        message("out", face=NORA["face"], who="Nora Vik", at="11:10", address="",
                delivery={"state": "failed", "text": "Serveren til kunde.example kjenner ikke ingrid.dahl@.",
                          "retry_url": "/retry"}, text="Hei Ingrid,\n\nher er svaret."),
        message("out", face=KARI["face"], who="Kari Moe", at="11:12", address="", folded=True, preview="Venter",
                delivery={"state": "deferred", "text": "prøves igjen 11:30"}, text="Venter"),
    ],
}  # fmt: skip
RAW = "Received: from mail.kunde.example (192.0.2.14)\nFrom: Ingrid Solheim <ingrid@kunde.example>\nSubject: Hei\n\nHei Nora,\n"
DEMO = [
    {"name": "Nora Vik", "role": "Admin", "email": "nora@example.com", "password": "skranke-demo"},
    {"name": "Kari Moe", "role": "Agent", "email": "kari@example.com", "password": "skranke-demo"},
]
CHOICES: dict[str, Any] = {
    "languages": [("en", "English"), ("nb", "Norsk bokmål"), ("da", "Dansk"), ("sv", "Svenska")],
    "service_levels": [("1", "Gull"), ("2", "Sølv")], "agents": [("a1", "Nora Vik"), ("a2", "Kari Moe")],
    "categories": [("1", "Kunde")], "businesses": [("1", "Regnskap")],
}  # fmt: skip
PERSONS = [
    {"url": "/kit/person", "name": "Ingrid Solheim", "face": INGRID, "title": "Lønnsansvarlig", "company": "Kunde AS",
     "email": "ingrid@kunde.example", "service_level": "Gull", "last_at": "8 min", "open_tickets": 2},
    {"url": "/kit/person", "name": "Torbjørn Aasen-Lyngstad", "face": {"kind": "person", "initials": "TA"},
     "title": "", "company": "Fjordhaven Idrettslag", "email": "torbjorn.aasen-lyngstad@fjordhaven.example",
     "incomplete": True, "last_at": "2 t"},
    {"url": "/kit/person", "name": "Sólveig Jónsdóttir", "face": {"kind": "person", "initials": "SJ"},
     "email": "solveig@post.example", "last_at": "i går"},
]  # fmt: skip
SIDES = [{"macro": kind, "title": title} for kind, title in (
    ("status", "Status"), ("reach", "Reach"), ("held", "Why do we hold this person?"), ("merged", "Merged from"), ("about", "About"), ("ties", "Relations"),
    ("changes", "Latest changes"))]
PERSON = CARD | {
    "sides": SIDES, "layout_url": "/kit/layout", "privacy": {"url": "#privacy", "why": ""}, "hold": None, "restricted": None,
    "name": "Mads Kjær", "face": MADS, "title": "Operations manager", "company": "Værksted A/S",
    "since": "since 1 Nov 2026", "edit_url": "/kit/person-form", "email": "mads@verksted.example",
    "language_note": "chosen by him", "tickets_text": "2 open, 21 closed", "axis": list(range(2021, 2028)),
    "employments": [
        {"company": "Værksted A/S", "company_url": "#", "position": "Operations manager", "primary": True,
         "period": "1 Nov 2026 –", "bar": {"kind": "now", "x": 583, "width": 117, "today": 589}},
        {"company": "Kunde ApS", "company_url": "#", "position": "IT technician", "period": "Mar 2022 – 31 Oct 2026",
         "bar": {"kind": "past", "x": 117, "width": 466, "today": 589}},
        {"company": "Fjordhaven Idrætsklub", "company_url": "#", "position": "Board member", "period": "Jan 2024 –",
         "bar": {"kind": "side", "x": 300, "width": 400, "today": 589}},
    ],
    "tickets": [
        {"number": 4836, "url": "#1", "state": "open", "state_label": "Open", "subject": "Access to the test site",
         "assignee": NORA["face"], "due": "in 31 min", "due_kind": "soon"},
        {"number": 4790, "url": "#2", "state": "waiting", "state_label": "Waiting", "assignee": NORA["face"],
         "subject": "Printer stops after ten pages", "at": "16 Nov"},
        {"number": 4702, "url": "#3", "state": "closed", "state_label": "Closed", "assignee": KARI["face"],
         "subject": "New scanner for the counter", "at": "28 Oct"},
    ],
    "status": {"text": "Active", "kind": "sure"}, "merge_url": "/kit/person-merge-find",
    "merged": [{"name": "Mads K. Kjær-Sørensen", "at": "16 Nov", "url": "/kit/person-unmerge"}],
    "relations": {"all_url": "#", "count": "4", "told": [{"words": "has as deputy", "name": "Lone Friis", "url": "#", "icon": "user"},
                                                         {"words": "succeeded by", "name": "Søren Bøgh", "url": "#", "icon": "user"}]},
    "history": [{"icon": "arrows-exchange", "text": "Moved to Værksted A/S", "at": "11:16"},
                {"icon": "at", "text": "Address added", "at": "11:15"}],
    "tabs": [{"label": name, "url": f"#{name}", "current": name == "E-mails", "count": count, "rule": name == "E-mails"} for name, count in (
        ("Fields", None), ("Details", None), ("E-mails", "128"), ("Services", None), ("History", None))],
    "favourite": {"on": True, "url": "/kit/favourite"}, "bell": {"on": False, "url": "/kit/bell"}, "links": [{"label": "LinkedIn", "url": "https://linkedin.example/in/mads"}],
    "own_title": "Operations manager", "service": True, "left": False, "version": 3, "sidebar_url": "/kit/sidebar", "company_url": "#",
    "reach": {"place": "Havnegade 3 5000 Odense", "place_url": "https://map.example", "switchboard": "+45 55 50 10 00",
              "phones": [{"value": "+45 55 50 12 77", "href": "tel:+4555501277", "sign": "mobile"}], "sms": ["sms:+4555501277"],
              "mails": ["mads@verksted.example", "mkjaer@post.example"], "vcard_url": "#vcard"},
}  # fmt: skip
MAILS = {
    "mails": [{"url": "#1", "subject": "Access to the test site", "icon": "mail", "direction": "received", "who": "Mads Kjær", "to": "Kundeservice",
               "number": 4836, "state": "open", "state_label": "Open", "assignee": NORA["face"], "at": "11:00", "at_iso": "2026-11-22T11:00"},
              {"url": "#2", "subject": "Printer stops after ten pages and then, when the lid is lifted, begins again", "icon": "send",
               "direction": "sent", "who": "Nora Vik", "to": "Mads Kjær", "number": 4790, "state": "waiting", "state_label": "Waiting",
               "assignee": None, "at": "16 Nov", "at_iso": "2026-11-16T11:00"}],
    "given": {"q": "", "direction": "", "assignee": "", "state": "", "all": ""}, "directions": [("", "Received and sent"), ("in", "Received")],
    "assignees": [("", "Everybody's")], "states": [("", "Any state")], "narrowed": False, "everything_url": "#all", "newer": None, "older": "#older", "lock": {"on": True, "url": "#lock"},
}  # fmt: skip
PAST = {
    "url": "#",
    "lines": [{"icon": "pencil", "what": "Changed: title", "by": "Jonas Berg", "at": "11:16", "at_iso": "2026-11-22T11:16",
               "changes": [{"field": "title", "before": "Technician", "after": "Operations manager"}]},
              {"icon": "user-plus", "what": "Created", "by": "", "at": "9 Mar 2022", "at_iso": "2022-03-09T09:00", "changes": []}],
    "given": {"q": "", "from": "", "to": "", "company": ""}, "wrong": "Write a day like 2026-11-28.", "narrowed": False,
    "newer": None, "older": "#older",
}  # fmt: skip
SERVICES = [{"icon": "world", "label": "Map", "about": "Havnegade 3 5000 Odense", "url": "https://map.example"},
            {"icon": "download", "label": "Into the address book", "about": "vCard", "url": "#vcard"}]
RELATED = PERSON["relations"]
PERSON_TABS = [{"label": "Fields", "url": "#"}, {"label": "Details", "url": "#"}, {"label": "E-mails", "url": "#", "count": "128", "rule": True},
               {"label": "Relations", "url": "#", "count": "4", "current": True}, {"label": "History", "url": "#"}]
COMPANY_TABS = [{"label": "Overview", "url": "#", "current": True}, {"label": "Persons", "url": "#", "count": "14", "rule": True},
                {"label": "Tickets", "url": "#"}, {"label": "Relations", "url": "#", "count": "2"}, {"label": "History", "url": "#"}]
RELATIONS = {"new_url": "#", "persons_url": None, "lists": [
    {"past": True, "newer": None, "older": "#o", "lines": [
        {"words": "worked at", "name": "Kunde ApS", "url": "#", "face": {"kind": "firm"}, "details": "IT technician", "period": "1 Mar 2022 – 31 Oct 2026"}]},
    {"past": False, "newer": None, "older": None, "lines": [
        {"words": "works at", "name": "Værksted A/S", "url": "#", "face": {"kind": "firm"}, "details": "Operations manager", "period": "1 Nov 2026 –"},
        {"words": "replaced during leave by", "name": "Lise-Lotte Fagerheim-Bråthen", "url": "#",
         "face": {"kind": "person", "initials": "LF"}, "details": "Has the keys, and knows where the drawings of the second lift are kept.",
         "period": "1 Dec 2026 – 14 Dec 2026", "edit_url": "#", "end_url": "#", "delete_url": "#", "version": 1}]}]}
RELATION_FORM = {"form": {"title": "New relation of Mads Kjær", "new": True, "back_url": "#", "action": "#", "search_url": "#", "kinds": [
    ("a", "deputy of … (a person)"), ("b", "owner of … (a company)")], "values": {"kind": "a", "q": "fri", "details": "", "since": "", "until": ""}},
    "errors": {"q": "Look for the other side by name, and choose."}, "found": [
        {"value": "person:1", "name": "Lone Friis", "about": "Indkøber · Frokost ApS · lone.friis@frokost.example", "icon": "user", "chosen": True},
        {"value": "company:2", "name": "Frisør Friis", "about": "frisor.example", "icon": "building"}]}
KINDS = [{"url": "/kit/relation-kind", "name": "deputy of", "reverse": "has as deputy", "between": "two persons", "meaning": "The first stands in for the second",
          "used": 12, "first_of_all": True}, {"url": "#", "name": "former employee of", "reverse": "former employer of",
                                              "between": "a person and a company", "archived": True, "last_of_all": True}]
KIND_FORM = {"title": "deputy of", "version": 3, "between": "two persons", "person": True, "action": "#", "archive_url": "#",
             "values": {"between": "person-person", "name": "deputy of", "reverse": "has as deputy", "meaning": "deputy"}}
MERGE: dict[str, Any] = {
    "one": {"uid": "p1", "name": "Mads Kjær", "face": MADS, "url": "#", "company": "Værksted A/S", "created": "3 Feb 2024", "version": 4},
    "into": {"uid": "p2", "name": "Mads K. Kjær-Sørensen", "face": MADS, "url": "#", "company": "", "created": "16 Nov", "version": 2},
    "rows": [{"name": "first_name", "label": "First name", "from": "Mads", "into": "Mads K.", "chosen": "into"},
             {"name": "title", "label": "Title", "from": "Operations manager", "into": "", "chosen": "from"},
             {"name": "email", "label": "E-mail used first", "from": "mads@verksted.example", "chosen": "into",
              "into": "mads.kjaer-soerensen@kundesenter.langt-navn.example"}],
    "same": ["Language", "Status"], "moving": [{"label": "Addresses", "count": 2}, {"label": "Messages", "count": 1204},
                                               {"label": "Tickets", "count": 23}],
    "unseen": True, "errors": {}, "itself": False, "two": "Kari Moe said 3 Feb that these are two persons.", "action": "/persons", "other_way_url": "#", "back_url": "/kit/person"}
UNMERGE: dict[str, Any] = {
    "one": MERGE["one"], "root": MERGE["into"], "at": "16 Nov", "moving": MERGE["moving"], "unseen": True, "action": "/persons",
    "back": [{"field": "First name", "before": "Mads", "after": "Mads K."}, {"field": "Title", "before": "Operations manager", "after": ""}],
    "stayed": "service level", "back_url": "/kit/person"}
def _pair(uid: str, points: int, one: str, other: str, **more: Any) -> dict[str, Any]:
    return {
        "uid": uid * 24, "points": points, "current": False, "next": "", "merge_url": "#merge", "apart_url": "#apart",
        "one": {"name": one, "face": INGRID, "url": "/kit/person"}, "other": {"name": other, "face": MADS, "url": "/kit/person"},
        "rows": [
            {"label": "Company", "same": True, "one": ["Kunde AS"], "other": ["Kunde AS"]},
            {"label": "E-mail", "same": False, "one": ["sigbjorn.utvaer.ved.fjorden@et-langt-domenenavn.example"], "other": []},
            {"label": "Telephone", "same": True, "one": ["+47 91 00 12 34", "+47 55 50 12 77"], "other": ["+47 91 00 12 34"]}],
        "clues": [{"text": "Same name, spelled another way", "points": 31, "width": 62, "against": False},
                  {"text": "Almost the same address as sigbjorn.utvaer.ved.fjorden@et-langt-domenenavn.example", "points": 24, "width": 48,
                   "against": False}, {"text": "Another customer number", "points": -14, "width": 28, "against": True}],
    } | more  # fmt: skip


PAIRS = [_pair("a", 99, "Bjørn Ås", "Bjoern Aas", current=True),
         _pair("b", 55, "Lise-Lotte Margrethe Fagerheim-Bråthen-Aasgaard", "Lise Lotte Fagerheim Bråthen")]
RULE = {
    "fields": [("name", "Name"), ("email", "E-mail address"), ("title", "Title")], "mark": "m", "counted": 12, "errors": {"also_1": "Many share a title."},
    "lines": [{"n": 0, "field": "name", "also": "email", "count": 12, "example": [
        {"what": "Saved already", "values": ["Bjørn Ås", "ole@kunde.example"], "kind": ""},
        {"what": "The same", "values": ["BJOERN AAS", "Ole@Kunde.example"], "kind": "late"},
        {"what": "Somebody else", "values": ["Bjørn Ås", "ole@annen.example"], "kind": "sure"}]},
        {"n": 1, "field": "title", "also": "", "count": None, "example": []}],
    "doors": [{"name": "form", "label": "The form of a person", "hint": "An agent who makes or edits one person.", "value": "warn"},
              {"name": "api", "label": "The API", "hint": "Another program.", "value": "block"}],
}  # fmt: skip
PERSON_FORM = {
    "action": "/persons", "title": "New person", "new": True, "back_url": "/kit/persons",
    "values": {"first_name": "Mads", "company": "Kunde AS"},
    "addresses": [{"uid": "x", "kind": "mail", "value": "mads@", "primary": True, "error": "Is something missing?"}],
}  # fmt: skip
COMPANIES = [
    {"url": "/kit/company", "name": "Kunde AS", "domain": "kunde.example", "persons": 14, "open_tickets": 3,
     "service_level": "Gull", "last_at": "8 min"},
    {"url": "/kit/company", "name": "Værksted A/S", "domain": "verksted.example", "persons": 5, "last_at": "2 t"},
    {"url": "/kit/company", "name": "Fjordhaven Idrettslag", "domain": "", "persons": 2},
]  # fmt: skip
COMPANY = {
    "sides": SIDES, "layout_url": "/kit/layout",
    "favourite": {"on": False, "url": "/kit/favourite"}, "bell": {"on": True, "url": "/kit/bell"},
    "name": "Kunde AS", "number": "987 654 321", "domains": ["kunde.example"], "edit_url": "/kit/company-form",
    "service_level": "Gull", "service_note": "svar innen 2 t", "language": "Norsk bokmål", "our_contact": JONAS,
    "category": "Kunde", "business": "Regnskap og lønn", "website": "https://kunde.example", "phone": "+47 555 01 200",
    "address": "Storgata 1\n0000 Eksempelby", "persons_text": "14, 2 have left", "tickets_text": "3 open",
    "persons": [{"url": "#", "name": "Ingrid Solheim", "face": INGRID, "position": "Lønnsansvarlig",
                 "email": "ingrid@kunde.example"},
                {"url": "#", "name": "Per Lunde", "face": {"kind": "person", "initials": "PL"}, "left": True}],
    "tickets": PERSON["tickets"], "tickets_url": "#", "history": PERSON["history"], "persons_url": "#", "tabs": COMPANY_TABS, "relations": RELATED,
    "talks": [{"url": "#", "subject": "Kan ikke logge inn etter oppgradering", "state": "open", "state_label": "Open", "who": "Ingrid Solheim",
               "names": "Nora Vik, Jonas Berg", "messages": 6, "at": "11:02", "at_iso": "2026-11-22T10:02:00Z"},
              {"url": "#", "subject": "Tilbud på opplæring", "state": "waiting", "state_label": "Waiting", "who": "Per Lunde", "names": "nobody yet",
               "messages": 1, "at": "2 Oct", "at_iso": "2026-10-02T10:02:00Z"}],
}  # fmt: skip
COMPANY_FORM = {"action": "/companies", "title": "Kunde AS", "back_url": "/kit/company", "values": COMPANY | {"domains": "kunde.example"}}
MAILBOXES = [
    {"url": "/kit/mailbox", "name": "Kundeservice", "address": "kundeservice@example.com", "reading": "SMTP door",
     "health": "sure", "health_text": "Last mail 11:12", "sending": "Relay", "who": "Everybody", "today": 96},
    {"url": "/kit/mailbox", "name": "Salg", "address": "salg@example.com", "reading": "IMAP, 3 folders",
     "health": "late", "health_text": "Cannot sign in since 10:40", "sending": "Own account", "who": "2 teams"},
]  # fmt: skip
MAILBOX_FORM = {
    "action": "/mailboxes/1", "title": "Salg", "delete_url": "/mailboxes/1/delete", "test_url": "/mailboxes/1/test",
    "values": {"name": "Salg", "address": "salg@example.com", "reading": "imap", "sending": "own",
               "imap_host": "imap.example.com", "unknown_sender": "ask"},
    "secrets": {"imap_password": True}, "sign_in_url": "/mailboxes/1/sign-in",
    "sign_in": {"kind": "sure", "text": "Signed in as salg@example.com.", "redirect": "https://desk.example.com/settings/mailboxes/signed-in"},
    "agents": [{"uid": "a1", "name": "Nora Vik", "checked": True}], "teams": [{"uid": "t1", "name": "Verksted"}],
    "everybody": False,
}  # fmt: skip
TESTS = [
    {"step": "Connect", "kind": "sure", "text": "imap.example.com answered in 40 ms."},
    {"step": "Sign in", "kind": "late", "text": "The password was refused. Is it an app password?"},
]
POLICY_RULES = [
    {"id": "a", "number": 1, "when": "Sender is at verksted.example", "verdict": "never", "verdict_text": "Never", "then": "no record · written with a decision",
     "last_30": 64, "edit_url": "#", "down_url": "#"},
    {"id": "b", "number": 2, "when": "Domain is a free mail provider", "verdict": "ask", "verdict_text": "Ask", "then": "was Create",
     "last_30": 96, "changed": True, "edit_url": "#", "up_url": "#", "down_url": "#"},
    {"id": "c", "number": 3, "when": "Mailbox is Workshop · Language is Swedish", "verdict": "create", "verdict_text": "Create",
     "then": "team Malmö, Bronze", "last_30": 22, "off": True, "edit_url": "#", "up_url": "#"},
    {"number": 4, "when": "Sender is blocked", "verdict": "never", "verdict_text": "Set aside", "then": "kept in the ledger alone",
     "last_30": 64, "fixed": True},
    {"number": 5, "when": "The filter before us says spam", "verdict": "spam", "verdict_text": "Spam", "last_30": 1511, "fixed": True},
    {"number": "", "when": "Everything else", "verdict": "create", "verdict_text": "Create", "then": "the choice above", "last_30": 124, "rest": True},
]
POLICY = {
    "value": "create", "version": 7, "mark": "m", "book": 7, "changed": "changed 3 Nov by Jonas Berg", "days": 90, "typed_days": 90, "trial": None,
    "mailboxes": [{"uid": "m1", "name": "Kundeservice", "value": "", "last_30": 124},
                  {"uid": "m2", "name": "Salg", "value": "ask", "last_30": 38}],
    "defaults": [("Company", "By domain, if known"), ("Service level", "Bronze"),
                 ("Language", "As detected, else the mailbox’s"), ("Support contact", "The team’s, by turns")],
    "rules": POLICY_RULES,
}
TRIAL = {"state": "done", "days": 30, "done": 2426, "total": 2426, "running": False, "reason": "", "stale": False, "next": 8, "result": {
    "mails": 2426, "changed": 96, "tried_at": "11:16", "answered": 3, "more_persons": 1, "asked_a_day": 3, "mails_url": "#",
    "persons": [{"name": "Åse Lindqvist", "url": "#", "mails": "2 mails"}, {"name": "Eirik Nordgård", "url": "#", "mails": "1 mail"}],
    "rows": [{"name": "Persons created", "after": 522, "change": -96, "now": 47.5, "then": 40.2, "url": "#"},
             {"name": "Asked", "after": 113, "change": 96, "now": 1.3, "then": 8.7, "url": "#"},
             {"name": "No record", "after": 1268, "change": 0, "now": 97.5, "then": 97.5, "url": "#"}]}}
AGENT_ROWS = [
    {"url": "/kit/agent", "name": "Nora Vik", "face": NORA["face"], "email": "nora@example.com", "role": "admin",
     "role_label": "Admin", "totp": True, "active": True, "last_at": "now", "open_tickets": 12},
    {"url": "/kit/agent", "name": "Kari Moe", "face": KARI["face"], "email": "kari@example.com", "role": "agent",
     "role_label": "Agent", "totp": False, "active": False},
]  # fmt: skip
AGENT_FORM = {
    "action": "#", "title": "Kari Moe", "values": {"name": "Kari Moe", "email": "kari@example.com", "role": "agent",
                                                   "active": True, "language": "nb"},
    "mailboxes": [{"uid": "m1", "name": "Kundeservice", "checked": True}, {"uid": "m2", "name": "Salg"}],
    "teams": [], "reset_url": "#", "totp": True, "totp_reset_url": "#",
}  # fmt: skip
LETTERS = [
    {"name": "received", "title": "Acknowledgement", "when": "When a customer’s mail has become a ticket",
     "url": "/kit/wording", "languages": [{"code": "nb", "label": "Norwegian", "own": True}]},
    {"name": "reset", "title": "New password", "when": "When an agent has forgotten it", "url": "/kit/wording",
     "languages": []},
]  # fmt: skip
WORDING = {
    "letter": {"title": "Acknowledgement", "when": "When a customer’s mail has become a ticket"},
    "tabs": [{"label": "English", "url": "#", "current": True}, {"label": "Norsk bokmål", "url": "#"}],
    "form": {"action": "#", "preview_url": "#", "reset_url": "#", "values": {"subject": "We have your mail", "body": ""},
             "ours": {"subject": "We have your mail", "body": "Hello {name},"},
             "words": [("{name}", "the customer’s name"), ("{number}", "the ticket’s number")]},
    "preview": {"from": "Customer service <help@example.com>", "to": "Ingrid Solheim", "subject": "We have your mail",
                "body": "Hello Ingrid Solheim,\n\nthank you, we answer within 2 hours.\n\nKind regards\nCustomer service"},
    "errors": {},
}  # fmt: skip
LEDGER = {
    "direction": "in", "url": "/kit/ledger", "q": "", "summary": "2,426 in the last 30 days, 3 set aside",
    "states": [{"label": "All", "url": "#", "current": True}, {"label": "Failed", "url": "#", "count": 3},
               {"label": "Waiting", "url": "#", "count": 0}],
    "newer": None, "older": "#o", "mailboxes": [],
}  # fmt: skip
ENTRIES = [
    {"url": "/kit/ledger-one", "at": "11:12", "mailbox": "Kundeservice", "who": "ingrid@kunde.example",
     "subject": "Kan ikke logge inn", "state": "filed", "state_kind": "sure", "state_label": "Filed", "ticket": 4821,
     "ticket_url": "/kit/ticket", "attempts": 1},
    {"url": "/kit/ledger-one", "at": "11:02", "mailbox": "Salg", "who": "kontoret@verksted.example",
     "subject": "Bestilling", "state": "failed", "state_kind": "late", "state_label": "Set aside",
     "reason": "The letter stopped the reader three times.", "attempts": 3, "replay_url": "/replay"},
    {"url": "/kit/ledger-one", "at": "10:58", "mailbox": "Salg", "who": "", "subject": "", "state": "claimed",
     "state_kind": "act", "state_label": "Being read", "attempts": 1},
]  # fmt: skip
SENT = [
    {"url": "#", "at": "11:13", "mailbox": "Kundeservice", "who": "ingrid@kunde.example", "subject": "Re: Kan ikke",
     "state_kind": "sure", "state_label": "Sent", "ticket": 4821, "ticket_url": "/kit/ticket", "attempts": 1},
    {"url": "#", "at": "11:05", "mailbox": "Salg", "who": "ingrid.dahl@kunde.example", "subject": "Re: Tilbud",
     "state_kind": "heed", "state_label": "Tried again 11:35", "reason": "451 4.3.0 Try again later", "attempts": 2,
     "retry_url": "/retry"},
]  # fmt: skip
TRACE = {
    "entry": ENTRIES[0] | {
        "direction": "in", "message_id": "<a1b2c3@mail.kunde.example>", "size": "4 kB", "raw_url": "/kit/raw",
        "envelope_from": "ingrid@kunde.example", "envelope_to": "kundeservice@example.com", "replay_url": "/replay",
        "client": "192.0.2.14, mail.kunde.example",
        "authentication": [{"name": "DMARC", "kind": "sure", "text": "kunde.example, aligned by DKIM"},
                           {"name": "SPF", "kind": "heed", "text": "not looked at: the client is a relay of ours"}],
    },
    "verdict": {"act": "Added to 4821", "why": "It answers one of our messages, and the sender takes part in the ticket."},
    "rules": [{"number": 1, "name": "The address or domain is blocked", "asked": True, "text": ""},
              {"number": 2, "name": "Answers one of our tickets", "asked": True, "hit": True,
               "text": "In-Reply-To carries our signature for 4821."},
              {"number": 3, "name": "Written by a machine", "asked": False}],
    "steps": [{"icon": "mail", "text": "Handed over and stored", "at": "11:12:04.120", "note": "250 after the commit"},
              {"icon": "file-text", "text": "Read in 2 ms", "at": "11:12:04.310"},
              {"icon": "check", "text": "Filed on ticket 4821", "at": "11:12:04.322"}],
    "clues": [("From", "ingrid@kunde.example"), ("Language", "Norwegian, 0.99"), ("Automatic", "No")],
    "others": [],
}  # fmt: skip
NOTIFICATIONS = [
    {"url": "/kit/ticket", "icon": "user-check", "text": Markup("<strong>Jonas Berg</strong> ga deg «Kan ikke logge inn»"),
     "at": "11:04", "unread": True},
    {"url": "/kit/ticket", "icon": "mail", "text": "Ingrid Solheim svarte på «Kan ikke logge inn»", "at": "10:52"},
]  # fmt: skip
AWAY = {"values": {"away_from": "2026-12-01", "away_until": "2026-12-04", "deputy": "a2"}, "version": 3,
        "note": "away until 4 Dec, deputy Kari Moe", "agents": [("a2", "Kari Moe")]}
PROFILE = {
    "digest": {"every": "day", "hour": "7", "choices": [("", "No mail, the bell alone"), ("day", "Every day")], "hours": [("7", "07:00")],
               "cards": [{"kind": "person", "uid": "p1", "name": "Mads Kjær", "url": "#"}]},
    "away": AWAY, "calendar_url": "https://desk.example/calendar/a1/b2c3d4e5f6g7h2i3j4k5l6m7n2.ics",
    "shortest": 8,
    "form": {"values": {"name": "Nora Vik", "email": "nora@example.com", "language": "nb", "theme": "", "keys": True,
                        "timezone": "Europe/Oslo"},
             "notify": [{"name": "assigned", "label": "A ticket is assigned to me", "bell": True, "mail": True},
                        {"name": "answered", "label": "A customer answers on my ticket", "bell": True}]},
    "timezones": [("Europe/Oslo", "Oslo")], "languages": CHOICES["languages"], "errors": {},
    "addresses": [{"id": 1, "address": "nora@home.example", "proven": True},
                  {"id": 2, "address": "nora.vik@post.example", "proven": False}],
    "totp": {"on": True, "since": "since 3 Nov"},
    "sessions": [{"device": "Firefox on Linux", "place": "192.0.2.7", "current": True},
                 {"device": "Safari on iPhone", "place": "192.0.2.9", "at": "i går", "end_url": "#"}],
}  # fmt: skip
CANNED = [
    {"url": "/kit/canned-one", "prefix": "takk", "title": "Takk for henvendelsen", "preview": "Hei {name}, takk for at …",
     "language_label": "Norsk bokmål", "used": 41},
    {"url": "/kit/canned-one", "prefix": "passord", "title": "Nytt passord", "preview": "Slik bytter du passord",
     "used": 12},
]  # fmt: skip

SELECTION = {"uid": "s1", "name": "Klar til sletting", "of": "persons", "list_url": "#l", "kind": "static", "kind_label": "Chosen one by one", "told": [], "joined": "all of these",
             "owner": "Nora Vik", "sharing": "the owner alone", "edit_url": "#e", "copy_url": "#c", "delete_url": "#d", "remove_url": "#r"}
_OPERATORS = [("is", "is"), ("is_not", "is not")]
_ROW = {"error": "", "operators": _OPERATORS, "choices": []}
SELECTION_FORM = {
    "of_title": "Selection of persons",
    "form": {"title": "New selection", "new": True, "version": None, "back_url": "#b", "action": "#a", "values": {
        "of": "persons", "kind": "dynamic", "name": "Kunder uten svar", "sharing": "private", "team": "", "joined": "all"}},
    "errors": {}, "count": "214 persons", "joins": [("all", "all of these"), ("any", "any of these")], "ofs": [("persons", "Persons"), ("companies", "Companies")],
    "kinds": [("dynamic", "By criteria")], "hows": [], "sharings": [("private", "Myself alone")], "teams": [], "parts": [],
    "groups": [("Person", [("category", "Category"), ("name", "Name"), ("created", "Created")])],
    "rows": [_ROW | {"n": 0, "field": "category", "op": "is", "value": "c1", "kind": "choice", "choices": [("c1", "Kunde")]},
             _ROW | {"n": 1, "field": "created", "op": "within", "value": "99999999", "kind": "number", "error": "Give a whole number."},
             _ROW | {"n": 2, "field": "", "op": "", "value": "", "kind": "", "operators": []}]}
