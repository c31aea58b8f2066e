"""Styles, scripts and pictures of the desk: under an address that changes with what they hold, so that browsers keep them.

A page takes some sixty of these files. Under ``/static/<edition>/`` a browser asks for each once, until the next version of
the desk; what they name beside themselves (``@import``, ``import``) stands under the same edition. Another edition, and none,
are answered too, with what there is now and nothing to keep: an open page outlives an upgrade.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, request, send_from_directory

from core.rendering import TEMPLATES

FOLDER = TEMPLATES.parent / "desk" / "static"
YEAR = 365 * 24 * 3600
ENDPOINTS = ("static", "assets.another", "assets.show")

bp = Blueprint("assets", __name__)


def edition() -> str:
    """Twelve letters that tell these files from those of any other version."""
    digest = sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(FOLDER)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def application() -> Flask:
    """A Flask that serves them."""
    app = Flask("desk.web", template_folder=str(TEMPLATES), static_folder=str(FOLDER), static_url_path=f"/static/{edition()}")
    app.after_request(_keep)
    app.register_blueprint(bp)
    return app


def is_asset() -> bool:
    """Whether one of these files is asked for: nobody is signed in for that, and nothing in it is anybody's."""
    return request.endpoint in ENDPOINTS


@bp.get("/static/<string(length=12):before>/<path:filename>")
def another(before: str, filename: str) -> Response:
    """A file of another edition, as it is now."""
    return show(filename)


@bp.get("/static/<path:filename>")
def show(filename: str) -> Response:
    """A file by its plain name."""
    return send_from_directory(Path(current_app.static_folder or FOLDER), filename)


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        response.cache_control.no_cache = None
        response.cache_control.public, response.cache_control.immutable, response.cache_control.max_age = True, True, YEAR
    return response
