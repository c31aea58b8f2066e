"""Display names as mails have them: whose they are, which company they name, and which are nobody's."""

import pytest

from rules.display_names import read


@pytest.mark.parametrize(("display", "first", "last", "company"), [
    ("Ole Hansen", "Ole", "Hansen", ""), ("Hansen, Ole", "Ole", "Hansen", ""), ('"Hansen, Ole Petter"', "Ole Petter", "Hansen", ""),
    ("'Ole Hansen'", "Ole", "Hansen", ""), ("«Ole Hansen»", "Ole", "Hansen", ""), ("Ole", "Ole", "", ""), ("", "", "", ""),
    ("OLE HANSEN", "Ole", "Hansen", ""), ("ole hansen", "Ole", "Hansen", ""), ("HANSEN, OLE-JØRGEN", "Ole-Jørgen", "Hansen", ""),
    ("Ole MacDonald", "Ole", "MacDonald", ""),
    ("Ole Hansen (Firma AS)", "Ole", "Hansen", "Firma AS"), ("Ole Hansen [Firma]", "Ole", "Hansen", "Firma"),
    ("Hansen, Ole (Firma AS)", "Ole", "Hansen", "Firma AS"), ("Ole Hansen (IT)", "Ole", "Hansen", ""),
    ("Ole Hansen | Firma", "Ole", "Hansen", "Firma"), ("Ole Hansen - Firma AS", "Ole", "Hansen", "Firma AS"), ("Firma AS - Ole Hansen", "Ole", "Hansen", "Firma AS"),
    ("Ole Hansen, Firma AS", "Ole", "Hansen", "Firma AS"),
    ("Firma AS v/ Ole Hansen", "Ole", "Hansen", "Firma AS"), ("Firma ApS v/Ole Hansen", "Ole", "Hansen", "Firma ApS"),
    ("Firma AB c/o Ole Hansen", "Ole", "Hansen", "Firma AB"), ("Borettslaget Sol ved Ole Hansen", "Ole", "Hansen", "Borettslaget Sol"),
    ("Ole Hansen fra Firma", "Ole", "Hansen", "Firma"), ("Support | Firma AS", "", "", "Firma AS"),
    ("Ole Hansen via LinkedIn", "Ole", "Hansen", ""), ("Ole Hansen (Jira)", "Ole", "Hansen", "Jira"), ("Ole Hansen via Firma-Jira", "Ole", "Hansen", ""),
    ("Dr. Ole Hansen", "Ole", "Hansen", ""), ("Advokat Ole Hansen, MBA", "Ole", "Hansen", ""), ("Ole Hansen Jr.", "Ole", "Hansen", ""),
    ("Prof. Dr. med. Ole Hansen", "Ole", "Hansen", ""), ("Hr. Hansen", "Hansen", "", ""),
    ("Jens von Essen", "Jens", "von Essen", ""), ("Carla van der Berg", "Carla", "van der Berg", ""), ("Mia af Klint", "Mia", "af Klint", ""),
    ("Ana de Souza", "Ana", "de Souza", ""), ("Kari Ås", "Kari", "Ås", ""), ("Ole Hansen <ole@firma.example>", "Ole", "Hansen", ""),
    ("Ole Hansen 🎄", "Ole", "Hansen", ""), ("✉ Ole Hansen", "Ole", "Hansen", ""), ("🎄", "", "", ""), ("<ole@firma.example>", "", "", ""),
    ("Ole Hansen/Drift/Firma", "Ole", "Hansen", ""), ("Ole Hansen/Firma A/S", "Ole", "Hansen", ""),
    ("Per Vedlegg", "Per", "Vedlegg", ""), ("Ann Genomsen", "Ann", "Genomsen", ""), ("Tom Attwood", "Tom", "Attwood", ""),
    ("Lars Per Holm", "Lars Per", "Holm", ""), ("ole per holm", "Ole Per", "Holm", ""), ("Ole Hansen per LinkedIn", "Ole", "Hansen", ""),
    ("Firma AB att: Ole Hansen", "Ole", "Hansen", "Firma AB"), ("Firma AB gm Ole Hansen", "Ole", "Hansen", "Firma AB"),
    ("Nordlys AS", "", "", "Nordlys AS"), ("Havgaard A/S", "", "", "Havgaard A/S"),
])
def test_whose_it_is(display, first, last, company):
    """Deliver 9 of the identity lines: names are parsed as people write them."""
    named = read(display)
    assert (named.first, named.last, named.company) == (first, last, company)


@pytest.mark.parametrize("display", [
    "IT Support", "Kundeservice", "noreply", "No Reply", "no-reply", "Do Not Reply", "Reception", "Bogholderi", "Bogholderiet", "Kundtjänst",
    "Økonomi", "Ekonomiavdelningen", "Buchhaltung", "Lønningskontor", "Salg", "Sales Team", "Faktura", "Mailer-Daemon", "Postmaster", "Växeln",
    "Servicedesk", "Customer Service", "Regnskap Firma", "HR", "Scanner 2. etasje", "IT-avdelingen", "post@firma.example", "IT-drift",
])
def test_nobodys_names(display):
    assert read(display).name == ""


@pytest.mark.parametrize("display", ["\0", ",", ", ,", "()", "(", "|", " - ", "v/", "via", '"', "x" * 5000, "v/ v/ v/", ",,,Ole", "Dr.", "Jr"])
def test_odd_ones_break_nothing(display):
    named = read(display)
    assert len(named.first) <= 120
    assert len(named.last) <= 120
