"""Warning letters 督办警示, heard: drafted, approved, signed for, answered, revoked, proposed."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.services import faces
from bot.services.answering import Toast
from bot.services.warnings import advice, cards, deciding, drafting, revoking, serving, signing


async def begin(here: Hearing) -> Toast:
    """「警示」 on a card."""
    press = here.pressed
    return await here.do(drafting.begin, press.subject, press.version, here.heard.sender_id)


async def term(here: Hearing) -> Toast:
    """The term."""
    press = here.pressed
    return await here.do(drafting.set_term, press.subject, press.version, press.number(1000))


async def panel(here: Hearing) -> Toast:
    """「加减问题」, and back."""
    press, heard = here.pressed, here.heard
    return await here.do(faces.turn, heard.chat_id, heard.pressed_message, press.arg[:24])


async def toggle(here: Hearing) -> Toast:
    """An entry joins the letter, or leaves it."""
    press = here.pressed
    return await here.do(drafting.toggle, press.subject, press.version, press.number())


async def name(here: Hearing) -> Toast:
    """「换落款」."""
    press = here.pressed
    return await here.do(drafting.next_name, press.subject, press.version)


async def photos(here: Hearing) -> Toast:
    """「附照片」「不附照片」."""
    press = here.pressed
    return await here.do(drafting.photos, press.subject, press.version)


async def words(here: Hearing) -> Toast:
    """「改文字」."""
    press, heard = here.pressed, here.heard
    return await here.do(
        drafting.ask_words, press.subject, press.version, heard.sender_id, heard.pressed_message
    )


async def phone(here: Hearing) -> Toast:
    """「填组电话」 on a draft, or of one of several groups."""
    if here.pressed.arg:
        groups = [group.key for group in here.desk.world.campaign.groups]
        key = here.pressed.one_of(groups)
        return await here.do(signing.ask_phone, key, here.heard.sender_id)
    return await here.do(drafting.ask_phone, here.pressed.subject, here.heard.sender_id)


async def phone_by_word(here: Hearing) -> Toast:
    """「组电话」, typed."""
    return await here.do(signing.ask_phone_by_word, here.heard.sender_id)


async def drop(here: Hearing) -> Toast:
    """「不发了」「撤回修改」."""
    press = here.pressed
    return await here.do(drafting.drop, press.subject, press.version)


async def send(here: Hearing) -> Toast:
    """「送审」."""
    press = here.pressed
    return await here.do(deciding.send, press.subject, press.version)


async def file(here: Hearing) -> Toast:
    """「看文件」「PDF」."""
    press, heard = here.pressed, here.heard
    form = "pdf" if press.arg == "pdf" else "docx"
    return await here.do(drafting.ask_file, press.subject, heard.sender_id, heard.pressed_message, form)


async def approve(here: Hearing) -> Toast:
    """「同意签发」."""
    press = here.pressed
    return await here.do(deciding.approve, press.subject, press.version)


async def send_back(here: Hearing) -> Toast:
    """「退改」."""
    press, heard = here.pressed, here.heard
    return await here.do(
        deciding.ask_reason, press.subject, press.version, heard.sender_id, heard.pressed_message
    )


async def revoke(here: Hearing) -> Toast:
    """「撤销警示」."""
    press, heard = here.pressed, here.heard
    return await here.do(
        revoking.ask_reason, press.subject, press.version, heard.sender_id, heard.pressed_message
    )


async def sign(here: Hearing) -> Toast:
    """「签收」 of a letter."""
    return await here.do(serving.sign, here.pressed.subject)


async def answer(here: Hearing) -> Toast:
    """「反馈警示」."""
    press, heard = here.pressed, here.heard
    return await here.do(serving.ask_answer, press.subject, heard.sender_id, heard.pressed_message)


async def letters(here: Hearing) -> Toast:
    """`/warnings`, 「警示」."""
    return await here.do(cards.show_list, here.heard.sender_id)


async def open_letter(here: Hearing) -> Toast:
    """A letter from the list, or from a line about it."""
    return await here.do(cards.open_one, here.pressed.subject, here.heard.sender_id)


async def draft_advised(here: Hearing) -> Toast:
    """「起草警示」."""
    return await here.do(advice.draft, here.pressed.subject, here.heard.sender_id)


async def put_aside(here: Hearing) -> Toast:
    """「暂不」."""
    return await here.do(advice.dismiss, here.pressed.subject)


async def account(here: Hearing) -> Toast:
    """「已责令，记日期」."""
    press, heard = here.pressed, here.heard
    return await here.do(advice.ask_day, press.subject, heard.sender_id, heard.pressed_message)
