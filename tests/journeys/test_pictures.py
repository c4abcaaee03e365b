"""The pictures of the documentation, taken with JOURNEY_DOCS=1; without it, each place is only visited."""

import pytest
from playwright.sync_api import expect

PAGES = {
    "calendar": ("luosha", "/calendar/", ".ec-event"),
    "month": ("luosha", "/calendar/?view=month", ".month-day.is-today"),
    "follow-up": ("yinxiaohe", "/follow-ups/?who=all", "#outcomes"),
    "settings": ("mona", "/settings/", "main a"),
    "audit": ("kangning", "/audit/", "main table, main li"),
    "roster": ("mona", "/rosters/", "main table"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_in_the_documentation(open_desk, name):
    username, path, sign = PAGES[name]
    desk = open_desk(username)
    desk.go(path)
    expect(desk.page.locator(sign).first).to_be_visible()

    desk.picture(name)


def test_the_strip_looks_as_in_the_documentation(open_desk):
    desk = open_desk("luosha")
    desk.go("/calendar/")
    card = desk.page.locator(".ec-event.ap-confirmed[data-klm-target]").first
    name = card.locator(".ap-name").inner_text().split()[0]  # behind it may stand that the patient will come
    card.focus()
    desk.press("t")
    expect(desk.page.locator("[data-strip] [data-unplaced]").filter(has_text=name)).to_be_visible()

    desk.picture("strip")
    desk.undo(name)
    desk.says("撤销")


def test_the_sign_in_page_looks_as_in_the_documentation(open_desk):
    desk = open_desk()
    expect(desk.page.locator("#id_username")).to_be_visible()

    desk.picture("sign-in")


@pytest.mark.parametrize(
    ("name", "over"),
    [
        ("today-dark", {"color_scheme": "dark"}),
        ("today-phone", {"viewport": {"width": 390, "height": 844}}),
    ],
)
def test_the_board_looks_as_in_the_documentation(open_desk, name, over):
    desk = open_desk("luosha", **over)
    expect(desk.page.locator("#board")).to_be_visible()

    desk.picture(name)


def test_a_file_on_a_phone_looks_as_in_the_documentation(open_desk):
    desk = open_desk("luosha", viewport={"width": 390, "height": 844})
    desk.page.locator("#rows-waiting .who-name").first.click()
    expect(desk.page.locator(".loading-state")).to_have_count(0)

    desk.picture("patient-phone")
