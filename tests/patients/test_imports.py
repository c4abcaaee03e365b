"""Importing patients: reading, checking, writing in portions, taking back."""

import csv
import io
import zipfile
from datetime import date, timedelta

import pytest
import xlsxwriter

from incisor.accounts.models import User
from incisor.audit.models import Entry
from incisor.kernel.errors import NotAllowed
from incisor.patients import queries, services
from incisor.patients.models import (
    ColumnMemory,
    ImportBatch,
    ImportRow,
    Patient,
    PatientAlert,
    PatientChange,
    SearchKey,
)
from incisor.patients.rules import sheets
from incisor.patients.rules.sheets import UnreadableSheet
from incisor.patients.services import imports
from tests.factories.patients import make_alert, make_patient

HEADINGS = ["病历号", "姓名", "性别", "出生日期", "手机号", "过敏史", "备注"]
ROWS = [
    ["J001", "王小明", "男", "1985-03-04", "13812345678", "青霉素", "怕疼"],
    ["J002", "单雄信", "男", "1970/1/2", "13912340000", "无", ""],
    ["J003", "吕布", "", "", "13700001234", "", ""],
]


def as_csv(rows, *, headings=HEADINGS, coding="utf-8", separator=","):
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([headings, *rows])
    return text.getvalue().encode(coding)


def as_xlsx(rows, *, headings=HEADINGS):
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate([headings, *rows]):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, column, value, day)
            else:
                sheet.write(number, column, value)
    book.close()
    return content.getvalue()


@pytest.fixture
def bring(mona, clinic, at):
    def upload(content, *, file_name="people.csv", by=mona):
        return services.upload_import(
            by=by, clinic=clinic, kind="patients", file_name=file_name, content=content, at=at
        )

    return upload


def finish(batch, by, at):
    while batch.is_running:
        batch = services.run_import(by=by, batch=batch, at=at)
    return batch


@pytest.fixture
def write(bring, mona, at):
    def done(content, **more):
        return finish(services.confirm_import(by=mona, batch=bring(content, **more), at=at), mona, at)

    return done


@pytest.fixture
def take_back(mona, at):
    def done(batch, later=timedelta(hours=1)):
        return finish(services.reverse_import(by=mona, batch=batch, at=at + later), mona, at + later)

    return done


def counts(batch):
    return batch.created_count, batch.updated_count, batch.unchanged_count, batch.refused_count


@pytest.mark.parametrize(
    "content",
    [
        as_csv(ROWS),
        as_csv(ROWS, coding="utf-8-sig"),
        as_csv(ROWS, coding="gb18030"),
        as_csv(ROWS, coding="utf-16"),
        as_csv(ROWS, separator=";"),
        as_csv(ROWS, separator="\t"),
        as_xlsx(
            [
                [
                    *row[:3],
                    date.fromisoformat(row[3].replace("/1/2", "-01-02")) if row[3] else "",
                    int(row[4]),
                    *row[5:],
                ]
                for row in ROWS
            ]
        ),
        as_csv([HEADINGS, *ROWS], headings=["2026年患者名单", "", "", "", "", "", ""]),
    ],
    ids=["utf-8", "bom", "gb18030", "utf-16", "semicolon", "tab", "xlsx", "title above"],
)
def test_patients_come_in_from_every_usual_file(write, clinic, at, content):
    batch = write(content)

    assert (batch.status, counts(batch)) == ("done", (3, 0, 0, 0))
    wang = Patient.objects.get(file_number="J001")
    assert (wang.name, wang.sex, wang.born_on, wang.phone, wang.note) == (
        "王小明", "male", date(1985, 3, 4), "13812345678", "怕疼",
    )  # fmt: skip
    assert [(alert.code, alert.text) for alert in PatientAlert.objects.all()] == [("penicillin", "青霉素")]
    assert [hit.patient.pk for hit in queries.find(clinic, "wxm", at=at)] == [wang.pk]
    assert [hit.patient.pk for hit in queries.find(clinic, "13812345678", at=at)] == [wang.pk]
    assert [hit.patient.pk for hit in queries.find(clinic, "j001", at=at)] == [wang.pk]


def test_nothing_is_written_before_it_is_confirmed(bring):
    batch = bring(as_csv(ROWS))

    assert batch.status == "checked"
    assert queries.planned_counts(batch) == {"total": 3, "created": 3, "updated": 0, "unchanged": 0, "wrong": 0}
    assert Patient.objects.count() == SearchKey.objects.count() == ColumnMemory.objects.count() == 0


def test_second_run_doubles_nothing(write):
    write(as_csv(ROWS))
    again = write(as_xlsx(ROWS))

    assert counts(again) == (0, 0, 3, 0)
    assert Patient.objects.count() == 3
    assert PatientAlert.objects.count() == 1


def test_without_file_numbers_phone_and_name_say_who_it_is(write, clinic):
    rows = [row[1:] for row in ROWS]
    write(as_csv(rows, headings=HEADINGS[1:]))
    again = write(as_csv(rows, headings=HEADINGS[1:]))

    assert counts(again) == (0, 0, 3, 0)
    assert sorted(Patient.objects.values_list("file_number", flat=True)) == ["A000001", "A000002", "A000003"]


def test_changed_rows_change_files_with_history_and_empty_cells_change_nothing(write, mona):
    write(as_csv(ROWS))
    again = write(as_csv([["J001", "王小明", "", "", "13899998888", "花生", "怕疼"]]))

    assert counts(again) == (0, 1, 0, 0)
    wang = Patient.objects.get(file_number="J001")
    assert (wang.phone, wang.sex, wang.note, wang.version) == ("13899998888", "male", "怕疼", 2)
    assert [(row.field, row.old, row.new, row.by) for row in PatientChange.objects.all()] == [
        ("phone", "13812345678", "13899998888", mona)
    ]
    assert PatientAlert.objects.count() == 2


WRONG = [
    (["", "", "", "", "13812345678", "", ""], "姓名", "The name is missing."),
    (["", "王小明", "", "", "", "", ""], "手机号", "There is neither a phone number nor a file number."),
    (["J1", "王小明", "", "", "123", "", ""], "手机号", "This is no phone number."),
    (["J1", "王小明", "", "1990-13-01", "", "", ""], "出生日期", "This is no date between 1900 and today."),
    (["J1", "王小明", "", "2030-01-01", "", "", ""], "出生日期", "This is no date between 1900 and today."),
    (["J1", "王小明", "公", "", "", "", ""], "性别", "The sex is not understood."),
    (["J1", "=SUM(A1)", "", "", "", "", ""], "姓名", "The cell holds a formula"),
    (["J1", "王小明", "", "", "", "", "长" * 5000], "备注", "The cell holds more than 4,000 characters."),
    (["J" * 30, "王小明", "", "", "", "", ""], "病历号", "A file number has at most 20 characters."),
    (["J009", "王小明9", "", "", "", "", ""], "姓名", "A name needs letters"),
]


@pytest.mark.parametrize(
    ("row", "heading", "what"), WRONG, ids=[row[2] + str(number) for number, row in enumerate(WRONG)]
)
def test_every_wrong_cell_is_named_and_the_others_come_in(bring, write, row, heading, what):
    from django.utils import translation

    with translation.override("en"):
        batch = bring(as_csv([ROWS[1], row]))
        cells = queries.wrong_cells(batch, list(queries.wrong_rows(batch)))

        assert [(cell.row, cell.heading, cell.column) for cell in cells] == [
            (3, heading, "ABCDEFG"[HEADINGS.index(heading)])
        ]
        assert what in cells[0].what
        assert cells[0].to_do
        assert counts(write(as_csv([ROWS[1], row]))) == (1, 0, 0, 1)


def test_rows_of_one_person_in_one_file_are_named(bring):
    from django.utils import translation

    with translation.override("en"):
        rows = [
            ROWS[0],
            ["J001", "赵六", "", "", "13611112222", "", ""],
            ["", "王小明", "", "", "138-1234-5678", "", ""],
        ]
        batch = bring(as_csv(rows))

        cells = queries.wrong_cells(batch, list(queries.wrong_rows(batch)))
    assert [(cell.row, cell.what) for cell in cells] == [
        (3, "Row 2 has the same file number."),
        (4, "Row 2 has the same name and phone."),
    ]


def test_file_number_of_another_person_is_not_overwritten(write, clinic, pia):
    batch = write(as_csv([["A000001", "赵六", "", "", "13611112222", "", ""]]))

    assert counts(batch) == (0, 0, 0, 1)
    assert Patient.objects.get().name == "皮亚"


def test_person_who_is_registered_under_another_number_is_named(write, clinic, pia):
    batch = write(as_csv([["X9", "皮亚", "", "", "13800001111", "", ""]]))

    assert counts(batch) == (0, 0, 0, 1)


def test_id_number_tells_birth_and_sex_and_belongs_to_one_person(write, clinic, system):
    card = "11010519491231002X"
    headings = ["姓名", "电话", "身份证号", "生日"]
    write(as_csv([["赵一", "13611112222", card, ""]], headings=headings))
    patient = Patient.objects.get()
    assert (patient.born_on, patient.sex) == (date(1949, 12, 31), "female")

    batch = write(as_csv([["钱二", "13611113333", card, "1950-01-01"]], headings=headings))

    assert counts(batch) == (0, 0, 0, 1)


def test_new_files_go_on_after_imported_numbers(write, clinic, rosa, at):
    write(as_csv([["A000120", "王小明", "", "", "13812345678", "", ""]]))

    made = services.register_patient(by=rosa, clinic=clinic, name="赵一", phone="13611112222", at=at)

    assert made.file_number == "A000121"


def test_columns_are_chosen_by_hand_and_remembered(bring, mona, at):
    content = as_csv([["王小明", "13812345678"]], headings=["谁", "号"])
    batch = bring(content)
    assert batch.mapping["columns"] == ["", ""]
    with pytest.raises(services.WrongStep):
        services.confirm_import(by=mona, batch=batch, at=at)
    with pytest.raises(services.WrongStep):
        services.map_columns(by=mona, batch=batch, columns=["name", "name"], at=at)

    batch = services.map_columns(by=mona, batch=batch, columns=["name", "phone"], at=at)
    finish(services.confirm_import(by=mona, batch=batch, at=at), mona, at)

    assert Patient.objects.get().phone == "13812345678"
    assert bring(content).mapping["columns"] == ["name", "phone"]


def test_import_survives_a_kill_between_portions(bring, mona, at, monkeypatch):
    monkeypatch.setattr(imports, "PORTION", 2)
    batch = services.confirm_import(by=mona, batch=bring(as_csv(ROWS)), at=at)
    batch = services.run_import(by=mona, batch=batch, at=at)
    assert (batch.status, batch.done_count, Patient.objects.count()) == ("running", 2, 2)

    from incisor.patients.jobs import go_on_with_imports

    go_on_with_imports(at)

    batch = ImportBatch.objects.get()
    assert (batch.status, counts(batch)) == ("done", (3, 0, 0, 0))
    assert Patient.objects.count() == 3


def test_portion_that_cannot_be_written_leaves_nothing_and_can_go_on(bring, mona, at, monkeypatch):
    from incisor.patients.jobs import go_on_with_imports
    from incisor.patients.services import _import_write

    batch = services.confirm_import(by=mona, batch=bring(as_csv(ROWS)), at=at)
    original = _import_write.search_keys_of

    def break_down(patient):
        raise RuntimeError("disk")

    monkeypatch.setattr(_import_write, "search_keys_of", break_down)
    go_on_with_imports(at)
    assert (ImportBatch.objects.get().status, Patient.objects.count()) == ("failed", 0)

    monkeypatch.setattr(_import_write, "search_keys_of", original)
    finish(services.confirm_import(by=mona, batch=batch, at=at), mona, at)
    assert Patient.objects.count() == 3


def test_reversal_removes_restores_and_keeps_what_was_used(write, take_back, clinic, rosa, pia, at):
    batch = write(as_csv([*ROWS, ["A000001", "皮亚", "", "", "13900009999", "花生", ""]]))
    assert counts(batch) == (3, 1, 0, 0)
    used, changed = Patient.objects.get(file_number="J002"), Patient.objects.get(file_number="J003")
    make_alert(patient=used)
    services.change_patient(by=rosa, patient=changed, version=1, changes={"occupation": "教师"}, at=at)

    batch = take_back(batch)

    assert batch.status == "reversed"
    assert sorted(Patient.objects.values_list("file_number", flat=True)) == ["A000001", "J002", "J003"]
    restored = Patient.objects.get(pk=pia.pk)
    assert (restored.phone, restored.version) == ("13800001111", 3)
    assert restored.current_alerts == []
    assert queries.find(clinic, "wxm", at=at) == []
    assert [hit.patient.pk for hit in queries.find(clinic, "13800001111", at=at)] == [pia.pk]
    kept = queries.kept_rows(batch)
    assert [row.number for row in kept] == [3, 4]
    assert "单雄信" in kept[0].problems[0]["what"]


def test_reversal_keeps_an_updated_file_that_somebody_changed_since(write, take_back, rosa, pia, at):
    batch = write(as_csv([["A000001", "皮亚", "", "", "13900009999", "", ""]]))
    services.change_patient(by=rosa, patient=pia, version=2, changes={"phone": "13700001111"}, at=at)

    take_back(batch)

    assert Patient.objects.get().phone == "13700001111"


def test_one_audit_line_for_each_step_of_a_batch(write, take_back):
    take_back(write(as_csv(ROWS)))

    assert list(Entry.objects.order_by("number").values_list("what", flat=True)) == [
        "import.checked", "import.confirmed", "import.written", "import.reversal_confirmed", "import.reversed",
    ]  # fmt: skip


def test_values_of_a_file_are_sealed(bring):
    from django.db import connection

    bring(as_csv(ROWS))
    with connection.cursor() as cursor:
        cursor.execute('SELECT "values", "problems" FROM patients_importrow')
        stored = str(cursor.fetchall())

    assert "13812345678" not in stored
    assert "王小明" not in stored


def test_discarding_leaves_nothing(bring, mona, at):
    services.discard_import(by=mona, batch=bring(as_csv(ROWS)), at=at)

    assert ImportBatch.objects.count() == ImportRow.objects.count() == 0


def test_importing_needs_its_permission(bring, rosa, omar):
    for person in (rosa, omar):
        with pytest.raises(NotAllowed):
            bring(as_csv(ROWS), by=User.objects.get(pk=person.pk))


def zip_of(**parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return content.getvalue()


HOSTILE = [
    (b"", "empty"),
    (b"   \n", "empty"),
    (b",,,\n,,,\n", "empty"),
    (b"%PDF-1.7 ...", "wrong_type"),
    (b"\x89PNG\r\n", "wrong_type"),
    (b"\xd0\xcf\x11\xe0 old", "old_excel"),
    (b"PK\x03\x04 broken", "damaged"),
    (zip_of(a="no workbook"), "damaged"),
    (bytes(range(128, 256)) * 20, "wrong_type"),
    (b"a\x00b\x01\x02\x03\x04\x05" * 50, "wrong_type"),
    (b"x" * (sheets.BYTES + 1), "too_large"),
    (b"a\n" * (sheets.ROWS + 2), "too_many_rows"),
    (b"a," * 300 + b"\n", "too_many_columns"),
    (zip_of(xl__worksheets__sheet1_xml=b"0" * (sheets.UNPACKED_BYTES + 1)), "too_large"),
    (zip_of(xl__worksheets__s=b'<row><c r="A99999999"/></row>'), "too_many_rows"),
    (zip_of(xl__worksheets__s=b'<row><c s="1" r="XFD1"/></row>'), "too_many_columns"),
]


@pytest.mark.parametrize(
    ("content", "code"), HOSTILE, ids=[f"{code}-{number}" for number, (_c, code) in enumerate(HOSTILE)]
)
def test_hostile_file_is_refused_with_a_reason(content, code):
    with pytest.raises(UnreadableSheet) as refusal:
        sheets.read_sheet(content, file_name="x")

    assert refusal.value.code == code
    assert str(refusal.value)


def test_cell_of_ten_megabytes_is_cut_and_named(bring):
    batch = bring(as_csv([["J1", "王小明", "", "", "", "", "长" * 5_000_000], ROWS[1]]))

    assert (batch.row_count, batch.refused_count) == (2, 1)
    assert len(ImportRow.objects.order_by("number").first().values) < 500


def test_two_rows_of_one_known_person_are_named(write, pia):
    rows = [["A000001", "皮亚", "", "", "13900009999", "", ""], ["", "皮亚", "", "", "13800001111", "", ""]]

    assert counts(write(as_csv(rows))) == (0, 1, 0, 1)


MORE = ["姓名", "电话", "来源", "联系渠道", "标签", "备注", "最近就诊", "地址", "邮箱", "过敏"]


def test_all_fields_come_in_and_are_added_to_never_emptied(write, take_back):
    batch = write(
        as_csv(
            [["赵一", "13611112222", "微信", "短信", "VIP，学生", "怕疼", "2026-01-05", "幸福路1号", "a@b.cn", "无"],
             ["钱二", "13611113333", "地铁广告牌", "", "", "", "", "", "", "青霉素、虾"]],
            headings=MORE,
        )
    )  # fmt: skip
    zhao, qian = Patient.objects.order_by("file_number")
    assert (zhao.source, zhao.contact_channel, zhao.tags, zhao.last_seen_on) == (
        "wechat",
        "sms",
        ["VIP", "学生"],
        date(2026, 1, 5),
    )
    assert (zhao.address, zhao.email) == ("幸福路1号", "a@b.cn")
    assert (qian.source, qian.source_detail) == ("other", "地铁广告牌")
    assert sorted(alert.text for alert in qian.current_alerts) == ["虾", "青霉素"]

    second = write(
        as_csv(
            [["赵一", "13611112222", "", "", "VIP，老师", "怕黑", "2025-01-05", "", "", "花生"],
             ["钱二", "13611113333", "", "", "", "", "", "", "", "青霉素、虾"]],
            headings=MORE,
        )
    )  # fmt: skip
    assert counts(second) == (0, 1, 1, 0)
    zhao.refresh_from_db()
    assert (zhao.tags, zhao.note, zhao.last_seen_on) == (["VIP", "学生", "老师"], "怕疼\n怕黑", date(2026, 1, 5))

    take_back(second)
    zhao = Patient.objects.get(pk=zhao.pk)
    assert (zhao.tags, zhao.note, zhao.last_seen_on, zhao.current_alerts) == (
        ["VIP", "学生"],
        "怕疼",
        date(2026, 1, 5),
        [],
    )
    take_back(batch)
    assert Patient.objects.count() == 1  # Zhao was changed by the second file and its reversal: kept
    assert queries.kept_rows(ImportBatch.objects.get(pk=batch.pk))[0].number == 2


def test_new_allergies_alone_are_an_update_that_can_be_taken_back(write, take_back, pia):
    batch = write(as_csv([["A000001", "皮亚", "", "", "", "花生", ""]]))
    assert (counts(batch), Patient.objects.get().version) == ((0, 1, 0, 0), 1)

    take_back(batch)

    assert Patient.objects.get().current_alerts == []
    assert PatientAlert.objects.get().ended_at is not None


def test_birth_date_that_contradicts_the_id_number_is_named(write):
    headings = ["姓名", "电话", "身份证号", "生日", "联系渠道"]
    rows = [["赵一", "13611112222", "11010519491231002X", "1950-01-01", ""], ["钱二", "13611113333", "", "", "信鸽"]]

    assert counts(write(as_csv(rows, headings=headings))) == (0, 0, 0, 2)


def test_file_that_was_removed_by_hand_meanwhile_does_not_stop_the_reversal(write, take_back):
    batch = write(as_csv(ROWS))
    gone = Patient.objects.get(file_number="J001")
    SearchKey.objects.filter(patient=gone).delete()
    PatientAlert.objects.filter(patient=gone).delete()
    Patient.objects.filter(pk=gone.pk).delete()

    assert take_back(batch).status == "reversed"
    assert Patient.objects.count() == 0


def test_row_whose_number_was_taken_meanwhile_is_refused_when_it_is_written(bring, mona, clinic, system, at):
    batch = bring(as_csv(ROWS))
    make_patient(clinic=clinic, created_by=system, name="别人", file_number="J001", phone="13677778888")

    batch = finish(services.confirm_import(by=mona, batch=batch, at=at), mona, at)

    assert counts(batch) == (2, 0, 0, 1)
    assert [row.number for row in queries.wrong_rows(batch)] == [2]


def test_every_step_is_taken_once(bring, mona, at):
    batch = services.confirm_import(by=mona, batch=bring(as_csv(ROWS)), at=at)
    with pytest.raises(services.WrongStep):
        services.confirm_import(by=mona, batch=batch, at=at)
    with pytest.raises(services.WrongStep):
        services.reverse_import(by=mona, batch=batch, at=at)

    batch = finish(batch, mona, at)

    assert services.run_import(by=mona, batch=batch, at=at).status == "done"
    with pytest.raises(services.WrongStep):
        services.discard_import(by=mona, batch=batch, at=at)


def test_kind_that_does_not_exist_or_is_closed_to_the_person(mona, clinic, at, monkeypatch):
    from dataclasses import replace

    from incisor.accounts.enums import Permission
    from incisor.kernel.errors import NotFound
    from incisor.patients.hooks import import_kinds

    given = {"by": mona, "clinic": clinic, "file_name": "x.csv", "content": as_csv(ROWS), "at": at}
    with pytest.raises(NotFound):
        services.upload_import(kind="moon", **given)

    closed = replace(services.IMPORTED_PATIENTS, permission=Permission.NOTE_WRITE)
    monkeypatch.setattr(import_kinds, "_entries", {"patients": closed})
    with pytest.raises(NotAllowed):
        services.upload_import(kind="patients", **given)


def test_table_without_rows_under_the_headings(bring, mona, at):
    batch = bring(as_csv([]))

    assert (batch.row_count, batch.percent) == (0, 100)
    assert finish(services.confirm_import(by=mona, batch=batch, at=at), mona, at).status == "done"


def test_cells_of_a_workbook_are_read_as_people_see_them():
    from datetime import datetime, time

    values = [None, True, 12.0, 1.5, 1e20, datetime(2026, 1, 2), datetime(2026, 1, 2, 9, 30), date(2026, 1, 2), time(9, 30),
              timedelta(hours=2), "张三", 7]  # fmt: skip

    assert [sheets.cell_text(value) for value in values] == [
        "", "1", "12", "1.5", "1e+20", "2026-01-02", "2026-01-02 09:30", "2026-01-02", "09:30", "2:00:00", "张三", "7",
    ]  # fmt: skip


def test_workbook_of_too_many_parts_and_empty_ones_are_refused():
    with pytest.raises(UnreadableSheet) as refusal:
        sheets.read_sheet(zip_of(**{f"p{number}": "" for number in range(2001)}), file_name="x")
    assert refusal.value.code == "too_large"

    with pytest.raises(UnreadableSheet) as refusal:
        sheets.read_sheet(as_xlsx([], headings=["", ""]), file_name="x")
    assert refusal.value.code == "empty"


def test_csv_that_breaks_off_inside_quotes_is_still_read_or_refused():
    assert sheets.read_sheet('姓名,备注\n王小明,"没有结尾'.encode(), file_name="x") == [
        ["姓名", "备注"],
        ["王小明", "没有结尾"],
    ]


def test_id_number_of_another_file_is_named(write, clinic, system):
    card = "11010519491231002X"
    headings = ["病历号", "姓名", "电话", "身份证号"]
    write(as_csv([["J1", "赵一", "13611112222", card], ["J2", "钱二", "13611113333", ""]], headings=headings))

    batch = write(as_csv([["J2", "钱二", "13611113333", card]], headings=headings))

    assert counts(batch) == (0, 0, 0, 1)


def test_line_that_the_reader_refuses_is_named(monkeypatch):
    monkeypatch.setattr(sheets, "BYTES", 20)

    with pytest.raises(UnreadableSheet, match="1") as refusal:
        sheets._csv_rows(b"a" * 40)

    assert refusal.value.code == "damaged"


def test_want_of_memory_is_not_taken_for_a_damaged_file(monkeypatch):
    import python_calamine

    class Exhausted:
        @staticmethod
        def from_filelike(_file):
            raise MemoryError

    monkeypatch.setattr(python_calamine, "CalamineWorkbook", Exhausted)

    with pytest.raises(MemoryError):
        sheets.read_sheet(zip_of(a=""), file_name="x")


def test_number_that_nobody_can_dial_is_marked_in_an_import(clinic, at):
    from incisor.patients.hooks import CheckedRow
    from incisor.patients.services import IMPORTED_PATIENTS

    rows = [
        CheckedRow(number=number, cells={"name": name, "phone": phone})
        for number, (name, phone) in enumerate(
            zip("赵钱孙李", ("12345", "12012345678", "88888888", "13812345678"), strict=True)
        )
    ]

    IMPORTED_PATIENTS.check(clinic, rows, at)

    assert [[problem.field for problem in row.problems] for row in rows] == [["phone"], ["phone"], ["phone"], []]
