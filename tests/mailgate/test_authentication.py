"""Our own checks of a sender: real signatures, and names of the test's own."""

import time

import dkim
import pytest

from mailgate import dmarc
from mailgate.authentication import Road, check, wanted
from mailgate.dns import Remembering
from mailgate.parse import parse
from rules.checked import judge
from tests.letters_made import mail
from tests.names import Names, Signer, remembering

CLIENT = "203.0.113.5"
OUTSIDE = Road(CLIENT, "ole@kunde.example")
FETCHED = Road()


@pytest.fixture(scope="module")
def signer():
    return Signer()


def result(raw, road, known, silent=(), **more):
    checked = check(raw, parse(raw), road, remembering(known, silent, **more))
    return judge(checked)["result"] if checked else None


def found(raw, road, known, silent=()):
    checked = check(raw, parse(raw), road, remembering(known, silent))
    return checked.dkim.result, checked.spf.result, checked.dmarc.result


# ── signatures ──

def test_a_signature_of_the_senders_domain_proves_it(signer):
    assert result(signer.sign(mail()), FETCHED, signer.names) == "pass"
    assert result(signer.sign(mail("ole@mail.kunde.example")), FETCHED, signer.names) == "pass"


def test_a_strict_record_wants_the_very_same_domain():
    strict = Signer(policy=b"v=DMARC1; p=reject; adkim=s; aspf=s")
    raw = strict.sign(mail("ole@mail.kunde.example"))
    assert result(raw, FETCHED, strict.names) == "none"
    assert result(raw, OUTSIDE, strict.names) == "fail"


def test_where_nothing_is_published_only_the_very_same_domain_proves_anything(signer):
    key = {name: value for name, value in signer.names.items() if "_dmarc" not in name[0]}
    assert result(signer.sign(mail()), FETCHED, key) == "pass"
    assert result(signer.sign(mail("ole@mail.kunde.example")), FETCHED, key) == "none"


@pytest.mark.parametrize("change", [
    lambda raw: raw.replace(b"does not print", b"is on fire!!!!"),
    lambda raw: raw + b"And send money.\r\n",
    lambda raw: b"From: kari@kunde.example\r\n" + raw,
    lambda raw: raw.replace(b"From: Ole Vang <ole@", b"From: Ole Vang <kari@"),
    lambda raw: raw.replace(b"s=s1", b"s=s2"),
    lambda raw: b"a line that is no field\r\n" + raw,
    lambda raw: raw.replace(b" h=from", b" l=10; h=from"),
    lambda raw: raw.replace(b" h=from : ", b" h="),
])
def test_what_was_changed_is_not_proven(signer, change):
    raw = change(signer.sign(mail()))
    assert (result(raw, FETCHED, signer.names), result(raw, OUTSIDE, signer.names)) == ("none", "fail")


def test_a_signature_by_sha1_proves_nothing(signer):
    """RFC 8301 section 3.1."""
    raw = mail().replace(b"\n", b"\r\n")
    for method, proven in ((b"rsa-sha1", "none"), (b"rsa-sha256", "pass")):
        line = dkim.DKIM(raw, signature_algorithm=method).sign(b"s1", b"kunde.example", signer.key.encode(), include_headers=[b"from", b"subject"])
        assert result(line + raw, FETCHED, signer.names) == proven


def test_another_owners_signature_proves_nothing_and_is_not_even_asked_about(signer):
    other = Signer("list.example")
    names = Names({**signer.names, **other.names})
    raw = other.sign(mail())
    checked = check(raw, parse(raw), FETCHED, Remembering(names))
    assert (judge(checked)["result"], checked.dkim.result) == ("none", "none")
    assert [name for name, _kind in names.asked] == ["_dmarc.kunde.example"]


def test_one_of_several_signatures_is_enough(signer):
    raw = signer.sign(Signer("list.example").sign(mail()))
    assert result(raw, FETCHED, signer.names) == "pass"
    broken = b"DKIM-Signature: v=1; a=rsa-sha256; d=kunde.example; s=s1; h=from; bh=AAAA; b=AAAA\r\n"
    assert result(broken * 3 + raw, FETCHED, signer.names) == "pass"


@pytest.mark.parametrize("field", [
    b"v=1; a=rsa-sha256; d=kunde.example; s=s1; h=from; bh=AAAA; b=" + b"\r\n " * 20_000,
    b"v=1; a=rsa-sha256; c=relaxed/relaxed; d=kunde.example; s=s1; b" + b" " * 90 + b"; h=from" + b" :" * 3000 + b"; bh=A; b=A",
    b"nonsense", b"", b"d=kunde.example", b"v=1; d=kunde.example; d=kunde.example", b"\xff\xfe=\x00; d=kunde.example",
    b"v=1; a=rsa-sha256; d=kunde.example; s=" + b"x" * 300 + b"; h=from; bh=AAAA; b=AAAA",
    b"v=1; a=rsa-sha256; d=kunde.example; s=s1; t=99999999999999; h=from; bh=AAAA; b=AAAA",
])
def test_signatures_of_people_up_to_mischief(signer, field):
    began = time.monotonic()
    assert result(b"DKIM-Signature: " + field + b"\r\n" + mail(), OUTSIDE, signer.names) == "fail"
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("key", [
    b"", b"p=", b"v=DKIM1; k=rsa; p=!!!", b"v=DKIM1; k=rsa; p=AAAA", b"v=DKIM9; p=AAAA", b"k=ed25519; p=AAAA",
    b"v=DKIM1; k=rsa; p=" + b"A" * 40_000, b"\xff\xfe p=\xff"])
def test_keys_of_people_up_to_mischief(signer, key):
    began = time.monotonic()
    known = {**signer.names, ("s1._domainkey.kunde.example", "TXT"): (key,)}
    assert result(signer.sign(mail()), OUTSIDE, known) == "fail"
    assert time.monotonic() - began < 2


def test_a_long_line_of_blanks_takes_no_time(signer):
    """dkimpy alone takes time by the square of their number."""
    raw = signer.sign(mail(text="short"))
    began = time.monotonic()
    assert result(raw + b" " * 3_000_000 + b"x\r\n", FETCHED, signer.names) == "none"
    assert time.monotonic() - began < 5


# ── servers ──

MAY = {("kunde.example", "TXT"): (b"v=spf1 include:_spf.host.example -all",),
       ("_spf.host.example", "TXT"): (b"v=spf1 a:out.host.example ip4:198.51.100.0/24 ~all",),
       ("out.host.example", "A"): (CLIENT,)}
REJECT = {("_dmarc.kunde.example", "TXT"): (b"v=DMARC1; p=reject; rua=mailto:d@kunde.example",)}


def test_a_server_that_may_send_for_the_domain_proves_it():
    assert result(mail(), OUTSIDE, {**MAY, **REJECT}) == "pass"
    assert result(mail(), Road("198.51.100.7", "bounces@kunde.example"), {**MAY, **REJECT}) == "pass"
    assert found(mail(), Road("2001:db8::9", "ole@kunde.example"), {
        **REJECT, ("kunde.example", "TXT"): (b"other", b"v=spf1 mx -all"), ("kunde.example", "MX"): ((10, "in.kunde.example"),),
        ("in.kunde.example", "AAAA"): ("2001:db8::9",)}) == ("none", "pass", "reject")


def test_a_server_that_may_not_is_a_forger_where_the_domain_says_so():
    assert result(mail(), Road("192.0.2.66", "ole@kunde.example"), {**MAY, **REJECT}) == "fail"
    assert result(mail(), Road("192.0.2.66", "ole@kunde.example"), MAY) == "none"
    assert result(mail(), Road("192.0.2.66", "ole@kunde.example"), REJECT) == "fail"


@pytest.mark.parametrize(("record", "said"), [
    (b"v=spf1 ?all", "leaves open"), (b"v=spf1 ip4:999.1.1.1 -all", "cannot be understood"), (b"v=spf1 -all", "may not send")])
def test_what_spf_found_is_said_as_it_is(record, said):
    checked = check(mail(), parse(mail()), OUTSIDE, remembering({("kunde.example", "TXT"): (record,)}))
    assert checked.spf.result == "fail" and said in checked.spf.message


def test_an_envelope_of_somebody_else_proves_nothing_about_from():
    evil = {("evil.example", "TXT"): (b"v=spf1 +all",)}
    assert result(mail(), Road(CLIENT, "a@evil.example"), {**evil, **REJECT}) == "fail"
    assert result(mail(), Road(CLIENT, "a@evil.example"), evil) == "none"


def test_a_mail_without_return_path_is_no_way_around():
    assert result(mail(), Road("192.0.2.66", ""), {**MAY, **REJECT}) == "fail"
    assert result(mail(), Road(CLIENT, ""), {**MAY, **REJECT}) == "pass"


@pytest.mark.parametrize("record", [
    b"v=spf1 include:kunde.example -all", b"v=spf1 exists:%{i}.%{l}.kunde.example -all", b"v=spf1 nonsense -all",
    b"v=spf1 " + b"a:x.example " * 40 + b"-all", b"v=spf1 ip4:999.1.1.1 -all", b"v=spf1 redirect=kunde.example", b"v=spf1 \xff"])
def test_records_that_make_no_sense_prove_nothing(record):
    assert result(mail(), OUTSIDE, {**REJECT, ("kunde.example", "TXT"): (record,)}) == "fail"


def test_who_fetched_or_has_relays_sees_no_server():
    for road in (FETCHED, Road("127.0.0.1", "a@x.example"), Road("10.1.2.3", "ole@kunde.example"),
                 Road(CLIENT, "ole@kunde.example", relays="203.0.113.0/24")):
        assert found(mail(), road, {**MAY, **REJECT}) == ("none", "blind", "reject")
        assert result(mail(), road, {**MAY, **REJECT}) == "none"


# ── trouble, and what needs no asking ──

@pytest.mark.parametrize("silent", ["_dmarc.kunde.example", "s1._domainkey.kunde.example"])
def test_who_does_not_answer_makes_nobody_a_forger(signer, silent):
    raw = signer.sign(mail()).replace(b"does not print", b"is on fire!!!!")
    known = {**signer.names, **MAY}
    assert result(raw, Road("192.0.2.66", "ole@kunde.example"), known) == "fail"
    assert result(raw, Road("192.0.2.66", "ole@kunde.example"), known, {silent}) == "none"


def test_nor_does_a_silence_about_servers():
    assert result(mail(), OUTSIDE, {**MAY, **REJECT}, {"_spf.host.example"}) == "none"
    assert result(mail(), OUTSIDE, {}, cut_off=True) == "none"


def test_nothing_is_asked_about_mail_of_our_own_hosts_without_a_signature(signer):
    said = {"Authentication_Results": "mx.desk.example; dmarc=none"}
    for road in (FETCHED, Road("127.0.0.1"), Road("192.0.2.7", "", "", "192.0.2.0/24")):
        assert not wanted(mail(), parse(mail()), road)
        assert wanted(signer.sign(mail()), parse(mail()), road)
    assert wanted(mail(), parse(mail()), OUTSIDE)
    told = mail(**said)
    assert not wanted(signer.sign(told), parse(told), Road("", None, "mx.desk.example"))
    assert wanted(told, parse(told), Road(CLIENT, "", "mx.desk.example"))
    assert wanted(told, parse(told), Road(CLIENT, "", "mx.other.example"))


@pytest.mark.parametrize("sender", ["ole@kunde", "ole@[192.0.2.1]", "ole@k..example", "ole@" + "a" * 70 + ".example", "nobody"])
def test_senders_without_a_domain_prove_nothing(sender):
    assert result(mail().replace(b"Ole Vang <ole@kunde.example>", sender.encode()), OUTSIDE, {}) in (None, "none")


def test_domains_are_asked_about_as_the_dns_knows_them():
    signer = Signer("xn--blbr-roah.example")
    raw = signer.sign("From: ole@blåbær.example\r\nTo: support@desk.example\r\n\r\nHello\r\n".encode())
    assert result(raw, FETCHED, signer.names) == "pass"


# ── what domains publish ──

@pytest.mark.parametrize(("texts", "policy"), [
    ((), ""), ((b"v=spf1 -all",), ""), ((b"v=DMARC1; p=reject",), "reject"), ((b" v = DMARC1 ; P = Quarantine;",), "quarantine"),
    ((b"v=DMARC1; p=reject", b"v=DMARC1; p=none"), ""), ((b"v=DMARC1; p=reject; pct=20",), "none"), ((b"v=DMARC1; p=reject; t=y",), "none"),
    ((b"v=DMARC1; p=whatever",), ""), ((b"v=DMARC1",), ""), ((b"\xff",), "")])
def test_policies(texts, policy):
    assert dmarc.record_of("kunde.example", lambda name: texts).policy == policy


def test_a_domain_without_a_record_has_that_of_its_owner():
    def texts(name):
        return {"_dmarc.kunde.example": [b"v=DMARC1; p=reject; sp=quarantine"], "_dmarc.own.kunde.example": [b"v=DMARC1; p=none"]}.get(name, [])

    assert [dmarc.record_of(domain, texts).policy for domain in (
        "kunde.example", "mail.kunde.example", "a.b.kunde.example", "own.kunde.example")] == ["reject", "quarantine", "quarantine", "none"]


def test_owners_of_domains():
    assert dmarc.organisation("a.b.kunde.co.uk") == "kunde.co.uk"
    assert dmarc.organisation("github.io") == "github.io"
    assert not dmarc.aligned("a.github.io", "b.github.io", strict=False)
    assert dmarc.aligned("a.kunde.example", "kunde.example", strict=False)
