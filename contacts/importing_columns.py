"""What the columns of a file are: guessed by what they are called, in four languages and in the exports of four systems."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from contacts.importing_presets import PRESETS
from core.fold import fold
from core.i18n import N_

#: Field of an import → what people call it. Those of several columns are put together.
PERSONS = {
    "id": N_("Id in this desk"), "first_name": N_("First name"), "last_name": N_("Last name"), "name": N_("Whole name"), "title": N_("Title"),
    "email": N_("E-mail address"), "phone": N_("Telephone"), "link": N_("Website"), "company": N_("Company"),
    "company_number": N_("Company’s organisation number"), "position": N_("Position"), "status": N_("Status"),
    "preferred_language": N_("Language"), "category": N_("Category"), "business": N_("Business"), "our_contact": N_("Our contact"),
    "support_contact": N_("Support contact"), "service_level": N_("Service level"), "private_customer": N_("Private customer"),
    "customer_number": N_("Customer number"), "block_mass_mail": N_("No mass mail"), "infotags": N_("Infotags")}
COMPANIES = {
    "id": N_("Id in this desk"), "name": N_("Name"), "organisation_number": N_("Organisation number"), "phone": N_("Telephone"),
    "website": N_("Website"), "address": N_("Postal address"), "language": N_("Language"), "category": N_("Category"),
    "business": N_("Business"), "our_contact": N_("Our contact"), "domains": N_("Mail domains"), "infotags": N_("Infotags")}
FIELDS = {"persons": PERSONS, "companies": COMPANIES}
SEVERAL = {"persons": ("email", "phone", "link", "infotags"), "companies": ("address", "domains", "infotags")}

#: Field → what its column is called in English, Norwegian, Danish and Swedish, folded and without signs.
_COMMON = {
    "category": "category kategori", "business": "business industry bransje branche bransch naering",
    "our_contact": "ourcontact owner responsible varkontakt vorkontakt ansvarlig ansvarig eier ejer salgsansvarlig accountmanager",
    "id": "id uid skrankeid", "infotags": "infotags infotag infotagger infotaggar",
}
_PERSONS = _COMMON | {
    "first_name": "firstname givenname fornavn fornamn", "last_name": "lastname surname familyname etternavn efternavn efternamn",
    "name": "name fullname navn namn kontakt contact contactperson kontaktperson person",
    "title": "title tittel titel salutation academictitle",
    "email": "email emailaddress mail epost epostadresse epostadress emailadresse mailadresse email1 email2 email3 epost2",
    "phone": "phone telephone mobile cell mobilephone cellphone phonenumber telefon telefonnummer mobil mobiltelefon mobilnummer tlf tel directphone "
             "direkttelefon phone1 phone2 workphone homephone",
    "link": "website web url linkedin hjemmeside nettsted webbplats webside websted webbsida",
    "company": "company companyname organisation organization organisationname firma firmanavn firmanamn selskap virksomhed foretag employer bedrift kunde",
    "company_number": "organisationnumber organizationnumber orgnr orgno organisasjonsnummer organisationsnummer cvr cvrnr cvrnummer vat vatnumber",
    "position": "position jobtitle role stilling rolle befattning funksjon posisjon", "status": "status",
    "preferred_language": "language preferredlanguage sprak sprog",
    "support_contact": "supportcontact supportkontakt", "service_level": "servicelevel serviceniva serviceniveau level",
    "private_customer": "privatecustomer privatkunde privatkund", "customer_number": "customernumber customerno customerid kundenummer kundenr kundnummer",
    "block_mass_mail": "nomassmail blockmassmail nomailings nomailing ingenmassemail optout"}
_COMPANIES = _COMMON | {
    "name": "name companyname company navn namn firma firmanavn firmanamn organisation organisationname selskap virksomhed foretag bedrift",
    "organisation_number": _PERSONS["company_number"], "phone": "phone telephone telefon tlf tel phonenumber telefonnummer phone1",
    "website": "website web url webaddress homepage hjemmeside nettsted webbplats webside websted webbsida",
    "address": "address postaladdress adresse adress street streetaddress gate vei postnummer postnr zip zipcode postalcode city sted by ort poststed country "
               "land address1 address2 gateadresse postadresse",
    "language": "language sprak sprog", "domains": "domain domains maildomain domene domaene doman"}
#: What a column of a postal address is called at its end, in the order in which an address is written; its lines come before.
_WRITTEN = ("zip zipcode postcode postalcode postnummer postnr", "city sted by ort postarea zipcity", "state county fylke", "country land")


def guess(header: Sequence[str], what: str, preset: str = "", own: Mapping[str, str] | None = None) -> dict[str, str]:
    """Number of a column (as text) → field. What a system calls a column counts before what people call it, and that before what an
    organisation calls a field of its own (``own``: word → slot). An id in another system's file is none of this desk's."""
    known = dict(own or {}) | {word: field for field, words in (_PERSONS if what == "persons" else _COMPANIES).items() for word in words.split()}
    if preset:
        known = {word: field for word, field in known.items() if field != "id" or word == "skrankeid"}
    known |= {word: field for field, words in PRESETS.get(preset, {}).get(what, {}).items() for word in words.split()}
    found: dict[str, str] = {}
    for n, called in enumerate(header):
        field = known.get(bare(called), "")
        if field and (field in SEVERAL[what] or field not in found.values()):
            found[str(n)] = field
    if {"first_name", "last_name"} <= set(found.values()):
        found = {n: field for n, field in found.items() if field != "name" or what == "companies"}
    return found


def preset_of(header: Sequence[str], what: str) -> str:
    """The system a file is from, where its columns tell: the one that knows the most of them, and more than anybody."""
    plain = [field for field in guess(header, what).values() if field != "id"]
    best = max(PRESETS, key=lambda name: len(guess(header, what, name)))
    return best if len(guess(header, what, best)) > len(plain) else ""


def in_order(header: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """The columns with those of a postal address as one is written, whatever their order in the file."""
    def rank(column: tuple[str, str]) -> int:
        n, field = column
        called = bare(header[int(n)]) if field == "address" and int(n) < len(header) else ""
        return max((at for at, words in enumerate(_WRITTEN, 1) for word in words.split() if _ends(called, word)), default=0)
    return dict(sorted(columns.items(), key=rank))


def _ends(called: str, word: str) -> bool:
    """Two letters only where they are the whole of it, or of what is behind the kind of address: ``by``, but not ``lobby``."""
    return called == word or (called.endswith(word) and (len(word) > 2 or called.endswith(f"adresse{word}")))


def bare(called: str) -> str:
    """What a column is called, folded and without signs."""
    return re.sub(r"[\W_]+", "", fold(called))
