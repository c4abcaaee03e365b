"""Moving appointments with the hand, and what the calendar says when that cannot be."""

from playwright.sync_api import expect


def test_a_card_is_dragged_and_taken_back(desk, new_name, new_phone):
    name = new_name()
    desk.register(name, new_phone)
    day, _dentist = desk.book_on_an_empty_day(name, "10:00")
    desk.calendar_of(day)
    expect(desk.card(name)).to_contain_text("10:00")

    desk.drag(desk.card(name), minutes=30)

    desk.says(name)
    expect(desk.card(name)).to_contain_text("10:30")

    desk.undo(name)
    expect(desk.card(name)).to_contain_text("10:00")


def test_a_card_on_a_taken_time_springs_back_says_why_and_what_else_is_free(desk, new_name, new_phone):
    early, late = new_name(), new_name()
    desk.register(early, new_phone)
    day, dentist = desk.book_on_an_empty_day(early, "10:00")
    desk.register(late, new_phone[:-1] + str((int(new_phone[-1]) + 1) % 10))
    desk.calendar_of(day)
    desk.book_on_an_empty_day(late, "11:00", day=day, column=desk.column_of(dentist))
    desk.calendar_of(day)

    desk.drag(desk.card(late), minutes=-60)

    refusal = desk.says("医生已有预约")
    expect(refusal).to_have_attribute("data-level", "error")
    expect(desk.card(late)).to_contain_text("11:00")
    expect(desk.panel.locator("#slot-list [role=option]").first).to_be_visible()  # the nearest free times

    desk.press("1")
    expect(desk.panel).to_be_hidden()
    expect(desk.card(late)).not_to_contain_text("11:00")


def test_a_card_moves_without_dragging(desk, new_name, new_phone):
    name = new_name()
    desk.register(name, new_phone)
    day, _dentist = desk.book_on_an_empty_day(name, "14:00")
    desk.calendar_of(day)

    desk.card(name).click()
    expect(desk.panel.locator("#appointment")).to_be_focused()
    desk.press("m")
    desk.slot(1)
    desk.press("1")

    desk.says(name)


def test_the_clinics_clock_counts_wherever_the_browser_stands(open_desk, new_name, new_phone):
    here, abroad = open_desk("luosha"), open_desk("taoran", timezone_id="America/New_York")
    name = new_name()
    here.register(name, new_phone)
    day, _dentist = here.book_on_an_empty_day(name, "10:00")

    abroad.calendar_of(day)

    expect(abroad.card(name)).to_contain_text("10:00")
    abroad.drag(abroad.card(name), minutes=30)
    abroad.says("10:30")
    here.calendar_of(day)
    expect(here.card(name)).to_contain_text("10:30")
