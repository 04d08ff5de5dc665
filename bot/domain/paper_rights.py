"""Who may write, judge and send the papers of an office: the one table for them (SPEC §1, §6)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from bot.domain.permissions import Actor, Role


class PaperAct(StrEnum):
    """What can be done with the papers that leave an office."""

    ISSUE_BULLETIN = "issue_bulletin"  # 通报 of a track: read the draft, change, 送审, 签发, 印发, 撤下
    WRITE_FOLLOW_UP = "write_follow_up"  # 跟踪问效月报: read the draft, change, 上报
    CALL_MEETING = "call_meeting"  # 推进会: place, 观摩点, 会议通知, 讲评稿
    MAKE_KIT = "make_kit"  # 专题片素材包 of a track; covert material with a second person
    READ_FOLLOW_UP = "read_follow_up"  # the same, once it was sent
    EXPORT = "export"  # 导出: what one sees of the ledger, as a file


MAY_PAPER: Mapping[PaperAct, frozenset[Role]] = {
    PaperAct.ISSUE_BULLETIN: frozenset({Role.OFFICE}),
    PaperAct.CALL_MEETING: frozenset({Role.OFFICE}),
    PaperAct.MAKE_KIT: frozenset({Role.OFFICE}),
    PaperAct.WRITE_FOLLOW_UP: frozenset({Role.OVERSIGHT}),
    PaperAct.READ_FOLLOW_UP: frozenset({Role.OVERSIGHT, Role.CITY_LEADER}),
    PaperAct.EXPORT: frozenset(Role) - {Role.ADMIN},
}
"""Act → roles that may do it; an office within its own track."""


def may_paper(act: PaperAct, actor: Actor, track: str | None = None) -> bool:
    """Whether an actor may do that; about a track, whether as somebody of that track's office."""
    return any(
        grant.role in MAY_PAPER[act]
        and (grant.role is not Role.OFFICE or track is None or grant.track == track)
        for grant in actor.grants
    )


def tracks_issued(actor: Actor) -> tuple[str, ...]:
    """The tracks whose bulletins the actor may issue, in the order of the actor's roles."""
    return tuple(track for track in actor.offices() if may_paper(PaperAct.ISSUE_BULLETIN, actor, track))
