"""Serving the web desk: gunicorn with threads, the application loaded once and shared by its processes."""

from __future__ import annotations

import gc
import logging
import os
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from core import processes, queue
from core.database import database
from core.settings import settings
from desk.web import create_app

SHM = Path("/dev/shm")  # noqa: S108 - gunicorn's heartbeat file; a disk would make it slow


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn, told what to do by our settings."""

    def load_config(self) -> None:
        """Few processes, few threads; five seconds to finish what is being answered when the desk ends."""
        for name, value in options().items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, with its templates compiled: the processes share what is made before they fork."""
        app = create_app()
        for name in app.jinja_env.list_templates(extensions=["html", "txt"]):
            app.jinja_env.get_template(name)
        app.test_client().get("/sign-in")
        database().engine.dispose()
        gc.collect()
        gc.freeze()
        return app


class Log(Logger):  # type: ignore[misc]
    """Gunicorn's log, sent where all our lines go."""

    def setup(self, cfg: Any) -> None:
        """No handlers of its own."""
        self.error_log.handlers = []
        self.error_log.propagate = True
        self.error_log.setLevel(max(logging.WARNING, logging.getLogger().level))
        self.access_log.handlers = []


def options() -> dict[str, Any]:
    """Gunicorn's settings."""
    return {
        "bind": [settings().web], "workers": settings().web_processes, "threads": settings().web_threads,
        "worker_class": "gthread", "preload_app": True, "post_fork": _fork, "timeout": 60, "graceful_timeout": 5,
        "keepalive": 5, "logger_class": Log, "control_socket_disable": True, "proc_name": "skranke web",
        "worker_tmp_dir": str(SHM) if os.access(SHM, os.W_OK) else None, "limit_request_line": 8190,
    }


def run() -> None:
    """Serve until told to end."""
    Server().run()


def _fork(_arbiter: object, _worker: object) -> None:
    """A new process has its own connections, and its own pace of looking for garbage."""
    processes.collect_rarely()
    if database.made:
        database().engine.dispose(close=False)
    queue.connection.forget()
