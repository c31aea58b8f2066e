"""Fetch the parts of the page that others made, from npm, at recorded versions and digests.

    python desk/static/vendor/fetch.py           fetch, compare with VENDOR.json, write files and the icon sprite
    python desk/static/vendor/fetch.py --record  the same, and write what came into VENDOR.json (after a new version)
    python desk/static/vendor/fetch.py --check   compare the files here with VENDOR.json; no network
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
STATIC = HERE.parent
RECORD = HERE / "VENDOR.json"
ICONS = HERE / "icons.txt"
DRAWINGS = STATIC / "drawings"
SPRITE = STATIC / "icons.svg"

# package, version, licence, {file in the package: file here}
PARTS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("@tabler/core", "1.6.1", "MIT", {"dist/css/tabler.min.css": "tabler.min.css"}),
    ("@tabler/icons", "3.51.0", "MIT", {}),  # the icons named in icons.txt, into ../icons.svg
    ("htmx.org", "4.0.1", "0BSD", {"dist/htmx.min.js": "htmx.min.js"}),
    ("trix", "2.1.19", "MIT", {"dist/trix.esm.min.js": "trix.esm.min.js"}),
    ("uplot", "1.6.32", "MIT", {"dist/uPlot.iife.min.js": "uplot.iife.min.js", "dist/uPlot.min.css": "uplot.min.css"}),
    ("@expo-google-fonts/noto-sans", "0.4.2", "OFL-1.1", {  # what is printed is set in it
        "400Regular/NotoSans_400Regular.ttf": "noto-sans-400.ttf", "600SemiBold/NotoSans_600SemiBold.ttf": "noto-sans-600.ttf", "LICENSE_FONT": "noto-sans-licence.txt"}),
)


def main(argument: str = "") -> int:
    """Do what the argument says; 0 when files and record agree."""
    if argument == "--check":
        return check(json.loads(RECORD.read_text()))
    known = {part["package"]: part for part in json.loads(RECORD.read_text())} if RECORD.exists() else {}
    record = []
    with tempfile.TemporaryDirectory() as folder:
        for package, version, licence, files in PARTS:
            tarball = pack(package, version, Path(folder))
            digest = sha256(tarball.read_bytes())
            if argument != "--record" and known.get(package, {}).get("tarball_sha256") != digest:
                print(f"{package} {version} is not what VENDOR.json records: {digest}")
                return 1
            with tarfile.open(tarball) as archive:
                written = copy(archive, files)
                if package == "@tabler/icons":
                    written |= write_sprite(archive)
            record.append(
                {
                    "package": package,
                    "version": version,
                    "licence": licence,
                    "source": f"https://www.npmjs.com/package/{package}/v/{version}",
                    "tarball_sha256": digest,
                    "files": written,
                }
            )
    if argument == "--record":
        RECORD.write_text(json.dumps(record, indent=2) + "\n")
    return check(json.loads(RECORD.read_text()))


def check(record: list[dict]) -> int:
    """Print every file that differs from the record; 1 if there is one."""
    wrong = [
        name
        for part in record
        for name, digest in part["files"].items()
        if not (STATIC / name).exists() or sha256((STATIC / name).read_bytes()) != digest
    ]
    for name in wrong:
        print(f"{name} differs from vendor/VENDOR.json")
    return 1 if wrong else 0


def pack(package: str, version: str, folder: Path) -> Path:
    """The package's tarball from npm, as published."""
    answer = subprocess.run(
        ["npm", "pack", f"{package}@{version}", "--json", "--pack-destination", str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    told = json.loads(answer.stdout)
    [one] = told if isinstance(told, list) else told.values()
    return folder / one["filename"].replace("@", "").replace("/", "-")


def copy(archive: tarfile.TarFile, files: dict[str, str]) -> dict[str, str]:
    """Write the wanted files here, without their pointers to source maps; their digests."""
    written = {}
    for inside, name in files.items():
        content = re.sub(rb"\n?/[/*]# sourceMappingURL=\S+( \*/)?\s*$", b"\n", member(archive, inside))
        (HERE / name).write_bytes(content)
        written[f"vendor/{name}"] = sha256(content)
    return written


def write_sprite(archive: tarfile.TarFile) -> dict[str, str]:
    """One file with a symbol for each icon of icons.txt and each drawing of ours; its digest."""
    symbols = {}
    for name in ICONS.read_text().split():
        symbols[name] = symbol(name, member(archive, f"icons/outline/{name}.svg").decode())
    for drawing in DRAWINGS.glob("*.svg"):
        symbols[drawing.stem] = symbol(drawing.stem, drawing.read_text())
    lines = "\n".join(symbols[name] for name in sorted(symbols))
    content = f'<svg xmlns="http://www.w3.org/2000/svg">\n{lines}\n</svg>\n'.encode()
    SPRITE.write_bytes(content)
    return {SPRITE.name: sha256(content)}


def symbol(name: str, svg: str) -> str:
    """The drawing without its own size and stroke: those come from the page's CSS."""
    box = re.search(r'viewBox="([^"]+)"', svg)
    shapes = re.sub(r"<!--.*?-->", "", svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")], flags=re.S)
    shapes = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", shapes)
    drawn = re.sub(r"\s*\n\s*", "", shapes)
    return f'<symbol id="i-{name}" viewBox="{box[1] if box else "0 0 24 24"}">{drawn}</symbol>'


def member(archive: tarfile.TarFile, inside: str) -> bytes:
    found = archive.extractfile(f"package/{inside}")
    if found is None:
        raise FileNotFoundError(inside)
    return found.read()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
