"""Styles and scripts: asked for once, and found after an upgrade too."""

import re

import pytest

from desk.web import assets


def test_a_page_names_files_that_a_browser_keeps(visitor):
    named = re.findall(r'(?:href|src)="(/static/[^"#]+)', visitor.get("/sign-in").text)
    assert len(named) >= 4
    for path in named:
        answer = visitor.get(path, buffered=True)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, immutable, max-age=31536000"), path
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/static/css/index.css", "/static/0123456789ab/css/index.css"])
def test_of_another_edition_there_is_what_there_is_now_and_nobody_keeps_it(visitor, path):
    answer = visitor.get(path, buffered=True)
    assert answer.data == (assets.FOLDER / "css/index.css").read_bytes()
    assert answer.headers["Cache-Control"] == "no-cache"
    assert visitor.get(path, buffered=True, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/static/css/nothing.css", "/static/{edition}/nothing", "/static/../settings.py",
                                  "/static/{edition}/../../web/assets.py", "/static/0123456789ab/%2e%2e/web/assets.py", "/static/"])
def test_what_is_not_there_is_not_found_and_not_kept(visitor, path):
    answer = visitor.get(path.format(edition=assets.edition()))
    assert answer.status_code == 404
    assert "max-age" not in answer.headers["Cache-Control"]


def test_the_edition_changes_with_what_a_file_holds(monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    editions = []
    for name, text in (("a.css", "a"), ("a.css", "b"), ("b.css", "b")):
        (tmp_path / name).write_text(text)
        editions.append(assets.edition())
    assert len(set(editions)) == 3
    assert all(len(one) == 12 for one in editions)
