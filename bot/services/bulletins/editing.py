"""Changing a 代拟稿: words by section, the changed .docx, figures that differ, switches (SPEC §6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, select

from bot.domain.bulletins import SECTIONS, Kind, grids, never_said, telephones, to_resolve
from bot.domain.captions import secret_marking
from bot.domain.entries import State
from bot.domain.masking import mask_numbers
from bot.domain.paper_rights import tracks_issued
from bot.ledger import cards as card_book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import entries, members
from bot.services import questions, secrecy
from bot.services.answering import Toast
from bot.services.bulletins import book, card, older, values
from bot.services.duties import told
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, say
from bot.services.refusals import BulletinFile, BulletinNotNow, NotUnderstood, SecretMaterial

SHORTEST: Final = 10
"""Words without a head that are shorter are an answer to somebody, not a section."""
_HEADED: Final = re.compile(r"^\s*[「【]?[^：:\s]{2,10}[」】]?\s*[:：]")
MOST_TEXT: Final = 3000
MOST_DIFFERENCES: Final = 60
_SPACES: Final = re.compile(r"[^\S\n]+")


# --- which bulletin a message speaks of ---------------------------------------------------------------


def spoken_of(work: Work, incoming: Incoming) -> Row[Any] | None:
    """The bulletin whose card or paper a message replies to, for a member of its office."""
    if incoming.reply_to is None or not tracks_issued(work.actor):
        return None
    return _of_message(work, incoming.chat_id, incoming.reply_to)


def _of_message(work: Work, chat_id: int, message_id: int) -> Row[Any] | None:
    shown = card_book.by_message(work, chat_id, message_id)
    if shown is not None and shown.kind == card.CARD:
        row = book.get(work, int(shown.subject.partition(":")[2]))
    else:
        reminder = told.spoken_of(work, chat_id, message_id)
        if reminder is None or reminder[0] != card.PAPER:
            return None
        row = book.get(work, int(reminder[1].partition("/")[0]))
    return row if row is not None and book.may_issue(work, row) else None


def speaks_of(work: Work, chat_id: int, message_id: int, telegram_id: int) -> bool:
    """Whether a message shows a bulletin that its reader may change by replying with a file."""
    work.actor = people.actor_of(work, telegram_id)
    return _of_message(work, chat_id, message_id) is not None


# --- words --------------------------------------------------------------------------------------------


def replied(work: Work, incoming: Incoming) -> bool:
    """Whether a plain reply was taken as the words of sections; without a head it is the first one."""
    if incoming.attachments or not incoming.text.strip():
        return False
    row = spoken_of(work, incoming)
    if row is None:
        return False
    secrecy.refuse_secret(work, incoming)
    texts = sections_of(Kind(row.kind), incoming.text)
    if len(incoming.text.strip()) < SHORTEST and not _HEADED.match(incoming.text):
        raise BulletinNotNow(why="short", state=row.state)  # 「收到」 is no conclusion
    _check(work, row, texts.values())
    came = row.content.get("texts_from") or {}
    content = {
        **row.content,
        "texts": {**row.content["texts"], **texts},
        "texts_from": {**came, **dict.fromkeys(texts, secrecy.where(incoming))},
    }
    if row.content["paper"]:
        content["paper"] = with_sections(row.content["paper"], SECTIONS[Kind(row.kind)], texts)
    _changed(work, row, "words", content, incoming.chat_id)
    return True


def sections_of(kind: Kind, text: str) -> dict[str, str]:
    """A reply's words by section: 「结论：…」, 「好的做法：…」; what has no head belongs to the first."""
    heads = {label: key for key, label in SECTIONS[kind].items()}
    pattern = re.compile(r"^\s*[「【]?(" + "|".join(map(re.escape, heads)) + r")[」】]?\s*[:：]\s*(.*)$")
    found: dict[str, str] = {}
    head = next(iter(SECTIONS[kind]))
    for line in text.strip().splitlines():
        match = pattern.match(line)
        if match:
            head, line = heads[match[1]], match[2]
            found.setdefault(head, "")
        if line.strip():
            found[head] = f"{found.get(head, '')}\n{mask_numbers(line.strip())}".strip()[:MOST_TEXT]
    return found


def with_sections(
    paper: Mapping[str, Any], labels: Mapping[str, str], texts: Mapping[str, str]
) -> dict[str, Any]:
    """A changed paper with the words under some headings replaced; tables and pictures stay."""
    wanted = {labels[key]: text for key, text in texts.items()}
    blocks: list[dict[str, Any]] = []
    skipping = False
    for block in paper["blocks"]:
        heading = block["words"] if block["kind"] == "text" and block["level"] == 1 else block.get("lead", "")
        head = next((label for label in wanted if label in heading), None)
        if heading:
            skipping = head is not None
        if head is not None:
            lines = [_text(line) for line in wanted.pop(head).splitlines()]
            blocks += (
                [{**lines[0], "lead": block["lead"]}, *lines[1:]] if block.get("lead") else [block, *lines]
            )
        elif not (skipping and block["kind"] == "text" and not heading):
            blocks.append(block)
    first = wanted.get(next(iter(labels.values())))
    if first is not None:  # a weekly page's conclusion has no heading: it is the first paragraph
        at = next((rank for rank, block in enumerate(blocks) if block["kind"] == "text"), 0)
        blocks[at : at + 1] = [_text(line) for line in first.splitlines()]
    return {**paper, "blocks": blocks}


def _text(words: str) -> dict[str, Any]:
    return {"kind": "text", "words": words, "level": 0}


TO_WRITE: Final = "（请填写）"
_PLACEHOLDER: Final = re.compile(TO_WRITE + r"|（排名尚未锁定）|照片缺失，印发时不列")
_COVERT: Final = re.compile(r"暗\d?-(?:\d{4}-)?\d{4}-\d{2,}")


def unfilled(paper: Mapping[str, Any] | None) -> bool:
    """Whether a changed paper still has what the draft leaves to be filled in."""
    return paper is not None and any(_PLACEHOLDER.search(words) for words in _words_of(paper))


def _no_covert(work: Work, row: Row[Any], texts: Iterable[str]) -> None:
    """No covert entry before its hand-over; one that does not exist is answered alike (red line (b))."""
    numbers = {match for text in texts for match in _COVERT.findall(text)}
    if not numbers:
        return
    known = set(
        work.connection.execute(
            select(entries.c.number).where(
                entries.c.number.in_(sorted(numbers)),
                entries.c.track == row.track,
                entries.c.handed_over_at.is_not(None),
                entries.c.state != State.VOID.value,
            )
        ).scalars()
    )
    if numbers - known:
        raise BulletinNotNow(why="covert", state="")


def _check(work: Work, row: Row[Any], texts: Iterable[str]) -> None:
    texts = list(texts)
    _no_covert(work, row, texts)
    for text in texts:
        words = never_said(text)
        if words:
            raise BulletinNotNow(why="never", words=list(words), state="")
        if telephones(text):
            raise BulletinNotNow(why="telephone", state="")


def _changed(
    work: Work, row: Row[Any], what: str, content: Mapping[str, Any], chat_id: int, **file: Any
) -> None:
    content = {**content, "names": names_in(work, content), "no_names": False}
    fresh = book.change(work, row, what, content, **file)
    card.refresh(work, fresh, besides=chat_id)
    card.show(work, fresh, chat_id, work.actor.member_id)


def names_in(work: Work, content: Mapping[str, Any]) -> list[str]:
    """Names of members that stand in what people wrote: to be looked at before it is printed.

    Papers set a name of two characters in the width of three: 「王　乙」 is found too.
    """
    written = [*content["texts"].values(), *(_words_of(content["paper"]) if content["paper"] else ())]
    return names_in_words(work, written)


def names_in_words(work: Work, written: Sequence[str]) -> list[str]:
    """Names of members in words."""
    if not written:
        return []
    said = "\n".join(_SPACES.sub("", one) for one in written)
    known = work.connection.execute(select(members.c.name).where(members.c.left_at.is_(None))).scalars()
    return sorted({name for name in known if len(name) >= 2 and _SPACES.sub("", name) in said})[:5]


# --- the changed .docx --------------------------------------------------------------------------------


def take_paper(work: Work, incoming: Incoming, paper: Mapping[str, Any]) -> None:
    """The changed .docx takes the draft's place; figures that differ from the ledger's are named.

    Raises:
        BulletinNotNow: it is being judged, or out; or it names what no bulletin may.
        SecretMaterial: it carries a marking.
    """
    row = spoken_of(work, incoming)
    if row is None:
        raise NotUnderstood(hint="old_button")
    words = "\n".join(_words_of(paper))
    marked = secret_marking(words, work.world.reader)
    secrecy.refuse_secret(work, incoming)
    if marked is not None:
        raise SecretMaterial(word=marked)
    _check(work, row, [words])
    if older.refused(work, row, incoming):
        return
    printed = values.of(work, row)
    differences = to_resolve(paper, grids(printed))
    if len(differences) > MOST_DIFFERENCES:
        raise BulletinFile(why="other_paper", count=len(differences))
    content = {
        **row.content,
        "paper": _masked(paper),
        "paper_from": secrecy.where(incoming),
        "differences": differences,
        "texts": {},
        "texts_from": {},
    }
    file = incoming.attachments[0]
    _changed(
        work, row, "paper", content, incoming.chat_id, file=(file.file_id, file.name or "")
    )  # fmt: skip


def refuse(work: Work, why: str) -> Toast | None:
    """A paper that cannot be used: what is wrong with it, and what to do.

    Raises:
        BulletinFile: always.
    """
    raise BulletinFile(why=why)


def _words_of(paper: Mapping[str, Any]) -> list[str]:
    """Everything that a changed paper says: titles, headings, paragraphs, cells, attachments."""
    found = [*paper["title"], paper["addressee"], *(one["title"] for one in paper["attachments"])]
    for blocks in (paper["blocks"], *(one["blocks"] for one in paper["attachments"])):
        for block in blocks:
            if block["kind"] == "text":
                found.append(block.get("lead", "") + block["words"])
            elif block["kind"] == "table":
                found += [*block["head"], *(cell for line in block["rows"] for cell in line)]
    return found


def _masked(value: Any) -> Any:
    """Mobile and identity numbers are printed nowhere (red line (e))."""
    if isinstance(value, str):
        return mask_numbers(value)
    if isinstance(value, Mapping):
        return {key: _masked(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(one) for one in value]
    return value


# --- figures that differ ------------------------------------------------------------------------------


def take_ours(work: Work, bulletin_id: int, version: int, rank: str) -> Toast:
    """「台账」: the ledger's figure stands; `rank` `all` for every one that is open."""
    row = book.held(work, bulletin_id)
    book.fresh(row, version)
    found = [dict(one) for one in row.content["differences"]]
    for at in _ranks(found, rank):
        found[at]["choice"] = "ours"
    _resolved(work, row, found)
    return Toast("bulletins.resolved_toast")


def ask_theirs(work: Work, bulletin_id: int, version: int, rank: str, chat_id: int) -> None:
    """「来件」: the paper's figure stands, with a reason that the record keeps."""
    row = book.held(work, bulletin_id)
    book.fresh(row, version)
    (at,) = _ranks(list(row.content["differences"]), rank)
    questions.ask(
        work, chat_id, "bulletin_theirs", "bulletins.ask_theirs", {"one": row.content["differences"][at]},
        subject={"bulletin": row.id, "rank": at, "version": row.version},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
    )  # fmt: skip


@questions.answers("bulletin_theirs")
def _take_theirs(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = book.held(work, question.subject["bulletin"])
    book.fresh(row, question.subject["version"])
    found = [dict(one) for one in row.content["differences"]]
    found[question.subject["rank"]] |= {
        "choice": "theirs",
        "reason": mask_numbers(incoming.text.strip())[:300],
        "member": work.actor.member_id,
    }
    _resolved(work, row, found, why=found[question.subject["rank"]]["reason"])


def _ranks(found: Sequence[Mapping[str, Any]], rank: str) -> list[int]:
    if rank == "all":
        return [at for at, one in enumerate(found) if one.get("choice") is None]
    at = int(rank) if rank.isdecimal() else len(found)
    if at >= len(found) or found[at].get("choice") is not None:
        raise NotUnderstood(hint="old_button")
    return [at]


def _resolved(work: Work, row: Row[Any], differences: list[dict[str, Any]], why: str = "") -> None:
    fresh = book.change(work, row, "figures", {**row.content, "differences": differences}, why=why)
    card.refresh(work, fresh)


# --- switches -----------------------------------------------------------------------------------------


def switch(work: Work, bulletin_id: int, version: int, what: str) -> Toast:
    """Scores or the order only; the line of a confirmed 通报批评; back to the machine's own draft."""
    row = book.held(work, bulletin_id)
    book.fresh(row, version)
    content = dict(row.content)
    if what == "paper":
        content |= {"paper": None, "differences": []}
        content["names"] = names_in(work, content)
    elif what == "no_names":
        content[what] = True
    elif what in ("scores", "criticism"):
        if content["paper"]:
            raise BulletinNotNow(why="own_paper", state=row.state)
        content[what] = not content[what]
    else:
        raise NotUnderstood(hint="old_button")
    card.refresh(work, book.change(work, row, "options", content))
    return Toast("bulletins.switched_toast", {"what": what, "on": bool(content[what])})


def send_file(work: Work, bulletin_id: int, version: int, form: str, chat_id: int) -> Toast:
    """The paper as it stands now, as .docx to be changed or as PDF."""
    row = book.held(work, bulletin_id)
    if form not in ("docx", "pdf"):
        raise NotUnderstood(hint="old_button")
    card.send_paper(work, row, chat_id, work.actor.member_id, form, again=True)
    return Toast("bulletins.sending_toast")


# --- where a figure comes from ------------------------------------------------------------------------

MOST_NUMBERS: Final = 40


def sources(work: Work, bulletin_id: int, chat_id: int, region: str = "") -> None:
    """「数据出处」: the numbers of the entries behind each figure of a region."""
    row = book.held(work, bulletin_id)
    regions = [one.name for one in work.world.campaign.regions_of(row.track)]
    at = int(region) if region.isdecimal() and int(region) < len(regions) else -1
    buttons = tuple(
        tuple(
            Button("", "bsrc", row.id, row.version, str(rank), text=regions[rank])
            for rank in range(first, min(first + 3, len(regions)))
        )
        for first in range(0, len(regions), 3)
    )
    found: dict[str, Any] = {}
    if at >= 0:
        found = {
            column: {"numbers": numbers[:MOST_NUMBERS], "more": max(0, len(numbers) - MOST_NUMBERS)}
            for column, numbers in row.figures["trace"].get(regions[at], {}).items()
        }
    say(
        work, chat_id, "bulletins.sources",
        {**card.named(work, row), "region": regions[at] if at >= 0 else "", "columns": found},
        buttons=buttons,
    )  # fmt: skip
