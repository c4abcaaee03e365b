"""The same way in English, and by keyboard alone: nobody needs Chinese, and nobody needs a mouse."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import USERNAMES

CALLS_OF_A_MOUSE = ("click", "dblclick", "down", "up", "move", "wheel")


def test_whole_way_in_english(open_desk, new_name, new_phone):
    desk, name = open_desk("luosha", locale="en-US"), new_name()
    desk.in_english()
    expect(desk.page.get_by_role("heading", level=1, name="Today")).to_be_visible()

    desk.register(name, new_phone)
    dentist = desk.book_today(name)
    desk.today()
    desk.arrived(name)
    desk.call(name)
    desk.seat(name)

    doctor = open_desk(USERNAMES[dentist], locale="en-US")
    doctor.in_english()
    doctor.go("/chairside/")
    expect(doctor.page.get_by_role("heading", level=1, name="My patients")).to_be_visible()
    doctor.write_note(name, tooth="46", finding="caries", procedure="Composite filling")
    doctor.sign_note()
    doctor.end_treatment()

    desk.today()
    desk.check_out(name)
    expect(desk.page.locator("#bill")).to_contain_text("46")
    desk.pay("w")
    expect(desk.page.locator(".bill-total-settled")).to_contain_text("Paid in full")
    assert desk.receipt("a5")[:5] == b"%PDF-"


@pytest.fixture
def hands_off(open_desk, monkeypatch):
    """The reception desk without a mouse: touching it fails."""
    desk = open_desk("luosha")

    def refuse(*_given, **_named):
        raise AssertionError("the mouse was used")

    for name in CALLS_OF_A_MOUSE:
        monkeypatch.setattr(desk.page.mouse, name, refuse)
    return desk


def test_whole_way_by_keyboard_alone(hands_off, open_desk, new_name, new_phone):
    desk, name = hands_off, new_name()

    desk.register(name, new_phone)  # the search makes the file: name, Enter, number, Enter
    dentist = desk.book_today(name)  # Ctrl+Enter on the hit, t for today, 1 for the first time
    desk.today()

    desk.press(".")  # who has come?
    desk.type(name)
    desk.press("Enter")
    expect(desk.on_board(name, "waiting")).to_be_visible()
    waiting = desk.on_board(name, "waiting")
    desk.stand_on(name, "waiting")
    desk.press("Enter")  # call
    expect(waiting).to_have_class(re.compile("row-called"))
    desk.stand_on(name, "waiting")
    desk.press("s")  # into the chair
    expect(desk.on_board(name, "chair")).to_be_visible()
    desk.stand_on(name, "chair")
    desk.press("Enter")  # treatment ended
    expect(desk.on_board(name, "pay")).to_be_visible()

    desk.stand_on(name, "pay")
    desk.press("Enter")  # check out
    expect(desk.page.locator("#bill")).to_contain_text(name)
    desk.press("Enter")  # nothing was done today: nothing to pay
    expect(desk.page.locator("#bill .bill-total-settled, #toasts [data-toast]").first).to_be_visible()

    agent = open_desk("yinxiaohe")
    agent.go("/follow-ups/?who=all")
    row = agent.page.locator("#follow-up-rows > [data-row]").first
    expect(row).to_be_focused()
    task = row.get_attribute("id")
    agent.press("2")
    expect(agent.page.locator(f"#{task}")).to_have_count(0)
    assert dentist in USERNAMES
