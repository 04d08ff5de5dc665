"""The index in memory finds what a plain comparison of all hashes finds."""

from __future__ import annotations

import random

from bot.media.photo_index import PhotoIndex
from bot.media.pipeline import distance

NEAR = 8


def flipped(dhash: int, bits: int, rng: random.Random) -> int:
    for bit in rng.sample(range(64), bits):
        dhash ^= 1 << bit
    return dhash


def signed(dhash: int) -> int:
    """As a database keeps it."""
    return dhash - 2**64 if dhash >= 2**63 else dhash


def test_it_finds_what_comparing_one_by_one_finds() -> None:
    rng = random.Random(3)
    hashes = [rng.getrandbits(64) for _ in range(3000)]
    hashes += [flipped(hashes[at], at % 14, rng) for at in range(0, 2000, 7)]
    index = PhotoIndex()

    index.add((at, signed(one), at) for at, one in enumerate(hashes, 1))

    for asked in hashes[::50]:
        plainly = sorted(
            (distance(asked, one), at) for at, one in enumerate(hashes, 1) if distance(asked, one) <= NEAR
        )
        assert index.near(signed(asked), NEAR) == [(at, bits) for bits, at in plainly]


def test_every_copy_within_eight_bits_is_found() -> None:
    rng = random.Random(4)
    hashes = [rng.getrandbits(64) for _ in range(200_000)]
    index = PhotoIndex()
    index.add((at, one, at) for at, one in enumerate(hashes, 1))

    missed = [
        at
        for at in rng.sample(range(1, len(hashes) + 1), 200)
        if not any(one == at for one, _ in index.near(flipped(hashes[at - 1], NEAR, rng), NEAR))
    ]

    assert missed == []
    assert index.size <= 10 * len(hashes)


def test_it_grows_in_any_order_of_ids_and_knows_how_far_it_has_read() -> None:
    rng = random.Random(5)
    first, late = rng.getrandbits(64), rng.getrandbits(64)
    index = PhotoIndex()

    index.add([(90_000, first, 1)])
    index.add([(7, late, 2)])

    assert index.near(first, 0) == [(90_000, 0)]
    assert index.near(late, 0) == [(7, 0)]
    assert index.upto == 2


def test_black_frames_do_not_resemble_one_another() -> None:
    index = PhotoIndex()

    index.add([(1, 0, 1), (2, 1, 2), (3, -1, 3)])

    assert index.near(0, NEAR) == []
    assert index.near(1, NEAR) == []
    assert index.near(-1, NEAR) == []


def test_an_empty_index_finds_nothing() -> None:
    assert PhotoIndex().near(0x0F0F0F0F0F0F0F0F, NEAR) == []
