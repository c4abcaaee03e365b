"""Two people at two screens: each sees what the other does, and nobody overwrites anybody."""

import pytest
from playwright.sync_api import expect

WITHIN_MS = 2_500  # two seconds by the design, and half a second for a slow machine to paint


@pytest.fixture
def screens(open_desk):
    return open_desk("luosha"), open_desk("taoran")


def test_what_one_desk_does_appears_on_the_other(screens, new_name, new_phone):
    rosa, tao = screens
    name = new_name()
    rosa.register(name, new_phone)
    rosa.into_the_queue(name, "洗牙、检查、咨询")

    expect(tao.on_board(name, "waiting")).to_be_visible(timeout=WITHIN_MS)

    rosa.today()
    rosa.on_board(name, "waiting").locator("form[action$='/call/'] button").click()
    expect(tao.on_board(name, "waiting").locator(".tag-info")).to_be_visible(timeout=WITHIN_MS)

    tao.clean_the_chairs()
    tao.on_board(name, "waiting").locator("form[action$='/seat/'] button").click()
    expect(rosa.on_board(name, "chair")).to_be_visible(timeout=WITHIN_MS)

    tao.on_board(name, "chair").locator("form[action$='/end/'] button").click()
    expect(rosa.on_board(name, "pay")).to_be_visible(timeout=WITHIN_MS)


def test_both_call_the_same_patient_and_one_is_told(screens, new_name, new_phone):
    rosa, tao = screens
    name = new_name()
    rosa.register(name, new_phone)
    rosa.into_the_queue(name, "洗牙、检查、咨询")
    rosa.today()
    expect(tao.on_board(name, "waiting")).to_be_visible()
    tao.page.context.set_offline(True)  # so that this screen has not heard of it yet

    rosa.call(name)
    tao.page.context.set_offline(False)

    expect(tao.on_board(name, "waiting").locator(".tag-info")).to_be_visible()  # it catches up by itself


def test_two_people_change_one_file_and_what_the_second_typed_stays(screens, new_name, new_phone):
    rosa, tao = screens
    name = new_name()
    rosa.register(name, new_phone)
    tao.page.goto(rosa.page.url)
    for desk in screens:
        desk.page.locator("#section-contact .card-header a[href$='?edit']").click()
        expect(desk.page.locator("#section-contact input[name=email]")).to_be_visible()

    rosa.page.locator("#section-contact input[name=email]").fill("first@example.org")
    rosa.page.locator("#section-contact button.btn-primary").click()
    expect(rosa.page.locator("#section-contact input[name=email]")).to_have_count(0)
    tao.page.locator("#section-contact input[name=email]").fill("second@example.org")
    tao.page.locator("#section-contact button.btn-primary").click()

    notice = tao.page.locator("#section-contact .notice-warning")
    expect(notice).to_contain_text("罗莎")  # who changed it meanwhile
    expect(tao.page.locator("#section-contact input[name=email]")).to_have_value("second@example.org")
