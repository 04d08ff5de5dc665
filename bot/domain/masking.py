"""Mobile and identity numbers made unreadable in everything that leaves a group (red line e, SPEC §1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

KEPT_FIRST = 3
KEPT_LAST = 2
"""Enough for who wrote the number to know it again, too little to dial or to look up."""

_GAP = r"[ \-\u00a0\u2010-\u2015]?"
_MOBILE = rf"[1１]{_GAP}[3-9３-９](?:{_GAP}\d){{9}}(?!\d)"
"""Eleven digits beginning 13 to 19, however they are grouped."""
_COUNTRY = rf"(?:\+|00)?86{_GAP}(?={_MOBILE})"
"""Before a mobile number it stays: it tells nothing."""
_IDENTITY = rf"\d{{6}}{_GAP}(?:\d{{8}}{_GAP}\d{{3}}[\dXxＸｘ]|\d{{6}}{_GAP}\d{{3}})(?![\dXxＸｘ])"
"""Eighteen places of which the last may be X, or fifteen of the old kind."""
_LONG = r"\d{15,19}(?!\d)"
"""Other long runs, such as bank cards, are nobody's business either."""
_NUMBER = re.compile(rf"(?<!\d)({_COUNTRY})?({_IDENTITY}|{_LONG}|{_MOBILE})")


def mask_numbers(text: str) -> str:
    """The text with the middle of every mobile and identity number replaced by asterisks.

    Landlines, the numbers of entries, dates and chainages (K14+950) stay as they are.
    """
    return _NUMBER.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    number = found[2]
    places = [index for index, sign in enumerate(number) if sign.isalnum()]
    hidden = frozenset(places[KEPT_FIRST:-KEPT_LAST])
    return (found[1] or "") + "".join("*" if index in hidden else sign for index, sign in enumerate(number))


def mask_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """A message's values with the numbers in its texts masked."""
    return {key: mask_numbers(value) if isinstance(value, str) else value for key, value in values.items()}
