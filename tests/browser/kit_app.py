"""Serve every template with invented data: `python -m tests.browser.kit_app`, then http://127.0.0.1:5055/kit.

No database and no views: for looking at pages, and for the tests of how they look and behave.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, Response, abort, jsonify, render_template, request

from core.rendering import prepare
from desk.web import drawing
from tests.browser import pages

ROOT = Path(__file__).resolve().parents[2]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_app() -> Flask:
    """The kit: one address a page, the product's own CSP on all of them."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "desk" / "static"))
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600      # as the desk's own, a browser asks for each once
    app.config["SECRET_KEY"] = "kit"
    prepare(app.jinja_env)
    drawing.prepare(app)
    app.jinja_env.globals["csrf_token"] = lambda: "kit"
    app.url_build_error_handlers.append(lambda error, endpoint, values: f"/not-here/{endpoint}")

    @app.get("/kit/<path:name>")
    def page(name: str) -> str:
        template, context = pages.PAGES.get(name) or abort(404)
        theme = request.args.get("theme", "")
        context = dict(context)
        if context.get("me"):
            context["me"] = SimpleNamespace(**vars(context["me"]) | {"theme": theme, "keys": "nokeys" not in request.args})
        return render_template(template, **context)

    @app.get("/kit")
    def index() -> str:
        return render_template("web/kit.html", **pages.KIT)

    @app.get("/frame/<name>")
    def frame(name: str) -> Response:
        answer = Response(pages.FRAMES[name])
        answer.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; "
            "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        )
        return answer

    drafts: dict[str, Any] = {"version": 3}

    @app.put("/draft")
    def draft() -> Any:
        sent = request.get_json()
        if "CONFLICT" in sent["html"] and sent["version"] < 100:
            return jsonify(by="Kari Moe", html="<div>Hei fra Kari</div>", version=100), 409
        drafts.update(sent, version=sent["version"] + 1)
        return jsonify(version=drafts["version"], saved="11:12")

    @app.get("/draft")
    def draft_now() -> Any:
        return jsonify(drafts)

    @app.post("/upload")
    def upload() -> Any:
        sent = request.files["file"]
        size = len(sent.read())
        if sent.filename == "refused.exe":
            return jsonify(error="Programs are not accepted."), 422
        image = (sent.mimetype or "").startswith("image/")
        return jsonify(uid=f"f{size}", name=sent.filename, size=f"{size} B", url="/static/mark.svg", image=image), 201

    @app.get("/canned.json")
    def canned() -> Any:
        return jsonify(
            [
                {"prefix": "takk", "title": "Takk for henvendelsen", "html": "<div>Takk for henvendelsen!</div>"},
                {"prefix": "passord", "title": "Nytt passord", "html": "<div>Slik bytter du passord.</div>"},
            ]
        )

    @app.get("/addresses.json")
    def addresses() -> Any:
        return jsonify([{"address": "per.lunde@kunde.example", "name": "Per Lunde"}])

    @app.get("/not-here/searches.hits")
    def hits() -> str:
        return render_template("web/search/_hits.html", q=request.args["q"], groups=pages.HITS, all_url="/kit/search")

    @app.get("/live.json")
    def live() -> Any:
        return jsonify(pages.LIVE)

    @app.after_request
    def secure(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", POLICY)
        return answer

    return app


def endpoints() -> set[str]:
    """Every endpoint that the templates link to."""
    found: set[str] = set()
    for template in (ROOT / "templates" / "web").rglob("*.html"):
        found |= set(re.findall(r"url_for\(\s*['\"]([a-z_.]+)['\"]", template.read_text()))
    return found


if __name__ == "__main__":
    create_app().run(port=5055, debug=False, threaded=True)
