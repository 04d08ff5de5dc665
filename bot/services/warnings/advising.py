"""「建议警示」 to the leader, 「建议责令问责」 to the office: proposed by findings, decided by people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, Final

from sqlalchemy import Row, bindparam, func, select, update

from bot.domain.entries import OPEN_STATES, Mode, State
from bot.domain.warnings import ADVISED_AFTER, FOUND_TWICE, in_a_row
from bot.ledger import entries as book
from bot.ledger import events as log
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.people import Reached
from bot.ledger.prepared import Prepared
from bot.ledger.tables import entries, events, facts, warning_advice
from bot.ledger.tables import warning_letters as letters_table
from bot.services.duties import told
from bot.services.duties.days import working_days
from bot.services.outgoing import show_card
from bot.services.warnings import findings, letters
from bot.services.warnings.letters import ISSUED, WAITING

WARN, ACCOUNT = "warn", "account"
CARD: Final = "advice"
SEEN: Final = "warnings:seen"
"""The fact that says up to which event what was found has been weighed."""

SLOT: Final = "warning.overdue"
AT_ONCE: Final = 200

WARNING: Final = "warning"
"""交办方式 督办警示, chosen by the filer: its leader is asked for the letter."""

_WEIGHED: Final = ("returned", "revisit", "assigned", "handed_over", "reopened")
_FINDS: Final = frozenset({"returned", "revisit", "reopened"})


# --- what was found -----------------------------------------------------------------------------------------


_seen = Prepared(select(facts.c.value).where(facts.c.key == SEEN))
_newest = Prepared(select(func.max(events.c.id)))


def found_due(work: Work) -> int:
    """Weigh what was found since the last beat; gives how many proposals it led to."""
    known = _seen.scalar(work)
    last = int(_newest.scalar(work) or 0)
    since = int(known or 0)
    if last <= since:
        return 0
    rows = work.connection.execute(
        select(events.c.id, events.c.entry_id, events.c.kind)
        .where(events.c.id > since, events.c.kind.in_(_WEIGHED), events.c.entry_id.is_not(None))
        .order_by(events.c.id)
        .limit(AT_ONCE)
    ).all()
    made = 0
    for entry_id, kinds in _by_entry(rows).items():
        row = book.get(work, entry_id)
        if row is not None and row.kind == "issue":
            made += _weigh(work, row, kinds)
    _know(work, known, rows[-1].id if len(rows) == AT_ONCE else last)
    return made


def _by_entry(rows: Sequence[Any]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        found[row.entry_id].add(row.kind)
    return found


def _know(work: Work, known: Any, value: int) -> None:
    if known is None:
        work.connection.execute(facts.insert().values(key=SEEN, value=value))
    else:
        work.connection.execute(update(facts).where(facts.c.key == SEEN).values(value=value))


def _weigh(work: Work, row: Row[Any], kinds: set[str]) -> int:
    made = 0
    if kinds & _FINDS:
        ids = findings.chain_ids(work, row)
        seen = findings.of(work, ids)
        site = [one for one in seen if one.site]
        if in_a_row([one.done for one in site]):
            made += account(work, row, "rechecks", f"rechecks:{site[-1].event_id}")
        since = max((one.approved_at for one in letters.naming(work, ids, ISSUED)), default=None)
        fresh = [one for one in seen if not one.done and (since is None or one.at > since)]
        if len(fresh) >= FOUND_TWICE and State(row.state) in OPEN_STATES:
            made += warn(work, [row], "found", f"found:{ids[0]}:{_stand(work, ids)}")
    chosen = row.handling == WARNING and State(row.state) in OPEN_STATES
    if chosen and kinds - _FINDS and not letters.naming(work, [row.id], ISSUED, WAITING):
        made += warn(work, [row], "chosen", f"chosen:{row.id}:{row.round}")
    return made


def _stand(work: Work, ids: Sequence[int]) -> int:
    """The newest letter in force on a chain: what is proposed is so once between two letters."""
    return max((one.id for one in letters.naming(work, ids, ISSUED)), default=0)


# --- what is overdue ----------------------------------------------------------------------------------------


def overdue_due(work: Work) -> int:
    """On working days at the digest's hour: what is overdue since three of them; gives how many proposals.

    One a group and region, with all of its entries. What could not be delivered is proposed for nothing.
    """
    today = work.local.date()
    at = datetime.combine(today, work.world.hours.digest, work.world.campaign.zone)
    if work.now < at or work.world.hours.quiet(work.local) or not working_days(work).works(today):
        return 0
    if not told.work_off(work, SLOT, at):
        return 0
    until = today
    for _ in range(ADVISED_AFTER):
        until = working_days(work).before(until)
    # the deadline's own day, and the days off behind it, are before the first of the three
    end = datetime.combine(working_days(work).after(until), time(), work.world.campaign.zone)
    rows = work.connection.execute(
        select(entries)
        .where(
            entries.c.state.in_([state.value for state in OPEN_STATES]),
            entries.c.kind == "issue",
            entries.c.deadline < end,
            entries.c.undelivered_at.is_(None),
        )
        .order_by(entries.c.deadline, entries.c.id)
    ).all()
    groups: dict[tuple[str | None, str], list[Row[Any]]] = defaultdict(list)
    for row in rows:
        ids = findings.chain_ids(work, row)
        running = [one for one in letters.naming(work, ids, ISSUED, WAITING) if _covers(one)]
        key = told.Key("warn.overdue", f"{ids[0]}:{_stand(work, ids)}", told.began(work), 0)
        if not running and told.note(work, key):
            groups[(asked(row), row.region)].append(row)
    return sum(
        warn(work, found, "overdue", f"overdue:{group or 'office'}:{region}:{today}")
        for (group, region), found in groups.items()
    )


def _covers(letter: Row[Any]) -> bool:
    """Whether a letter waits or runs, or its own end has told the same already."""
    return bool(letter.state == WAITING or letter.ended_at is None or letter.unfulfilled)


def asked(row: Row[Any]) -> str | None:
    """Whose leader is asked: the group that found it; None: the office of the track."""
    found: str | None = row.group_key if row.group_key is not None else row.checker
    return found


# --- a term that has run out --------------------------------------------------------------------------------


_any_ended = Prepared(
    select(letters_table.c.id)
    .where(
        letters_table.c.state == ISSUED,
        letters_table.c.ended_at.is_(None),
        letters_table.c.due < bindparam("before"),
    )
    .limit(1)
)


def ended_due(work: Work) -> int:
    """Letters whose term is over: unfulfilled, office and leader read so; gives how many were looked at.

    An entry with a later deadline, granted since or given by a return, is waited for.
    """
    if _any_ended.first(work, before=work.now - work.world.deadlines.grace) is None:
        return 0
    grace = work.world.deadlines.grace
    rows = work.connection.execute(
        select(letters_table).where(
            letters_table.c.state == ISSUED,
            letters_table.c.ended_at.is_(None),
            letters_table.c.due < work.now - grace,
        )
    ).all()
    done = 0
    for letter in rows:
        owed = [row for row in letters.entries_of(work, letter.id) if State(row.state) in OPEN_STATES]
        if any(row.deadline is not None and row.deadline + grace >= work.now for row in owed):
            continue
        letters.change(work, letter, ended_at=work.now, unfulfilled=[row.id for row in owed])
        done += 1
        for row in owed:
            log.record(work, "warning_unfulfilled", entry_id=row.id, data={"warning": letter.id})
        if owed:
            account(work, owed[0], "term", f"term:{letter.id}", rows=owed, letter_id=letter.id)
            warn(work, owed, "term", f"term:{letter.id}", letter_id=letter.id)
    return done


# --- proposing ----------------------------------------------------------------------------------------------


def warn(work: Work, rows: Sequence[Row[Any]], why: str, key: str, *, letter_id: int | None = None) -> int:
    """「建议警示」 to the group's leader, else to the office; 0 when it was proposed before."""
    group = asked(rows[0])
    leaders = _leaders(work, group, rows[0])
    advice = _write(work, WARN, rows, why, key, group, letter_id, escalated=not leaders)
    if advice is None:
        return 0
    _show(work, advice, leaders or people.office_of(work, rows[0].track))
    return 1


def account(
    work: Work,
    row: Row[Any],
    why: str,
    key: str,
    *,
    rows: Sequence[Row[Any]] = (),
    letter_id: int | None = None,
) -> int:
    """「建议责令问责」, to the office only; 0 when it was proposed before."""
    advice = _write(work, ACCOUNT, rows or [row], why, key, None, letter_id, escalated=True)
    if advice is None:
        return 0
    _show(work, advice, people.office_of(work, row.track))
    return 1


def _write(
    work: Work,
    kind: str,
    rows: Sequence[Row[Any]],
    why: str,
    key: str,
    group: str | None,
    letter_id: int | None,
    *,
    escalated: bool,
) -> int | None:
    dedup = f"{kind}:{key}"
    known = select(warning_advice.c.id).where(warning_advice.c.dedup == dedup)
    if work.connection.execute(known).first() is not None:
        return None
    return work.insert(
        warning_advice,
        kind=kind,
        dedup=dedup,
        track=rows[0].track,
        region=rows[0].region,
        group_key=group,
        why=why,
        entries=[row.id for row in rows],
        letter_id=letter_id,
        at=work.now,
        escalated_at=work.now if escalated else None,
    )


def _leaders(work: Work, group: str | None, row: Row[Any]) -> list[Reached]:
    if group is None or (row.mode == Mode.COVERT and row.handed_over_at is None):
        return []
    return [
        one
        for one in people.group_of(work, group)
        if one.leader
        and one.reachable
        and not people.actor_by_id(work, one.member_id).answers_for(row.region)
    ]


def _show(work: Work, advice_id: int, readers: Sequence[Reached]) -> None:
    for one in readers:
        show_card(work, one.chat_id, CARD, subject=f"advice:{advice_id}", member_id=one.member_id)


_any_unanswered = Prepared(
    select(warning_advice.c.id)
    .where(
        warning_advice.c.state == "open",
        warning_advice.c.kind == WARN,
        warning_advice.c.escalated_at.is_(None),
        warning_advice.c.at <= bindparam("before"),
    )
    .limit(1)
)


def escalate_due(work: Work) -> int:
    """A leader's 24 hours are over without an answer: the office is asked, too; gives how many."""
    if _any_unanswered.first(work, before=work.now - work.world.rules.escalate_after) is None:
        return 0
    rows = work.connection.execute(
        select(warning_advice).where(
            warning_advice.c.state == "open",
            warning_advice.c.kind == WARN,
            warning_advice.c.escalated_at.is_(None),
            warning_advice.c.at <= work.now - work.world.rules.escalate_after,
        )
    ).all()
    for row in rows:
        work.connection.execute(
            update(warning_advice).where(warning_advice.c.id == row.id).values(escalated_at=work.now)
        )
        _show(work, row.id, people.office_of(work, row.track))
    return len(rows)
