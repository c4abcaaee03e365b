"""Coming to work, going for a coffee, coming back."""

import re

from playwright.sync_api import expect


def test_a_wrong_password_is_refused_in_words_and_the_right_one_opens_the_day(open_desk):
    desk = open_desk()
    expect(desk.page).to_have_url(re.compile(r"/sign-in/"))

    desk.page.locator("#id_username").fill("taoran")
    desk.page.locator("#id_password").fill("not this one")
    desk.press("Enter")

    refusal = desk.page.get_by_role("alert")
    expect(refusal).to_be_visible()
    expect(desk.page.locator("#id_username")).to_have_value("taoran")  # what was right need not be typed again
    expect(desk.page.locator("#id_password")).to_have_value("")

    desk.page.locator("#id_password").fill("incisor-demo")
    desk.press("Enter")

    expect(desk.page.get_by_role("heading", level=1, name="今天")).to_be_visible()
    expect(desk.page.locator(".bar-user-name")).to_have_text("陶然")


def test_an_unknown_name_and_a_wrong_password_are_told_the_same(open_desk):
    told = []
    for username in ("nobody", "xujianing"):
        desk = open_desk()
        desk.page.locator("#id_username").fill(username)
        desk.page.locator("#id_password").fill("not this one")
        desk.press("Enter")
        told.append(desk.page.get_by_role("alert").inner_text())

    assert told[0] == told[1]


def test_who_guesses_five_times_waits(open_desk):
    desk = open_desk()
    for _ in range(5):
        desk.page.locator("#id_username").fill("dengyifan")
        desk.page.locator("#id_password").fill("guess")
        with desk.page.expect_navigation():
            desk.press("Enter")

    desk.page.locator("#id_password").fill("incisor-demo")  # right, but too late
    with desk.page.expect_navigation():
        desk.press("Enter")

    expect(desk.page.get_by_role("alert")).to_be_visible()
    expect(desk.page).to_have_url(re.compile(r"/sign-in/"))


def test_a_screen_that_is_left_alone_locks_and_its_password_leads_back(open_desk):
    desk = open_desk()
    desk.page.clock.install()
    desk.sign_in("xujianing")
    desk.go("/patients/")

    desk.page.clock.fast_forward("31:00")  # half an hour without key or mouse

    expect(desk.page).to_have_url(re.compile(r"/unlock/"))
    expect(desk.page.get_by_role("main")).to_contain_text("许佳宁")
    expect(desk.page.locator("#nav")).to_have_count(0)  # nothing of the clinic is left to be seen

    desk.page.locator("input[type=password]").fill("incisor-demo")
    desk.press("Enter")

    expect(desk.page).to_have_url(re.compile(r"/patients/$"))


def test_the_lock_in_the_menu_holds_against_the_back_button(open_desk):
    desk = open_desk("xujianing")
    desk.page.locator(".bar-user").click()
    desk.page.locator(".bar-user-menu form[action='/lock/'] button").click()
    expect(desk.page).to_have_url(re.compile(r"/unlock/"))

    desk.page.goto("/patients/")

    expect(desk.page).to_have_url(re.compile(r"/unlock/"))


def test_the_demo_administrator_enters_and_sees_who_may_sign_in(open_desk):
    desk = open_desk("kangning")

    desk.go("/users/")

    expect(desk.page.get_by_role("main")).to_contain_text("luosha")


def test_the_receptionist_may_not(open_desk):
    desk = open_desk("luosha")

    answer = desk.page.goto("/users/")

    assert answer.status == 403
    expect(desk.page.locator("h1")).to_be_visible()  # a page in words, not a bare error
