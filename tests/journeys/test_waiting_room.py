"""The television in the waiting room: nobody signs in at it, it follows the desk, says when it is cut off, and lives on."""

import pytest
from playwright.sync_api import expect

WITHIN_MS = 2_500  # two seconds by the design, and half a second for a slow machine to paint
# The browser under test has no voices: this one writes down what it would say.
VOICE = """
window.heard = [];
const voices = ["zh-CN", "en-US"].map((lang) => ({ lang, name: lang }));
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => voices, cancel() {}, speak(one) { window.heard.push(one.text); setTimeout(() => one.onend()); },
} });
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


@pytest.fixture
def television(desk, open_desk):
    """A television at the address of a new device."""
    manager = open_desk("mona")
    manager.go("/settings/devices/new/")
    manager.page.locator("select[name=kind]").select_option("screen")
    manager.page.locator("input[name=name]").fill("二楼候诊区")
    manager.page.locator("main button.btn-primary").click()
    address = manager.page.locator("#device-address").input_value()
    tv = open_desk(viewport={"width": 1920, "height": 1080})
    tv.page.add_init_script(VOICE)
    tv.go(address)
    return tv


def test_screen_follows_the_desk_and_speaks(desk, television, new_name, new_phone):
    name = new_name()
    desk.register(name, new_phone)
    desk.into_the_queue(name, "洗牙、检查、咨询")
    desk.today()
    number = desk.on_board(name, "waiting").locator(".row-number").inner_text()
    masked = f"{name[0]}*{name[2]}"
    page = television.page
    expect(page.locator(".screen-lines tbody tr")).not_to_have_count(0)  # how far down in the line is the day's affair

    desk.call(name)
    call = page.locator(".call", has_text=number).filter(has_text=masked)
    expect(call).to_be_visible(timeout=WITHIN_MS)
    expect(page.locator("body")).not_to_contain_text(name)
    page.wait_for_function("number => heard.some((said) => said.includes(`Number ${number},`))", arg=number)
    assert any(said.startswith(f"请{number}号") for said in page.evaluate("heard"))
    television.picture("waiting-room")

    desk.seat(name)
    expect(call).to_have_count(0, timeout=WITHIN_MS)


def test_screen_says_that_it_is_cut_off_and_recovers(desk, television, new_name, new_phone):
    page = television.page
    page.clock.install()
    page.reload()
    page.context.set_offline(True)
    page.clock.run_for(12_000)
    expect(page.locator("[data-lost]")).to_contain_text("连接中断")
    page.clock.run_for(60_000)
    assert "is-stale" in (page.locator("body").get_attribute("class") or "")

    page.context.set_offline(False)
    page.clock.run_for(5_000)
    expect(page.locator("[data-lost]")).to_be_hidden()
    page.clock.resume()
    desk.go("/settings/screens/notices/new/")
    desk.page.locator("#id_text_zh").fill("儿童诊室今天消毒")
    desk.page.locator("main .form-actions button.btn-primary").click()
    desk.says("公告已上屏")
    expect(page.locator("[data-notices] > li", has_text="儿童诊室今天消毒")).to_have_count(1, timeout=WITHIN_MS)


def test_ended_address_says_so(television, open_desk):
    manager = open_desk("mona")
    manager.go("/settings/devices/")
    row = (
        manager.page.locator("tr", has_text="二楼候诊区").filter(has=manager.page.locator("form[action$='/end/']")).last
    )
    for _each in range(manager.page.locator("form[action$='/end/']").count()):
        if not row.count():
            break
        with manager.page.expect_navigation():
            row.locator("form[action$='/end/'] button").click()

    expect(television.page.locator("[data-lost]")).to_contain_text("已停用")


def test_screen_has_no_barriers(television):
    assert television.barriers() == []
