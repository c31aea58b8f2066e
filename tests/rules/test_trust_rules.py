"""What authentication proves: only the configured receiving host is believed."""

import pytest

from rules.trust import is_relay, judge

HOST = "mx.desk.example"


@pytest.mark.parametrize(("values", "result"), [
    ((), "none"),
    ((f"{HOST}; dmarc=pass header.from=a.example",), "pass"),
    ((f"{HOST}; dmarc=fail (p=reject) header.from=a.example",), "fail"),
    ((f"{HOST} 1; spf=pass; dkim=pass; dmarc=pass",), "pass"),
    ((f"{HOST}; dmarc=temperror",), "none"),
    ((f"{HOST}; spf=pass",), "none"),
    (("mx.evil.example; dmarc=pass",), "none"),
    (("mx.evil.example; dmarc=pass", f"{HOST}; dmarc=fail"), "fail"),
    ((f"(comment {HOST}; dmarc=pass) other.example; none",), "none"),
    ((f"{HOST}; dkim=fail (dmarc=pass)",), "none"),
    ((f"{HOST}; dmarc=fail", f"{HOST}; dmarc=pass"), "fail"),
    ((f"{HOST}; spf=pass smtp.mailfrom=dmarc=pass@evil.example; dkim=none; dmarc=fail header.from=a.example",), "fail"),
    ((f'{HOST}; spf=pass smtp.mailfrom="x; dmarc=pass "@evil.example; dmarc=fail',), "fail"),
    ((f'{HOST}; spf=pass smtp.mailfrom="x\\"; dmarc=pass "@evil.example; dkim=none',), "none"),
    ((f"{HOST}; spf=pass smtp.mailfrom=x; dmarc=pass@evil.example; dkim=none",), "none"),
    ((f"{HOST}; spf=pass smtp.mailfrom=x; dmarc=pass @evil.example; dmarc=fail",), "fail"),
    ((f"{HOST}; spf=pass smtp.mailfrom=x; dmarc=pass @evil.example; dmarc=none",), "none"),
    ((f"{HOST}; spf=pass (a (nested; dmarc=pass) comment; dmarc=pass); dmarc=fail",), "fail"),
    ((f'{HOST}; spf=pass smtp.mailfrom="(@evil.example; dmarc=fail',), "fail"),
    ((f"{HOST}; spf=pass smtp.mailfrom=(@evil.example; dmarc=pass",), "none"),
    ((f"{HOST}; dmarc /1 = pass reason=\"dmarc=fail\" header.from=a.example",), "pass"),
    ((f"{HOST.upper()}; dmarc=pass",), "pass"),
    ((f"{HOST.upper()} 1; dmarc=fail",), "fail"),
    ((f"{HOST}; spf=pass", f"{HOST}; dkim=pass", f"{HOST}; dmarc=pass"), "pass"),
    ((f"{HOST}; spf=fail", f"{HOST}; dkim=fail; dmarc=fail", f"{HOST}; dmarc=pass"), "fail"),
    ((f"{HOST}; spf=pass", "mx.evil.example; dkim=pass", f"{HOST}; dmarc=pass"), "none"),
    ((f"{HOST}; dkim=none; spf=pass smtp.mailfrom=evil.example", f"{HOST}; dmarc=pass header.from=a.example"), "none"),
    ((f"{HOST}; dmarc=none", f"{HOST}; dmarc=pass"), "none"),
    ((f"{HOST}; none", f"{HOST}; dmarc=pass"), "none"),
    ((f"{HOST}; spf=pass; ", f"{HOST}; dkim=pass;", f"{HOST}; dmarc=fail"), "fail"),
    (("relay.desk.example; none", f"{HOST}; spf=pass", f"{HOST}; dmarc=pass"), "pass"),
])
def test_results(values, result):
    assert judge(values, HOST)["result"] == result


@pytest.mark.parametrize(("said", "senders", "result"), [
    ("dmarc=pass header.from=a.example", ["ole@a.example"], "pass"),
    ("dmarc=pass (p=reject) header.from=A.Example", ["ole@mail.a.example"], "pass"),
    ("dmarc=pass header.from=xn--bjrk-hra.example", ["kari@bjørk.example"], "pass"),
    ("dmarc=pass header.from=evil.example", ["ole@a.example"], "none"),
    ("dmarc=pass header.from=evil.example", ["ole@a.example", "eve@evil.example"], "none"),
    ("dmarc=pass header.from=sub.a.example", ["ole@a.example"], "none"),
    ("dmarc=pass header.from=evil.example header.from=a.example", ["ole@a.example"], "none"),
    ("dmarc=pass", ["ole@a.example", "eve@evil.example"], "none"),
    ("dmarc=pass", ["ole@a.example", "kari@a.example"], "pass"),
    ("dmarc=fail header.from=evil.example", ["ole@a.example"], "fail"),
])
def test_what_is_said_of_another_sender_proves_nothing(said, senders, result):
    assert judge((f"{HOST}; {said}",), HOST, senders=senders)["result"] == result


def test_without_a_receiving_host_nothing_is_proven():
    assert judge((f"{HOST}; dmarc=pass",), "")["result"] == "none"


@pytest.mark.parametrize(("client", "relays", "believed"), [
    ("", "", True), ("", "192.0.2.0/24", True),
    ("127.0.0.1", "", True), ("::1", "", True), ("::ffff:127.0.0.1", "", True), ("192.0.2.7", "", False),
    ("192.0.2.7", "192.0.2.7", True), ("192.0.2.7", "198.51.100.1\n192.0.2.0/24", True),
    ("127.0.0.1", "192.0.2.0/24", False), ("2001:db8::5", "2001:db8::/32", True), ("192.0.2.7", "nonsense", False),
])
def test_only_a_relay_of_ours_is_believed(client, relays, believed):
    said = judge((f"{HOST}; dmarc=pass",), HOST, brought_by=client, relays=relays)
    assert said["result"] == ("pass" if believed else "none")
    assert believed or client in said["why"]


def test_who_is_no_address_is_no_relay():
    assert not is_relay("mx.desk.example", "")
