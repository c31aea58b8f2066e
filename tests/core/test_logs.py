"""What stands in the log."""

from core import logs


def test_an_error_of_another_thread_is_told_with_its_trace() -> None:
    event = {"timestamp": "2026-11-28", "part": "send", "level": "error", "event": "outbound.lane", "exc_info": ValueError("It broke")}
    assert logs._line(None, "error", event).splitlines()[-1] == "ValueError: It broke"
