"""A server that speaks as much of S3 as we use, and checks each signature: ``python -m tests.bucket_server PORT FOLDER``.

Objects are files in the folder. A file ``mood`` beside the buckets says how the server is: ``500``, ``hang``, else well.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sys
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

ID, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
FOLDER = Path(sys.argv[-1])
PAGE = 3                        # S3 itself gives 1000


class Refusal(Exception):
    """What S3 answers with an error document."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            answer = self._answer(body)
        except Refusal as refusal:
            status, code = refusal.args
            self._send(status, f"<Error><Code>{code}</Code><Message>{code} it is</Message></Error>".encode())
        else:
            self._send(200, *answer)

    do_GET = do_HEAD = do_PUT = do_POST = do

    def _answer(self, body: bytes) -> tuple:
        mood = (FOLDER / "mood").read_text() if (FOLDER / "mood").exists() else ""
        if mood == "hang":
            time.sleep(120)
        if mood == "500":
            raise Refusal(500, "InternalError")
        self._signed(body)
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        if not (FOLDER / bucket).is_dir():
            raise Refusal(404, "NoSuchBucket")
        if self.command == "PUT":
            return put(FOLDER / bucket / key, body)
        if self.command == "POST" and "delete" in asked:
            return delete(FOLDER / bucket, body)
        return get(FOLDER / bucket / key) if key else listed(FOLDER / bucket, asked)

    def _signed(self, body: bytes) -> None:
        """Signature Version 4 in the Authorization header."""
        given = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=(\S+?)/(\S+), SignedHeaders=(\S+), Signature=(\S+)",
                             self.headers.get("Authorization", ""))
        if given is None or given[1] != ID:
            raise Refusal(403, "InvalidAccessKeyId")
        scope, names, parts = given[2], given[3].split(";"), urlsplit(self.path)
        sha = hashlib.sha256(body).hexdigest()
        query = "&".join(sorted(f"{quote(k, '')}={quote(v, '')}" for k, v in parse_qsl(parts.query, keep_blank_values=True)))
        headers = "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in names)
        request = "\n".join([self.command, parts.path, query, headers, ";".join(names), sha])
        signed = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], scope, hashlib.sha256(request.encode()).hexdigest()])
        key = f"AWS4{SECRET}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        if not hmac.compare_digest(hmac.digest(key, signed.encode(), "sha256").hex(), given[4]):
            raise Refusal(403, "SignatureDoesNotMatch")

    def _send(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def put(path: Path, body: bytes) -> tuple:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = FOLDER / f"part-{secrets.token_hex(8)}"
    part.write_bytes(body)
    part.replace(path)
    return b"", {"ETag": '"e"'}


def get(path: Path) -> tuple:
    if not path.is_file():
        raise Refusal(404, "NoSuchKey")
    return path.read_bytes(), {"ETag": '"e"', "Last-Modified": formatdate(path.stat().st_mtime, usegmt=True)}


def delete(bucket: Path, body: bytes) -> tuple:
    keys = re.findall(r"<Key>(.*?)</Key>", body.decode())
    for key in keys:
        (bucket / key).unlink(missing_ok=True)
    return "".join(["<DeleteResult>", *(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys), "</DeleteResult>"]).encode(), {}


def listed(bucket: Path, asked: dict[str, str]) -> tuple:
    """ListObjectsV2, a page."""
    names = sorted(str(path.relative_to(bucket)) for path in bucket.rglob("*") if path.is_file())
    rest = [name for name in names if name.startswith(asked.get("prefix", "")) and name > asked.get("continuation-token", "")]
    more = len(rest) > PAGE
    rows = "".join(
        f"<Contents><Key>{escape(name)}</Key><Size>{(bucket / name).stat().st_size}</Size><ETag>e</ETag><LastModified>"
        + time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime((bucket / name).stat().st_mtime)) + "</LastModified></Contents>"
        for name in rest[:PAGE])
    token = f"<NextContinuationToken>{escape(rest[PAGE - 1])}</NextContinuationToken>" if more else ""
    return (f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{token}{rows}</ListBucketResult>".encode(), {})


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
