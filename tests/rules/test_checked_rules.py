"""What our own checks prove: held back is only what a domain asks to hold back, when everything could be checked."""

import pytest

from rules.checked import Checked, Finding, judge
from rules.trust import judge as trust

HOST = "mx.desk.example"


def found(dkim="none", spf="none", dmarc="reject"):
    return Checked("kunde.example", *(Finding(one, f"{one} of %(domain)s", {"domain": "kunde.example"}) for one in (dkim, spf, dmarc)))


@pytest.mark.parametrize(("dkim", "spf", "dmarc", "result"), [
    ("pass", "blind", "reject", "pass"), ("pass", "fail", "none", "pass"), ("fail", "pass", "reject", "pass"),
    ("pass", "later", "later", "pass"),
    ("none", "fail", "reject", "fail"), ("fail", "none", "quarantine", "fail"), ("none", "none", "reject", "fail"),
    ("fail", "fail", "none", "none"), ("fail", "fail", "later", "none"),
    ("fail", "blind", "reject", "none"), ("none", "blind", "reject", "none"),
    ("later", "fail", "reject", "none"), ("fail", "later", "reject", "none"),
])
def test_results(dkim, spf, dmarc, result):
    told = judge(found(dkim, spf, dmarc))
    assert (told["result"], [check["method"] for check in told["checks"]]) == (result, ["DKIM", "SPF", "DMARC"])
    assert "kunde.example" in told["why"]


def test_what_the_receiving_host_says_comes_first():
    own = found("none", "fail", "reject")
    assert trust((f"{HOST}; dmarc=pass",), HOST, own=own)["result"] == "pass"
    assert trust((f"{HOST}; dmarc=none",), HOST, own=own)["result"] == "none"
    assert trust((), HOST, own=own)["result"] == "fail"
    assert trust(("mx.evil.example; dmarc=pass",), HOST, own=own)["result"] == "fail"
    assert trust((f"{HOST}; dmarc=pass",), HOST, brought_by="203.0.113.5", own=own)["result"] == "fail"
    assert trust((), "", own=found("pass"))["result"] == "pass"
