"""The playground's page by keyboard alone, on a narrow screen, in both languages; clock and faults."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from onpage import ROOT, SOON, Town, playing
from playwright.sync_api import Page, Route, expect

HAN = re.compile("[\u4e00-\u9fff]")
UNNAMED = """() => [...document.querySelectorAll("button, input, textarea, select, a[href], dialog, img")]
    .filter((one) => one.checkVisibility() && !one.matches("img[alt]"))
    .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length
        || document.getElementById(one.getAttribute("aria-labelledby"))))
    .map((one) => one.outerHTML.slice(0, 120))"""

SAID = """(box) => [box.innerText, ...[...box.querySelectorAll("[aria-label]")].map((one) => one.ariaLabel)]
    .join(" ")"""


TOO_WIDE = """() => [...document.querySelectorAll("html, body, main, .table, .panel, .tools, .who")]
    .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.className || one.tagName)"""

ALERT = """async (person) => {
    const { say } = await import("/ui/store.js");
    say(person, "只有组长可以转交办", { alert: true });
}"""


@pytest.fixture(scope="module")
def other_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One playground for the tests that move its clock or break something."""
    with playing(tmp_path_factory.mktemp("other") / "play") as running:
        yield running


@pytest.mark.browser
def test_a_report_is_filed_and_handed_over_by_the_keyboard_alone(page: Page, town: Town) -> None:
    inspector, contact = town.open(page, "lead:county/1", "contact:延津县")
    keys = page.keyboard

    keys.press("Alt+1")
    expect(inspector.field).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(inspector.box.locator(".sample").last).to_be_visible()
    keys.press("Shift+Tab")
    keys.press("Shift+Tab")
    expect(inspector.box.locator(".sample").last).to_be_focused()
    keys.press("Enter")
    keys.press("Alt+1")
    keys.insert_text("延津县王楼镇任庄村学校北墙根垃圾")
    keys.press("Enter")
    receipt = inspector.box.locator(".row:not(.mine)", has_text="学校北墙根").last
    expect(receipt).to_contain_text("已登记", timeout=SOON)
    inspector.messages.focus()
    keys.press("Tab")
    expect(receipt.get_by_text("立即交办", exact=True)).to_be_focused()
    keys.press("Enter")
    contact.hears("学校北墙根")
    keys.press("Alt+2")
    expect(contact.field).to_be_focused()

    contact.messages.focus()
    keys.press("ArrowUp")
    keys.press("r")
    expect(contact.box.locator(".replying")).to_be_visible()
    expect(contact.field).to_be_focused()


@pytest.mark.browser
def test_what_is_focused_is_seen(page: Page, town: Town) -> None:
    town.open(page, "lead:county/1")

    for _ in range(12):
        page.keyboard.press("Tab")

        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_that_can_be_used_has_a_name(page: Page, town: Town, language: str) -> None:
    [phone, _] = town.open(page, "office:county", "lead:county/1", query=f"?lang={language}&panel=faults")
    expect(page.locator(".panel [role=switch]").first).to_be_visible(timeout=SOON)
    phone.box.locator(".tools button").first.click()

    assert page.evaluate(UNNAMED) == []
    for opener in (".person", ".tools button:nth-child(2)", ".tools button:nth-child(3)"):
        phone.box.locator(opener).click()
        assert page.evaluate(UNNAMED) == []
        page.keyboard.press("Escape")


@pytest.mark.browser
def test_the_page_speaks_english_and_keeps_to_it(page: Page, town: Town) -> None:
    town.open(page, "lead:county/1")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Add phone")).to_be_visible()

    page.reload()

    expect(page.get_by_role("button", name="Add phone")).to_be_visible(timeout=SOON)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    for part in (".ways", "#now", ".day", ".tools"):
        assert not HAN.search(page.locator(part).first.evaluate(SAID))


def test_every_word_of_the_page_is_there_in_both_languages() -> None:
    words = (ROOT / "bot/playground/page/words.js").read_text(encoding="utf-8")

    pairs = re.findall(r'(\w+): \["((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"\]', words)

    assert len(pairs) == len({key for key, *_ in pairs}) > 100
    assert len(pairs) == len(re.findall(r"\w+: \[", words))
    for key, zh, en in pairs:
        assert zh, key
        assert en, key
        assert re.findall(r"\{\d\}", zh) == re.findall(r"\{\d\}", en), key
        assert not HAN.search(en) or key == "language", key


@pytest.mark.browser
def test_at_phone_width_one_phone_is_seen_at_a_time(page: Page, town: Town) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    first, second = town.open(page, "lead:county/1", "contact:卫辉市")
    expect(first.box).to_be_visible()
    expect(second.box).to_be_hidden()

    page.locator(".phone-tabs button").nth(1).click()

    expect(second.box).to_be_visible()
    expect(first.box).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="更多").click()
    expect(page.get_by_role("button", name="演示")).to_be_in_viewport()


@pytest.mark.browser
def test_the_clock_is_moved_to_friday(page: Page, other_town: Town) -> None:
    [contact] = other_town.open(page, "contact:卫辉市")

    page.locator("button[value=friday]").click(timeout=SOON)

    expect(page.locator("#now b")).to_have_text("09:55", timeout=30_000)
    expect(page.locator("button[value=hour]")).to_be_enabled(timeout=30_000)
    expect(contact.box).to_be_visible()


@pytest.mark.browser
def test_nothing_is_lost_while_the_network_is_down_or_the_bot_was_killed(
    page: Page, other_town: Town
) -> None:
    [phone] = other_town.open(page, "lead:county/2", query="?panel=faults")
    network = page.get_by_role("switch", name="断开网络")
    network.click(timeout=SOON)
    expect(network).to_have_attribute("aria-checked", "true", timeout=SOON)
    phone.says("帮助")
    network.click()
    expect(phone.box.locator(".row:not(.mine)", has_text="登记").last).to_be_visible(timeout=30_000)

    page.get_by_role("button", name="强行结束机器人").click()
    expect(page.locator(".bot-state")).to_contain_text("已停", timeout=SOON)
    phone.says("待核查")
    page.get_by_role("button", name="启动机器人").click()

    expect(page.locator(".bot-state")).to_contain_text("运行中", timeout=30_000)
    expect(phone.box.locator(".row").last).not_to_have_class(re.compile("mine"), timeout=30_000)


@pytest.mark.browser
def test_a_story_is_told_step_by_step_with_a_line_for_each(page: Page, other_town: Town) -> None:
    other_town.open(page, "oversight")
    page.keyboard.press("Alt+S")
    page.locator(".shelf button").first.click(timeout=SOON)
    steps = page.locator(".step")
    expect(steps.first).to_be_visible()

    for done in range(1, steps.count() + 1):
        page.keyboard.press("Alt+N") if done > 1 else page.locator(".next-step").click()
        expect(page.locator(".step.done")).to_have_count(done, timeout=30_000)

    expect(page.locator(".where")).to_have_text("演示结束")
    expect(page.locator(".phone", has_text="已销号").first).to_be_visible()
    assert page.locator(".phone").count() > 1


@pytest.mark.browser
def test_an_answer_that_comes_after_the_news_does_not_undo_it(page: Page, other_town: Town) -> None:
    """The step is over before the answer to «next» arrives, which still says that it is being told."""

    def late(route: Route) -> None:
        answer = route.fetch()
        expect(page.locator(".step.done")).to_have_count(1, timeout=30_000)
        route.fulfill(response=answer)

    other_town.open(page, "oversight", query="?panel=stories")
    page.locator(".shelf button", has_text="暗访转交办").click(timeout=SOON)
    page.route("**/page/stories/*", late)
    with page.expect_response("**/page/stories/*"):
        page.locator(".next-step").click()

    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(page.locator(".step.done")).to_have_count(1)
    expect(page.locator(".next-step")).to_be_enabled()
    page.unroute("**/page/stories/*")
    page.get_by_role("button", name="停止").click()


@pytest.mark.browser
def test_a_late_answer_of_a_fault_does_not_undo_what_was_heard_since(page: Page, other_town: Town) -> None:
    other_town.open(page, "oversight", query="?panel=faults")
    brake = page.get_by_role("switch", name="返回 429")
    expect(brake).to_have_attribute("aria-checked", "false", timeout=SOON)

    def late(route: Route) -> None:
        answer = route.fetch()
        expect(brake).to_have_attribute("aria-checked", "true", timeout=SOON)
        other_town.ask("/page/faults", {"do": "429", "on": False})
        expect(brake).to_have_attribute("aria-checked", "false", timeout=SOON)
        route.fulfill(response=answer)

    page.route("**/page/faults", late)
    with page.expect_response("**/page/faults"):
        brake.click()

    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(brake).to_have_attribute("aria-checked", "false")


@pytest.mark.browser
def test_the_next_step_puts_away_the_alerts_that_stand_over_the_phones(page: Page, other_town: Town) -> None:
    other_town.open(page, "lead:county/1", query="?panel=stories")
    page.evaluate(ALERT, other_town.people["lead:county/1"])
    expect(page.locator(".alert")).to_have_count(1)

    page.locator(".shelf button", has_text="暗访转交办").click(timeout=SOON)
    expect(page.locator(".alert")).to_have_count(1)
    page.locator(".next-step").click()

    expect(page.locator(".step.done")).to_have_count(1, timeout=30_000)
    expect(page.locator(".alert")).to_have_count(0)
    page.get_by_role("button", name="停止").click()


@pytest.mark.browser
def test_the_panel_says_how_long_a_bot_that_gave_way_waits(page: Page, other_town: Town) -> None:
    other_town.open(page, "oversight", query="?panel=faults")
    poller = page.get_by_role("switch", name="第二个程序抢收")
    expect(poller).to_be_visible(timeout=SOON)
    expect(page.locator(".waits")).to_have_count(0)

    poller.click()
    expect(page.locator(".waits")).to_contain_text("让给另一个程序", timeout=SOON)
    expect(page.locator(".switch", has_text="409 共")).to_be_visible(timeout=SOON)
    poller.click()
    expect(page.locator(".waits")).to_contain_text("最多 36 秒后再收", timeout=SOON)
    page.get_by_role("button", name="全部恢复").click()

    expect(page.locator(".waits")).to_have_count(0, timeout=30_000)


@pytest.mark.browser
@pytest.mark.parametrize("panel", ["stories", "faults"])
def test_four_phones_and_a_panel_stand_side_by_side(page: Page, town: Town, panel: str) -> None:
    page.set_viewport_size({"width": 1600, "height": 900})
    town.open(
        page, "lead:county/1", "contact:延津县", "office:county", "oversight", query=f"?panel={panel}&lang=en"
    )
    expect(page.locator(".panel")).to_be_visible(timeout=SOON)

    assert page.evaluate(TOO_WIDE) == []


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_low_window_folds_the_bar(page: Page, town: Town, language: str) -> None:
    page.set_viewport_size({"width": 780, "height": 490})

    [phone, _] = town.open(page, "lead:county/1", "contact:延津县", query=f"?lang={language}")

    expect(phone.messages).to_be_visible(timeout=SOON)
    bar = page.locator(".bar").bounding_box()
    assert bar is not None
    assert bar["height"] <= 60
    page.locator(".unfold").click()
    expect(page.locator(".ways .button").first).to_be_in_viewport()
    page.locator(".ways .button").first.click()
    expect(page.locator(".panel")).to_be_visible()
    bar = page.locator(".bar").bounding_box()
    assert bar is not None
    assert bar["height"] <= 60


@pytest.mark.browser
def test_the_english_page_says_how_the_bot_speaks_english_too(page: Page, other_town: Town) -> None:
    [phone] = other_town.open(page, "oversight", query="?lang=en")
    expect(page.locator("#tongue")).to_contain_text("/language", timeout=SOON)

    phone.says("/language")
    phone.presses("English")

    phone.hears("English it is")
    page.get_by_role("banner").get_by_role("button", name="中文").click()
    expect(page.locator("#tongue")).to_have_count(0)
