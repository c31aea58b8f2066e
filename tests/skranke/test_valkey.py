"""The embedded Valkey."""

from __future__ import annotations

import socket
import time

from skranke import valkey
from tests.valkeys import Valkey


def test_a_socket_that_nobody_listens_on_holds_the_start_up_for_no_moment(tmp_path):
    """Its server was killed."""
    path = tmp_path / "valkey.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    began = time.monotonic()
    valkey.end_leftover(path)
    assert time.monotonic() - began < 1
    assert not path.exists()


def test_a_server_left_behind_is_ended(tmp_path):
    left = Valkey(tmp_path).start()
    valkey.end_leftover(left.socket)
    assert left.process.wait(10) == 0
    left.stop()
