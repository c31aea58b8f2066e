"""Files in a bucket: kept by digest, whole, once; what goes wrong is told in time and as what it is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from core import files
from core.clock import now
from core.errors import Away, Refused
from tests.conftest import forget_caches

ROOT = Path(__file__).parents[2]


def python(program, *words):
    return subprocess.Popen([sys.executable, "-c", program, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_kept_under_their_digest_as_in_the_folder(bucket):
    digest = files.put(b"a picture")
    assert digest == sha256(b"a picture").hexdigest()
    assert (bucket.folder / digest[:2] / digest).read_bytes() == b"a picture"
    assert files.get(digest) == b"a picture"
    assert files.put(b"a picture") == digest and bucket.kept() == [digest]
    assert files.get(files.put(b"")) == b""


def test_a_large_file(bucket):
    content = os.urandom(1_000_000) * 30
    assert files.get(files.put(content)) == content


def test_two_processes_that_keep_the_same_bytes(bucket):
    both = [python("from core import files; print(files.put(b'same' * 1_000_000))") for _ in range(2)]
    first, second = (process.communicate(timeout=60)[0].strip() for process in both)
    assert first == second and bucket.kept() == [first]
    assert files.get(first) == b"same" * 1_000_000


def test_what_is_not_there_is_missing_and_may_be_removed(bucket):
    with pytest.raises(FileNotFoundError) as missing:
        files.get("0" * 64)
    assert not isinstance(missing.value, Away)
    files.remove(["0" * 64])
    files.remove([])


def test_more_than_we_ever_keep_is_not_read(bucket, monkeypatch):
    digest = files.put(b"seven b")
    monkeypatch.setattr("core.bucket.LARGEST", 6)
    with pytest.raises(FileNotFoundError, match="larger"):
        files.get(digest)


def test_old_ones_page_by_page_and_nothing_of_others(bucket):
    old = sorted(files.put(bytes([number])) for number in range(8))
    for digest in old:
        os.utime(bucket.folder / digest[:2] / digest, ((now() - timedelta(days=3)).timestamp(),) * 2)
    (bucket.folder / "notes.txt").write_text("somebody else's")
    again, fresh = old.pop(0), files.put(b"fresh")
    files.put(next(bytes([number]) for number in range(8) if sha256(bytes([number])).hexdigest() == again))
    os.utime(bucket.folder / "notes.txt", (0, 0))
    found = [digest for page in files.older(now() - timedelta(days=2)) for digest in page]
    assert sorted(found) == old
    files.remove(old)
    assert bucket.kept() == sorted([again, fresh, "notes.txt"])


@pytest.mark.parametrize("url", ["https://store.example/bucket", "s3://", "s3://files?endpont=http://x", "s3:///prefix", "s3://[x"])
def test_a_setting_that_cannot_be_is_told_of(url, monkeypatch):
    monkeypatch.setenv("SKRANKE_FILES_URL", url)
    forget_caches()
    with pytest.raises(Refused, match="s3://bucket/prefix"):
        files.put(b"x")


def test_a_client_that_is_not_installed_is_told_of(bucket, monkeypatch):
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.delitem(sys.modules, "core.bucket")
    with pytest.raises(Refused, match=r"pip install 'skranke\[s3\]'"):
        files.put(b"x")


def test_a_desk_with_a_folder_loads_no_client():
    said = python("import sys; from core import files; files.store(); print('obstore' in sys.modules)").communicate(timeout=60)[0]
    assert said == "False\n"


@pytest.mark.parametrize(("name", "value", "why"), [
    ("AWS_SECRET_ACCESS_KEY", "wrong", "SignatureDoesNotMatch"), ("AWS_ACCESS_KEY_ID", "wrong", "InvalidAccessKeyId")])
def test_who_is_not_let_in_is_told_so(bucket, monkeypatch, name, value, why):
    monkeypatch.setenv(name, value)
    forget_caches()
    for ask in (lambda: files.put(b"x"), lambda: files.get("0" * 64), lambda: files.remove(["0" * 64]),
                lambda: list(files.older(now())), files.store().check):
        with pytest.raises(Away, match=why):
            ask()


def test_a_bucket_that_does_not_exist_is_no_missing_file(bucket, monkeypatch):
    monkeypatch.setenv("SKRANKE_FILES_URL", bucket.url.replace("//files/", "//fiels/"))
    forget_caches()
    for ask in (lambda: files.put(b"x"), lambda: files.get("0" * 64), files.store().check):
        with pytest.raises(Away, match="NoSuchBucket"):
            ask()


@pytest.mark.parametrize("trouble", ["500", "hang", "gone"])
def test_a_store_in_trouble_is_away_within_its_time_and_comes_back(bucket, monkeypatch, trouble):
    for limits in ("PATIENT", "QUICK"):
        monkeypatch.setattr(f"core.bucket.{limits}", (0.2, 0.2, 1))
    digest, begun = files.put(b"before"), time.monotonic()
    bucket.stop() if trouble == "gone" else bucket.mood(trouble)
    for ask in (lambda: files.put(b"x"), lambda: files.get(digest), lambda: files.remove([digest]),
                lambda: list(files.older(now())), files.store().check):
        with pytest.raises(Away) as away:
            ask()
        assert "Debug" not in str(away.value) and len(str(away.value)) <= 300
    assert time.monotonic() < begun + 30
    bucket.start() if trouble == "gone" else bucket.mood("")
    assert files.get(digest) == b"before" and bucket.kept() == [digest]


def test_after_trouble_nobody_waits_for_it_for_some_seconds(bucket, monkeypatch):
    monkeypatch.setattr("core.bucket.REST", 60.0)
    bucket.mood("500")
    with pytest.raises(Away) as first:
        files.put(b"x")
    bucket.mood("")
    with pytest.raises(Away) as second:
        files.put(b"x")
    assert str(first.value) == str(second.value) and bucket.kept() == []
    monkeypatch.setattr(files.store(), "rests_until", 0.0)
    files.get(files.put(b"x"))
