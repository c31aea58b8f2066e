"""A bucket of a test's own, in a server that can be stopped, started again, and made to answer badly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.bucket_server import ID, SECRET
from tests.ports import free_port
from tests.servers import answers, until


class Bucket:
    """Objects are files under ``folder``; they outlive the server."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder / "files" / "desk", free_port()
        self.url = f"s3://files/desk?endpoint=http://127.0.0.1:{self.port}&region=eu-north-1"
        self.environment = {"SKRANKE_FILES_URL": self.url, "AWS_ACCESS_KEY_ID": ID, "AWS_SECRET_ACCESS_KEY": SECRET}
        self._mood = folder / "mood"
        self.process: subprocess.Popen[bytes] | None = None
        self.folder.mkdir(parents=True)

    def start(self) -> Bucket:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bucket_server", str(self.port), str(self._mood.parent)], cwd=Path(__file__).parents[1])
        until(lambda: answers(self.port), what="the start of the bucket")
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def mood(self, mood: str) -> None:
        """``500``, ``hang``, or nothing for well."""
        self._mood.write_text(mood)

    def kept(self) -> list[str]:
        """Names of all objects."""
        return sorted(path.name for path in self.folder.rglob("*") if path.is_file())

