"""A report is handed to the person: as a file by mail, or by a link that ends (S59)."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
import zlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from contacts.addressing import holdings_of, retire
from contacts.bases import give
from contacts.editing import person_called
from contacts.person import Person
from contacts.restricting import restrict
from core.clock import now
from core.errors import Refused
from core.options import set_option
from desk.outbound import OutboundMail
from desk.privacy import asking, handing, printing
from desk.privacy.kept import PrivacyReport, ReportPart, ReportPerson
from desk.privacy.portable import packed
from jobs import cleaning
from mailgate.compose import compose
from mailgate.outgoing import gather
from mailgate.parse import parse


def released(desk, **given):
    made = desk.make(**given)
    with desk.database.write() as db:
        handing.release(db, db.get_one(PrivacyReport, made.id), by=desk.agent(db, desk.jonas))
    return made


def send(desk, made, way):
    with desk.database.write() as db:
        report = db.get_one(PrivacyReport, made.id)
        return handing.send(db, report, handing.addresses_for(db, report)[0].uid, way, by=desk.agent(db, desk.nora)).id


def link_of(desk, mail):
    with desk.database.read() as db:
        return re.search(r"/your-report/([\w-]+)", db.get_one(OutboundMail, mail).text)[1]


def test_it_goes_as_a_tagged_file(desk, tmp_path):
    """S59: by the ordinary ledger, to an address on the card, in the person's language, with the report attached as PDF/UA."""
    mail = send(desk, released(desk, language="nb"), "pdf")
    with desk.database.read() as db:
        row = db.get_one(OutboundMail, mail)
        assert (row.state, row.language, row.recipients) == ("queued", "nb", ["mads.zyxwold@newplace.example"])
        letter = parse(compose(gather(db, row)))
    [file] = letter.attachments
    assert file.type == "application/pdf" and file.name.startswith("report-")
    plain = file.content + b"".join(_inflated(part) for part in re.findall(rb"stream\r?\n(.*?)endstream", file.content, re.S))
    assert re.search(rb"pdfuaid:part[>=\"']+1", plain) and b"/StructTreeRoot" in plain and b"/Lang(nb)" in plain.replace(b" ", b"")
    if shutil.which("pdftotext"):
        (tmp_path / "report.pdf").write_bytes(file.content)
        told = subprocess.run(["pdftotext", "-layout", str(tmp_path / "report.pdf"), "-"], check=True, capture_output=True, text=True).stdout
        assert "Zyxwold" in told and "Wobbly officer" in told and "Mads snores." in told and "Sletten" not in told


def _inflated(part):
    try:
        return zlib.decompress(part)
    except zlib.error:
        return b""


def test_the_link_ends(desk):
    """S59: it works for the days of an option, is kept as a digest alone, and a new one ends it."""
    with desk.database.write() as db:
        set_option(db, "privacy.link_days", 3)
    made = released(desk)
    token = link_of(desk, send(desk, made, "link"))
    with desk.database.read() as db:
        report = handing.opened(db, token)
        assert report.id == made.id and abs(report.link_until - now() - timedelta(days=3)) < timedelta(minutes=1)
        assert token not in (report.link_digest or "")
        with pytest.raises(Refused):
            handing.opened(db, token[:-1] + "x" * (token[-1] != "x") + "y" * (token[-1] == "x"))
    other = link_of(desk, send(desk, made, "link"))
    with desk.database.write() as db:
        with pytest.raises(Refused):
            handing.opened(db, token)
        handing.opened(db, other).link_until = now() - timedelta(seconds=1)
    with desk.database.read() as db, pytest.raises(Refused):
        handing.opened(db, other)


def test_what_is_too_long_for_a_file_goes_by_the_link(desk, monkeypatch):
    """S59: the latest are printed, the file says how many more there are, and JSON has them all."""
    monkeypatch.setattr(printing, "MOST_PRINTED", 2)
    made = released(desk)
    assert "Dear Mads, it is fixed." in desk.words(made) and "My printer is quixotic" in desk.words(made)
    told = printing._data(desk.told(made), "Skranke")
    section = next(one for one in told["sections"] if one["title"] == "Conversations")
    assert len(section["entries"]) == 2 and section["about"] == "2 earlier ones are in the file for programs alone."
    with pytest.raises(Refused):
        send(desk, made, "pdf")
    assert send(desk, made, "link")


def test_only_to_an_address_on_the_card(desk):
    """S59: not to one that they hold no more."""
    made = released(desk)
    with desk.database.write() as db:
        report, jonas = db.get_one(PrivacyReport, made.id), desk.agent(db, desk.jonas)
        [holding] = holdings_of(db, person_called(db, desk.person()))
        retire(db, holding, by=jonas)
        assert handing.addresses_for(db, report) == []
        with pytest.raises(Refused):
            handing.send(db, report, holding.uid, "pdf", by=jonas)


def test_a_mail_that_waits_when_the_person_is_erased_takes_nothing_along(desk):
    """S61: the file went with the person."""
    mail = send(desk, released(desk), "pdf")
    desk.erase()
    with desk.database.read() as db, pytest.raises(Refused):
        gather(db, db.get_one(OutboundMail, mail))


def test_reports_are_kept_for_some_days(desk):
    """S59: for those of an option; then file, parts and link are gone."""
    with desk.database.write() as db:
        set_option(db, "privacy.report_days", 10)
    made = desk.make()
    assert abs(made.until - now() - timedelta(days=10)) < timedelta(minutes=1)
    cleaning.privacy_reports()
    with desk.database.write() as db:
        db.get_one(PrivacyReport, made.id).until = now() - timedelta(seconds=1)
    cleaning.privacy_reports()
    with desk.database.read() as db:
        assert [db.scalar(select(func.count()).select_from(one)) for one in (PrivacyReport, ReportPart, ReportPerson)] == [0, 0, 0]


def test_the_portable_copy_is_the_smaller_one(desk):
    """S61, Art. 20: what they wrote; the card once a contract or consent is its ground; nothing that we noted or found out."""
    made = desk.make(form="portable")
    assert [one["section"] for one in desk.told(made)["sections"]] == ["conversations"]
    assert "it is fixed" not in desk.words(made), "our own answer"
    with desk.database.write() as db:
        give(db, person_called(db, desk.person()), "service", "contract", source="signed", by=desk.agent(db, desk.jonas))
    made = desk.make(form="portable")
    with desk.database.read() as db:
        report = db.get_one(PrivacyReport, made.id)
        packing = zipfile.ZipFile(io.BytesIO(packed(desk.told(made), report.summary["vcard"])))
    assert set(packing.namelist()) == {"data.json", "card.vcf", "persons.csv", "holdings.csv", "employments.csv", "messages.csv"}
    told = packing.read("data.json").decode()
    assert "quixotic" in told and json.loads(told)["form"] == "portable"
    assert b"EMAIL" in packing.read("card.vcf") and b"mads.zyxwold@newplace.example" in packing.read("holdings.csv")
    for ours in ("snores", "wobbly", "created_how", "health", "legitimate_interest"):
        assert ours not in told, ours


def test_whoever_is_restricted_may_see_what_is_held(desk):
    """Article 18 keeps data from being used, not from whom they are of: a report is made, sent and opened."""
    with desk.database.write() as db:
        restrict(db, person_called(db, desk.person()), ground="claims", reason="A dispute.", by=desk.agent(db, desk.jonas))
    with desk.database.write() as db:
        admin = desk.agent(db, desk.jonas)
        number = asking.ask(db, db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one(), by=admin).id
    assert desk.run(number) == ("done", None)
    with desk.database.write() as db:
        report = db.scalars(select(PrivacyReport)).one()
        handing.release(db, report, by=desk.agent(db, desk.jonas))
        mail = handing.send(db, report, handing.addresses_for(db, report)[0].uid, "link", by=desk.agent(db, desk.jonas)).id
    token = link_of(desk, mail)
    with desk.database.read() as db:
        assert handing.opened(db, token).made_at is not None
