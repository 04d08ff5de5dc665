"""查验归档 · Check an archive: every file against SHA256SUMS, the event log against its own chain.

用法 · Usage: python3 verify.py [FOLDER]    只需 Python 3，不需要机器人 · needs Python 3 and nothing else
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

SUMS = "SHA256SUMS"
LOG = "办理记录/events.jsonl"
GENESIS = "0" * 64
PIECE = 1 << 20


def digest(file: BinaryIO) -> str:
    """The SHA-256 of what a file holds."""
    found = hashlib.sha256()
    while piece := file.read(PIECE):
        found.update(piece)
    return found.hexdigest()


def link(previous: str, row: dict[str, Any]) -> str:
    """The hash of an event: SHA-256 over the hash before it and its own JSON, keys sorted, no spaces."""
    said = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((previous + said).encode()).hexdigest()


def broken_events(lines: Iterable[bytes]) -> tuple[int, int, list[int]]:
    """How many events there are, how many stand whole, and the ids of those whose hash does not fit.

    A line without `event` is held back: its hash is there, what it says is not.
    """
    count, whole, wrong, previous = 0, 0, [], GENESIS
    for line in lines:
        row = json.loads(line)
        count += 1
        if "event" in row:
            whole += 1
            if link(previous, row["event"]) != row["hash"]:
                wrong.append(row["id"])
        previous = row["hash"]
    return count, whole, wrong


def faults(sums: Iterable[str], opened: Callable[[str], BinaryIO | None]) -> tuple[int, list[str]]:
    """How many files are listed, and a line for each that is missing or not what it was."""
    count, found = 0, []
    for line in sums:
        wanted, _, path = line.rstrip("\n").partition("  ")
        if not path:
            continue
        count += 1
        file = opened(path)
        if file is None:
            found.append(f"缺少 · missing: {path}")
            continue
        with file:
            if digest(file) != wanted:
                found.append(f"已改动 · changed: {path}")
    return count, found


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def check(folder: Path) -> int:
    """Check an unpacked archive and say what was found; 0 when all is as it was."""

    def opened(path: str) -> BinaryIO | None:
        at = folder / path
        return at.open("rb") if at.is_file() else None

    if not (folder / SUMS).is_file():
        _say(f"{folder} 里没有 {SUMS} · is no archive: there is no {SUMS}")
        return 1
    with (folder / SUMS).open(encoding="utf-8") as sums:
        count, wrong = faults(sums, opened)
    with (folder / LOG).open("rb") as log:
        events, whole, broken = broken_events(log)
    wrong += [f"办理记录第 {number} 条对不上 · event {number} does not fit" for number in broken]
    for line in wrong:
        _say(line)
    _say(
        f"{count} 个文件 files；办理记录 {events} 条 events，{whole} 条全文 whole；{len(wrong)} 处不符 faults"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(check(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent))
