"""The playground's page: phones side by side in the browser, over the server's `/play` addresses."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

HERE = Path(__file__).parent
FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/drawing.js": ("drawing.js", "text/javascript; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
}
POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self'; "
    "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


class Page:
    """The files of the page, and what is told to it: who is who, and whether all have joined.

    Attributes:
        cast: for each person {"id", "name", "role", "scope"}; for each chat worth opening {"chat", "title"}.
        told: free values for the page: `ready`, `notice`, `zone`, `bot`.
    """

    def __init__(self) -> None:
        self.cast: list[dict[str, Any]] = []
        self.told: dict[str, Any] = {"ready": False, "notice": ""}
        self.app = Starlette(
            routes=[
                *(Route(address, self._file) for address in FILES),
                Route("/page/cast", self._cast),
                Route("/page/font", self._font),
                Route("/favicon.ico", self._icon),
            ]
        )

    async def _file(self, request: Request) -> Response:
        name, kind = FILES[request.url.path]
        return Response(
            (HERE / name).read_bytes(),
            media_type=kind,
            headers={"Cache-Control": "no-store", "Content-Security-Policy": POLICY},
        )

    async def _cast(self, request: Request) -> Response:
        return Response(orjson.dumps({"cast": self.cast, **self.told}), media_type="application/json")

    async def _font(self, request: Request) -> Response:
        path = _han_font()
        return FileResponse(path, media_type="font/collection") if path else Response(status_code=404)

    async def _icon(self, request: Request) -> Response:
        return Response(status_code=204)


def _han_font() -> Path | None:
    """The Chinese font that pictures are lettered with, for a browser on a machine that has none."""
    spec = find_spec("manimgx_fonts_cjk")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in sorted(Path(folder).rglob("*.ttc")):
            return path
    return None
