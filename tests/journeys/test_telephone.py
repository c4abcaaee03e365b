"""The telephone rings: who it is, F2, the note that is the task; and how much work it is for the hand."""

import re
import secrets

import httpx
import pytest
from playwright.sync_api import expect

from tests.hand.goals import EXPOSED_MS, WAYS


@pytest.fixture(scope="module")
def line():
    """What the telephone system of this module's journeys posts to, once it is connected."""
    return {}


@pytest.fixture
def ring(open_desk, line):
    """Let the telephone ring: ring("13800001111")."""
    if not line:
        manager = open_desk("mona")
        manager.go("/settings/devices/new/")
        manager.page.locator("#id_kind").select_option("telephone")
        manager.page.locator("#id_name").fill("前台电话")
        manager.page.locator("main button.btn-primary").click()
        line["address"] = manager.page.locator("#device-address").input_value()

    def ring_with(number, state="ringing", call=None):
        call = call or secrets.token_hex(4)
        answer = httpx.post(line["address"], data={"call": call, "number": number, "state": state})
        assert answer.status_code == 204, answer.text
        return call

    return ring_with


@pytest.fixture
def measured(open_desk):
    return open_desk("luosha", is_measured=True)


def counts(desk, key):
    run, way = desk.hand.end(), WAYS[key]
    figures = f"{run.effort.actions} actions, {run.effort.klm_s} s: {run.tokens}"
    assert run.silent == 0, figures
    assert (run.effort.actions <= way.reached[0], run.effort.klm_s <= way.reached[1]) == (True, True), figures
    assert run.exposed_ms <= EXPOSED_MS, f"{run.exposed_ms} ms of waiting that no thinking covers"


def rings(desk, words):
    desk.go("/patients/")
    expect(desk.page.locator(".ring").filter(has_text=words)).to_be_visible()
    desk.page.evaluate("document.activeElement.blur()")


@pytest.fixture
def caller(measured, open_desk, ring, new_name, new_phone):
    """The name of a patient who rings."""
    name = new_name()
    open_desk("taoran").register(name, new_phone)
    ring(new_phone)
    rings(measured, name)
    return name


def test_a_known_caller_is_one_key_away(measured, caller):
    measured.hand.begin()

    measured.press("F2")

    expect(measured.page.get_by_role("heading", level=1, name=caller)).to_be_visible()
    counts(measured, "a call")
    expect(measured.page.locator(".ring-mine")).to_contain_text(caller)


def test_c_the_caller_is_booked_at_once(measured, caller):
    measured.hand.begin()

    measured.press("Shift+F2")
    starts = measured.book_by("ne")

    counts(measured, "c call")
    measured.undo(starts)


def test_b_unknown_caller_is_registered_with_the_number(measured, ring, new_phone):
    ring(new_phone)
    rings(measured, "陌生来电")
    measured.hand.begin()

    measured.press("F2")
    measured.type("Q" + "".join(secrets.choice("abcdefgh") for _ in range(9)))
    measured.press("Enter")

    expect(measured.page).to_have_url(re.compile(r"/patients/[0-9a-f-]{36}/"))
    expect(measured.page.locator("#head-phone")).to_contain_text(new_phone[-4:])
    counts(measured, "b call")


def test_l_the_note_is_the_task(measured, open_desk):
    measured.go("/patients/")
    measured.page.evaluate("document.activeElement.blur()")
    text = "ask" + "".join(secrets.choice("abcdefgh") for _ in range(17))
    measured.hand.begin()

    measured.press("F8")
    measured.type(text)
    measured.type("@taoran mt")
    measured.press("Enter")

    measured.says("陶然")
    counts(measured, "l")
    colleague = open_desk("taoran")
    colleague.go("/calls/")
    note = colleague.page.locator("#note-rows > [data-row]").filter(has_text=text)
    note.focus()
    colleague.press("e")
    colleague.says("已办结")
    expect(note).to_have_count(0)
    colleague.undo("已办结")
    expect(note).to_be_visible()


def test_pages_of_the_telephone_have_no_barriers(desk):
    for path in (
        "/calls/",
        "/calls/?view=calls",
        "/leads/",
        "/leads/new/",
        "/leads/figures/",
        "/answers/?q=xy",
        "/call-notes/new/",
    ):
        desk.go(path)
        expect(desk.page.locator("main")).to_be_visible()
        assert desk.barriers() == [], path
