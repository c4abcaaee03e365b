"""A treatment plan from the draft over the patient's signature to the booking panel."""

import re

from playwright.sync_api import expect

from tests.journeys.test_forms import scribble


def test_plan_is_written_signed_and_proposed_for_booking(open_desk, new_name, new_phone):
    desk = open_desk("luosha")
    desk.register(new_name(), new_phone)
    file = re.search(r"/patients/([0-9a-f-]{36})/", desk.page.url)
    assert file is not None

    dentist = open_desk("chenzhiyuan")
    page = dentist.page
    dentist.go(f"/patients/{file[1]}/plans/")
    page.get_by_label("治疗内容").fill("36牙冠修复")
    page.get_by_role("button", name="开始写计划").click()
    expect(page.get_by_role("heading", level=1, name="36牙冠修复")).to_be_visible()
    for number, (words, teeth) in enumerate((("根管充填", "36"), ("全瓷冠", "36")), start=1):
        page.locator(".plan-find").get_by_label("牙位").fill(teeth)
        page.locator(".plan-query").fill(words)
        page.locator(".plan-find [role=option]").filter(has_text=words[:2]).first.click()
        expect(page.locator(".plan-item")).to_have_count(number)
    assert dentist.barriers() == []
    page.get_by_role("button", name="交给患者决定").click()
    expect(page.locator("#plan").get_by_text("待决定")).to_be_visible()

    desk.go("/plans/")
    desk.page.locator(".plan-row").filter(has_text="36牙冠修复").last.get_by_role("link", name="签名").click()
    expect(desk.page.get_by_role("button", name="同意并签名")).to_be_visible()
    assert desk.barriers() == []
    scribble(desk.page)
    desk.page.get_by_role("button", name="同意并签名").click()
    expect(desk.page.get_by_text("共2步，已完成0步")).to_be_visible()
    desk.page.get_by_role("button", name="预约下一步").click()
    expect(desk.page.locator("#book-procedure option:checked")).to_contain_text("根管充填")
