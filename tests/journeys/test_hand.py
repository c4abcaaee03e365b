"""How much work each task is for the hand, measured with ordinary keys and mouse (docs/develop/hand.md)."""

import re
import secrets
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.hand.goals import EXPOSED_MS, WAYS
from tests.journeys.desk import treated


@pytest.fixture
def measured(open_desk):
    """The reception desk, with the probe in the page."""
    return open_desk("luosha", is_measured=True)


def counts(desk, key):
    """End the measured run; it may cost at most what was reached before."""
    run, way = desk.hand.end(), WAYS[key]
    figures = f"{run.effort.actions} actions, {run.effort.klm_s} s: {run.tokens}"
    assert run.silent == 0, figures
    assert (run.effort.actions <= way.reached[0], run.effort.klm_s <= way.reached[1]) == (True, True), figures
    assert run.exposed_ms <= EXPOSED_MS, f"{run.exposed_ms} ms of waiting that no thinking covers"


def at_the_search(desk):
    """Stand on a page where nothing has the focus."""
    desk.go("/patients/")
    desk.page.evaluate("document.activeElement.blur()")


def first_hit(desk):
    hit = desk.page.locator("#search-results [role=option][aria-selected=true]")
    expect(hit).to_be_visible()
    return hit


def test_a_find_a_patient(measured):
    at_the_search(measured)
    measured.hand.begin()

    measured.type("zhang")
    name = first_hit(measured).locator("strong").first.inner_text()
    measured.press("Enter")

    expect(measured.page.get_by_role("heading", level=1, name=name)).to_be_visible()
    assert name.startswith(("张", "章"))
    counts(measured, "a")


def test_b_register_a_new_patient_on_the_phone(measured, new_phone):
    at_the_search(measured)
    measured.hand.begin()

    measured.type("Q" + letters(9))
    expect(first_hit(measured)).to_contain_text("建档")
    measured.press("Enter")
    measured.type(new_phone)  # at once: the panel keeps what is typed while it opens
    measured.press("Enter")

    expect(measured.page).to_have_url(re.compile(r"/patients/[0-9a-f-]{36}/"))
    expect(measured.page.locator("#head-phone")).to_contain_text(new_phone[-4:])
    counts(measured, "b")


def test_c_book_next_week_after_five(measured):
    at_the_search(measured)
    measured.hand.begin()

    measured.type("zhang")
    first_hit(measured)
    measured.press("Control+Enter")
    starts = measured.book_by("ne")

    assert starts >= "17:00"
    counts(measured, "c")
    measured.undo(starts)


def test_c_book_by_mouse(measured):
    at_the_search(measured)
    measured.hand.begin()

    measured.type("zhang")
    first_hit(measured).locator("[data-verb=book]").click()
    for letter in "ne":
        chip = measured.panel.locator(f"#book-slots [data-letter={letter}]")
        chip.click()
        expect(chip).to_have_attribute("aria-current", "true")
    slot = measured.slot(1)
    starts = slot.get_attribute("data-starts")
    slot.click()

    measured.says(starts[11:16])
    assert starts[11:16] >= "17:00"
    effort, way = measured.hand.end().effort, WAYS["c mouse"]
    assert (effort.actions <= way.reached[0], effort.klm_s <= way.reached[1]) == (True, True)
    measured.undo(starts[11:16])


def test_d_book_two_children_one_after_the_other(measured, new_name, new_phone):
    desk, name, phone = measured, new_name(), new_phone
    desk.register(name, phone)
    child = new_name()
    desk.page.locator("#family a[data-panel$='/family/new/']").click()
    desk.panel.locator("input[name=name]").fill(child)
    desk.panel.locator("input[name=born_on]").fill("20190501")
    desk.press("Enter")
    expect(desk.page.locator("#family")).to_contain_text(child)
    at_the_search(desk)
    desk.hand.begin()

    desk.type(phone[-4:])
    first_hit(desk)
    desk.press("Control+Enter")
    desk.type("nr")
    expect(desk.slot(1)).to_contain_text(child)
    desk.press("1")

    desk.says(child)
    counts(desk, "d")
    desk.undo(child)


def test_f_cancel_and_offer_the_gap(measured, new_name, new_phone):
    desk, name, waits = measured, new_name(), new_name()
    desk.register(name, new_phone[:-1] + str(9 - int(new_phone[-1])))
    day, _dentist = desk.book_on_an_empty_day(name)
    desk.register(waits, new_phone)
    desk.book_on_an_empty_day(waits, "15:00")  # on a later day
    address = desk.search(waits).get_attribute("data-book").replace("/book/", "/waitlist/new/")
    desk.go(address)
    desk.page.locator("#wish-form button.btn-primary").click()
    desk.says(waits)
    desk.calendar_of(day)
    desk.hand.begin()

    desk.hand.look()
    desk.card(name).click()
    expect(desk.panel.locator("#appointment")).to_be_focused()
    desk.press("x")
    expect(desk.panel.locator("#cancel")).to_contain_text(waits)
    for box in desk.panel.locator("input[name=ask]").all():
        assert box.is_checked()
    desk.press("3")
    expect(desk.panel.locator("[data-then]")).to_be_focused()
    desk.hand.think()
    desk.press("Enter")

    said = desk.says(name)
    expect(said).to_contain_text(re.compile("候补|时间|询问"))
    counts(desk, "f")
    desk.undo(name)


def test_e1_move_on_the_calendar(measured, new_name, new_phone):
    desk, name = measured, new_name()
    desk.register(name, new_phone)
    day, _dentist = desk.book_on_an_empty_day(name)
    desk.calendar_of(day)
    desk.hand.begin()

    desk.hand.look()
    desk.drag(desk.card(name), minutes=30)

    desk.says(name)
    counts(desk, "e1")


def test_e1_move_by_keys(measured, new_name, new_phone):
    desk, name = measured, new_name()
    desk.register(name, new_phone)
    day, _dentist = desk.book_on_an_empty_day(name)
    desk.calendar_of(day)
    desk.card(name).focus()
    desk.hand.begin()

    desk.press("m")
    desk.slot(1)
    desk.press("1")

    desk.says(name)
    counts(desk, "e1 keys")


def test_e2_move_to_another_week(measured, new_name, new_phone):
    desk, name = measured, new_name()
    desk.register(name, new_phone)
    day, _dentist = desk.book_on_an_empty_day(name)
    desk.calendar_of(day)
    desk.hand.begin()

    desk.hand.look()
    desk.card(name).click()
    expect(desk.panel.locator("#appointment")).to_be_focused()
    desk.press("m")
    goes_to = desk.slot(1).get_attribute("data-starts")
    desk.press("1")

    desk.says(goes_to[11:16])
    assert date.fromisoformat(goes_to[:10]).isocalendar()[:2] != date.fromisoformat(day).isocalendar()[:2]
    counts(desk, "e2")


def test_g_check_in(measured):
    row = measured.page.locator("#rows-expected > [data-row]").first
    name = row.locator(".who-name").inner_text()
    measured.hand.begin()

    measured.hand.look()
    row.locator("[data-arrive]").click()

    expect(measured.on_board(name, "waiting")).to_be_visible()
    counts(measured, "g")
    measured.undo(name)


def test_g_check_in_by_keys(measured):
    row = measured.page.locator("#rows-expected > [data-row]").last
    name, words = row.locator(".who-name").inner_text(), row.get_attribute("data-find").split()
    initials = next(word for word in words if re.fullmatch("[a-z]{2,3}", word))
    measured.press(".")
    measured.hand.begin()

    measured.type(words[1][:3] if len(initials) < 3 else initials)
    first = measured.page.locator("#rows-expected > [data-row]:not([hidden]) .who-name").first
    expect(first).to_be_visible()
    name = first.inner_text()
    measured.press("Enter")

    expect(measured.on_board(name, "waiting")).to_be_visible()
    counts(measured, "g keys")
    measured.undo(name)


def test_h_walk_in_with_toothache(measured, new_name, new_phone):
    desk, name = measured, new_name()
    desk.register(name, new_phone)
    at_the_search(desk)
    desk.hand.begin()

    desk.type(new_phone[-4:])
    expect(first_hit(desk)).to_contain_text(name)
    desk.press("Alt+Enter")
    expect(desk.panel.locator("#walk-in-choices [role=option]").first).to_be_visible()
    desk.press("1")

    desk.says(name)
    counts(desk, "h")
    desk.undo(name)


@pytest.mark.parametrize("key", ["i", "i mouse"])
def test_i_call_the_next_patient(measured, new_name, new_phone, key):
    desk, name = measured, new_name()
    desk.register(name, new_phone)
    desk.into_the_queue(name, "洗牙、检查、咨询")
    desk.today()
    expect(desk.on_board(name, "waiting")).to_be_visible()
    called = desk.page.locator("#rows-waiting > .row-called")
    before = called.count()
    desk.hand.begin()

    if key == "i":
        desk.press("F4")
    else:
        desk.page.locator("main [data-key=F4]").click()

    expect(called).to_have_count(before + 1)
    counts(desk, key)
    desk.undo("→")


def test_j_check_out_with_two_tenders_and_the_next_visit(measured, open_desk, new_name, new_phone):
    desk, name = measured, new_name()
    desk.register(name, new_phone)
    treated(open_desk, desk, name)
    desk.today()
    desk.hand.begin()

    desk.hand.look()
    desk.check_out(name)
    expect(desk.page.locator("#payment-line")).to_be_focused()
    desk.type("100c")
    desk.press("Enter")
    expect(desk.page.locator("#next-slots")).to_be_focused()
    desk.press("1")

    desk.says("下次就诊")
    counts(desk, "j")


def test_m_a_follow_up_call_with_its_outcome(open_desk):
    desk = open_desk("yinxiaohe", is_measured=True)
    desk.go("/follow-ups/?who=all")
    first = desk.page.locator("#follow-up-rows > [data-row]").first
    expect(first).to_be_focused()
    task = first.get_attribute("id")
    desk.hand.begin()

    desk.press("d")
    desk.press("2")

    expect(desk.page.locator(f"#{task}")).to_have_count(0)  # done, and the next one is there
    counts(desk, "m")


def letters(count):
    return "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(count))
