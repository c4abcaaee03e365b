"""One patient's whole way through the clinic, as the front desk, the dentist and the follow-up agent see it."""

import xlsxwriter
from playwright.sync_api import expect

from tests.journeys.desk import USERNAMES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_whole_way_in_chinese(open_desk, new_name, tmp_path):
    name, other = new_name(), new_name()
    phone = "139" + f"{abs(hash(name)) % 10**8:08}"

    # 店长导入 Excel：两位患者没问题，一位出生日期写错
    manager = open_desk("mona")
    manager.go("/imports/")
    manager.page.locator("input[type=file]").set_input_files(patients_file(tmp_path, name, other, phone))
    manager.press("Tab")
    manager.page.get_by_role("button", name="检查文件").click()
    wrong = manager.page.get_by_role("region", name="有问题的单元格")
    expect(wrong).to_contain_text("出生日期")
    expect(wrong.locator("tbody tr")).to_have_count(1)
    expect(wrong.locator("tbody tr td").first).to_have_text("4")  # as Excel numbers its rows
    expect(wrong).to_contain_text("1990-02-31")
    manager.picture("import")
    manager.page.locator("form[action$='/confirm/'] button").click()
    expect(manager.page.locator("form[action$='/reverse/'] button")).to_be_visible()

    # 电话响了：按姓名首字母找到，预约今天
    desk = open_desk("luosha")
    hit = desk.search(name)
    expect(hit).to_contain_text(name)
    desk.press("Control+Enter")
    expect(desk.panel.locator("#book-code")).to_be_focused()
    desk.type("t")
    slot = desk.slot(1)
    dentist = slot.locator(".slot-who").inner_text()
    desk.picture("book")
    desk.press("1")
    expect(desk.panel).to_be_hidden()
    desk.says(name)

    # 人到了：前台签到
    desk.today()
    desk.arrived(name)

    # 没预约的人牙疼：加号，急诊分级
    desk.into_the_queue(other, "剧烈牙痛")
    expect(desk.on_board(other, "waiting")).to_be_visible()
    desk.picture("today")

    # 叫号、入座，开始治疗
    desk.call(name)
    desk.seat(name)

    # 医生在诊室的电脑上写病历、签名
    doctor = open_desk(USERNAMES[dentist])
    doctor.go("/chairside/")
    doctor.write_note(name, tooth="36", finding="caries", procedure="树脂补牙")
    doctor.want_next_visit("定期复查", weeks=2)
    doctor.picture("note")
    doctor.sign_note()
    doctor.end_treatment()

    # 收费：两种方式，找零
    desk.today()
    desk.check_out(name)
    due = desk.due()
    desk.pay(f"c{due - 60} 100")
    expect(desk.page.locator(".bill-payments")).to_contain_text("¥40.00")
    desk.picture("checkout")
    for size in ("a5", "80mm"):
        paper = desk.receipt(size)
        assert paper[:5] == b"%PDF-", size

    # 预约下次
    expect(desk.page.locator("#next-slots")).to_be_focused()
    desk.press("1")
    desk.says("下次就诊")

    # 回访任务自己出现
    desk.open_patient(name)
    desk.page.locator("#tab-contacts").click()
    expect(desk.page.locator("#panel-contacts")).to_contain_text("补牙")
    desk.picture("patient")


def patients_file(folder, name, other, phone):
    path = folder / "patients.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("患者")
        for number, row in enumerate(
            [
                ["姓名", "电话", "性别", "出生日期"],
                [name, phone, "女", "1988-03-12"],
                [other, phone[:-1] + str((int(phone[-1]) + 1) % 10), "男", "1975-11-02"],
                ["孙有误", "13800005678", "女", "1990-02-31"],
            ]
        ):
            sheet.write_row(number, 0, row)
    return path
