"""Names of people as they are taken: what the eye cannot tell apart is not taken for another name."""

from __future__ import annotations

import unicodedata

_SCRIPTS = ("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH", "LATIN ")
"""Letters of names: Chinese, and Latin for those who write theirs so."""
_MARKS = "·.-' "


def visible(text: str) -> str:
    """Words without what nobody sees: control characters, zero widths, turned directions."""
    kept = (sign if sign in "\n\t" or unicodedata.category(sign)[0] != "C" else "" for sign in text)
    return "".join(kept).strip()


def person_name(text: str) -> str | None:
    """A person's name in one form, None when it has a letter of another script.

    A Cyrillic or Greek letter looks like a Latin one, a full-width one or one with a zero width beside it
    like itself: two members must not look like one.
    """
    name = " ".join(visible(unicodedata.normalize("NFKC", text)).split())
    letters = [sign for sign in name if sign not in _MARKS and not sign.isdecimal()]
    if not letters or not all(unicodedata.name(sign, "").startswith(_SCRIPTS) for sign in letters):
        return None
    return name
