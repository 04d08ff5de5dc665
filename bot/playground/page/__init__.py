"""The playground's page: phones side by side in the browser, over the server's `/play` and `/page` addresses.

It is a handful of ES modules and style sheets, served as they lie here, over the library in `vendor`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

HERE: Final = Path(__file__).parent
KINDS: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
A_WEEK: Final = "public, max-age=604800"


class Page:
    """The files of the page; what stands on it comes from the server's other addresses."""

    def __init__(self) -> None:
        self.app = Starlette(
            routes=[
                Route("/", self._index),
                Route("/ui/{name:path}", self._file),
                Route("/page/font", self._font),
                Route("/page/emoji", self._emoji),
                Route("/favicon.ico", self._icon),
            ]
        )

    async def _index(self, request: Request) -> Response:
        return Response(
            index(),
            media_type="text/html; charset=utf-8",
            headers={"Cache-Control": "no-store", "Content-Security-Policy": policy()},
        )

    async def _file(self, request: Request) -> Response:
        path = files().get(request.path_params["name"])
        if path is None:
            return Response(status_code=404)
        return FileResponse(path, media_type=KINDS[path.suffix], headers={"Cache-Control": "no-cache"})

    async def _font(self, request: Request) -> Response:
        return _lent("manimgx_fonts_cjk", "*.ttc", "font/collection")

    async def _emoji(self, request: Request) -> Response:
        return _lent("manimgx_fonts", "NotoEmoji*.ttf", "font/ttf")

    async def _icon(self, request: Request) -> Response:
        return Response(status_code=204)


@cache
def files() -> dict[str, Path]:
    """What is served below `/ui`, by name: nothing else can be asked for."""
    return {
        path.relative_to(HERE).as_posix(): path for path in sorted(HERE.rglob("*")) if path.suffix in KINDS
    }


@cache
def index() -> str:
    """The page itself; it asks for all its modules at once, not one after the other as they are found."""
    modules = [name for name, path in files().items() if path.suffix in {".js", ".mjs"}]
    links = "\n  ".join(f'<link rel="modulepreload" href="/ui/{name}">' for name in modules)
    return (HERE / "index.html").read_text("utf-8").replace("<!-- modules -->", links)


@cache
def policy() -> str:
    """What the page may load: its own files, and the one inline script, which names its modules."""
    found = re.search(r'<script type="importmap">(.*?)</script>', index(), re.DOTALL)
    inline = found[1] if found else ""
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    return (
        f"default-src 'self'; script-src 'self' 'sha256-{digest}'; img-src 'self' blob: data:; "
        "media-src 'self' blob:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'none'"
    )


def _lent(package: str, pattern: str, kind: str) -> Response:
    """A font that pictures are lettered with, for a browser on a machine that has none."""
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in sorted(Path(folder).rglob(pattern)):
            return FileResponse(path, media_type=kind, headers={"Cache-Control": A_WEEK})
    return Response(status_code=404)
