"""Official papers as PDF, and as a picture for the phone: the same value that `official.docx` sets."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tempfile
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final

from bot.documents.official import (
    FANG,
    HEI,
    KAI,
    LATIN,
    SONG,
    STAND_INS,
    WHOLE,
    Block,
    Paper,
    Picture,
    Table,
    Text,
    clean,
    from_left,
    listed,
    signed_lines,
)

PACKAGED: Final = "Noto Sans CJK SC"
"""The family that is there on every machine, behind the standard's own fonts."""


def pdf(paper: Paper, fonts: Sequence[Path] = ()) -> bytes:
    """The paper as a PDF document; `fonts` are folders that are looked through for fonts first."""
    return _set(paper, fonts, format="pdf", pdf_tags=True)[0]


def pictures(paper: Paper, fonts: Sequence[Path] = (), *, width: int = 1240) -> list[bytes]:
    """The pages as PNG, each `width` pixels wide."""
    return _set(paper, fonts, format="png", ppi=width / (210 / 25.4))


def _set(paper: Paper, fonts: Sequence[Path], **how: Any) -> list[bytes]:
    import typst  # heavy: loaded when the first paper is set

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        source = root / "official.typ"
        source.write_bytes((resources.files("bot.documents") / "typeset" / "official.typ").read_bytes())
        made = typst.compile(
            source,
            root=root,
            font_paths=[*fonts, *_packaged()],
            sys_inputs={"paper": json.dumps(_values(paper, root), ensure_ascii=False)},
            **how,
        )
    return list(made) if isinstance(made, list) else [made]


def _packaged() -> list[Path]:
    from importlib.util import find_spec

    spec = find_spec("manimgx_fonts_cjk")
    return [Path(folder) for folder in (spec.submodule_search_locations or ())] if spec else []


def _values(paper: Paper, root: Path) -> dict[str, Any]:
    return {
        "title": [clean(line) for line in paper.title],
        "symbol": clean(paper.symbol),
        "addressee": clean(paper.addressee),
        "blocks": _blocks(paper.blocks, root),
        "attachments": [
            {"title": clean(one.title), "blocks": _blocks(one.blocks, root)} for one in paper.attachments
        ],
        "under": clean(paper.under_title),
        "author": clean(paper.signature),
        "signed": [{"words": clean(words), "in": inward} for words, inward in signed_lines(paper)],
        "note": clean(paper.note),
        "listed": [clean(title) for title in listed(paper)],
        "enclosed": len(paper.enclosed),
        "compact": paper.compact,
        "fonts": {key: _families(name) for key, name in _FAMILIES.items()},
    }


_FAMILIES: Final = {"song": SONG, "fang": FANG, "kai": KAI, "hei": HEI}


_FREE: Final = {SONG: "Noto Serif CJK SC", FANG: "Noto Serif CJK SC", KAI: "AR PL UKai CN", HEI: PACKAGED}
"""Free fonts of the same kind, where the machine has them: what is no 黑体 should not look like one."""


def _families(name: str) -> list[str]:
    return [LATIN, name, *STAND_INS[name].split(","), _FREE[name], PACKAGED]


def _blocks(blocks: Iterable[Block], root: Path) -> list[dict[str, Any]]:
    return [_block(block, root) for block in blocks]


def _block(block: Block, root: Path) -> dict[str, Any]:
    match block:
        case Text():
            return {
                "kind": "text",
                "words": clean(block.words),
                "level": block.level,
                "draft": block.draft,
                "first": block.first_line,
                "lead": clean(block.lead),
                "small": block.small,
            }
        case Table():
            values = dataclasses.asdict(block) | {"kind": "table", "marked": sorted(block.marked)}
            values |= {"left": from_left(block), "whole": len(block.rows) <= WHOLE}
            values["head"] = [clean(cell) for cell in block.head]
            values["rows"] = [[clean(cell) for cell in row] for row in block.rows]
            return values
        case Picture():
            name = f"{hashlib.sha256(block.image).hexdigest()[:24]}.{_suffix(block.image)}"
            (root / name).write_bytes(block.image)
            return {
                "kind": "picture",
                "file": name,
                "height": block.height,
                "caption": clean(block.caption),
            }


def _suffix(image: bytes) -> str:
    return "png" if image.startswith(b"\x89PNG") else "jpg"
