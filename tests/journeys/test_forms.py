"""Forms: the manager designs one, the patient fills it in and signs on the own phone, the desk has the signed copy."""

import re

from playwright.sync_api import Page, expect

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
TABLET = {"viewport": {"width": 1024, "height": 768}, "has_touch": True}


def scribble(page: Page) -> None:
    """Sign on the pad with three strokes."""
    pad = page.locator("[data-pad-canvas]").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    for number in range(3):
        x, y = box["x"] + 25 + number * 80, box["y"] + 30
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(1, 8):
            page.mouse.move(x + step * 8, y + (step % 3) * 22)
        page.mouse.up()


def test_form_goes_from_the_designer_over_the_phone_into_the_file(open_desk, new_name, new_phone):
    name, title = new_name(), f"接种问卷{new_phone[-4:]}"
    manager = open_desk("mona")
    manager.go("/forms/designs/new/")
    page = manager.page
    page.get_by_label("中文标题").fill(title)
    page.get_by_label("英文标题").fill("Vaccination")
    page.get_by_role("button", name="开始设计").click()
    for kind, zh, en in (("短文本", "最近打过什么疫苗", "Which vaccine"), ("签名", "本人签名", "Signature")):
        adder = page.locator(".design-adder").first
        if adder.get_attribute("open") is None:
            adder.locator("summary").click()
        adder.get_by_role("button", name=kind, exact=True).click()
        panel = page.locator("#panel-body")
        panel.get_by_label("中文文字").fill(zh)
        panel.get_by_label("英文文字").fill(en)
        page.keyboard.press("Control+Enter")
        expect(page.locator(".design-field").filter(has_text=zh)).to_be_visible()
    expect(page.get_by_text("可以发布")).to_be_visible()
    assert manager.barriers() == []
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()

    desk = open_desk("luosha")
    desk.register(name, new_phone)
    file = re.search(r"/patients/([0-9a-f-]{36})/", desk.page.url)
    assert file is not None
    desk.go(f"/patients/{file[1]}/forms/")
    ticked = desk.page.locator("input[name=design]:checked")
    while ticked.count():
        ticked.first.uncheck()
    desk.page.locator(".forms-more summary").click()
    desk.page.get_by_label(title).check()
    desk.page.get_by_role("button", name="出示二维码").click()
    link = desk.page.locator("[data-copy]").get_attribute("data-copy")
    assert link is not None

    phone = open_desk(**PHONE).page
    phone.goto(re.sub(r"^https?://[^/]+", "", link))  # the demo tells patients an address of its own
    phone.locator("[name=digits]").fill(new_phone[-4:])
    phone.keyboard.press("Enter")
    phone.get_by_role("link", name=title).click()
    phone.get_by_label("最近打过什么疫苗").fill("流感疫苗")
    expect(phone.locator("[data-fill-state]")).to_have_text("已保存")
    phone.reload()
    expect(phone.get_by_label("最近打过什么疫苗")).to_have_value("流感疫苗")
    scribble(phone)
    phone.get_by_role("button", name="签字并完成").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("谢谢，全部签好了。")

    desk.go(f"/patients/{file[1]}/forms/")
    desk.page.get_by_role("link", name=title).click()
    expect(desk.page.get_by_text("未被改动")).to_be_visible()
    assert desk.barriers() == []
    copy = desk.page.get_by_role("link", name="签字文件").get_attribute("href")
    answer = desk.page.request.get(copy)
    assert answer.body()[:5] == b"%PDF-"


def test_tablet_shows_the_forms_only(open_desk, new_name, new_phone):
    desk = open_desk("luosha", **TABLET)
    desk.register(new_name(), new_phone)
    file = desk.page.url
    desk.go(file + "forms/" if file.endswith("/") else file)
    desk.page.get_by_role("button", name="交给患者用平板填").click()
    expect(desk.page.locator("[data-fill]")).to_be_visible()
    assert desk.barriers() == []

    desk.page.goto("/patients/")

    expect(desk.page).to_have_url(re.compile("/unlock/"))
