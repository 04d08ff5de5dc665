"""Trouble with the machine, told to the admins in private: what, since when, and the remedy.

Each trouble is told once when it begins, once a day while it lasts, and once when it is over. No word of an
entry, no name of a member: an admin sees neither (SPEC §1).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.permissions import Role
from bot.ledger import people
from bot.ledger.desk import Work
from bot.services import upkeep
from bot.services.operating import keeping
from bot.services.outgoing import say

FACT: Final = "alerts"
AGAIN: Final = timedelta(days=1)

Found = Mapping[str, dict[str, Any]]
"""Kind of trouble → the values of its text."""


def check(work: Work, found: Found, of: frozenset[str]) -> int:
    """Tell what is new of some kinds of trouble, and what is over; gives how many messages that were."""
    known: dict[str, dict[str, str]] = dict(upkeep.fact(work, FACT) or {})
    before = {kind: dict(one) for kind, one in known.items()}
    told = 0
    for kind, values in found.items():
        open_ = known.get(kind)
        if open_ is not None and work.now - datetime.fromisoformat(open_["told"]) < AGAIN:
            continue
        since = open_["since"] if open_ is not None else work.now.isoformat()
        known[kind] = {"since": since, "told": work.now.isoformat()}
        told += tell(work, kind, {**values, "since": since}, f"{kind}:{work.now:%Y%m%dT%H%M%S}")
    for kind in [one for one in known if one in of and one not in found]:
        since = known.pop(kind)["since"]
        told += tell(work, kind, {"since": since, "over": True}, f"{kind}:over:{work.now:%Y%m%dT%H%M%S}")
    if known != before:
        upkeep.know(work, FACT, known)
    return told


def tell(work: Work, kind: str, values: dict[str, Any], key: str) -> int:
    """One trouble to every admin; gives to how many."""
    return sum(
        say(
            work, admin.chat_id, "operating.trouble", {"over": False, **values, "kind": kind},
            dedup=f"alert:{key}:{admin.member_id}"[:96], silent=work.world.hours.quiet(work.local),
        )
        for admin in people.holders_of(work, Role.ADMIN)
    )  # fmt: skip


def restored(work: Work) -> int:
    """At the start of a restored ledger: what it forgot, and whom to look at (the removed are in again)."""
    return sum(
        tell(
            work,
            "restored",
            {"from": since.isoformat(), "to": until.isoformat()},
            f"restored:{until:%Y%m%dT%H%M%S}",
        )
        for since, until in keeping.gaps(work)
    )


KEEPING: Final = frozenset({"backup_failed", "backup_old", "photos_damaged"})


def backups_due(work: Work) -> int:
    """At every beat one look: does the backup fail, is the last too old, is a photo not whole."""
    kept = keeping.last(work)
    found: dict[str, dict[str, Any]] = {}
    if kept.failed is not None:
        found["backup_failed"] = {"why": kept.why}
    if kept.good is not None and work.now - kept.good > keeping.TOO_OLD:
        found["backup_old"] = {"good": work.world.campaign.local(kept.good).isoformat()}
    if kept.missing or kept.damaged:
        found["photos_damaged"] = {"missing": kept.missing, "damaged": kept.damaged}
    if not found and kept.good is None and kept.failed is None:
        return 0
    return check(work, found, KEEPING)
