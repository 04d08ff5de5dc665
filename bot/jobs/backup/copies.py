"""The files of a backup, and the paper that says what they hold."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from bot.ledger.backup import Listed, NotWhole, Tally
from bot.media.store import PhotoStore

NAME: Final = "ledger-"
PHOTOS: Final = "photos"


@dataclass(frozen=True, slots=True)
class Paper:
    """What a backup holds: its `.json`."""

    copied_at: datetime
    program: str
    ledger_sha256: str
    ledger_bytes: int
    tally: Tally
    photos: int
    photos_sha256: str
    config_sha256: str
    missing: tuple[str, ...] = ()  # photos that the store did not have any more
    damaged: tuple[str, ...] = ()  # photos whose bytes are not what they were
    with_photos: bool = True

    def dump(self) -> bytes:
        """As it is written."""
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)

    @classmethod
    def load(cls, written: bytes) -> Paper:
        """As it was written; raises NotWhole."""
        try:
            read: dict[str, Any] = orjson.loads(written)
            return cls(
                **{
                    **read,
                    "copied_at": datetime.fromisoformat(read["copied_at"]),
                    "tally": Tally(**read["tally"]),
                    "missing": tuple(read["missing"]),
                    "damaged": tuple(read["damaged"]),
                }
            )
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise NotWhole(f"清单读不懂 · its .json cannot be read: {error}") from error


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one backup, by the path of its ledger."""

    ledger: Path
    paper: Path = field(init=False)
    listing: Path = field(init=False)
    config: Path = field(init=False)
    places: Path = field(init=False)

    def __post_init__(self) -> None:
        for name, suffix in (
            ("paper", ".json"),
            ("listing", ".photos.csv"),
            ("config", ".config.toml"),
            ("places", ".places.csv"),
        ):
            object.__setattr__(self, name, self.ledger.with_suffix(suffix))

    @classmethod
    def at(cls, folder: Path, now: datetime) -> Files:
        """The names of a backup that is made now."""
        return cls(folder / f"{NAME}{now:%Y%m%dT%H%M%S}.db")

    @classmethod
    def named(cls, path: Path) -> Files:
        """The backup that a path names: any of its files, or a folder for its newest; raises NotWhole."""
        if path.is_dir():
            found = finished(path)
            if not found:
                raise NotWhole(f"{path} 里没有完整的备份 · there is no finished backup in {path}")
            return found[-1]
        files = cls(path.with_name(f"{path.name.partition('.')[0]}.db"))
        for needed in (files.ledger, files.paper, files.listing):
            if not needed.is_file():
                raise NotWhole(
                    f"缺少 {needed.name}，备份不完整 · {needed} is missing: this is no whole backup"
                )
        return files

    @property
    def all(self) -> tuple[Path, ...]:
        """Every file; those of the configuration may not be there."""
        return (self.paper, self.ledger, self.listing, self.config, self.places)

    def read_paper(self) -> Paper:
        """What it should hold; raises NotWhole."""
        return Paper.load(self.paper.read_bytes())

    def read_list(self) -> list[Listed]:
        """Its photos."""
        with self.listing.open(encoding="utf-8-sig", newline="") as file:
            return [Listed(row["file"], row["sha256"] or None, row["table"]) for row in csv.DictReader(file)]

    def write_list(self, photos: Iterable[Listed]) -> None:
        """List its photos."""
        with self.listing.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["file", "sha256", "table"])
            writer.writerows((one.file, one.sha256 or "", one.table) for one in photos)


def finished(folder: Path) -> list[Files]:
    """The backups in a folder that were finished, oldest first."""
    return [Files(path.with_suffix(".db")) for path in sorted(folder.glob(f"{NAME}*.json"))]


def mirror_in(folder: Path) -> PhotoStore:
    """Where the photos of all backups in a folder lie, each once."""
    return PhotoStore(folder / PHOTOS)


def fits(one: Listed, digest: str) -> bool:
    """Whether a file's hash is what it was: the ledger's own, else the beginning that its name carries."""
    if one.sha256:
        return digest == one.sha256
    return one.file.rpartition("_")[2].startswith(digest[:8])
