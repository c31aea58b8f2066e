"""What people of four languages write: sentences that name a person, sentences that only seem to, greetings, ends, headers.

``{N}`` is the full name, ``{G}`` the same in the genitive, ``{F}`` the first name, ``{L}`` the last name, ``{A}`` an address, ``{T}`` a phone number, ``{K}``
the customer number, ``{S}`` the street. Without marks, and never theirs: ``{o}`` another full name, ``{f}`` another with the same first name, ``{l}`` another with the
same last name, ``{d}`` theirs behind a further first name, ``{c}`` a company and ``{s}`` a street of the last name, ``{n}`` figures. None of these stood model for the
matcher, nor it for them.
"""

from __future__ import annotations

NAMING = {
    "nb": (
        "Kan noen sjekke hva som skjedde med bestillingen til {N}?", "Jeg snakket nettopp med {N} på telefonen, og {F} hadde ikke fått svar.", "Det var {N} som meldte feilen forrige uke.",
        "Legg ved kvitteringen fra {G} konto.", "Adgangskortet er registrert på {N}, kundenummer {K}.", "{N} har flyttet til {S}, så post dit heretter.", "Send kopi til {A} også, takk.",
        "Nås best på {T} etter klokka tre.", "Ifølge {N} skulle dette være ordnet.", "Vi avtalte at {L} skulle ringe tilbake.", "Det er visst {G} feil, sier de i resepsjonen.",
        "Pålogging med {A} virker ikke lenger.", "Nytt nummer er {T}, det gamle gjelder ikke.", "Er det noen som vet om {F} er tilbake fra ferie?", "Den som bestilte heter {N} og bor i {S}.",
        "Regningen gikk til {L}, men skulle til regnskap.", "Brukeren vår ({N}) får ikke skrevet ut.", "Godkjent av {N}, {n}.",
    ),
    "da": (
        "Er der nogen, der har hørt fra {N} i denne uge?", "Jeg har lige talt med {N}, som ikke kan logge på.", "Pakken skal sendes til {N}, {S}.", "Det er {G} abonnement, det drejer sig om.",
        "Kundenummeret er {K}, og navnet er {N}.", "Du kan fange {F} på {T} hele eftermiddagen.", "Skriv venligst til {A} i stedet.", "Vi mangler underskrift af {N} på side fire.",
        "{L} mener, at beløbet er forkert.", "Ifølge vores system har {N} allerede betalt.", "Kontoen {A} er spærret siden mandag.", "Kan I ændre nummeret til {T}?",
        "Har {F} fået sin nye computer endnu?", "Det var vist {G} kollega, der svarede.", "Aftalen er lavet mellem {N} og jer, den {n}.", "Bilen holder ved {S} lige nu.",
    ),
    "sv": (
        "Kan ni kontrollera varför {N} inte får sina fakturor?", "Jag pratade precis med {N} som väntar på besked.", "Beställningen gjordes av {N}, kundnummer {K}.", "Det gäller {G} abonnemang hos er.",
        "Skicka gärna allt till {A} framöver.", "Ring {T} om det är bråttom.", "{L} har inte återkommit trots två påminnelser.", "Enligt {N} var felet avhjälpt redan i fredags.",
        "Leveransadressen är {S} och mottagaren {N}.", "Har {F} fått sitt lösenord återställt?", "Inloggningen för {A} är låst.", "Telefonnumret ändras till {T} från nästa vecka.",
        "Det är nog {G} dator som strular.", "Vi har lovat {F} ett svar före helgen.", "Avtalet skrevs under av {N}, {n}.",
    ),
    "en": (
        "Could somebody look into why {N} never received the parcel?", "I have just been on the phone with {N}, who is not happy.", "The account belongs to {N}, customer number {K}.",
        "Please use {G} new address from now on.", "You can reach {F} at {T} most days.", "Do copy {A} on every answer.", "The contract was signed by {N} back in {n}.",
        "According to {N} the printer was fine on Friday.", "Deliveries go to {S}, not to the office.", "Has {F} been told about the delay?", "Sign-in with {A} stopped working.",
        "It seems {L} cancelled the meeting.", "We agreed with {N} that it can wait.", "The old number was {T}, please remove it.", "That would be {G} decision, not ours.",
    ),
}
SEEMING = {
    "nb": (
        "Det lå en stor stein midt i veien opp mot berget.", "Møtet er på torsdag, ikke tirsdag.", "Sol og lite vind i dalen hele helga.", "Be {f} om det samme.", "{l} sitter i styret.", "Det var {d} som kom.",
        "Faktura fra {c} ligger ved.", "Vi holder til i {s} like ved kirken.", "Totalt kr {n} for perioden.", "Saksnummer {n} gjelder fortsatt.", "Hun vil bo i byen, ved en vik med eng og skog.",
        "Hans mening er at loven ble fulgt.", "Spør {o} i stedet.", "{f} og {l} er begge borte i dag.", "Bergen, Steinkjer og Lillehammer får besøk i mai.", "Per i dag er tallet lavere.",
        "Vi har liv i lokalet, og en bjørn på veggen.", "Det er {o} som har nøkkelen.",
    ),
    "da": (
        "Der ligger en sten på vejen ned mod dalen.", "Vi ses på torsdag i byen.", "Solen skinner over engen ved vigen.", "Spørg {f} i stedet for mig.", "{l} har fri i dag.", "Det var {d}, der ringede.",
        "Fakturaen fra {c} er betalt.", "Kontoret ligger i {s} bag banegården.", "I alt {n} kr. inklusive moms.", "Sag {n} er lukket.", "Han vil bo i en lund med liv og sol.", "Hans bil blev hentet i maj.",
        "Giv den til {o}.", "Både {f} og {l} er syge.", "Odense, Ringsted og Bjerringbro er med.", "Ask og eg i skoven, en ravn på taget.", "Dag for dag bliver det bedre.",
    ),
    "sv": (
        "Det ligger en sten vid berget intill sjön.", "Vi hörs på torsdag.", "Sol i dalen och vind på ängen.", "Fråga {f} i stället.", "{l} är ledig i dag.", "Det var {d} som hörde av sig.",
        "Fakturan från {c} är bifogad.", "Vi sitter på {s} nära stationen.", "Summan blev {n} kronor.", "Ärende {n} är stängt.", "Hon vill bo i lunden vid en vik.", "Hans åsikt är att frid råder i maj.",
        "Lämna den till {o}.", "Både {f} och {l} är sjuka.", "Linköping, Stenungsund och Björklinge deltar.", "En björk, en lind och en gran på gården.", "Stig på och ta ett blad var.",
    ),
    "en": (
        "There was a stone by the hill and a brook below the wood.", "It may rain in May, and Mark my words, it will.", "Ask {f} instead.", "{l} is out today.", "It was {d} who called.",
        "The invoice from {c} is attached.", "Our office is in {s} behind the church.", "The sum was {n} altogether.", "Case {n} is closed.", "Give it to {o}.", "Both {f} and {l} are ill.",
        "Or else we will bill the bank.", "The king will grant a long hunt in the field.", "Read the page and ring the bell.", "Bergen, Stenstrup and Lindberg took part.",
    ),
}
OPENING = {
    "nb": ("Hei {F},", "Hei {F}!", "Kjære {F},", "Hei,", "God dag,", "Hei {o},", "Hei igjen {F},", "Hei {N},"), "da": ("Hej {F},", "Kære {F},", "Hej,", "Goddag,", "Hej {o},", "Hej {N}!"),
    "sv": ("Hej {F},", "Hej {F}!", "Bästa {F},", "Hej,", "Hej {o},", "Hej {N},"), "en": ("Hi {F},", "Dear {F},", "Hello {F},", "Hi,", "Hi {o},", "Dear {N},"),
}
CLOSING = {
    "nb": ("Med vennlig hilsen\n{N}\nTlf. {T}\n{A}", "Mvh\n{F}", "Mvh {F}", "Hilsen {F}", "Vennlig hilsen,\n\n{N}\n{S}\nMob: {T}", "Takk på forhånd,\n{o}", "--\n{N} | {A} | {T}", "Hilsen\n{o}"),
    "da": ("Med venlig hilsen\n{N}\nTlf. {T}", "Mvh {F}", "Vh\n{F}", "Venlig hilsen\n\n{N}\nMobil {T}\nE-mail: {A}", "Hilsen {F}", "Mange hilsner\n{o}", "KH\n{F}"),
    "sv": ("Med vänlig hälsning\n{N}\nTel {T}", "Mvh {F}", "Hälsningar\n{F}", "Vänliga hälsningar,\n{N}\n{A}\nMobil: {T}", "Hälsningar {o}", "/{F}", "Vänligen\n{N}"),
    "en": ("Best regards\n{N}\nPhone {T}", "Regards,\n{F}", "Kind regards,\n{N}\n{A}", "Thanks,\n{F}", "Cheers\n{o}", "-- \n{N}\n{S}\n{T}", "Sincerely,\n{N}"),
}
QUOTED = {
    "nb": "Den 3. mai 2026 kl. 10:15 skrev {N} <{A}>:", "da": "Den 3. maj 2026 kl. 10.15 skrev {N} <{A}>:", "sv": "Den 3 maj 2026 kl. 10:15 skrev {N} <{A}>:", "en": "On Sun, May 3, 2026 at 10:15 {N} <{A}> wrote:",
}
FORWARDED = {
    "nb": "-----Opprinnelig melding-----\nFra: {N} <{A}>\nSendt: 3. mai 2026 10:15\nTil: {o}\nEmne: {G} sak", "da": "-----Oprindelig meddelelse-----\nFra: {N} [mailto:{A}]\nSendt: 3. maj 2026\nTil: {o}\nEmne: Ordre",
    "sv": "-----Ursprungligt meddelande-----\nFrån: {N} <{A}>\nSkickat: den 3 maj 2026\nTill: {o}\nÄmne: Sv: {N}", "en": "---------- Forwarded message ---------\nFrom: {N} <{A}>\nDate: Sun, 3 May 2026\nTo: {o}\nSubject: Re: {N}",
}
