"""The filer's receipt, a draft, a visit record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.entries import Mode, Source, State
from bot.domain.masking import mask_numbers
from bot.domain.permissions import Action, Standing, may, standings
from bot.domain.positions import map_link
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.services import pictures
from bot.services.chain import linking
from bot.services.chain import view as chains
from bot.services.counties import assignment
from bot.services.duties import days
from bot.services.field import drafts, duplicates, filing, identity, withdrawal
from bot.services.followup import notices, urging
from bot.services.offices import handover, sources
from bot.services.outgoing import Button, Rows, Shown
from bot.services.views import panels
from bot.services.views.values import entry_values, identity_title, last_body
from bot.services.warnings import offering as warnings


def receipt(work: Work, entry: Row[Any], panel: str | None = None, *, sent: bool = True) -> Shown | None:
    """The filer's receipt: what was understood, photos, deadline, identity, what can be done now.

    One that was not `sent` yet is never opened to say that there is nothing to see any more.
    """
    having = standings(work.actor, book.facts_of(entry), work.world.campaign)
    if Standing.FILER not in having:  # the filer has another part now: what stood there goes
        return Shown("entry.gone", {"number": entry.number or ""}) if sent else None
    photos = book.photos_of(work, entry.id)
    values = entry_values(work, entry, having, photos)
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
        **duplicates.reason_for(work, entry),
        body=last_body(work, entry),
        township=entry.township,
        voice=any(photo.medium == "voice" for photo in photos),
        map=map_link(entry.lat, entry.lng) if entry.lat is not None else None,
        outside=[photo.seq for photo in photos if _outside(work, photo)],
        nagged=entry.nag_at is None,
        past=False,
        ask=panel.partition(".")[0] if panel else None,
        county_words=mask_numbers(entry.public_text or "") if entry.source == Source.PUBLIC else "",
        office=filing.of_office(entry) and entry.mode == Mode.OPEN,
        callers=sum(photo.kind == pictures.CALLERS for photo in photos),
        verifier=_group_title(work, entry.checker) if sources.awaits(entry) else "",
    )
    hidden = book.facts_of(entry).hidden
    if entry.state == State.DRAFT:
        return Shown("receipt.draft", values, _draft_buttons(work, entry), protect=hidden)
    if entry.kind == "visit":
        return Shown("receipt.visit", values, _visit_buttons(entry), protect=hidden)
    if entry.state == State.FILED:
        due = assignment.deadline_of(work, entry)
        values["deadline"] = due.due
        values["days_left"] = (due.due.date() - work.local.date()).days
        values["day_off"] = not days.works_on(work)(due.due.date())
        values["past"] = due.note == "past"
    values.update(alike=chains.offer(work, entry), chain=chains.of(work, entry))
    if panel and panel.startswith("merge."):
        return Shown("receipt.entry", values, linking.confirm_buttons(entry, int(panel[6:])), protect=hidden)
    offered = () if panel else chains.offer_buttons(entry, values["alike"])
    return Shown(
        "receipt.entry",
        values,
        (*_receipt_buttons(work, entry, panel), *offered, chains.button(entry, values["chain"])),
        protect=hidden,
    )


def _group_title(work: Work, key: str | None) -> str:
    """A group's title, where there is one."""
    return work.world.campaign.group_title(key) if key is not None else ""


def _outside(work: Work, photo: Row[Any]) -> bool:
    """Whether a photo was taken outside the city, by its own word."""
    bounds = work.world.campaign.bounds
    return bounds is not None and photo.lat is not None and not bounds.holds(photo.lat, photo.lng)


def _draft_buttons(work: Work, entry: Row[Any]) -> Rows:
    at = (entry.id, entry.version)
    rows: list[tuple[Button, ...]] = []
    if entry.region is None and entry.note not in ("source", "photos"):  # photos: the words name it
        regions = identity.filer_regions(work, filing.identity_stored(work, entry))
        names = [region.name for region in work.world.campaign.regions]
        buttons = [Button("", "region", *at, str(names.index(name)), text=name) for name in regions]
        rows += [tuple(buttons[i : i + 3]) for i in range(0, len(buttons), 3)]
    last = []
    if drafts.previous(work, entry) is not None:
        last.append(Button("join_previous", "join", *at))
    if len(pictures.groups_of(work, entry.id)) > 1:
        last.append(Button("split", "split", *at))
    last.append(Button("withdraw", "withdraw", *at))
    rows.append(tuple(last))
    return tuple(rows)


def _visit_buttons(entry: Row[Any]) -> Rows:
    if entry.state == State.VOID:
        return ()
    at = (entry.id, entry.version)
    good = Button("not_good_practice" if entry.note == "good" else "good_practice", "good", *at)
    return ((Button("make_issue", "issue", *at), good), (Button("withdraw", "withdraw", *at),))


def _receipt_buttons(work: Work, entry: Row[Any], panel: str | None) -> Rows:
    having = standings(work.actor, book.facts_of(entry), work.world.campaign)
    rows: list[tuple[Button, ...]] = []
    choices = entry.choices or []
    if entry.state == State.FILED:
        turned = panels.rows(work, entry, panel) if panel else None
        if turned is not None:
            return turned
        if choices and not entry.village and not entry.identity_open:
            rows += panels.villages(entry)
        if len(entry.problems or ()) > 1 and not entry.identity_open:
            values = {"count": len(entry.problems)}
            rows.append((Button("split_up", "splitup", entry.id, entry.version, values=values),))
        rows.extend(_filed_buttons(work, entry, having, panel))
    elif entry.state not in (State.VOID, State.DRAFT):
        row = [Button("history", "history", entry.id, 0), *urging.button(entry, having)]
        row.extend(warnings.button(work, entry, having))
        row.extend(notices.slip_button(entry))
        if entry.state == State.CLOSED and may(Action.REOPEN, having):
            row.append(Button("relapse", "reopen", entry.id, entry.version))
        if withdrawal.still_free(work, entry):
            row.append(Button("withdraw", "withdraw", entry.id, entry.version))
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
    if panel == "togroup":
        return [*sources.choices(work, entry), (Button("back", "edit", entry.id, entry.version),)]
    if entry.mode == Mode.COVERT:
        if may(Action.HAND_OVER, having):
            first.append(Button("hand_over", "preview", entry.id, entry.version))
    elif entry.settle_at is not None:
        first.append(Button("assign_now", "assign", entry.id, entry.version))
    elif may(Action.ASSIGN, having):
        first.append(handover.button(entry))
        if may(Action.PASS_CHECK, having) and sources.may_verify(entry) and not entry.checker:
            first.append(Button("to_group", "togroup", entry.id, entry.version))
    first.append(Button("edit", "edit", entry.id, entry.version, "edit"))
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
