"""What no section can see alone: names that fit together, and what is odd but allowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from bot.config.faults import Fault, suggestion
from bot.config.settings import Settings
from bot.domain.campaign import COVERT_NUMBER


def faults_across(settings: Settings) -> Iterator[Fault]:
    """What no section can see alone."""
    campaign, telegram = settings.campaign, settings.telegram
    if campaign.last_day < campaign.first_day:
        yield Fault(
            "campaign.last_day",
            f"不得早于 first_day {campaign.first_day}",
            f"must not be before first_day {campaign.first_day}",
            str(campaign.last_day),
        )
    if telegram.mode == "webhook" and not telegram.webhook_url:
        yield Fault(
            "telegram.webhook_url",
            "mode = webhook 时必须填写公网地址",
            'is needed with mode = "webhook": the public address that Telegram calls',
        )
    hours = settings.working_hours
    if hours.end <= hours.start:
        yield Fault("working_hours.end", "应晚于 start", "must be later than start", f'"{hours.end:%H:%M}"')
    yield from _track_faults(settings)
    yield from _region_faults(settings)
    yield from _group_faults(settings)


def _track_faults(settings: Settings) -> Iterator[Fault]:
    for key in _doubled(track.key for track in settings.tracks):
        yield Fault("tracks.key", "两个序列用了同一个 key", "is the key of two tracks", f'"{key}"')
    for prefix in _doubled(track.prefix for track in settings.tracks):
        yield Fault("tracks.prefix", "两个序列用了同一个前缀", "is the prefix of two tracks", f'"{prefix}"')


def _region_faults(settings: Settings) -> Iterator[Fault]:
    tracks = [track.key for track in settings.tracks]
    for name in _doubled(region.name for region in settings.regions):
        yield Fault("regions.name", "写了两次", "stands twice", f'"{name}"')
    owners: dict[str, str] = {region.name: region.name for region in settings.regions}
    for region in settings.regions:
        if region.track not in tracks:
            yield _unknown(f"regions「{region.name}」.track", region.track, tracks)
        for short in dict.fromkeys(region.short):
            owner = owners.setdefault(short, region.name)
            if owner != region.name:
                yield Fault(
                    f"regions「{region.name}」.short",
                    f"已是 {owner} 的名称",
                    f"is a name of {owner} already",
                    f'"{short}"',
                )


def _group_faults(settings: Settings) -> Iterator[Fault]:
    tracks = [track.key for track in settings.tracks]
    regions = [region.name for region in settings.regions]
    for key in _doubled(f"{group.track}/{group.number}" for group in settings.groups):
        yield Fault(
            "groups.number", "同一序列有两个组用了这个编号", "is the number of two groups", f'"{key}"'
        )
    for group in settings.groups:
        where = f"groups「{group.track}/{group.number}」"
        if group.track not in tracks:
            yield _unknown(f"{where}.track", group.track, tracks)
        if (group.number == COVERT_NUMBER) != (group.kind == "covert"):
            yield Fault(
                f"{where}.number",
                "编号 0 只给、也必须给暗访组（kind = covert）",
                "0 is the covert group's number, and the covert group has no other",
                str(group.number),
            )
        for name in group.regions:
            if name not in regions:
                yield _unknown(f"{where}.regions", name, regions)
        for name in _doubled(group.regions):
            yield Fault(f"{where}.regions", "写了两次", "stands twice", f'"{name}"')


def _unknown(key: str, value: str, known: list[str]) -> Fault:
    zh, en = suggestion(value, known)
    allowed = " ".join(known)
    return Fault(
        key, f"没有这个名称{zh}；可用：{allowed}", f"is unknown{en}; known are: {allowed}", f'"{value}"'
    )


def notices(settings: Settings, place_regions: Iterable[str]) -> Iterator[Fault]:
    """What is odd but allowed, for `check`.

    Args:
        settings: what was loaded.
        place_regions: the names of the regions that have rows in the places file.
    """
    places = frozenset(place_regions)
    configured = {region.name: region for region in settings.regions}
    for name in configured:
        if name not in places:
            yield Fault(f"regions「{name}」", "地名文件里没有它的乡镇和村", "has no rows in the places file")
    for name in sorted(places - configured.keys()):
        yield Fault(
            "places.file", f"有 {name} 的地名，但没有配置这个单位", f"has rows of {name}, which is no region"
        )
    for track in settings.tracks:
        if all(region.track != track.key for region in settings.regions):
            yield Fault(f"tracks「{track.key}」", "没有任何单位", "has no regions")
    covert = [group for group in settings.groups if group.kind == "covert"]
    if len(covert) > 1:
        yield Fault(
            "groups", "有一个以上暗访组，只用第一个", "there is more than one covert group; the first is used"
        )
    for group in settings.groups:
        where = f"groups「{group.track}/{group.number}」"
        if not (group.regions or settings.default_regions(group)):
            yield Fault(f"{where}.regions", "没有负责的单位", "has no regions")
        for name in group.regions if group.kind == "regional" else ():
            if configured[name].track != group.track:
                yield Fault(f"{where}.regions", f"{name} 属于另一序列", f"{name} belongs to the other track")


def _doubled(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
