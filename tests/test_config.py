"""Configuration: what is read, what wins, what is refused and how that is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.config import (
    EXAMPLE,
    ConfigError,
    ConfigInvalid,
    ConfigMissing,
    ConfigUnreadable,
    HalfConfigured,
    Settings,
    load_settings,
    notices,
    starting_point,
)
from bot.config.sections import CategoryDays
from bot.domain.deadlines import DeadlineSettings
from bot.domain.entries import EntryRules
from bot.domain.world import Hours

TOKEN = "1234567890:" + "A" * 35
Write = Callable[..., Path]

SMALL = """
[campaign]
name = "某市清洁行动"
first_day = 2024-05-06
last_day = 2024-05-31

[places]
file = "elsewhere.csv"

[[tracks]]
key = "all"
prefix = "甲"
office = "市城管局"

[[regions]]
name = "东城区"
short = ["东城"]
track = "all"

[[groups]]
track = "all"
number = 1
name = "第一督查组"
regions = ["东城区"]
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a configuration, the example's where none is given, and gives its path."""

    def to_file(text: str = EXAMPLE.read_text(encoding="utf-8")) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return to_file


def changed(old: str, new: str, base: str | None = None) -> str:
    base = EXAMPLE.read_text(encoding="utf-8") if base is None else base
    assert old in base
    return base.replace(old, new, 1)


def faults_of(path: Path, **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_settings(path, environ)
    return str(caught.value)


# ── what is read ──


def test_the_example_copied_and_given_a_token_is_complete(write: Write) -> None:
    path = write()

    settings = load_settings(path, {"BOT_TOKEN": TOKEN})

    campaign = settings.to_campaign()
    assert settings.token == TOKEN
    assert [len(campaign.regions_of(track.key)) for track in campaign.tracks] == [8, 7]
    assert len(campaign.groups) == 10
    assert campaign.day_number(campaign.last_day) == 100


def test_the_example_states_the_defaults() -> None:
    """Whoever deletes a line of the example changes nothing."""
    example = load_settings(EXAMPLE, {})

    for name, field in Settings.model_fields.items():
        if name not in ("campaign", "places", "tracks", "regions", "groups"):
            assert getattr(example, name) == field.get_default(), name
    assert example.entry_rules() == EntryRules()
    assert example.deadline_settings() == DeadlineSettings()
    assert example.hours() == Hours()


def test_regions_keep_the_order_of_the_notice() -> None:
    campaign = load_settings(EXAMPLE, {}).to_campaign()

    assert " ".join(region.name for region in campaign.regions) == (
        "长垣县 卫辉市 辉县市 新乡县 获嘉县 原阳县 延津县 封丘县 "
        "卫滨区 红旗区 牧野区 凤泉区 平原示范区 高新区 经开区"
    )


def test_no_short_name_of_the_example_is_a_trap() -> None:
    campaign = load_settings(EXAMPLE, {}).to_campaign()

    short = {name: region.name for region in campaign.regions for name in region.short}

    assert short["延津"] == "延津县"
    assert short["辉县"] == "辉县市"
    assert not {"新乡", "平原", "牧野镇", "新乡市"} & short.keys()


def test_the_covert_group_goes_everywhere_and_a_topic_group_through_its_track() -> None:
    campaign = load_settings(EXAMPLE, {}).to_campaign()

    covert, topic = campaign.group("county/0"), campaign.group("district/5")

    assert len(covert.regions) == 15
    assert topic.regions == tuple(region.name for region in campaign.regions_of("district"))


def test_a_second_city_needs_no_more_than_its_own_five_sections(write: Write) -> None:
    settings = load_settings(write(SMALL), {})

    campaign = settings.to_campaign()

    assert campaign.name == "某市清洁行动"
    assert campaign.zone.key == "Asia/Shanghai"
    assert campaign.group("all/1").regions == ("东城区",)
    assert settings.outbox.per_second == 28


def test_a_city_may_have_no_groups_at_all(write: Write) -> None:
    settings = load_settings(write(SMALL.split("[[groups]]")[0]), {})

    assert settings.to_campaign().groups == ()


def test_without_a_file_the_examples_campaign_is_played() -> None:
    settings = load_settings(None, {})

    assert settings.to_campaign().name == "新乡市城乡环境整治百日攻坚行动"
    assert settings.folder == Path.cwd()


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())

    settings = load_settings(path, {})

    assert settings.campaign.first_day == date(2024, 5, 6)


def test_the_rules_get_their_numbers_from_the_file(write: Write) -> None:
    path = write(SMALL + "[intake]\nsettle_seconds = 5\nundo_minutes = 1\n[deadlines]\ngrace_minutes = 0\n")

    settings = load_settings(path, {})

    assert settings.entry_rules().settle == timedelta(seconds=5)
    assert settings.entry_rules().undo_within == timedelta(minutes=1)
    assert settings.deadline_settings().grace == timedelta(0)


def test_the_latest_hand_over_is_never_before_the_settle_time(write: Write) -> None:
    path = write(SMALL + "[intake]\nsettle_seconds = 600\n")

    rules = load_settings(path, {}).entry_rules()

    assert rules.settle_max == timedelta(minutes=10)


def test_days_of_one_category_are_changed_without_the_others(write: Write) -> None:
    path = write(SMALL + "[deadlines]\nend_of_day = 17:30:00\n[deadlines.days]\ntoilet = 20\n")

    deadlines = load_settings(path, {}).deadlines

    assert deadlines.days == CategoryDays(toilet=20)
    assert deadlines.end_of_day == time(17, 30)


# ── the environment ──


def test_the_environment_wins_over_the_file(write: Write) -> None:
    path = write(changed('token = ""', 'token = "from the file"'))

    settings = load_settings(
        path,
        {
            "BOT_TOKEN": TOKEN,
            "BOT_OUTBOX__PER_SECOND": "0",
            "BOT_CAMPAIGN__LAST_DAY": "2019-12-31",
            "BOT_SERVER__LISTEN": "",
            "bot_texts__language": "en",
        },
    )

    assert settings.token == TOKEN
    assert settings.outbox.per_second == 0
    assert settings.campaign.last_day == date(2019, 12, 31)
    assert settings.server.listen == ""
    assert settings.texts.language == "en"
    assert settings.outbox.per_chat == 1.0


def test_an_empty_token_in_the_environment_does_not_hide_the_files(write: Write) -> None:
    path = write(changed('token = ""', f'token = "{TOKEN}"'))

    settings = load_settings(path, {"BOT_TOKEN": ""})

    assert settings.token == TOKEN


def test_variables_of_other_programs_are_left_alone(write: Write) -> None:
    settings = load_settings(write(SMALL), {"BOT_NAME": "x", "PATH": "/bin", "BOTTLE__X": "1"})

    assert settings.campaign.name == "某市清洁行动"


def test_a_misspelt_variable_is_refused_under_its_own_name(write: Write) -> None:
    path = write(SMALL)

    assert "BOT_OUTBX__PER_SECOND: " in faults_of(path, BOT_OUTBX__PER_SECOND="5")
    line = faults_of(path, BOT_OUTBOX__PER_SECONDS="5")
    assert line.startswith('BOT_OUTBOX__PER_SECONDS = "5": ')
    assert "did you mean per_second" in line


def test_a_wrong_variable_is_named_not_the_key_of_the_file(write: Write) -> None:
    line = faults_of(write(SMALL), BOT_TEXTS__LANGUAGE="fr")

    assert line.startswith('BOT_TEXTS__LANGUAGE = "fr": ')


def test_a_list_in_a_variable_must_be_json(write: Write) -> None:
    assert faults_of(write(SMALL), BOT_GROUPS="one, two").startswith("BOT_GROUPS: ")


# ── paths ──


def test_relative_paths_start_at_the_files_folder(write: Write, tmp_path: Path) -> None:
    settings = load_settings(write(SMALL), {})

    assert settings.database_url() == f"sqlite:///{(tmp_path / 'data/bot.db').as_posix()}"
    assert settings.media_url() == str(tmp_path / "data/media")
    assert settings.backup_folder() == tmp_path / "data/backups"


def test_absolute_paths_and_addresses_stay(write: Write, tmp_path: Path) -> None:
    store = (tmp_path / "elsewhere" / "bot.db").as_posix()
    text = SMALL + f'[database]\nurl = "sqlite:///{store}"\n[media]\nurl = "s3://bucket/photos"\n'

    settings = load_settings(write(text), {})

    assert settings.database_url() == f"sqlite:///{store}"
    assert settings.media_url() == "s3://bucket/photos"


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_by_psycopg(write: Write, scheme: str) -> None:
    text = SMALL + f'[database]\nurl = "{scheme}://bot:pw@db/bot"\n'

    settings = load_settings(write(text), {})

    assert settings.database_url() == "postgresql+psycopg://bot:pw@db/bot"


def test_the_places_file_beside_the_configuration_comes_first(write: Write, tmp_path: Path) -> None:
    settings = load_settings(write(SMALL), {})

    with pytest.raises(ConfigInvalid, match=r"places\.file"):
        settings.places_file()
    (tmp_path / "elsewhere.csv").write_text("code,region,township,village\n", encoding="utf-8")

    assert settings.places_file() == tmp_path / "elsewhere.csv"


# ── what is refused ──

REFUSALS = {
    "a misspelt key": ('mode = "polling"', 'mod = "polling"', "telegram.mod", "did you mean mode"),
    "a misspelt section": ("[intake]", "[intakes]", "intakes", "did you mean intake"),
    "a word outside the list": ('mode = "polling"', 'mode = "poll"', 'telegram.mode = "poll"', "'webhook'"),
    "a word for a number": ("per_second = 28", 'per_second = "fast"', '= "fast"', "must be a number"),
    "a negative time": ("settle_seconds = 60", "settle_seconds = -1", "= -1", "at least 0"),
    "endless time": ("settle_seconds = 60", "settle_seconds = inf", "= inf", "finite"),
    "no date": ("first_day = 2019-04-09", 'first_day = "soon"', '= "soon"', "must be a date"),
    "a missing day": ("first_day = 2019-04-09", "", "campaign.first_day", "is missing"),
    "the end first": ("last_day = 2019-07-17", "last_day = 2019-04-08", "= 2019-04-08", "before first_day"),
    "an unknown zone": ("Asia/Shanghai", "Asia/Shanghia", "Asia/Shanghia", "Asia/Shanghai"),
    "no hour": ('end_of_day = "18:00"', 'end_of_day = "六点"', "六点", "time of day"),
    "a day that ends first": ('end = "18:00"', 'end = "08:00"', "working_hours.end", "later than start"),
    "an empty prefix": ('prefix = "县"', 'prefix = ""', "tracks「county」.prefix", "must not be empty"),
    "a prefix twice": ('prefix = "区"', 'prefix = "县"', 'tracks.prefix = "县"', "two tracks"),
    "a prefix that is taken": ('prefix = "区"', 'prefix = "暗"', 'prefix = "暗"', "are taken"),
    "a prefix with a digit": ('prefix = "区"', 'prefix = "区2"', 'prefix = "区2"', "digits"),
    "a track twice": ('key = "district"', 'key = "county"', 'tracks.key = "county"', "two tracks"),
    "a region twice": ('name = "封丘县"', 'name = "延津县"', 'regions.name = "延津县"', "stands twice"),
    "a short name twice": (
        'short = ["封丘"]',
        'short = ["延津"]',
        "regions「封丘县」.short",
        "name of 延津县",
    ),
    "another's full name": ('short = ["封丘"]', 'short = ["延津县"]', "regions「封丘县」", "name of 延津县"),
    "an unknown track": (
        'short = ["封丘"]\ntrack = "county"',
        'short = ["封丘"]\ntrack = "country"',
        'regions「封丘县」.track = "country"',
        "did you mean county; known are: county district",
    ),
    "an unknown region": ('["卫辉市", "延津县"]', '["卫辉", "延津县"]', '= "卫辉"', "did you mean 卫辉市"),
    "an unknown kind": ('kind = "topic"', 'kind = "theme"', 'kind = "theme"', "'covert'"),
    "zero for an open group": ("number = 5", "number = 0", "groups「district/0」.number = 0", "covert"),
    "a covert group that is not zero": ("number = 0", "number = 7", "groups「county/7」", "no other"),
    "a group twice": ("number = 2", "number = 1", 'groups.number = "county/1"', "two groups"),
    "a webhook without address": (
        'mode = "polling"',
        'mode = "webhook"',
        "telegram.webhook_url",
        "is needed",
    ),
    "another database": ("sqlite:///data/bot.db", "mysql://db/bot", "mysql://db/bot", "postgresql://"),
    "another store": ('url = "data/media"', 'url = "ftp://x"', "ftp://x", "s3://"),
    "bounds of three numbers": (
        "bounds = [34.7, 113.2, 36.0, 115.2]",
        "bounds = [34.7, 113.2, 36.0]",
        "campaign.bounds",
        "[south, west, north, east]",
    ),
    "bounds with east before west": (
        "bounds = [34.7, 113.2, 36.0, 115.2]",
        "bounds = [34.7, 115.2, 36.0, 113.2]",
        "campaign.bounds",
        "[south, west, north, east]",
    ),
    "a port alone": ('listen = "127.0.0.1:8090"', 'listen = "8090"', '= "8090"', "HOST:PORT"),
    "a value for a section": ("[fonts]", "[[fonts]]", "fonts = […]", "must be a table"),
}


@pytest.mark.parametrize(("old", "new", "stated", "said"), REFUSALS.values(), ids=REFUSALS)
def test_what_is_wrong_is_said_in_one_line(write: Write, old: str, new: str, stated: str, said: str) -> None:
    path = write(changed(old, new))

    text = faults_of(path)

    line = next(line for line in text.splitlines() if stated in line)
    assert said in line
    assert re.search(r"[\u4e00-\u9fff]", line.split(": ", 1)[1]), "said in Chinese too"


def test_every_fault_is_named_at_once(write: Write) -> None:
    text = changed('mode = "polling"', "mode = 1")
    text = changed("per_second = 28", "per_second = []", text)

    lines = faults_of(write(text)).splitlines()

    assert len(lines) == 2


def test_a_faulty_list_item_is_known_by_its_name(write: Write) -> None:
    text = changed('key = "district"\nprefix = "区"', 'prefix = "区"')

    line = faults_of(write(text))

    assert line.startswith("tracks #2.key: ")


@pytest.mark.parametrize(
    "line",
    [
        f'tokn = "{TOKEN}"',
        f'Token = "{TOKEN}"',
        f'hook = "{TOKEN}"',
        'webhook_secrt = "hush hush"',
        'webhook_secret = "hush hush"',
        'proxi = "http://me:hush hush@host"',
        'proxy = "ftp://me:hush hush@host"',
    ],
)
def test_a_secret_is_never_printed_even_under_a_misspelt_key(write: Write, line: str) -> None:
    key = line.split(" = ")[0]
    base = re.sub(rf"(?m)^{key} = .*\n", "", EXAMPLE.read_text(encoding="utf-8"))

    text = faults_of(write(base.replace("[telegram]", f"[telegram]\n{line}")))

    assert f"telegram.{key}" in text
    assert TOKEN not in text
    assert "hush" not in text


def test_a_password_in_an_address_is_not_printed(write: Write) -> None:
    text = faults_of(write(SMALL), BOT_DATABASE__URL="mysql://me:hush@host/db")

    assert "mysql://…@host/db" in text


def test_settings_can_be_logged_without_their_secrets(write: Write) -> None:
    text = SMALL + (
        '[telegram]\nproxy = "http://me:hush@host"\nwebhook_secret = "hush"\n'
        '[database]\nurl = "postgresql://me:hush@host/db"\n'
    )

    settings = load_settings(write(text), {"BOT_TOKEN": TOKEN})

    assert TOKEN not in repr(settings)
    assert "hush" not in repr(settings)


def test_the_webhooks_secret_comes_from_the_token_unless_one_is_set(write: Write) -> None:
    path = write(SMALL)

    derived = load_settings(path, {"BOT_TOKEN": TOKEN}).webhook_secret
    own = load_settings(path, {"BOT_TOKEN": TOKEN, "BOT_TELEGRAM__WEBHOOK_SECRET": "own"}).webhook_secret

    assert re.fullmatch(r"[0-9a-f]{64}", derived)
    assert derived != load_settings(path, {"BOT_TOKEN": TOKEN + "B"}).webhook_secret
    assert own == "own"


def test_settings_do_not_change_after_loading(write: Write) -> None:
    settings = load_settings(write(SMALL), {})

    with pytest.raises(ValueError, match="frozen"):
        settings.texts.language = "en"  # type: ignore[misc]


def test_a_missing_file_names_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigMissing, match="init"):
        load_settings(tmp_path / "config.toml", {})


@pytest.mark.parametrize("content", [b"[telegram\n", "[campaign]\nname = '新乡'".encode("gb18030")])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)

    with pytest.raises(ConfigUnreadable, match=r"config\.toml"):
        load_settings(path, {})


# ── what is odd but allowed ──


def test_the_example_with_all_its_places_gives_nothing_to_say() -> None:
    settings = load_settings(EXAMPLE, {})

    assert list(notices(settings, [region.name for region in settings.regions])) == []


def test_check_names_regions_without_places_and_places_without_region(write: Write) -> None:
    settings = load_settings(write(SMALL), {})

    lines = [notice.line for notice in notices(settings, ["西城区"])]

    assert lines[0].startswith("regions「东城区」: ")
    assert "西城区" in lines[1]


def test_check_names_tracks_and_groups_without_regions(write: Write) -> None:
    text = (
        SMALL.replace('regions = ["东城区"]', "")
        + '[[tracks]]\nkey = "empty"\nprefix = "乙"\noffice = "市农业农村局"\n'
        + '[[groups]]\ntrack = "empty"\nnumber = 1\nkind = "topic"\nname = "专题组"\n'
    )
    settings = load_settings(write(text), {})

    keys = [notice.key for notice in notices(settings, ["东城区"])]

    assert keys == ["tracks「empty」", "groups「all/1」.regions", "groups「empty/1」.regions"]


def test_check_names_a_group_that_goes_into_the_other_track(write: Write) -> None:
    settings = load_settings(write(changed('["牧野区", "凤泉区"]', '["牧野区", "凤泉区", "延津县"]')), {})

    odd = list(notices(settings, [region.name for region in settings.regions]))

    assert [notice.key for notice in odd] == ["groups「district/1」.regions"]


# ── where `run` begins ──


def test_neither_file_nor_token_is_the_playground_and_both_are_telegram() -> None:
    assert starting_point(config_exists=False, token="") == "playground"
    assert starting_point(config_exists=True, token=TOKEN) == "telegram"


@pytest.mark.parametrize(("exists", "token", "mend"), [(True, "", "BOT_TOKEN"), (False, TOKEN, "init")])
def test_only_one_of_file_and_token_is_refused_with_the_mend(exists: bool, token: str, mend: str) -> None:
    with pytest.raises(HalfConfigured, match=mend) as caught:
        starting_point(config_exists=exists, token=token)

    assert TOKEN not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
