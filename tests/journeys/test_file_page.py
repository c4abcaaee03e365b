"""The file page by keyboard and by mouse: a value edited where it stands, a photo, a child of the family, two screens."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect


@pytest.fixture
def desk(open_desk, new_name, new_phone):
    desk = open_desk("luosha")
    desk.register(new_name(), new_phone)
    return desk


def test_a_value_is_edited_where_it_stands_by_keys_alone(desk):
    page = desk.page
    page.locator("#edit-occupation").focus()
    desk.press("Enter")
    expect(page.locator("#value-occupation input[name=occupation]")).to_be_focused()
    page.keyboard.type("教师")
    desk.press("Enter")
    expect(page.locator("#edit-occupation")).to_be_focused()
    expect(page.locator("#plain-occupation")).to_have_text("教师")

    desk.press("Enter")
    page.keyboard.type("医生")
    desk.press("Escape")
    expect(page.locator("#plain-occupation")).to_have_text("教师")
    expect(page.locator("#edit-occupation")).to_be_focused()

    desk.press("Control+z")
    expect(page.locator("#plain-occupation")).to_have_count(0)
    expect(page.locator("#edit-occupation")).to_contain_text("职业")
    assert desk.barriers() == []


def test_photo_child_and_health_on_one_page(desk, new_name):
    page = desk.page
    picture = io.BytesIO()
    Image.new("RGB", (320, 240), "teal").save(picture, "JPEG")
    page.locator(".file-photo a").click()
    chosen = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    desk.panel.locator("input[type=file]").nth(1).set_input_files(chosen)
    expect(page.locator(".file-photo img")).to_be_visible()
    assert page.locator(".file-photo img").evaluate("(one) => one.decode().then(() => one.naturalWidth)") == 144

    child = new_name()
    page.locator("#family a[data-panel$='/family/new/']").click()
    desk.panel.locator("input[name=name]").fill(child)
    desk.panel.locator("input[name=born_on]").fill("20190501")
    desk.press("Enter")
    expect(page.locator("#family")).to_contain_text(child)
    expect(page.locator(".head-family")).to_contain_text(child)

    page.locator("#tab-health").click()
    expect(page).to_have_url(re.compile(r"\?tab=health$"))
    page.locator("#health input[name=figures]").fill("182/96")
    desk.press("Enter")
    expect(page.locator("#health table")).to_contain_text("182/96 mmHg")
    expect(page.locator("#health .tag-alert")).to_be_visible()
    assert desk.barriers() == []
