"""Small invented files as each of the four systems writes them: known, read, in any order and among columns that nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from contacts.importing_columns import guess, in_order, preset_of
from contacts.importing_files import opened, written
from contacts.importing_rows import Row, read_row

#: Field → folded name → id, as the register of the invented desk has them.
LISTS = {"category": {"kunde": 1, "customer": 1}, "business": {"transport": 2}, "our_contact": {"nora vik": 3}, "support_contact": {"jonas lie": 4}, "service_level": {}}
EVA = {"first_name": "Eva", "last_name": "Lie"}
NORDLYS = {"name": "Nordlys AS", "organisation_number": "923609016", "address": "Havnegata 3\n0150\nOslo"}
Columns = Sequence[tuple[str, str]]
#: System, columns with what stands in them, and what is read: fields, and the rest by its name.
PERSONS: Sequence[tuple[str, Columns, Mapping[str, Any]]] = (
    ("SuperOffice", (
        ("First name", "Eva"), ("Last name", "Lie"), ("Company", "Nordlys AS"), ("Title", "Siv.ing."), ("Position", "Buyer"), ("Direct - Phone", "+47 22 86 44 00"),
        ("Mobile - Phone", "+47 900 00 001"), ("E-mail", "eva@nordlys.example"), ("Our contact", "Nora Vik"), ("Our service contact", "Jonas Lie"),
        ("Category", "Customer"), ("Business", "Transport"), ("Preferred language", "Norwegian"), ("No Mailings", "Yes"), ("URL", "https://nordlys.example/eva")),
     EVA | {"title": "Siv.ing.", "our_contact_id": 3, "support_contact_id": 4, "category_id": 1, "business_id": 2, "preferred_language": "nb", "block_mass_mail": True,
            "company": "Nordlys AS", "position": "Buyer", "phones": 2, "emails": 1, "links": 1}),
    ("SuperOffice", (
        ("Fornavn", "Eva"), ("Etternavn", "Lie"), ("Firma", "Nordlys AS"), ("Tittel", "Siv.ing."), ("Posisjon", "Innkjøper"), ("Direkte - Telefon", "+47 22 86 44 00"),
        ("Mobil - Telefon", "+47 900 00 001"), ("E-post", "eva@nordlys.example"), ("Vår kontakt", "Nora Vik"), ("Vår servicekontakt", "Jonas Lie"), ("Kategori", "Kunde"),
        ("Bransje", "Transport"), ("Foretrukket språk", "Norsk"), ("Ingen utsendelser", "Ja"), ("Webside", "nordlys.example/eva")),
     EVA | {"title": "Siv.ing.", "our_contact_id": 3, "support_contact_id": 4, "category_id": 1, "business_id": 2, "preferred_language": "nb", "block_mass_mail": True,
            "company": "Nordlys AS", "position": "Innkjøper", "phones": 2, "emails": 1, "links": 1}),
    ("SuperOffice", (
        ("Fornavn", "Eva"), ("Efternavn", "Lie"), ("Firma", "Nordlys AS"), ("Titel", "Cand.merc."), ("Stilling", "Indkøber"), ("E-mail", "eva@nordlys.example"),
        ("Vores kontakt", "Nora Vik"), ("Vores servicekontakt", "Jonas Lie"), ("Kategori", "Kunde"), ("Branche", "Transport"), ("Foretrukket sprog", "Dansk"),
        ("Ingen udsendelser", "Nej"), ("Websted", "nordlys.example/eva")),
     EVA | {"title": "Cand.merc.", "our_contact_id": 3, "support_contact_id": 4, "category_id": 1, "business_id": 2, "preferred_language": "da", "block_mass_mail": False,
            "company": "Nordlys AS", "position": "Indkøber", "emails": 1, "links": 1}),
    ("SuperOffice", (
        ("Förnamn", "Eva"), ("Efternamn", "Lie"), ("Företag", "Nordlys AS"), ("Titel", "Civ.ing."), ("Befattning", "Inköpare"), ("E-post", "eva@nordlys.example"),
        ("Vår kontakt", "Nora Vik"), ("Vår supportansvarige", "Jonas Lie"), ("Kategori", "Kunde"), ("Bransch", "Transport"), ("Supportspråk", "Svenska"),
        ("Inga utskick", "Ja"), ("Webbsida", "nordlys.example/eva")),
     EVA | {"title": "Civ.ing.", "our_contact_id": 3, "support_contact_id": 4, "category_id": 1, "business_id": 2, "preferred_language": "sv", "block_mass_mail": True,
            "company": "Nordlys AS", "position": "Inköpare", "emails": 1, "links": 1}),
    ("SuperOffice", (
        ("firstName", "Eva"), ("lastName", "Lie"), ("contact/name", "Nordlys AS"), ("position", "Buyer"), ("personDirectPhone/formattedNumber", "+47 22 86 44 00"),
        ("email/emailAddress", "eva@nordlys.example"), ("personAssociateFullName", "Nora Vik"), ("personCategory", "Customer"), ("personNoMail", "true"),
        ("personNumber", "10017")),
     EVA | {"our_contact_id": 3, "category_id": 1, "block_mass_mail": True, "customer_number": "10017", "company": "Nordlys AS", "position": "Buyer", "phones": 1, "emails": 1}),
    ("webCRM", (
        ("PersonFirstName", "Eva"), ("PersonLastName", "Lie"), ("PersonTitle", "Buyer"), ("PersonEmail", "eva@nordlys.example"), ("PersonEmail2", "lie@nordlys.example"),
        ("PersonDirectPhone", "+47 22 86 44 00"), ("PersonMobilePhone", "+47 900 00 001"), ("PersonStatus", "Resigned"), ("PersonBlockMassEmail", "True"),
        ("OrganisationName", "Nordlys AS"), ("OrganisationVatNumber", "923609016")),
     EVA | {"status": "left", "block_mass_mail": True, "company": "Nordlys AS", "company_number": "923609016", "position": "Buyer", "phones": 2, "emails": 2}),
    ("24SevenOffice", (
        ("ContactFirstName", "Eva"), ("ContactLastName", "Lie"), ("ContactRoleEmail", "eva@nordlys.example"), ("ContactRolePhone", "+47 22 86 44 00"),
        ("ContactRoleMobile", "+47 900 00 001"), ("ContactRolePosition", "Innkjøper"), ("ContactEmail", "eva@home.example"), ("ContactIsConsumer", "1"),
        ("ContactCustomerId", "10017")),
     EVA | {"private_customer": True, "customer_number": "10017", "position": "Innkjøper", "phones": 2, "emails": 2}),
    ("24SevenOffice", (("Contact Name", "Eva Lie"), ("Contact Role Mail", "eva@nordlys.example"), ("Contact Phone", "+47 22 86 44 00"), ("Contact Role Position", "Buyer")),
     EVA | {"position": "Buyer", "phones": 1, "emails": 1}),
    ("ChannelCRM", (
        ("contact.firstnames", "Eva"), ("contact.lastnames", "Lie"), ("contact.jobdescription", "Indkøber"), ("contact.email1", "eva@nordlys.example"),
        ("contact.emailpersonal", "eva@home.example"), ("contact.phonedirect", "+47 22 86 44 00"), ("contact.phonemobile", "+47 900 00 001"),
        ("contact.preferredlanguage", "Dansk"), ("contact.kam", "Nora Vik"), ("company.name", "Nordlys AS"), ("company.vat", "923609016")),
     EVA | {"preferred_language": "da", "our_contact_id": 3, "company": "Nordlys AS", "company_number": "923609016", "position": "Indkøber", "phones": 2, "emails": 2}),
)
COMPANIES: Sequence[tuple[str, Columns, Mapping[str, Any]]] = (
    ("SuperOffice", (
        ("Company name", "Nordlys AS"), ("VAT No.", "923 609 016"), ("Telephone - Phone", "+47 22 86 44 00"), ("URL", "nordlys.example"), ("Our contact", "Nora Vik"),
        ("Category", "Customer"), ("Business", "Transport"), ("Postal address - Address 1", "Havnegata 3"), ("Postal address - Postcode", "0150"),
        ("Postal address - City", "Oslo"), ("Country", "Norway")),
     NORDLYS | {"address": "Havnegata 3\n0150\nOslo\nNorway", "phone": "+47 22 86 44 00", "website": "https://nordlys.example", "our_contact_id": 3, "category_id": 1, "business_id": 2}),
    ("SuperOffice", (
        ("Firma", "Nordlys AS"), ("Org.nr.", "923609016"), ("Telefon - Telefon", "+47 22 86 44 00"), ("Webside", "nordlys.example"), ("Vår kontakt", "Nora Vik"),
        ("Kategori", "Kunde"), ("Bransje", "Transport"), ("Postadresse - Adresse 1", "Havnegata 3"), ("Postadresse - Postnummer", "0150"), ("Postadresse - Sted", "Oslo")),
     NORDLYS | {"phone": "+47 22 86 44 00", "website": "https://nordlys.example", "our_contact_id": 3, "category_id": 1, "business_id": 2}),
    ("SuperOffice", (
        ("name", "Nordlys AS"), ("orgnr", "923609016"), ("contactPhone/formattedNumber", "+47 22 86 44 00"), ("url/URLAddress", "nordlys.example"),
        ("postAddress/line1", "Havnegata 3"), ("postAddress/zip", "0150"), ("postAddress/city", "Oslo")),
     NORDLYS | {"phone": "+47 22 86 44 00", "website": "https://nordlys.example"}),
    ("webCRM", (
        ("OrganisationName", "Nordlys AS"), ("OrganisationVatNumber", "923609016"), ("OrganisationTelephone", "+47 22 86 44 00"), ("OrganisationWww", "nordlys.example"),
        ("OrganisationAddress", "Havnegata 3"), ("OrganisationPostCode", "0150"), ("OrganisationCity", "Oslo"), ("OrganisationCountry", "Norge"),
        ("OrganisationIndustry", "Transport"), ("OrganisationType", "Kunde"), ("OrganisationDomain", "nordlys.example")),
     NORDLYS | {"address": "Havnegata 3\n0150\nOslo\nNorge", "phone": "+47 22 86 44 00", "website": "https://nordlys.example", "category_id": 1, "business_id": 2, "domains": 1}),
    ("24SevenOffice", (
        ("CompanyName", "Nordlys AS"), ("CompanyGovNo", "923609016"), ("CompanyPhone", "+47 22 86 44 00"), ("CompanyWebsite", "nordlys.example"), ("CompanyCategory", "Kunde"),
        ("CompanyPostStreet", "Havnegata 3"), ("CompanyPostPostcode", "0150"), ("CompanyPostPostarea", "Oslo"), ("CompanyPostCity", "Oslo"), ("CompanyCountry", "NO")),
     NORDLYS | {"address": "Havnegata 3\n0150\nOslo\nNO", "phone": "+47 22 86 44 00", "website": "https://nordlys.example", "category_id": 1}),
    ("ChannelCRM", (
        ("company.name", "Nordlys AS"), ("company.vat", "923609016"), ("company.phone", "+47 22 86 44 00"), ("company.web", "nordlys.example"), ("company.kam", "Nora Vik"),
        ("company.street", "Havnegata 3"), ("company.zip", "0150"), ("company.city", "Oslo")),
     NORDLYS | {"phone": "+47 22 86 44 00", "website": "https://nordlys.example", "our_contact_id": 3}),
)
EVERY = [*(("persons", *one) for one in PERSONS), *(("companies", *one) for one in COMPANIES)]
NAMES = [f"{what}-{system}-{columns[0][0]}" for what, system, columns, _read in EVERY]
#: What else stands in such files, and nobody knows.
UNKNOWN = (("Stop", "0"), ("Id", "4711"), ("CompanyFax", "1"), ("PersonCustom7", "x"), ("contact.ean", "57"), ("Postal address - Latitude", "59.9"), ("", "?"))


def read(system: str, what: str, columns: Columns) -> Row:
    """The one row of a file with these columns, its system found by them."""
    table = opened(written([[name for name, _cell in columns], [cell for _name, cell in columns]]).encode())
    assert preset_of(table.header, what) == system
    chosen = guess(table.header, what, system)
    known = {name for name, _cell in UNKNOWN}
    assert [name for n, name in enumerate(table.header) if str(n) not in chosen and name not in known] == []
    assert not any(table.header[int(n)] in known for n in chosen)
    return read_row(what, 2, next(table.rows()), in_order(table.header, chosen), LISTS)


def said(row: Row) -> dict[str, Any]:
    """What is read: fields, names, and how many addresses."""
    assert row.errors == {} and row.uid == ""
    rest = {name: getattr(row, name) for name in ("company", "company_number", "position")} | {
        name: len(getattr(row, name)) for name in ("phones", "emails", "links", "domains")}
    return {**row.fields, **{name: value for name, value in rest.items() if value}}


@pytest.mark.parametrize(("what", "system", "columns", "expected"), EVERY, ids=NAMES)
def test_a_file_of_a_system_is_known_and_read(what: str, system: str, columns: Columns, expected: Mapping[str, Any]) -> None:
    assert said(read(system, what, columns)) == expected


@pytest.mark.parametrize(("what", "system", "columns", "expected"), EVERY, ids=NAMES)
def test_in_another_order_and_among_unknown_columns(what: str, system: str, columns: Columns, expected: Mapping[str, Any]) -> None:
    mixed = [one for pair in zip([*reversed(columns)], [*UNKNOWN, *[("", "")] * len(columns)], strict=False) for one in pair]
    assert said(read(system, what, mixed)) == expected


def test_an_id_of_another_system_is_none_of_ours() -> None:
    assert "id" not in guess(["Id", "contact.fullname"], "persons", "ChannelCRM").values() and guess(["Id", "Name"], "persons")["0"] == "id"
    assert preset_of(["Id", "contact.fullname"], "persons") == "ChannelCRM"
