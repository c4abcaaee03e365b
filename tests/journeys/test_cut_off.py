"""The connection breaks for a minute: it is said clearly, nothing typed is lost, and what was pressed is done once."""

import re

import pytest
from playwright.sync_api import Route, expect

BAR = "#offline"


@pytest.fixture
def cut(desk):
    """Take the network away and give it back: `with` the page's own clock, so that a minute takes no minute."""

    class Cut:
        def __enter__(self):
            desk.page.context.set_offline(True)
            expect(desk.page.locator(BAR)).to_be_visible()
            return self

        def for_a_minute(self):
            desk.page.clock.run_for(60_000)

        def __exit__(self, *_failure):
            desk.page.context.set_offline(False)
            desk.page.clock.run_for(3_000)
            desk.page.clock.resume()
            expect(desk.page.locator(BAR)).to_be_hidden()

    desk.page.clock.install()
    return Cut()


def waiting(desk, new_name, new_phone):
    name = new_name()
    desk.register(name, new_phone)
    desk.into_the_queue(name, "洗牙、检查、咨询")
    desk.today()
    expect(desk.on_board(name, "waiting")).to_be_visible()
    return name


def test_what_was_pressed_without_connection_is_done_once_and_what_was_typed_stays(desk, cut, new_name, new_phone):
    name = waiting(desk, new_name, new_phone)
    sent = []
    desk.page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/call/") else None)

    with cut:
        desk.page.locator("#board-filter").fill(name[0])
        for _twice in range(2):
            desk.on_board(name, "waiting").locator("form[action$='/call/'] button").click(force=True)
        expect(desk.page.locator(BAR)).to_contain_text(name)
        desk.page.locator(".nav-rail a[href='/patients/']").click()
        desk.says("停留在本页")
        cut.for_a_minute()
        expect(desk.page.locator(BAR)).to_contain_text("1")
        assert sent == []

    expect(desk.on_board(name, "waiting")).to_have_class(re.compile("row-called"))
    expect(desk.page.locator("#board-filter")).to_have_value(name[0])
    assert len(sent) == 1


def test_form_waits_on_its_page_with_what_was_typed(desk, cut):
    desk.go("/settings/screens/notices/new/")
    text = "今天下午三点停电"
    desk.page.locator("#id_text_zh").fill(text)

    with cut:
        desk.page.locator("main .form-actions button.btn-primary").click()
        expect(desk.page.locator(BAR)).to_contain_text("上屏")
        cut.for_a_minute()
        expect(desk.page.locator("#id_text_zh")).to_have_value(text)

    expect(desk.page.locator("tr", has_text=text)).to_have_count(1)


def test_answer_lost_on_the_way_does_not_do_it_twice(desk):
    """The server has done it, the browser never heard: the same is sent again, and the server knows it."""
    text = "门口施工，请走东门"
    desk.go("/settings/screens/notices/new/")
    lost = []

    def lose(route: Route) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort("connectionreset")

    desk.page.route("**/notices/new/", lose)
    desk.page.locator("#id_text_zh").fill(text)
    with desk.page.expect_response(lambda answer: "x-request-repeated" in answer.headers):
        desk.page.locator("main .form-actions button.btn-primary").click()
    desk.says("没有重复")

    assert lost == [204]
    desk.go("/settings/screens/")
    expect(desk.page.locator("tr", has_text=text)).to_have_count(1)
