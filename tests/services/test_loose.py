"""Which entries a contact's words name."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.services.counties import loose


def entry(number: str, township: str, village: str | None, spot: str | None = None) -> Any:
    """As much of an entry's row as its naming needs."""
    return SimpleNamespace(number=number, township=township, village=village, spot=spot)


HEAP = entry("县1-0412-01", "王楼镇", "任庄村", "村口")
POND = entry("县1-0412-02", "王楼镇", "任庄村", "坑塘")
ROAD = entry("县1-0412-03", "司寨乡", "高寨村", None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("县1-0412-02 已清", [POND]),
        ("0412-03", [ROAD]),
        ("坑塘清完了", [POND]),
        ("高寨已清理", [ROAD]),
        ("高寨村已清理", [ROAD]),
        ("司寨的已清理", [ROAD]),
        ("任庄已清", [HEAP, POND]),
        ("王楼镇", [HEAP, POND]),
        ("已清理完毕", []),
        ("", []),
        ("县2-0412-01", [HEAP]),
    ],
)
def test_a_number_goes_before_a_village_and_a_village_before_a_township(text: str, found: list[Any]) -> None:
    assert loose.naming([HEAP, POND, ROAD], text) == found
