"""「邀请」 by buttons: role, scope and number of people are tapped, the link comes as text and QR picture."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.permissions import MAY_INVITE, Role
from bot.ledger.desk import Work
from bot.services import faces
from bot.services.outgoing import Button, Picture, Rows, Shown, new_card, say
from bot.services.people import invitations
from bot.services.people.invitations import Scope, check_scope
from bot.services.people.titles import title_of
from bot.services.refusals import NotUnderstood, NotYours

USES = (1, 5, 20)

_ROLES = {
    "i": Role.INSPECTOR,
    "c": Role.CONTACT,
    "t": Role.TOWNSHIP,
    "o": Role.OFFICE,
    "v": Role.OVERSIGHT,
    "l": Role.CITY_LEADER,
    "a": Role.ADMIN,
}
"""First letter of a panel's code → role. A code goes on with the numbers of what was tapped: `t.6.3`."""


def open_card(work: Work, chat_id: int) -> None:
    """「邀请」: the first question, as a card that each tap edits.

    Raises:
        NotYours: the actor may invite nobody.
    """
    if not _choices(work, ""):
        raise NotYours
    new_card(work, chat_id, "invite", subject="invite", member_id=work.actor.member_id)


@faces.shows("invite")
def face(work: Work, row: Row[Any]) -> Shown | None:
    """What stands on the card: the choices of the step that is open."""
    code = row.panel or ""
    choices = _choices(work, code)
    while len(choices) == 1 and scope_of(work, choices[0][0]) is None:
        code = choices[0][0]  # nothing to choose: one role, one region
        choices = _choices(work, code)
    scope = scope_of(work, code)
    if scope is not None:
        uses: Rows = (
            tuple(
                Button("uses", "mkinv", 0, 0, f"{code}.{number}", values={"count": number})
                for number in (USES if scope.role is not Role.ADMIN else USES[:1])
            ),
        )
        return Shown(
            "people.how_many",
            {"title": title_of(work, invitations.as_grant(scope)), "days": work.world.invitation_days},
            (*uses, _back(code)),
        )
    if not choices:
        return Shown("people.invite_nobody", {})
    buttons = [Button(label, "turn", 0, 0, to, text=text) for to, text, label in choices]
    wide = 1 if code == "" else 2
    rows: list[tuple[Button, ...]] = [tuple(buttons[at : at + wide]) for at in range(0, len(buttons), wide)]
    if code:
        rows.append(_back(code))
    return Shown("people.invite", {"step": code[:1]}, tuple(rows))


def _back(code: str) -> tuple[Button, ...]:
    return (Button("back", "turn", 0, 0, code.rpartition(".")[0]),)


def _choices(work: Work, code: str) -> list[tuple[str, str, str]]:
    """(code, literal words, label) of what may be tapped next; only what leads to a right invitation."""
    campaign = work.world.campaign
    head, *rest = code.split(".")
    found: list[tuple[str, str, str]] = []
    match head, len(rest):
        case "", _:
            found = [(letter, "", f"role_{role}") for letter, role in _ROLES.items()]
            return [one for one in found if _leads_somewhere(work, one[0])]
        case "i", 0:
            found = [
                (f"i.{number}", campaign.group_title(group.key), "")
                for number, group in enumerate(campaign.groups)
            ]
        case "i", 1:
            found = [(f"{code}.l", "", "as_leader"), (f"{code}.m", "", "as_member")]
        case (("c" | "t"), 0):
            found = [(f"{head}.{number}", region.name, "") for number, region in enumerate(campaign.regions)]
        case "c", 1:
            found = [(f"{code}.f", "", "as_contact"), (f"{code}.d", "", "as_deputy")]
        case "t", 1:
            found = _townships(work, code, rest)
        case "o", 0:
            found = [(f"o.{number}", track.office, "") for number, track in enumerate(campaign.tracks)]
        case _:
            pass
    return [one for one in found if _leads_somewhere(work, one[0])]


def _townships(work: Work, code: str, rest: list[str]) -> list[tuple[str, str, str]]:
    names = _townships_of(work, rest[0])
    return [(f"{code}.{number}", name, "") for number, name in enumerate(names)]


def _townships_of(work: Work, number: str) -> tuple[str, ...]:
    regions = work.world.campaign.regions
    if not number.isdecimal() or int(number) >= len(regions):
        return ()
    return work.world.reader.gazetteer.townships.get(regions[int(number)].name, ())


def _leads_somewhere(work: Work, code: str) -> bool:
    scope = scope_of(work, code)
    if scope is not None:
        return _allowed(work, scope)
    return bool(_choices(work, code))


def _allowed(work: Work, scope: Scope) -> bool:
    try:
        invitations.inviting_grant(work, check_scope(work, scope))
    except (NotYours, invitations.ScopeError):
        return False
    return True


def scope_of(work: Work, code: str) -> Scope | None:
    """The scope that a whole code means; None while something is still to be tapped, or for nonsense."""
    campaign = work.world.campaign
    head, *rest = code.split(".")
    role = _ROLES.get(head)
    if role in (Role.OVERSIGHT, Role.CITY_LEADER, Role.ADMIN):
        return Scope(role) if not rest else None
    if role is None or not rest or not rest[0].isdecimal():
        return None
    number = int(rest[0])
    if role is Role.OFFICE and len(rest) == 1 and number < len(campaign.tracks):
        return Scope(role, campaign.tracks[number].key)
    if len(rest) != 2:
        return None
    if role is Role.INSPECTOR and number < len(campaign.groups):
        group = campaign.groups[number]
        return Scope(role, group.track, group.key, leader=rest[1] == "l")
    if role is Role.CONTACT and number < len(campaign.regions):
        region = campaign.regions[number]
        return Scope(role, region.track, None, region.name, deputy=rest[1] == "d")
    names = _townships_of(work, rest[0])
    if role is Role.TOWNSHIP and rest[1].isdecimal() and int(rest[1]) < len(names):
        region = campaign.regions[number]
        return Scope(role, region.track, None, region.name, names[int(rest[1])])
    return None


def make(work: Work, chat_id: int, arg: str) -> None:
    """The last tap: make the invitation and send it, ready to be forwarded.

    Raises:
        NotUnderstood: the button carries nonsense.
        NotYours: the actor may not invite to that.
    """
    code, _, uses = arg.rpartition(".")
    scope = scope_of(work, code)
    if scope is None or not uses.isdecimal() or int(uses) not in USES:
        raise NotUnderstood(hint="old_button")
    token = invitations.create(work, scope, uses=int(uses))
    hand_out(work, chat_id, token)


def hand_out(work: Work, chat_id: int, token: str) -> None:
    """Send an invitation as text and QR picture."""
    row = invitations.by_token(work, token)
    assert row is not None
    link = invitations.link(work, token)
    values = {
        "title": title_of(work, invitations.as_grant(invitations.scope_of(row))),
        "link": link,
        "until": work.world.campaign.local(row.expires_at).isoformat(),
        "uses": row.uses,
        "campaign": work.world.campaign.name,
    }
    say(
        work,
        chat_id,
        "people.invitation",
        values,
        buttons=((Button("revoke_link", "revoke", row.id),),),
        picture=Picture(
            "qr", f"invitation:{row.id}", {"link": link, "text": "people.invitation_card", "values": values}
        ),
        secret=True,
    )


def any_choice(work: Work) -> bool:
    """Whether the actor may invite anybody."""
    if not any(MAY_INVITE.get(grant.role) for grant in work.actor.grants):
        return False  # most members, and 「帮助」 asks at every call
    return bool(_choices(work, ""))
