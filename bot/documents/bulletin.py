"""Bulletins 通报 as papers: 周工作通报 on one page, 旬查通报, 月评通报; .docx, PDF, the phone's picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from bot.documents import official_pdf
from bot.documents.bulletin_pairs import Pairs
from bot.documents.bulletin_phone import phone_page
from bot.documents.bulletin_words import (
    better,
    by_state,
    day_of,
    deadline_of,
    last_day,
    midnight,
    more,
    stands_out,
    with_last,
)
from bot.documents.ledger_rows import Words
from bot.documents.official import Attachment, Block, Paper, Table, Text, chinese, docx
from bot.domain.bulletins import NOT_LOCKED, PAGE_WIDTH, REGION_COLUMNS, ranking_grid, rate, region_grid
from bot.media.fonts import Fonts
from bot.media.store import PhotoStore
from bot.texts.papers import paragraphs, sentence

LAST: Final = {"weekly": "上周", "tenday": "上旬", "monthly": "上月"}
NUMERALS: Final = "一二三四五六七八九十"
TO_WRITE: Final = "（请填写）"
MARKED_REPORTS: Final = ("未报", "未报全")
DUTIES: Final = {
    "weekly": "报送周报",
    "ten_day": "旬查报告报送",
    "ten_day_bulletin": "印发旬查通报",
    "month_ranking": "月评排名",
}
Values = Mapping[str, Any]


class Bulletins:
    """Makes the files and pictures of bulletins out of values; blocking, called in worker threads."""

    def __init__(self, words: Words, store: PhotoStore, fonts: Fonts, folders: Sequence[Path] = ()) -> None:
        self._words = words
        self._fonts = fonts
        self._folders = folders
        self.pairs = Pairs(words, store, fonts)

    def docx(self, values: Values) -> tuple[str, bytes]:
        """The paper to be changed, or printed."""
        return "通报.docx", docx(self.paper(values))

    def pdf(self, values: Values) -> tuple[str, bytes]:
        """The paper as it goes out."""
        return "通报.pdf", official_pdf.pdf(self.paper(values), self._folders)

    def page(self, values: Values) -> bytes:
        """The picture for the phone (JPEG)."""
        return phone_page(values, fonts=self._fonts)

    def paper(self, values: Values) -> Paper:
        """The paper as a value."""
        said = self._said(values)
        weekly = values["kind"] == "weekly"
        symbol = f"第{values['number']}期"
        if values["correction"]:
            before = values["correction_of"]
            symbol += f"（更正第{before}期）" if before else "（更正）"
        changed = values["paper"]
        if changed:
            blocks, attachments = self._changed(values)
            title: tuple[str, ...] = tuple(changed["title"])
            addressee = changed["addressee"]
        else:
            topic = "weekly" if weekly else "tenday_bulletin"
            blocks, attachments = self._weekly(said) if weekly else self._tenday(said)
            title, addressee = paragraphs(f"{topic}.title", said), sentence(f"{topic}.addressee", said)
        return Paper(
            title=title,
            symbol=symbol,
            addressee=addressee,
            blocks=tuple(blocks),
            signature=values["signature"],
            day=date.fromisoformat(values["day"]),
            attachments=tuple(attachments),
            compact=weekly,
        )

    # --- the words' values ----------------------------------------------------------------------------

    def _said(self, values: Values) -> dict[str, Any]:
        figures = values["figures"]
        totals, last = figures["totals"], figures["last"]
        weekly, monthly = values["kind"] == "weekly", values["kind"] == "monthly"
        cut = datetime.fromisoformat(values["cut"])
        first = date.fromisoformat(values["first"])
        out = [
            f"{what}{count}个"
            for what, count in (("作废", figures["void"]), ("缓办", figures["deferred"]))
            if count
        ]
        return {
            **values,
            "track": chinese(values["track"]),
            "monthly": monthly,
            "window": "本周" if weekly else "本月" if monthly else "本旬",
            "totals": totals,
            "n": {key: with_last(key, totals, last) for key in totals},
            "brackets": last is not None,
            "rate": rate(totals["closed"], totals["due"]),
            "more": more(totals["found"], last["found"] if last else None, LAST[values["kind"]]),
            "better": better(totals, last),
            "out": "、".join(out),
            "cut_day": f"{cut.month}月{cut.day}日{cut.hour}时" if cut.hour or cut.minute else midnight(cut),
            "span": f"{day_of(first)}至{day_of(last_day(cut))}",
            "stands_out": stands_out(figures["rows"]),
            "kinds": self._kinds(figures["categories"][:3]),
            "repeated": len(figures["repeated"]),
            "by_state": by_state(values["reports"]),
            "dues": [
                {"day": day_of(datetime.fromisoformat(one["at"]).date()), "what": DUTIES[one["duty"]]}
                for one in values["next"]["dues"]
            ],
            "deadlines": values["next"]["deadlines"],
            "overdue": totals["overdue"],
        }  # fmt: skip

    def _kinds(self, counted: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        return [{"name": self._words.of("categories", key), "count": count} for key, count in counted]

    # --- the weekly page ------------------------------------------------------------------------------

    def _weekly(self, said: dict[str, Any]) -> tuple[list[Block], list[Attachment]]:
        texts = said["texts"]

        def judged(key: str, lead: str = "") -> list[Block]:
            words = texts.get(key) or "".join(paragraphs(f"weekly.{key}", said))
            if not words:
                return []
            first, *rest = words.splitlines()
            draft = said["draft"] and key not in texts
            return [Text(first, lead=lead, draft=draft), *(Text(line, draft=draft) for line in rest)]

        blocks: list[Block] = judged("conclusion")
        blocks += [Text(one) for one in paragraphs("weekly.numbers", said)]
        blocks.append(_region_table(said))
        blocks += _note("weekly", said)
        for key in ("good", "bad", "reports", "next"):
            lead = sentence(f"weekly.head_{key}", said)
            blocks += (
                judged(key, lead) if key != "reports" else _led(lead, paragraphs("weekly.reports", said))
            )
        attachments = []
        lists = self._overdue_blocks(said)
        if lists:
            attachments.append(Attachment(sentence("weekly.list_overdue", said), tuple(lists)))
        shown = self.pairs.blocks(said)
        if shown:
            attachments.append(Attachment(sentence("weekly.pictures", said), tuple(shown)))
        return blocks, attachments

    def _overdue_blocks(self, said: dict[str, Any]) -> list[Block]:
        figures = said["figures"]
        overdue = [
            (
                one["number"],
                one["region"],
                one["place"],
                self._kind(one),
                one["township"],
                f"逾期{one['days']}天",
            )
            for one in figures["overdue"]
        ]
        late = {one["number"] for one in figures["overdue"]}
        again = [
            (
                one["number"],
                one["region"],
                one["place"],
                self._kind(one),
                one["township"],
                f"第{one['rounds']}次",
            )
            for one in figures["repeated"]
            if one["number"] not in late
        ]
        if not overdue and not again:
            return []
        head = ("编号", "单位", "地点", "类别", "责任单位", "情况")
        return [Table(head, tuple(overdue + again), (28.0, 22.0, 40.0, 22.0, 24.0, 20.0))]

    def _kind(self, one: Values) -> str:
        main, _ = self._words.category(one["category"])
        return main

    # --- ten days, a month ------------------------------------------------------------------------------

    def _tenday(self, said: dict[str, Any]) -> tuple[list[Block], list[Attachment]]:
        topic = "tenday_bulletin"
        heads = paragraphs(f"{topic}.heads", said)
        texts, draft = said["texts"], said["draft"]

        def judged(key: str) -> list[Block]:
            words = texts.get(key)
            if words:
                return [Text(line) for line in words.splitlines()]
            made = paragraphs(f"{topic}.{key}", said)
            return [Text(one, draft=draft) for one in made if draft or one != TO_WRITE]

        def counted(key: str) -> list[Block]:
            return [Text(one) for one in paragraphs(f"{topic}.{key}", said)]

        sections: list[tuple[str, list[Block]]] = [
            (
                heads[0],
                [*counted("numbers"), *judged("conclusion"), _region_table(said), *_note(topic, said)],
            ),
            (heads[1], judged("good")),
            (heads[2], [*judged("bad"), *self._by_region(topic, said)]),
            (heads[3], counted("measures") if "measures" not in texts else judged("measures")),
            (heads[4], self._ranking(topic, said)),
            (heads[5], judged("next")),
        ]
        blocks: list[Block] = counted("opening")
        kept = [(head, inside) for head, inside in sections if inside]
        for rank, (head, inside) in enumerate(kept):
            blocks.append(Text(f"{NUMERALS[rank]}、{head}", level=1))
            blocks += inside
        return blocks, self._tenday_attachments(topic, said)

    def _by_region(self, topic: str, said: dict[str, Any]) -> list[Block]:
        found: list[Block] = []
        for row in said["figures"]["rows"]:
            if row["found"] or row["overdue"]:
                kinds = self._kinds(said["figures"]["kinds"].get(row["region"], [])[:3])
                found += [Text(one) for one in paragraphs(f"{topic}.region", {**row, "kinds": kinds})]
        return found

    def _ranking(self, topic: str, said: dict[str, Any]) -> list[Block]:
        ranking = said["ranking"]
        if ranking is None:
            return [Text(NOT_LOCKED, draft=True)] if said["draft"] else []
        grid = ranking_grid(said)
        widths = (36.0, 70.0, 50.0) if said["scores"] else (56.0, 100.0)
        blocks: list[Block] = [Text(one) for one in paragraphs(f"{topic}.ranked", said)]
        blocks.append(Table(grid.head, grid.rows, widths))
        for one in ranking["rows"]:
            for basis in one["basis"].values():
                if basis in ("average", "granted", "decided"):
                    words = {"region": one["region"], "basis": basis}
                    blocks.append(Text(sentence(f"{topic}.granted", words)))
        if said["criticised"]:
            words = {"label": said["label"], "regions": said["criticised"]}
            blocks.append(Text(sentence(f"{topic}.criticised", words)))
        return blocks

    def _tenday_attachments(self, topic: str, said: dict[str, Any]) -> list[Attachment]:
        found: list[Attachment] = []
        figures = said["figures"]
        if figures["entries"]:
            rows = tuple(
                (
                    str(rank), one["number"], one["region"], one["place"], self._kind(one),
                    deadline_of(one["deadline"]), self._words.of("states", one["state"]),
                )
                for rank, one in enumerate(figures["entries"], 1)
            )  # fmt: skip
            head = ("序号", "编号", "单位", "地点", "类别", "整改时限", "状态")
            inside: list[Block] = [Table(head, rows, (13.0, 30.0, 20.0, 33.0, 18.0, 24.0, 18.0))]
            if figures["entries_in_all"] > len(figures["entries"]):
                words = {"shown": len(figures["entries"]), "all": figures["entries_in_all"]}
                inside.append(Text(sentence(f"{topic}.cut_off", words)))
            found.append(Attachment(sentence(f"{topic}.ledger", said), tuple(inside)))
        warned = tuple(
            (
                one["region"],
                day_of(date.fromisoformat(one["day"])),
                "、".join(one["numbers"]),
                deadline_of(one["due"]),
            )
            for one in figures["letters"]
        )
        if warned:
            table = Table(("单位", "警示日期", "问题编号", "整改期限"), warned, (28.0, 28.0, 72.0, 28.0))
            found.append(Attachment(sentence(f"{topic}.warnings", said), (table,)))
        shown = self.pairs.blocks(said)
        if shown:
            found.append(Attachment(sentence(f"{topic}.pictures", said), tuple(shown)))
        return found

    # --- a paper that somebody changed ------------------------------------------------------------------

    def _changed(self, values: Values) -> tuple[list[Block], list[Attachment]]:
        changed = values["paper"]
        pairs = sentence("weekly.pictures", {})
        attachments = [
            Attachment(one["title"], tuple(_block(block) for block in one["blocks"]))
            for one in changed["attachments"]
            if one["title"] != pairs  # what is chosen by tap is drawn anew
        ]
        shown = self.pairs.blocks(values)
        if shown:
            attachments.append(Attachment(pairs, tuple(shown)))
        return [_block(block) for block in changed["blocks"]], attachments


def _block(block: Values) -> Block:
    if block["kind"] == "table":
        rows = tuple(tuple(row) for row in block["rows"])
        return Table(tuple(block["head"]), rows, tuple(block["widths"]))
    note = block["words"].startswith("注：")
    return Text(
        block["words"], level=block["level"], lead=block.get("lead", ""), small=note, first_line=not note
    )


def _led(lead: str, words: Sequence[str]) -> list[Block]:
    return [Text(one, lead=lead if rank == 0 else "") for rank, one in enumerate(words)]


def _note(topic: str, said: dict[str, Any]) -> list[Block]:
    return [Text(one, first_line=False, small=True) for one in paragraphs(f"{topic}.note", said)]


def _region_table(said: Values) -> Table:
    """分县表: the notice's order; 逾期 above 0 and 未报 alone are marked."""
    grid = region_grid(said)
    late = grid.head.index(REGION_COLUMNS["overdue"])
    marked = {(rank, late) for rank, row in enumerate(grid.rows) if row[late] != "0"}
    report = REGION_COLUMNS["report"]
    if report in grid.head:
        at = grid.head.index(report)
        marked |= {(rank, at) for rank, row in enumerate(grid.rows) if row[at] in MARKED_REPORTS}
    wide = {0: 24.0, 4: 28.0}
    rest = (PAGE_WIDTH - sum(wide.values())) / (len(grid.head) - len(wide))
    widths = tuple(wide.get(column, rest) for column in range(len(grid.head)))
    return Table(grid.head, grid.rows, widths, frozenset(marked))
