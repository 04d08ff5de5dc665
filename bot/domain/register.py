"""县领导分包 as it is filed 备案: who answers for a township and its villages.

县级领导 → 乡镇责任人 (科级) → 村责任人 (考评办法 四.4): a name and a post, no telephone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.places import village_key

MOST_NAME: Final = 20
MOST_POST: Final = 40
"""Name and post with their brackets fit the entry's field for a responsible person, 64 characters."""


class Level(StrEnum):
    """The three steps of the chain; the leader may also answer for the whole region."""

    LEADER = "leader"  # 县级领导
    TOWNSHIP = "township"  # 乡镇责任人
    VILLAGE = "village"  # 村责任人


@dataclass(frozen=True, slots=True)
class Person:
    """Who answers: a name, and the post where it was said."""

    name: str
    post: str = ""

    @property
    def said(self) -> str:
        """As cards and letters print it: 「甲某（副县长）」."""
        return f"{self.name}（{self.post}）" if self.post else self.name


@dataclass(frozen=True, slots=True)
class Duty:
    """One step of the chain at one place; `township` and `village` are empty where it is wider."""

    level: Level
    township: str = ""
    village: str = ""


VACANT: Final = frozenset(("无", "空缺", "暂缺", "待定", "没有", "未定", "none", "vacant"))
"""Said instead of a name: nobody answers there any more."""

_NAME: Final = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,9}[·•‧][\u3400-\u9fff·•‧]{1,10}")
_LATIN: Final = re.compile(r"[A-Za-z][A-Za-z.'-]*")
_POST: Final = re.compile(
    r"(?:书记|县长|区长|市长|镇长|乡长|主任|主席|常委|委员|部长|局长|科长|所长|站长|队长|组长|处长|院长|支书|村长|会计|"
    r"干部|专干|文书|干事|调研员|网格员|负责人|责任人|成员|领导|秘书长)$"
)
_ENDING: Final = "长员"
"""As much a post's end as a name's: 「组织员」, 「于长」."""
_LABEL: Final = re.compile(
    r"^(?:(?:县级|分包|包联|包村|包乡)?(?:县)?领导|(?:乡镇|村|社区)?责任人|姓名)\s*[:：]\s*"
)
_NUMBER: Final = re.compile(r"[+\d][\d\s-]{5,}\d[xX]?")
_PARTS: Final = re.compile(r"[\s，,；;、（）()/|:：]+")


def vacant(words: str) -> bool:
    """Whether the words say that nobody answers there."""
    return words.strip().strip("。.").lower() in VACANT


def read_person(words: str) -> Person | None:
    """「甲某 副县长」「副县长 甲某」「甲某」 → who; None where no name can be told.

    Telephones are dropped.
    """
    said = _LABEL.sub("", _NUMBER.sub(" ", words).strip())
    parts = [part for part in _PARTS.split(said) if part]
    if not parts:
        return None
    if all(_LATIN.fullmatch(part) for part in parts[:2]) and not any(_NAME.fullmatch(one) for one in parts):
        head, rest = " ".join(parts[:2]), parts[2:]
        return _person(head, rest)
    for at in (0, len(parts) - 1):
        alone = len(parts) == 1
        if _NAME.fullmatch(parts[at]) and not _is_post(parts[at], surely=alone):
            return _person(parts[at], [*parts[:at], *parts[at + 1 :]])
    if len(parts) > 1 and _NAME.fullmatch(parts[0]):  # 「于长 镇长」: the name itself ends so
        return _person(parts[0], parts[1:])
    return None


def _is_post(part: str, *, surely: bool) -> bool:
    """Whether a part reads as a post; `surely`: not merely by its last sign."""
    return bool(_POST.search(part)) or (not surely and part[-1] in _ENDING)


def _person(name: str, rest: Sequence[str]) -> Person | None:
    post = "、".join(rest)
    if len(name) > MOST_NAME or len(post) > MOST_POST or any(letter.isdigit() for letter in name):
        return None
    return Person(name, post)


@dataclass(frozen=True, slots=True)
class VillageLine:
    """One line of an answer: a village, and who answers there; `person` None says: nobody."""

    village: str
    person: Person | None


def read_villages(text: str, villages: Sequence[str]) -> tuple[list[VillageLine], list[str]]:
    """「任庄村 甲某 村支书」, one a line → what was said of which village, and the lines that say nothing.

    A village that the places file lacks is taken as it is written, when it reads as one (SPEC §1).
    """
    known = {village_key(name): name for name in reversed(villages)}
    found: list[VillageLine] = []
    unread: list[str] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        parts = [part for part in _PARTS.split(line.strip(), maxsplit=1) if part]
        if len(parts) < 2:
            unread.append(line.strip())
            continue
        village = known.get(village_key(parts[0])) or as_village(parts[0])
        person = None if vacant(parts[1]) else read_person(parts[1])
        if village is None or (person is None and not vacant(parts[1])):
            unread.append(line.strip())
            continue
        found.append(VillageLine(village, person))
    return found, unread


def as_village(words: str) -> str | None:
    """A village's name that the places file does not have, as it is written; None where it is none."""
    plain = words.strip()
    return plain if 2 <= len(plain) <= 24 and plain[-1] in "村区庄寨屯坊" else None


@dataclass(frozen=True, slots=True)
class Cover:
    """How far one township's chain is filed."""

    township: str
    leader: Person | None
    officer: Person | None
    villages: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every step has a name."""
        return self.leader is not None and self.officer is not None and not self.missing

    @property
    def headed(self) -> bool:
        """Whether leader and township's officer are named."""
        return self.leader is not None and self.officer is not None


def coverage(
    places: Mapping[str, Sequence[str]], filed: Mapping[Duty, Person], only: Iterable[str] | None = None
) -> tuple[Cover, ...]:
    """Each township of a region with its gaps; `places`: township → its villages.

    A township that only the register knows comes last: another city's places file may lack it.
    """
    wanted = list(only) if only is not None else list(places)
    if only is None:
        wanted += [duty.township for duty in filed if duty.township and duty.township not in places]
    found = []
    for township in dict.fromkeys(wanted):
        own = tuple(places.get(township, ()))
        more = [duty.village for duty in filed if duty.township == township and duty.level is Level.VILLAGE]
        villages = tuple(dict.fromkeys((*own, *more)))
        found.append(
            Cover(
                township,
                filed.get(Duty(Level.LEADER, township)),
                filed.get(Duty(Level.TOWNSHIP, township)),
                villages,
                tuple(name for name in villages if Duty(Level.VILLAGE, township, name) not in filed),
            )
        )
    return tuple(found)
