"""`make bench`: the table of PERFORMANCE goals, each figure beside its baseline; nothing is written."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from bench import (
    archive,
    broadcast,
    chain,
    evidence,
    ledger,
    page,
    papers,
    photos,
    ranking,
    receiving,
    reminders,
    transport,
    workbook,
)

TOPICS = (
    "chain",
    "kills",
    "receiving",
    "photos",
    "evidence",
    "ledger",
    "workbook",
    "transport",
    "page",
    "ranking",
    "reminders",
    "archive",
    "broadcast",
    "papers",
)


def kills() -> None:
    """G3 in small; `make soak` is the whole of it."""
    from tests.kills.harness import Siege, siege

    async def short() -> str:
        with tempfile.TemporaryDirectory() as folder:
            async with Siege(Path(folder), seed=5, people=8) as besieged:
                return str(await siege(besieged, kills=6, updates=400, longest=2.5))

    print(f"G3   {asyncio.run(short())} (make soak: a hundred kills)")


def main() -> None:
    """Print the topics named, or all."""
    wanted = sys.argv[1:] or list(TOPICS)
    unknown = set(wanted) - set(TOPICS)
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(TOPICS)}")
    mains = {
        "chain": chain.main,
        "kills": kills,
        "receiving": receiving.main,
        "photos": photos.main,
        "evidence": evidence.main,
        "ledger": ledger.main,
        "workbook": workbook.main,
        "transport": transport.main,
        "page": page.main,
        "ranking": ranking.main,
        "reminders": reminders.main,
        "archive": archive.main,
        "broadcast": broadcast.main,
        "papers": papers.main,
    }
    for name in wanted:
        mains[name]()
        sys.stdout.flush()
    print("G12  the test suite within 5 minutes: make test prints its own time")


if __name__ == "__main__":
    main()
