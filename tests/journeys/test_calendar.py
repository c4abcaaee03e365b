"""Moving appointments with the hand, and what the calendar says when that cannot be."""

import re

import pytest
from playwright.sync_api import expect

WITHIN_MS = 2_800  # two seconds by the design, and a little for a slow machine to paint


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


@pytest.fixture
def alone(desk, new_name, new_phone):
    """The calendar of a day far ahead on which somebody new stands at ten."""
    name = new_name()
    desk.register(name, new_phone)
    day, dentist = desk.book_on_an_empty_day(name, "10:00")
    desk.calendar_of(day)
    expect(desk.card(name)).to_contain_text("10:00")
    return name, day, dentist


def gap(desk):
    return desk.page.locator(".ec-event.gap:focus")


def test_copied_and_pasted_by_keyboard_alone(desk, alone):
    name, _day, _dentist = alone
    desk.card(name).focus()

    desk.press("c", "ArrowDown")
    expect(gap(desk)).to_have_count(1)
    expect(desk.page.locator("[data-calendar-clip]")).to_contain_text(name)
    desk.press("v")

    desk.says(name)
    expect(desk.card(name)).to_have_count(2)
    expect(desk.page.locator("[data-calendar-clip]")).to_be_hidden()
    desk.undo(name)
    expect(desk.card(name)).to_have_count(1)


def test_taken_out_by_a_letter_and_put_back_by_dragging_from_the_strip(desk, alone):
    name, _day, _dentist = alone
    desk.card(name).focus()

    desk.press("t")
    waiting = desk.page.locator("[data-strip] [data-unplaced]").filter(has_text=name)
    expect(waiting).to_be_in_viewport()
    expect(desk.card(name)).to_have_count(0)

    start, goal = waiting.bounding_box(), desk.page.locator(".ec-event.gap").first.bounding_box()
    mouse = desk.page.mouse
    mouse.move(start["x"] + 12, start["y"] + 8)
    mouse.down()
    for step in range(1, 6):
        mouse.move(
            start["x"] + (goal["x"] + 20 - start["x"]) * step / 5, start["y"] + (goal["y"] + 10 - start["y"]) * step / 5
        )
    mouse.up()

    expect(desk.card(name)).to_have_count(1)
    expect(waiting).to_have_count(0)


def test_two_are_swapped_by_letter_and_digit_and_taken_back(desk, alone, new_name, new_phone):
    early, day, dentist = alone
    late = new_name()
    desk.register(late, new_phone[:-1] + str((int(new_phone[-1]) + 1) % 10))
    desk.calendar_of(day)
    desk.book_on_an_empty_day(late, "14:00", day=day, column=desk.column_of(dentist))
    desk.calendar_of(day)
    desk.card(early).focus()

    desk.press("s")
    other = desk.panel.locator("#swap-others [role=option]").filter(has_text=late)
    expect(other).to_be_visible()
    desk.press("1")

    expect(desk.card(early)).to_contain_text("14:00")
    expect(desk.card(late)).to_contain_text("10:00")
    desk.undo(early)
    expect(desk.card(early)).to_contain_text("10:00")


def test_a_move_of_what_was_moved_meanwhile_is_told_with_the_name(open_desk, desk, alone):
    name, day, _dentist = alone
    tao = open_desk("taoran")
    tao.calendar_of(day)
    expect(tao.card(name)).to_contain_text("10:00")
    tao.page.route("**/live/**", lambda route: route.abort())  # this screen does not hear of it
    tao.page.route("**/calendar/events/**", lambda route: route.abort())

    desk.drag(desk.card(name), minutes=60)
    expect(desk.card(name)).to_contain_text("11:00")
    tao.drag(tao.card(name), minutes=30)

    refusal = tao.says("罗莎")
    expect(refusal).to_contain_text("11:00")
    expect(tao.card(name)).to_contain_text("10:00")  # it sprang back


def test_what_another_desk_moves_follows_within_two_seconds_and_keeps_the_focus(open_desk, desk, alone):
    name, day, _dentist = alone
    tao = open_desk("taoran")
    tao.calendar_of(day)
    tao.card(name).focus()

    desk.drag(desk.card(name), minutes=30)
    desk.says(name)

    expect(tao.card(name)).to_contain_text("10:30", timeout=WITHIN_MS)
    expect(tao.card(name)).to_be_focused()


def test_on_a_tablet_a_long_press_drags_and_targets_are_large(open_desk, desk, alone):
    name, day, _dentist = alone
    tablet = open_desk(
        "taoran", viewport={"width": 1024, "height": 768}, has_touch=True, is_mobile=True, device_scale_factor=1
    )
    tablet.calendar_of(day)
    card = tablet.card(name)
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    assert box["height"] >= 44
    x, y = box["x"] + box["width"] / 2, box["y"] + 10
    touch = tablet.page.context.new_cdp_session(tablet.page)

    def finger(kind, points):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", [{"x": x, "y": y}])
    expect(
        tablet.page.locator(".ec-event.ec-preview, .ec-event.ec-ghost").first
    ).to_be_attached()  # after the long press
    for step in range(1, 5):
        finger("touchMove", [{"x": x, "y": y + step * 22}])
    finger("touchEnd", [])

    tablet.says(name)
    expect(card).to_contain_text(re.compile("10:[2-5]"))  # 88 px further down


def test_a_day_of_the_month_opens_and_the_agenda_can_be_narrowed(desk):
    desk.go("/calendar/?view=month")
    today = desk.page.locator(".month-day.is-today")
    expect(today).to_contain_text("%")
    today.locator("a").click()
    expect(desk.page.locator("[data-calendar]")).to_be_visible()

    desk.go("/calendar/?view=agenda")
    rows = desk.page.locator("#agenda-rows > [data-row]")
    before = rows.count()
    desk.page.locator("details.filter > summary").click()
    desk.page.locator("details.filter input[name=status][value=confirmed]").check()
    desk.page.locator(".filter-actions button").click()

    expect(desk.page.locator(".calendar-chosen .chip").first).to_be_visible()
    assert 0 < rows.count() < before


def test_the_day_is_printed_on_one_page_a_dentist(desk):
    desk.go("/calendar/")
    desk.press("Alt+p")
    sheets = desk.page.locator(".print-sheet")
    expect(sheets.first).to_contain_text("****")

    paper = desk.page.pdf(format="A4", prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == sheets.count()


def test_how_it_is_liked_is_remembered_on_another_screen(open_desk, desk):
    desk.go("/calendar/")
    desk.page.locator("[data-calendar-look] button[value='10']").click()
    desk.page.locator("[data-calendar-look] button[value='kind']").click()
    expect(desk.page.locator("[data-legend=kind]")).to_be_visible()
    desk.page.wait_for_load_state("networkidle")

    other = open_desk("luosha")
    other.go("/calendar/?by=chair")

    expect(other.page.locator("[data-calendar-look] button[value='10']")).to_have_attribute("aria-pressed", "true")
    expect(other.page.locator("[data-legend=kind]")).to_be_visible()
    for value in ("15", "status"):
        other.page.locator(f"[data-calendar-look] button[value='{value}']").click()
    other.page.wait_for_load_state("networkidle")
