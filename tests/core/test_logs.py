"""What stands in the log."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import logs


def test_an_error_of_another_thread_is_told_with_its_trace() -> None:
    event = {"timestamp": "2026-11-28", "part": "send", "level": "error", "event": "outbound.lane", "exc_info": ValueError("It broke")}
    assert logs._line(None, "error", event).splitlines()[-1] == "ValueError: It broke"


def line(**event: object) -> str:
    return logs._line(None, "error", {"timestamp": "2026-11-28", "part": "web", "level": "error", **event})


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except BaseException as caught:
        return caught


@pytest.mark.parametrize("said", [
    "550 <ole.hansen@kunde.example> unknown", "invalid literal for int(): 'Ole Hansen'", 'DETAIL:  Key (normalised)=(ole.hansen@kunde.example) already exists.', "Key (name)=(Ole Hansen) exists",
    "no such person: \"Ole Hansen\"", "+47 99 88 77 66 is no number", "two lines\n  'Ole Hansen' on the second", "“Ole Hansen” is taken", "ole.hansen@kunde.example"])
def test_no_line_names_anybody(said: str) -> None:
    """PRIVACY 3: neither an exception nor what another program said; where it happened is still told."""
    for told in (line(event="request.failed", exc_info=raised(ValueError(said))), line(event="request.failed", exc_info=raised(RuntimeError("It broke"), ValueError(said))),
                 line(event="imap.failed", why=said)):
        assert not any(word in told for word in ("Hansen", "hansen", "99 88")), told
    told = line(event="request.failed", exc_info=raised(ValueError(said)))
    assert "ValueError" in told and 'test_logs.py", line' in told


def test_what_other_libraries_log_is_told_without_addresses() -> None:
    assert line(event="ole.hansen@kunde.example refused").endswith("error   … refused")


def test_a_failed_statement_does_not_tell_its_values(db: Session) -> None:
    """SQLAlchemy would put them into the message."""
    with pytest.raises(DBAPIError) as caught:
        db.execute(text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": "Ole Hansen"})
    assert "Hansen" not in str(caught.value)
