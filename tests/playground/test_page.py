"""The playground in a real browser: one person plays everybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from onpage import SOON, Phone, Town, playing
from playwright.sync_api import Page, expect

from bot.playground_app.folder import TOKEN

CAPTION = "延津县王楼镇任庄村村口垃圾堆，限3天"


@pytest.mark.browser
def test_a_problem_goes_from_the_field_to_closed_by_hand_over_a_reload(page: Page, town: Town) -> None:
    inspector, contact = town.open(page, "lead:county/1", "contact:延津县")
    inspector.picks("墙边垃圾堆", "墙边垃圾堆")
    inspector.says(CAPTION)
    expect(inspector.box.locator(".row.mine .photos.of-2 img")).to_have_count(2, timeout=SOON)
    inspector.presses("立即交办")
    contact.presses("签收")
    expect(contact.box.locator(".toast")).to_contain_text("已签收", timeout=SOON)

    page.reload()
    contact.does("【已签收】", "回复")
    contact.picks("墙边已清理")
    contact.says("已清理，安排专人保洁")
    inspector.presses("销号")

    inspector.hears("已由县(市)第一督查小组于")
    contact.hears("已销号")


@pytest.mark.browser
def test_markup_in_a_message_is_shown_as_text(page: Page, town: Town) -> None:
    [phone] = town.open(page, "lead:county/2")
    words = "<img src=x onerror=alert(1)> <b>x</b>"

    phone.says(words)

    expect(phone.box.locator(".mine .words").last).to_have_text(words)
    expect(phone.box.locator(".words img, .quote img")).to_have_count(0)


@pytest.mark.browser
def test_a_draft_and_the_choice_of_phones_outlive_a_reload(page: Page, town: Town) -> None:
    first, second = town.open(page, "office:district", "oversight")
    second.field.fill("写到一半")
    first.box.get_by_role("button", name="区整治通报", exact=True).click()

    page.reload()

    expect(page.locator(".phone")).to_have_count(2, timeout=SOON)
    expect(second.field).to_have_value("写到一半")
    expect(first.box.get_by_role("button", name="区整治通报", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


@pytest.mark.browser
def test_two_tabs_stay_in_step(page: Page, town: Town) -> None:
    [one] = town.open(page, "lead:district/1")
    [other] = town.open(page.context.new_page(), "lead:district/1")

    one.says("两个窗口都看得见")
    other.hears("两个窗口都看得见")
    other.says("反过来也一样")

    one.hears("反过来也一样")


@pytest.mark.browser
def test_what_is_unread_is_counted_until_it_is_seen(page: Page, town: Town) -> None:
    leader, member = town.open(page, "lead:county/1", "member:county/1")
    group = "县(市)第一督查小组"
    leader.box.locator(".chats").get_by_role("button", name=group).click()

    leader.says("大家下午在镇政府集合")
    tab = member.box.locator(".chats").get_by_role("button", name=group)
    expect(tab.locator(".badge")).to_have_text("1", timeout=SOON)
    tab.click()

    member.hears("大家下午在镇政府集合")
    expect(tab.locator(".badge")).to_have_count(0)


@pytest.mark.browser
def test_one_s_own_words_are_edited_and_forwarded(page: Page, town: Town) -> None:
    [phone] = town.open(page, "member:county/1")
    phone.says("明天去司寨乡")
    phone.hears("明天去司寨乡")

    phone.field.press("ArrowUp")
    expect(phone.field).to_have_value("明天去司寨乡")
    phone.says("后天去司寨乡")
    edited = phone.box.locator(".row.mine", has_text="后天去司寨乡").last
    expect(edited.locator(".meta")).to_contain_text("已编辑", timeout=SOON)
    phone.does("后天去司寨乡", "转发", ".mine")
    page.get_by_role("dialog", name="转发到").get_by_role(
        "button", name="县(市)第一督查小组", exact=True
    ).click()
    phone.box.get_by_role("button", name="县(市)第一督查小组", exact=True).click()

    expect(phone.hears("后天去司寨乡").locator(".forwarded")).to_contain_text("转发自")


@pytest.mark.browser
def test_a_position_is_shared_by_a_click_on_the_grid_or_by_numbers(page: Page, town: Town) -> None:
    [phone] = town.open(page, "member:county/1")
    phone.box.locator(".tools").get_by_role("button", name="位置").click()
    window = page.get_by_role("dialog", name="发送位置")

    window.locator(".grid").click(position={"x": 30, "y": 30})
    clicked = window.get_by_label("经度").input_value()
    window.get_by_label("纬度").fill("35.14")
    window.get_by_role("button", name="发送这个位置").click()

    expect(phone.hears("35.14000").locator(".spot")).to_contain_text(f"{float(clicked):.5f}")
    assert float(clicked) < 114.2


@pytest.mark.browser
def test_the_menu_of_commands_is_the_person_s_own_and_opens_by_a_slash(page: Page, town: Town) -> None:
    [phone] = town.open(page, "lead:county/0")

    phone.field.press_sequentially("/my")
    expect(phone.box.locator(".commands button")).to_have_count(1, timeout=SOON)
    phone.box.locator(".commands").get_by_role("button", name="/my").click()

    phone.hears("/my")
    expect(phone.field).to_have_value("")


@pytest.mark.browser
def test_an_alert_of_the_bot_waits_for_its_ok(page: Page, town: Town) -> None:
    inspector, contact = town.open(page, "lead:county/1", "contact:延津县")
    inspector.picks("墙边垃圾堆")
    inspector.says("延津县王楼镇任庄村麦田边垃圾")
    inspector.hears("麦田边").locator(".key", has_text="立即交办").click(timeout=SOON)

    contact.hears("麦田边").locator(".key", has_text="位置").click(timeout=SOON)
    alert = contact.box.get_by_role("alertdialog")
    expect(alert).to_be_visible(timeout=SOON)
    alert.get_by_role("button", name="好").click()

    expect(alert).to_have_count(0)


@pytest.mark.browser
def test_a_pinned_message_stands_above_and_leads_to_it(page: Page, town: Town) -> None:
    [phone] = town.open(page, "lead:county/1")
    phone.box.locator(".chats").get_by_role("button", name="县(市)第一督查小组").click()
    phone.says("周五上午九点开碰头会")
    phone.does("周五上午九点开碰头会", "置顶", ".mine")

    phone.box.locator(".pinned", has_text="周五上午九点开碰头会").click(timeout=SOON)

    expect(phone.box.locator(".row.found")).to_contain_text("周五上午九点开碰头会")


@pytest.mark.browser
def test_the_bot_is_seen_typing(page: Page, town: Town) -> None:
    [phone] = town.open(page, "office2:county")

    town.ask(f"/bot{TOKEN}/sendChatAction", {"chat_id": town.people["office2:county"], "action": "typing"})

    expect(phone.box.locator(".typing")).to_be_visible()


@pytest.mark.browser
def test_who_has_blocked_the_bot_writes_again_after_unblocking_it(page: Page, town: Town) -> None:
    [phone] = town.open(page, "contact:凤泉区", query="?panel=faults")
    page.get_by_role("switch", name="停用机器人").click(timeout=SOON)

    phone.box.get_by_role("button", name="重新启用").click()
    phone.says("待办")

    expect(phone.box.locator(".row:not(.mine)").last).not_to_contain_text("您的身份", timeout=SOON)


@pytest.mark.browser
def test_a_newcomer_joins_an_empty_playground_by_the_printed_link(page: Page, tmp_path: Path) -> None:
    with playing(tmp_path / "play", "--empty") as town:
        page.goto(town.url)
        link = page.locator(".nobody code").inner_text(timeout=SOON)
        page.get_by_role("button", name="新人").click()
        page.get_by_label("姓名").fill("何平")
        page.get_by_role("button", name="加入", exact=True).click()
        newcomer = Phone(page, page.locator(".phone"))
        for words, answer in ((link, "职务"), ("何平 系统管理员", "知晓")):
            newcomer.says(words)
            newcomer.hears(answer)

        newcomer.presses("我已知晓")

        newcomer.hears("管理员")
        expect(newcomer.box.locator(".quick")).to_contain_text("邀请")
