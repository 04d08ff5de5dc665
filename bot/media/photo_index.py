"""All photo hashes in memory: one pass finds nearly the same picture (PERFORMANCE «Photos»).

The ledger has the truth; this is a reading of it that can be made anew at any time. One array, one hash of
eight bytes for each photo id, zero where there is none. No index structure beats reading it through.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from bot.domain.evidence import telling_hash

if TYPE_CHECKING:
    import numpy

_GROWTH: Final = 1.25
_FIRST: Final = 4096
_PIECE: Final = 1 << 17
"""Hashes compared at a time: piece and result stay in the processor's cache."""


class PhotoIndex:
    """Hashes of one version by photo id; not shared between threads.

    `upto` is the sequence number (`photos.hash_seq`) of the last hash it has read.
    """

    def __init__(self) -> None:
        self.upto = 0
        self._hashes: numpy.ndarray[Any, Any] | None = None
        self._end = 0

    def __len__(self) -> int:
        """How many ids it spans."""
        return self._end

    @property
    def size(self) -> int:
        """Bytes of memory that the hashes take."""
        return 0 if self._hashes is None else int(self._hashes.nbytes)

    def add(self, rows: Iterable[tuple[int, int, int]]) -> None:
        """Take in (photo id, hash, sequence number), in the order of their numbers.

        A hash may be the signed number that a database keeps. One that says nothing (a black frame, a
        white wall) is left out: it would resemble every other of its kind.
        """
        import numpy

        known = list(rows)
        if not known:
            return
        highest = max(row[0] for row in known)
        if self._hashes is None or highest >= len(self._hashes):
            wanted = max(_FIRST, int((highest + 1) * _GROWTH)) if len(known) < highest else highest + 1
            grown = numpy.zeros(wanted, dtype=numpy.uint64)
            if self._hashes is not None:
                grown[: len(self._hashes)] = self._hashes
            self._hashes = grown
        ids = numpy.fromiter((row[0] for row in known), dtype=numpy.int64, count=len(known))
        values = numpy.fromiter(
            (row[1] & 0xFFFFFFFFFFFFFFFF if telling_hash(row[1]) else 0 for row in known),
            dtype=numpy.uint64,
            count=len(known),
        )
        self._hashes[ids] = values
        self._end = max(self._end, highest + 1)
        self.upto = max(self.upto, known[-1][2])

    def near(self, dhash: int, within: int, *, most: int = 50) -> list[tuple[int, int]]:
        """(photo id, distance) of all whose hash differs in at most `within` bits, nearest first."""
        if self._hashes is None or not telling_hash(dhash):
            return []
        import numpy

        wanted = numpy.uint64(dhash & 0xFFFFFFFFFFFFFFFF)
        found: list[tuple[int, int]] = []
        room = numpy.empty(_PIECE, dtype=numpy.uint64)
        bits = numpy.empty(_PIECE, dtype=numpy.uint8)
        for start in range(0, self._end, _PIECE):
            piece = self._hashes[start : min(start + _PIECE, self._end)]
            many = len(piece)
            numpy.bitwise_xor(piece, wanted, out=room[:many])
            numpy.bitwise_count(room[:many], out=bits[:many])
            if int(bits[:many].min()) > within:
                continue
            for at in numpy.flatnonzero(bits[:many] <= within):
                if piece[at]:
                    found.append((start + int(at), int(bits[at])))
        found.sort(key=lambda one: (one[1], one[0]))
        return found[:most]
