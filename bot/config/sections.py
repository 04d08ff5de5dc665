"""The tables of the configuration file, each key with its default and the reason for it."""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator

from bot.config.faults import refused, suggestion

_RESERVED_PREFIXES = ("暗", "办", "长")  # SPEC §2: covert, office and other sources, after the campaign


def _web_address(value: str) -> str:
    if value and urlsplit(value).scheme not in ("http", "https"):
        raise refused(
            "应为 http:// 或 https:// 开头的地址", "must be an address beginning http:// or https://"
        )
    return value.rstrip("/")


def _proxy(value: str) -> str:
    if value and urlsplit(value).scheme not in ("http", "https", "socks5"):
        raise refused(
            "应为 http://、https:// 或 socks5:// 开头的地址", "must begin http://, https:// or socks5://"
        )
    return value


def _listen(value: str) -> str:
    if value and not re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}", value):
        raise refused(
            "应为 地址:端口，如 127.0.0.1:8090；空 = 不开",
            "must be HOST:PORT, as 127.0.0.1:8090; empty = off",
        )
    return value


def _database(value: str) -> str:
    if not re.match(r"(sqlite:///.+|postgresql(\+psycopg)?://.+)", value):
        raise refused("应为 sqlite:///文件 或 postgresql://…", "must be sqlite:///FILE or postgresql://…")
    return value


def _media(value: str) -> str:
    if not value or ("://" in value and not re.match(r"s3://[^/]+", value)):
        raise refused("应为文件夹或 s3://桶/前缀", "must be a folder or s3://bucket/prefix")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zh, en = suggestion(value, available_timezones())
        raise refused(
            f"应为时区名称，如 Asia/Shanghai{zh}", f"must be a time zone, as Asia/Shanghai{en}"
        ) from None
    return value


def _prefix(value: str) -> str:
    if not value.strip():
        raise refused("编号前缀不能为空，如 县", "must not be empty: numbers begin with it, as 县")
    if value in _RESERVED_PREFIXES:
        raise refused("暗、办、长 另有用途，请换一个", "暗, 办 and 长 are taken (covert, office, afterwards)")
    if "-" in value or any(mark.isdigit() or mark.isspace() for mark in value):
        raise refused("不能含数字、空格或 -", "must not contain digits, spaces or -")
    return value


def _named(value: str) -> str:
    if not value.strip():
        raise refused("不能为空", "must not be empty")
    return value.strip()


def _bounds(value: tuple[float, ...]) -> tuple[float, ...]:
    good = len(value) == 4 and -90 <= value[0] < value[2] <= 90 and -180 <= value[1] < value[3] <= 180
    if value and not good:
        raise refused(
            "应为 [南纬度, 西经度, 北纬度, 东经度]，如 [34.7, 113.2, 36.0, 115.2]",
            "must be [south, west, north, east] in degrees, as [34.7, 113.2, 36.0, 115.2]",
        )
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", value.get_secret_value()):
        raise refused("只能含 A–Z a–z 0–9 _ -，至多 256 个", "may hold A–Z a–z 0–9 _ - only, at most 256")
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]
Listen = Annotated[str, AfterValidator(_listen)]
Name = Annotated[str, AfterValidator(_named)]
Count = Annotated[int, Field(ge=1)]
Span = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Days = Annotated[int, Field(ge=0)]
Share = Annotated[Decimal, Field(ge=0, le=40, max_digits=6, decimal_places=4)]
Points = Annotated[Decimal, Field(ge=-40, le=0, max_digits=6, decimal_places=4)]


class _Section(BaseModel):
    """A table of the file: unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class TelegramSection(_Section):
    """How Telegram is reached; `proxy` may hold a password and is therefore never printed."""

    token: SecretStr = SecretStr("")
    api_url: WebAddress = "https://api.telegram.org"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: WebAddress = ""
    webhook_listen: Listen = "127.0.0.1:8443"  # a web server with a certificate stands before it
    webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] = SecretStr("")
    proxy: Annotated[str, AfterValidator(_proxy), Field(repr=False)] = ""


class DatabaseSection(_Section):
    """Where the ledger lies."""

    url: Annotated[str, AfterValidator(_database), Field(repr=False)] = "sqlite:///data/bot.db"
    pool: Count = 8  # PostgreSQL: threads, one transaction each


class MediaSection(_Section):
    """Where photos lie and what is taken in."""

    url: Annotated[str, AfterValidator(_media)] = "data/media"
    max_megabytes: Count = 20  # what Telegram lets a bot download
    max_megapixels: Count = 40  # more is a decompression bomb
    workers: Count = 2  # threads that decode; the library releases the interpreter's lock
    wait_seconds: Span = 10  # a message waits this long for its pictures, then goes without


class InboxSection(_Section):
    """Updates as received."""

    keep_hours: Count = 48  # done rows are kept this long: Telegram repeats for 24 h
    waiting_limit: Count = 5_000  # over this polling pauses; Telegram keeps the rest
    outage_hours: Count = 23  # Telegram keeps updates 24 h: after this long people are told


class OutboxSection(_Section):
    """Telegram's limits, a little below them; 0 lifts one."""

    per_second: Span = 28  # Telegram allows about 30 in all
    per_chat: Span = 1.0
    burst: Count = 3  # replies to one chat that may leave at once
    per_group_minute: Span = 20
    keep_days: Count = 90  # texts of what was sent; keys stay


class ServerSection(_Section):
    """Health and metrics."""

    listen: Listen = "127.0.0.1:8090"


class BackupSection(_Section):
    """Copies of ledger, photos and configuration, one a day; of the ledger one before every migration."""

    dir: Name = "data/backups"
    keep: Count = 10
    at: time | None = time(3, 30)  # on the campaign's wall clock; "" = none by itself
    photos: bool = True  # each once, beside the copies; without: kept by other means

    @field_validator("at", mode="before")
    @classmethod
    def _off(cls, value: object) -> object:
        return None if value == "" else value


class LoggingSection(_Section):
    """What is logged, and how."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    format: Literal["text", "json"] = "text"


class FontsSection(_Section):
    """Fonts of one's own; empty: the package's, then the system's."""

    text: str = ""
    emoji: str = ""


class CampaignSection(_Section):
    """The campaign 行动 that this deployment serves."""

    name: Name
    first_day: date
    last_day: date
    time_zone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    office_name: Name = "市环境整治攻坚办"  # the sender of what was found covertly
    # south, west, north, east in degrees: a position outside is told to the filer, not used; empty: all are
    bounds: Annotated[tuple[float, ...], AfterValidator(_bounds)] = ()


class PlacesSection(_Section):
    """The places file."""

    file: Name = "xinxiang_places.csv"


class TrackSection(_Section):
    """A track 序列."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,15}$")]
    prefix: Annotated[str, AfterValidator(_prefix)]
    office: Name
    label: str = ""  # before a group's name, as 县(市); empty: the prefix
    channel: int = 0


class RegionSection(_Section):
    """An evaluated unit 县(市、区)."""

    name: Name
    track: str
    short: tuple[Name, ...] = ()


class GroupSection(_Section):
    """An inspection group 督查组."""

    track: str
    number: Annotated[int, Field(ge=0, le=99)]
    kind: Literal["regional", "topic", "covert"] = "regional"
    name: Name
    regions: tuple[str, ...] = ()


class IntakeSection(_Section):
    """From photo to numbered entry."""

    settle_seconds: Span = 60  # the region is told after this silence
    settle_max_seconds: Span = 300  # … and at the latest after this
    album_seconds: Span = 2  # parts of an album arrive apart
    draft_gap_seconds: Span = 120  # photos without words, each this close to the last, are one draft
    caption_minutes: Span = 10  # the words may come this much later
    nag_minutes: Span = 15  # a draft without a region is asked about once
    same_place_minutes: Span = 30  # «the same place» as the member's last entry
    pin_minutes: Span = 10  # a location joins the entry before it
    question_minutes: Span = 10  # the next plain text answers an open question
    withdraw_minutes: Span = 10
    undo_minutes: Span = 10
    reference_hours: Span = 24  # untagged photos of a group chat


class CategoryDays(_Section):
    """Days to mend, by main category (FORMS §3.5)."""

    street_order: Days = 1
    garbage: Days = 3
    road: Days = 3
    stacking: Days = 3
    appearance: Days = 3
    courtyard: Days = 3
    other: Days = 3
    none: Days = 3  # no category was read
    sewage: Days = 7
    livestock: Days = 7
    management: Days = 7
    water_body: Days = 10
    building: Days = 15
    toilet: Days = 15


class DeadlinesSection(_Section):
    """Until when a problem is to be mended."""

    days: CategoryDays = CategoryDays()
    warning_days: Count = 7  # 督办警示: offered first
    most_days: Count = 365  # a longer term in a caption is a slip
    end_of_day: time = time(18, 0)
    onsite_until: time = time(15, 0)  # 立即 and 现场交办 after this …
    onsite_next_day: time = time(12, 0)  # … are due the next day at this hour
    grace_minutes: Span = 30  # networks are bad: silently in time


class HoursSection(_Section):
    """Hours of the day, on the campaign's wall clock."""

    start: time
    end: time


class EscalationSection(_Section):
    """When somebody else is asked."""

    deputy_hours: Span = 4  # of working time: a contact who has not signed → the deputy
    office_hours: Span = 24  # a leader without an answer → the track's office
    hold_minutes: Span = 5  # an office of one person: the pause that stands for the second person


class EvidenceSection(_Section):
    """Hints about photos, the same problem, looking back; the thresholds are measured in docs/evidence.md."""

    near_bits: Annotated[int, Field(ge=0, le=16)] = 8  # of 64: nearly the same picture
    far_metres: Span = 300  # an after-photo taken farther away is a hint
    nearby_metres: Span = 50  # entries this close may be the same problem
    chain_days: Days = 100  # … found within so many days
    offers: Annotated[int, Field(ge=0, le=3)] = 3  # … so many are offered; 0 = none
    clock_minutes: Span = 10  # cameras' clocks are wrong by so much
    drawn_share: Count = 10  # 回头看: one in so many that were closed by picture


class InvitationsSection(_Section):
    """Links by which people join."""

    days: Count = 7


class WarningsSection(_Section):
    """Warning letters 督办警示."""

    approval: Literal["office", "leader"] = "office"


class ScoringSection(_Section):
    """The 口径 before an office has one of its own: what the notice does not give (考评办法 四.5)."""

    topic_weight: Share = Decimal("0.25")  # a topic group's mark beside a regional group's 1
    ten_days: Annotated[Share, Field(gt=0)] = Decimal("0.8")  # a month's share of its ten-day mean …
    covert: Share = Decimal("0.2")  # … and of its covert mark
    uninspected: Literal["average", "full", "missing"] = "average"  # not inspected while others were
    final: Literal["", "periods", "months", "last_month"] = ""  # the final ranking; empty: not chosen yet
    late_report: Points = Decimal("-0.5")  # proposed, confirmed by a person
    missing_report: Points = Decimal("-1")
    overdue_entry: Points = Decimal("-0.5")
    scale_gap: Share = Decimal(3)  # groups' means further apart are shown, nothing more
    few_places: Count = 3  # a mark after fewer places is shown as a small sample
    objection_hours: Annotated[int, Field(ge=6)] = 6  # of working time
    fine: Count = 100_000  # yuan for a heap after the campaign


class TextsSection(_Section):
    """The language of the screen; official papers are Chinese."""

    language: Literal["zh", "en"] = "zh"
