"""No page keeps anybody out: every page of the navigation and the main panels, as axe sees them, by WCAG 2.2 A and AA."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import seated, treated

SETTINGS = ("settings", "settings/clinic", "settings/hours", "settings/rooms", "settings/procedures", "settings/closures",
            "settings/holidays")  # fmt: skip
EXTRA = {
    "luosha": ("account", "patients/new", "book"),
    "chenzhiyuan": ("account",),
    "mona": (*SETTINGS, "follow-ups/protocols"),
    "kangning": (
        "calendar/clinics",
        "calendar/print",
        "settings/organisation",
        "users",
        "roles",
        "users/new",
        "system",
        "audit",
        "account/second-factor",
    ),
}


@pytest.mark.parametrize("username", EXTRA)
def test_the_pages_of_a_role_have_no_barriers(open_desk, username):
    desk = open_desk(username)
    menu = [link.get_attribute("href") for link in desk.page.locator("#nav a.nav-item").all()]
    assert len(menu) > 3

    barriers = {}
    for path in [*menu, *(f"/{path}/" for path in EXTRA[username])]:
        desk.go(path)
        settled(desk)
        barriers[path] = desk.barriers()

    assert {path: found for path, found in barriers.items() if found} == {}


def test_the_sign_in_page_has_no_barriers(open_desk):
    desk = open_desk()

    assert desk.barriers() == []


@pytest.mark.parametrize("view", ["day", "week", "month", "agenda", "list"])
def test_the_views_of_the_calendar_have_no_barriers(open_desk, view):
    desk = open_desk("luosha")
    desk.go(f"/calendar/?view={view}")
    settled(desk)

    assert desk.barriers() == []


def test_a_patients_file_and_its_panels_have_no_barriers(open_desk):
    desk = open_desk("luosha")
    desk.page.locator("#rows-done .who-name, #rows-waiting .who-name").first.click()
    expect(desk.page.locator(".loading-state")).to_have_count(0)

    assert desk.barriers() == []
    for opener in ("[data-panel*='/book/']", "[data-panel*='/walk-in/']", "[data-panel$='/history/']"):
        found = desk.page.locator(opener)
        if found.count():
            found.first.click()
            expect(desk.panel.locator("[data-panel-heading]")).to_have_count(1)
            assert desk.barriers("#panel") == [], opener
            desk.press("Escape")


def test_the_desk_panels_have_no_barriers(open_desk):
    desk = open_desk("luosha")
    for path, opener in {
        "/": "#rows-waiting [data-panel$='/desk/']",
        "/to-pay/": "#to-pay-rows [data-panel]",
        "/calendar/?view=list": "#sheets [data-row] [data-panel]",
        "/patients/": "[data-panel$='/patients/new/']",
    }.items():
        desk.go(path)
        settled(desk)
        desk.page.locator(opener).first.click()
        expect(desk.panel.locator("[data-panel-heading]").first).to_be_attached()
        assert desk.barriers() == [], path


def test_the_search_has_no_barriers_while_it_is_open(open_desk):
    desk = open_desk("luosha")
    desk.search("zhang")

    assert desk.barriers() == []


def test_the_note_has_no_barriers(open_desk, desk, new_name, new_phone):
    name = new_name()
    desk.register(name, new_phone)
    doctor = seated(open_desk, desk, name)

    doctor.page.locator("#my-chair > [data-row]").filter(has_text=name).locator("a[href$='/note/']").click()
    expect(doctor.page.locator("#teeth-card")).to_be_visible()

    assert doctor.barriers() == []


def test_the_bill_has_no_barriers(open_desk, desk, new_name, new_phone):
    name = new_name()
    desk.register(name, new_phone)
    treated(open_desk, desk, name)

    desk.today()
    desk.page.locator("#rows-pay [data-row]").filter(has_text=name).locator("[data-row-enter]").first.click()
    expect(desk.page.locator("#bill")).to_be_visible()

    assert desk.barriers() == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_board_has_no_barriers_in_any_light_and_on_a_phone(open_desk, scheme):
    desk = open_desk("luosha", color_scheme=scheme, viewport={"width": 390, "height": 844})
    settled(desk)

    assert desk.barriers() == []
    width = desk.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390  # nothing to scroll sideways


def settled(desk):
    """Wait until the page shows what it fetches after loading."""
    expect(desk.page.locator("main")).to_be_visible()
    expect(desk.page.locator(".loading-state")).to_have_count(0)
    if re.search("/calendar/", desk.page.url) and desk.page.locator("[data-calendar]").count():
        expect(desk.page.locator(".ec-event").first).to_be_visible()
