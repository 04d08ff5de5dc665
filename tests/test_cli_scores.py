"""`scores import`, `ranking`, `measures` on a fresh configuration, as an office's technician types them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from bot import logs
from bot.cli import main
from bot.config import EXAMPLE
from tests.town.ledger import empty_ledger

COUNTY = ("长垣县", "卫辉市", "辉县市", "新乡县", "获嘉县", "原阳县", "延津县", "封丘县")
DISTRICT = ("卫滨区", "红旗区", "牧野区", "凤泉区", "平原示范区", "高新区", "经开区")
PERIODS = (
    "2019-04-18", "2019-04-28", "2019-05-08", "2019-05-18", "2019-05-28", "2019-06-08", "2019-06-18",
    "2019-06-28", "2019-07-08", "2019-07-18",
)  # fmt: skip
HEAD = "region,source,kind,value,reason"

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _quiet_logs() -> Iterator[None]:
    """Commands set the process's logs up: on the streams of a runner that is gone afterwards."""
    yield
    logs.set_up()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line on a copy of the example's configuration."""
    monkeypatch.setenv("BOT_TOKEN", "7000000001:TEST-local")
    empty_ledger(tmp_path / "data" / "bot.db")
    config = tmp_path / "config.toml"
    config.write_text(EXAMPLE.read_text("utf-8"), "utf-8")

    def command(*words: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(config), *words])

    return command


@pytest.fixture
def scores(run: Run, tmp_path: Path) -> Callable[..., Result]:
    """Import lines of a file."""

    def imported(period: str, *lines: str, head: str = HEAD) -> Result:
        file = tmp_path / "scores.csv"
        file.write_text("\n".join([head, *lines]) + "\n", "utf-8")
        return run("scores", "import", str(file), "--period", period)

    return imported


def ranking(run: Run, track: str, period: str, *more: str) -> list[dict[str, Any]]:
    done = run("ranking", "--track", track, "--period", period, "--format", "json", *more)
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = orjson.loads(done.stdout)
    return found


def measures(run: Run) -> list[dict[str, Any]]:
    done = run("measures", "--format", "json")
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = orjson.loads(done.stdout)
    return found


def test_marks_and_points_of_a_file_are_ranked_before_anything_is_published(
    run: Run, scores: Callable[..., Result]
) -> None:
    done = scores(
        "2019-04-18",
        "延津县,group,mark,36.5,",
        "延津县,群众举报,points,-1.5,王楼镇垃圾",
        "延津,信息报送,points,0.5,",
        "延津县,leader,mark,33,",
        "延津县,「敢转争」检查,mark,35,",
        "延津县,covert,points,-1,",
        "卫辉市,督查组,mark,30,",
        "卫辉市,group,mark,33.33,",
        "卫辉市,covert,mark,40,",
        "红旗区,group,mark,40,",
    )
    rows = ranking(run, "county", "2019-04-18")

    assert done.exit_code == 0
    assert [(row["region"], row["rank"], row["total"]) for row in rows[:2]] == [
        ("卫辉市", 1, "91.67"),
        ("延津县", 2, "88.50"),
    ]
    assert rows[0]["parts"] == {"inspection": "31.665", "matters": "20.00", "oversight": "40.00"}
    assert [row["last"] for row in rows[:3]] == [False, True, False]
    assert [row["region"] for row in rows[2:]] == ["长垣县", "辉县市", "新乡县", "获嘉县", "原阳县", "封丘县"]
    assert {(row["rank"], row["total"], row["status"]) for row in rows[2:]} == {(None, None, "missing")}
    assert rows[2]["missing"] == ["inspection"]
    assert measures(run) == []
    assert ranking(run, "district", "2019-04-18")[0]["region"] == "红旗区"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("新乡,group,mark,36,", "新乡县"),
        ("火星县,group,mark,36,", "火星县"),
        ("延津县,group,mark,41,", "40"),
        ("延津县,group,mark,-1,", "0"),
        ('延津县,group,mark,"36,5",', "36,5"),
        ("延津县,group,mark,36,5,", "36,5"),
        ("延津县,group,mark,36,5", "36,5"),
        ("延津县,group,mark,３６.5,", "３６.5"),
        ("延津县,weather,mark,36,", "weather"),
        ("延津县,group,score,36,", "score"),
        ("延津县,group,mark,,", "没有分值"),
        (",group,mark,36,", "没有这个单位"),
    ],
)
def test_a_bad_line_is_named_and_nothing_of_the_file_is_stored(
    run: Run, scores: Callable[..., Result], line: str, said: str
) -> None:
    done = scores("2019-04-18", "卫辉市,group,mark,30,", line, "封丘县,group,mark,31,")

    assert done.exit_code == 1
    assert "第 3 行" in done.stderr
    assert said in done.stderr
    assert "第 2 行" not in done.stderr
    assert {row["status"] for row in ranking(run, "county", "2019-04-18")} == {"missing"}


def test_every_bad_line_is_named(scores: Callable[..., Result]) -> None:
    done = scores("2019-04-18", "新乡,group,mark,36,", "卫辉市,group,mark,30,", "延津县,group,mark,99,")

    assert "第 2 行" in done.stderr
    assert "第 3 行" not in done.stderr
    assert "第 4 行" in done.stderr


@pytest.mark.parametrize("period", ["2019-04-19", "2019-03", "2019-07-17", "april", "2019-02-30"])
def test_a_period_that_there_is_not_ends_with_two_and_the_known_ones(
    run: Run, scores: Callable[..., Result], period: str
) -> None:
    done = scores(period, "卫辉市,group,mark,30,")
    asked = run("ranking", "--track", "county", "--period", period)

    assert done.exit_code == asked.exit_code == 2
    assert "2019-07-18" in done.stderr


def test_an_unknown_track_ends_with_two(run: Run) -> None:
    done = run("ranking", "--track", "moon", "--period", "2019-04-18")

    assert done.exit_code == 2
    assert "county" in done.stderr


def test_a_file_that_is_none_of_ours_is_refused_as_a_whole(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"

    for content in (b"", b"name,age\nx,3\n", b"\xff\xfe\x00\x00", HEAD.encode()):
        file.write_bytes(content)
        done = run("scores", "import", str(file), "--period", "2019-04-18")
        assert done.exit_code == 1, content
        assert done.stderr.strip()


def test_a_file_that_excel_saved_in_gbk_is_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(f"{HEAD}\r\n延津县,督查组,mark,36,王楼\r\n".encode("gb18030"))

    assert run("scores", "import", str(file), "--period", "2019-04-18").exit_code == 0


def test_the_same_file_twice_counts_once(run: Run, scores: Callable[..., Result]) -> None:
    lines = ("延津县,group,mark,36,", "延津县,public,points,-1,")

    first, second = scores("2019-04-18", *lines), scores("2019-04-18", *lines)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert ranking(run, "county", "2019-04-18")[0]["total"] == "95.00"


def test_a_published_ranking_stands_and_its_period_takes_nothing_more(
    run: Run, scores: Callable[..., Result]
) -> None:
    scores("2019-04-18", "延津县,group,mark,36,", "卫辉市,group,mark,30,")

    published = ranking(run, "county", "2019-04-18", "--publish")
    again = run("ranking", "--track", "county", "--period", "2019-04-18", "--publish")
    late = scores("2019-04-18", "延津县,group,mark,10,", "红旗区,group,mark,30,")

    assert [(row["region"], row["rank"]) for row in published[:2]] == [("延津县", 1), ("卫辉市", 2)]
    assert again.exit_code == 1
    assert late.exit_code == 1
    assert "延津县" in late.stderr
    assert ranking(run, "county", "2019-04-18") == published
    assert [(one["region"], one["measure"], one["state"]) for one in measures(run)] == [
        ("卫辉市", "通报批评", "待认定")
    ]


def test_an_empty_period_is_not_published(run: Run) -> None:
    done = run("ranking", "--track", "county", "--period", "2019-04-18", "--publish")

    assert done.exit_code == 1
    assert "scores import" in done.stderr


def test_a_month_whose_periods_are_not_published_is_refused_by_name(
    run: Run, scores: Callable[..., Result]
) -> None:
    for period in PERIODS[2:5]:
        scores(period, "延津县,group,mark,36,", "卫辉市,group,mark,30,")
    ranking(run, "county", PERIODS[3], "--publish")

    refused = run("ranking", "--track", "county", "--period", "2019-05", "--publish")

    assert refused.exit_code == 1
    assert PERIODS[2] in refused.stderr
    assert PERIODS[4] in refused.stderr
    assert PERIODS[3] not in refused.stderr


def test_a_month_takes_covert_marks_only_and_counts_them_a_fifth(
    run: Run, scores: Callable[..., Result]
) -> None:
    for period, yanjin in zip(PERIODS[2:5], ("88.50", "90.00", "85.25"), strict=True):
        scores(period, f"延津县,group,mark,{Decimal(yanjin) - 60},", "卫辉市,group,mark,40,")
        ranking(run, "county", period, "--publish")
    before = ranking(run, "county", "2019-05")
    refused = scores(
        "2019-05", "延津县,group,mark,36,", "延津县,covert,points,-1,", "延津县,covert,mark,101,"
    )
    taken = scores("2019-05", "延津县,covert,mark,80,")
    after = ranking(run, "county", "2019-05", "--publish")

    assert [(row["region"], row["total"]) for row in before[:2]] == [
        ("卫辉市", "100.00"),
        ("延津县", "87.92"),
    ]
    assert refused.exit_code == 1
    assert refused.stderr.count("第 ") == 3
    assert taken.exit_code == 0
    assert [(row["region"], row["total"]) for row in after[:2]] == [("卫辉市", "100.00"), ("延津县", "86.33")]
    assert ("延津县", "month_last", "大会检查") in {
        (one["region"], one["trigger"], one["measure"]) for one in measures(run)
    }


# ── a whole campaign, computed anew on paper ──


def on_paper(
    lines: list[tuple[str, str, str, Decimal]], regions: tuple[str, ...]
) -> dict[str, Decimal | None]:
    """The totals, by the notice: written here once more, in another way."""
    parts = {
        "group": 0,
        "public": 1,
        "reporting": 1,
        "media": 1,
        "leader": 2,
        "covert": 2,
        "ganzhuanzheng": 2,
    }
    most = (40, 20, 40)
    marks: dict[tuple[str, int], list[Decimal]] = {}
    points: dict[tuple[str, int], Decimal] = {}
    for region, source, kind, value in lines:
        at = (region, parts[source])
        if kind == "mark":
            marks.setdefault(at, []).append(value)
        else:
            points[at] = points.get(at, Decimal(0)) + value
    inspected = [
        Fraction(sum(marks[region, 2])) / len(marks[region, 2]) for region in regions if (region, 2) in marks
    ]
    totals: dict[str, Decimal | None] = {}
    for region in regions:
        total: Fraction | None = Fraction(0)
        for part in range(3):
            given = marks.get((region, part))
            if given:
                base = Fraction(sum(given)) / len(given)
            elif part == 0:
                total = None
                break
            elif part == 2 and inspected:
                base = sum(inspected, Fraction(0)) / len(inspected)
            else:
                base = Fraction(most[part])
            base += Fraction(points.get((region, part), Decimal(0)))
            assert total is not None
            total += min(max(base, Fraction(0)), Fraction(most[part]))
        totals[region] = None if total is None else half_up(total)
    return totals


def half_up(value: Fraction) -> Decimal:
    cents = value * 100
    whole = cents.numerator // cents.denominator
    return Decimal(whole + (cents - whole >= Fraction(1, 2))) / 100


LADDER = {1: ["通报批评"], 2: ["书面检查"], 3: ["约谈"]}
MONTHLY = {1: ["大会检查"], 2: ["大会检查", "约谈"]}


def follow(
    published: list[dict[str, Decimal | None]], ladder: dict[int, list[str]]
) -> list[tuple[str, int, str]]:
    """(region, count, measure) of every last place."""
    row: dict[str, int] = {}
    found = []
    for totals in published:
        scored = {region: total for region, total in totals.items() if total is not None}
        lowest = min(scored.values(), default=None)
        for region, total in scored.items():
            if total == lowest and len(set(scored.values())) > 1:
                row[region] = row.get(region, 0) + 1
                steps = ladder[min(row[region], max(ladder))]
                found += [(region, row[region], step) for step in steps]
            else:
                row[region] = 0
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_a_campaign_of_ten_periods_gives_what_is_computed_on_paper(
    run: Run, scores: Callable[..., Result], seed: int
) -> None:
    """Few values, so that ties, equal tracks, missing marks and rows of last places all happen."""
    dice = random.Random(seed)
    by_track = {"county": COUNTY, "district": DISTRICT}
    published: dict[str, list[dict[str, Decimal | None]]] = {key: [] for key in by_track}
    for period in PERIODS:
        lines: list[tuple[str, str, str, Decimal]] = []
        for regions in by_track.values():
            weak = dice.choice(regions[:2])
            for region in regions:
                for _ in range(dice.choice([0, 1, 1, 1, 2])):
                    value = Decimal(dice.choice([30, 33] if region != weak else [20])) + Decimal("0.333")
                    lines.append((region, "group", "mark", value))
                if dice.random() < 0.3:
                    source = dice.choice(["public", "reporting", "media", "leader"])
                    lines.append((region, source, "points", Decimal(dice.choice([-3, -1, 1])) / 2))
                if dice.random() < 0.2:
                    source = dice.choice(["covert", "ganzhuanzheng"])
                    lines.append((region, source, "mark", Decimal(dice.randrange(25, 41))))
        done = scores(period, *(f"{a},{b},{c},{d},试" for a, b, c, d in lines))
        assert done.exit_code == 0, done.output
        for track, regions in by_track.items():
            totals = on_paper(lines, regions)
            if any(total is not None for total in totals.values()):
                rows = ranking(run, track, period, "--publish")
                got = {row["region"]: row["total"] for row in rows}
                assert got == {r: None if t is None else f"{t:.2f}" for r, t in totals.items()}
                published[track].append({"period": period, **totals})  # type: ignore[dict-item]

    months: dict[str, list[dict[str, Decimal | None]]] = {key: [] for key in by_track}
    for month in ("2019-04", "2019-05", "2019-06", "2019-07"):
        covert = {region: Decimal(dice.randrange(60, 101)) for region in COUNTY if dice.random() < 0.5}
        if covert:
            assert scores(month, *(f"{r},covert,mark,{v}," for r, v in covert.items())).exit_code == 0
        for track, regions in by_track.items():
            totals = {}
            for region in regions:
                known = [
                    one[region]
                    for one in published[track]
                    if str(one["period"]).startswith(month) and one[region] is not None
                ]
                exact = sum((Fraction(one) for one in known if one is not None), Fraction(0)) / max(
                    1, len(known)
                )
                if region in covert:
                    exact = Fraction(4, 5) * exact + Fraction(1, 5) * Fraction(covert[region])
                totals[region] = half_up(exact) if known else None
            rows = ranking(run, track, month, "--publish")
            assert {row["region"]: row["total"] for row in rows} == {
                r: None if t is None else f"{t:.2f}" for r, t in totals.items()
            }
            months[track].append(totals)

    expected = []
    for track in by_track:
        tens = [{r: t for r, t in one.items() if r != "period"} for one in published[track]]
        expected += [(track, "ten_day_last", *one) for one in follow(tens, LADDER)]
        expected += [(track, "month_last", *one) for one in follow(months[track], MONTHLY)]
    got_measures = [
        (one["track"], one["trigger"], one["region"], one["count"], one["measure"]) for one in measures(run)
    ]
    assert sorted(got_measures) == sorted(expected)
    assert any(count >= 3 for _, _, _, count, _ in got_measures)


def test_the_final_ranking_waits_until_the_office_has_chosen_how(
    run: Run, scores: Callable[..., Result], tmp_path: Path
) -> None:
    for period, yanjin in (("2019-05-28", 20), ("2019-06-28", 39)):
        scores(period, f"延津县,group,mark,{yanjin},", "卫辉市,group,mark,30,")
        ranking(run, "county", period, "--publish")
    not_yet = run("ranking", "--track", "county", "--period", "final", "--publish")
    config = tmp_path / "config.toml"
    config.write_text(config.read_text("utf-8").replace('final = ""', 'final = "periods"'), "utf-8")
    rows = ranking(run, "county", "final", "--publish")
    refused = scores("final", "延津县,group,mark,30,")

    assert not_yet.exit_code == 1
    assert "[scoring] final" in not_yet.stderr
    assert [(row["region"], row["total"], row["last"]) for row in rows[:2]] == [
        ("卫辉市", "90.00", False),
        ("延津县", "89.50", True),
    ]
    assert refused.exit_code == 2
    assert ("final_last", "诫勉谈话", "待认定") in {
        (one["trigger"], one["measure"], one["state"]) for one in measures(run)
    }
