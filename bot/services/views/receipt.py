"""The filer's receipt, a draft, a visit record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.entries import Mode, State
from bot.domain.permissions import Action, Standing, may, standings
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.services import assignment, filing, identity
from bot.services.outgoing import Button, Rows, Shown
from bot.services.views.values import entry_values, identity_title, last_body


def receipt(work: Work, entry: Row[Any], panel: str | None = None) -> Shown | None:
    """The filer's receipt: what was understood, photos, deadline, identity, what can be done now."""
    values = entry_values(work, entry)
    values.update(
        description=entry.description,
        note=entry.note,
        source=entry.source,
        mode=entry.mode,
        kind=entry.kind,
        identity=identity_title(work, entry),
        identity_open=entry.identity_open,
        held=entry.state == State.FILED and entry.settle_at is None,
        wish_words=entry.wish_words,
        void_reason=entry.void_reason,
        body=last_body(work, entry),
    )
    hidden = book.facts_of(entry).hidden
    if entry.state == State.DRAFT:
        return Shown("receipt.draft", values, _draft_buttons(work, entry), protect=hidden)
    if entry.kind == "visit":
        return Shown("receipt.visit", values, _visit_buttons(entry), protect=hidden)
    if entry.state == State.FILED:
        values["deadline"] = assignment.deadline_of(work, entry).due
        values["days_left"] = (values["deadline"].date() - work.local.date()).days
        values["day_off"] = not work.world.works_on(values["deadline"].date())
    return Shown(
        "receipt.entry",
        values,
        _receipt_buttons(work, entry, panel),
        protect=hidden,
    )


def _draft_buttons(work: Work, entry: Row[Any]) -> Rows:
    regions = identity.filer_regions(work, filing.identity_stored(work, entry))
    names = [region.name for region in work.world.campaign.regions]
    buttons = [
        Button("", "region", entry.id, entry.version, str(names.index(name)), text=name) for name in regions
    ]
    rows = [tuple(buttons[i : i + 3]) for i in range(0, len(buttons), 3)]
    rows.append(
        (
            Button("join_previous", "join", entry.id, entry.version),
            Button("withdraw", "withdraw", entry.id, entry.version),
        )
    )
    return tuple(rows)


def _visit_buttons(entry: Row[Any]) -> Rows:
    if entry.state == State.VOID:
        return ()
    return (
        (
            Button("make_issue", "issue", entry.id, entry.version),
            Button("good_practice", "good", entry.id, entry.version),
        ),
    )


def _receipt_buttons(work: Work, entry: Row[Any], panel: str | None) -> Rows:
    having = standings(work.actor, book.facts_of(entry), work.world.campaign)
    rows: list[tuple[Button, ...]] = []
    choices = entry.choices or []
    if entry.state == State.FILED and choices and not entry.village:
        for index, (_region, township, village) in enumerate(choices[:4]):
            rows.append(
                (Button("", "village", entry.id, entry.version, str(index), text=f"{village}({township})"),)
            )
        rows.append((Button("none_of_these", "village", entry.id, entry.version, "-"),))
    if entry.state == State.FILED:
        rows.extend(_filed_buttons(work, entry, having, panel))
    elif entry.state not in (State.VOID, State.DRAFT):
        row = [Button("history", "history", entry.id, 0)]
        if entry.state == State.CLOSED and may(Action.REOPEN, having):
            row.append(Button("relapse", "reopen", entry.id, entry.version))
        rows.append(tuple(row))
    return tuple(rows)


def _filed_buttons(
    work: Work, entry: Row[Any], having: frozenset[Standing], panel: str | None
) -> list[tuple[Button, ...]]:
    first: list[Button] = []
    if entry.identity_open:
        return [*_identities(work, entry), (Button("withdraw", "withdraw", entry.id, entry.version),)]
    if panel == "identity":
        return [*_identities(work, entry), (Button("back", "identity", entry.id, entry.version, "-"),)]
    if entry.mode == Mode.COVERT:
        if may(Action.HAND_OVER, having):
            first.append(Button("hand_over", "preview", entry.id, entry.version))
    elif entry.settle_at is not None:
        first.append(Button("assign_now", "assign", entry.id, entry.version))
    elif may(Action.ASSIGN, having):
        first.append(Button("assign", "assign", entry.id, entry.version))
        if may(Action.PASS_CHECK, having):
            first.append(Button("to_group", "togroup", entry.id, entry.version))
    first.append(Button("edit", "edit", entry.id, entry.version))
    first.append(Button("withdraw", "withdraw", entry.id, entry.version))
    rows = [tuple(first)]
    second = []
    if len(work.actor.groups()) > 1:
        second.append(Button("switch_identity", "identity", entry.id, entry.version, "?"))
    if entry.group_key is not None and not work.world.campaign.group(entry.group_key).covert:
        covert = entry.mode == Mode.COVERT
        label = "make_open" if covert else "make_covert"
        second.append(Button(label, "mode", entry.id, entry.version, "open" if covert else "covert"))
    if second:
        rows.append(tuple(second))
    return rows


def _identities(work: Work, entry: Row[Any]) -> list[tuple[Button, ...]]:
    """As whom the filer can file, two a row."""
    title = work.world.campaign.group_title
    choices = [
        Button("", "identity", entry.id, entry.version, key, text=title(key)) for key in work.actor.groups()
    ]
    return [tuple(choices[i : i + 2]) for i in range(0, len(choices), 2)]
