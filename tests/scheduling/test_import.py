"""Taking over an old calendar: preview, writing, a second run, taking back."""

from datetime import UTC, datetime, timedelta

import pytest

from incisor.patients.services import register_patient
from incisor.patients.services.imports import confirm_import, reverse_import, run_import, upload_import
from incisor.scheduling.models import Appointment
from incisor.scheduling.services import BlockWords, LimitWords, add_block, add_daily_limit, cancel_appointment
from incisor.scheduling.services.import_check import wall_of
from tests.factories.clinics import make_procedure
from tests.factories.scheduling import make_appointment

TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
HEADINGS = "病历号,姓名,手机,预约时间,时长,医生,项目,状态,备注"


@pytest.fixture
def take_over(mona, clinic, at):
    def take_over(*lines, confirm=True):
        content = "\n".join([HEADINGS, *lines]).encode()
        batch = upload_import(by=mona, clinic=clinic, kind="appointments", file_name="a.csv", content=content, at=at)
        if confirm:
            confirm_import(by=mona, batch=batch, at=at)
            batch = run_import(by=mona, batch=batch, at=at)
        return batch

    return take_over


def wrong(batch):
    return [
        (row.number, problem["field"])
        for row in batch.rows.filter(is_wrong=True).order_by("number")
        for problem in row.problems
    ]


@pytest.mark.parametrize(
    ("cells", "wall"),
    [
        (("2026-03-03 10:30", ""), "2026-03-03T10:30"),
        (("2026/3/3 10:30:00", ""), "2026-03-03T10:30"),
        (("2026年3月3日10点半", ""), "2026-03-03T10:30"),
        (("2026-03-03", "下午3:00"), "2026-03-03T15:00"),
        (("2026-03-03", "9:07"), "2026-03-03T09:05"),
        (("2026.3.12", ""), None),
        (("morgen", "9:00"), None),
    ],
)
def test_times_as_people_write_them(cells, wall):
    found = wall_of(*cells)

    assert (found and found.isoformat(timespec="minutes")) == wall


def test_past_and_coming_appointments_are_taken_over(take_over, clinic, pia, dana, chair, cleaning):
    batch = take_over(
        f"{pia.file_number},,,2025-06-01 09:00,40,丹娜,超声洁牙,已就诊,老病人",
        f"{pia.file_number},,,2026-03-03 10:00,,D1,CLEAN,已预约,",
        f"{pia.file_number},,,2025-07-01 09:00,,丹娜,不知道的项目,爽约,",
    )

    assert (batch.status, batch.created_count, batch.refused_count) == ("done", 3, 0)
    past, missed, coming = Appointment.objects.order_by("starts_at")
    assert (past.status, past.channel, past.note, past.chair) == ("completed", "import", "老病人", chair)
    assert (missed.status, missed.need) == ("no_show", "不知道的项目")
    assert (coming.status, coming.starts_at, coming.ends_at - coming.starts_at, coming.is_overbooked) == (
        "confirmed", TEN, timedelta(minutes=30), False,
    )  # fmt: skip
    assert [item.procedure for item in coming.items.all()] == [cleaning]


def test_patient_is_found_by_phone_and_name(take_over, rosa, clinic, dana, chair, at):
    register_patient(by=rosa, clinic=clinic, name="王小明", phone="13912345678", at=at)

    batch = take_over(",王小明,139 1234 5678,2026-03-03 10:00,,丹娜,,,", ",李四,13912345678,2026-03-03 11:00,,丹娜,,,")

    assert (batch.created_count, wrong(batch)) == (1, [(3, "phone")])


def test_what_is_wrong_is_named_and_the_rest_goes_on(take_over, pia, dana, chair):
    batch = take_over(
        "NOBODY,,,2026-03-03 10:00,,丹娜,,,",
        f"{pia.file_number},,,irgendwann,,丹娜,,,",
        f"{pia.file_number},,,2026-03-03 10:00,,谁,,,",
        f"{pia.file_number},,,2026-03-03 10:00,9999,丹娜,,,",
        f"{pia.file_number},,,2026-03-03 10:00,,丹娜,,奇怪,",
        f"{pia.file_number},,,2026-03-03 10:00,,丹娜,,,",
    )

    assert wrong(batch) == [(2, "file_number"), (3, "starts"), (4, "dentist"), (5, "minutes"), (6, "status")]
    assert (batch.created_count, batch.refused_count) == (1, 5)


def test_nobody_is_taken_twice_neither_in_the_calendar_nor_in_the_file(take_over, rosa, clinic, pia, dana, chair, at):
    other = register_patient(by=rosa, clinic=clinic, name="王小明", phone="13912345678", at=at)
    make_appointment(clinic=clinic, patient=other, dentist=dana, chair=chair, starts_at=TEN)

    batch = take_over(
        f"{pia.file_number},,,2026-03-03 10:15,,丹娜,,,",
        f"{pia.file_number},,,2026-03-03 11:00,,丹娜,,,",
        f"{other.file_number},,,2026-03-03 11:15,,丹娜,,,",
    )

    assert wrong(batch) == [(2, "starts"), (4, "starts")]
    assert batch.created_count == 1


def test_outside_todays_roster_is_taken_over_with_its_reason(take_over, pia, dana, chair):
    take_over(f"{pia.file_number},,,2026-03-08 10:00,,丹娜,,,")  # a Sunday

    made = Appointment.objects.get()
    assert made.is_overbooked
    assert made.overbook_reason


def test_kept_times_and_daily_limits_hold_for_coming_ones(take_over, mona, clinic, pia, dana, chair, cleaning, at):
    make_procedure(code="IMP", name_zh="种植", specialty="implants")
    add = {"by": mona, "clinic": clinic, "at": at}
    add_block(
        **add, starts_at=TEN, ends_at=TEN + HOUR, words=BlockWords(kind="only", dentist=dana, only=("procedure:IMP",))
    )
    add_block(
        **add, starts_at=TEN + 24 * HOUR, ends_at=TEN + 25 * HOUR,
        words=BlockWords(kind="reserve", chair=chair, opens_minutes=60),
    )  # fmt: skip
    add_daily_limit(**add, words=LimitWords("种植", 1, ["specialty:implants"]))

    batch = take_over(
        f"{pia.file_number},,,2026-03-03 10:30,30,丹娜,CLEAN,,",
        f"{pia.file_number},,,2026-03-03 10:00,30,丹娜,IMP,,",
        f"{pia.file_number},,,2026-03-03 11:30,30,丹娜,IMP,,",
        f"{pia.file_number},,,2026-03-03 14:00,30,丹娜,CLEAN,,",
        f"{pia.file_number},,,2026-03-04 10:00,30,丹娜,,,",
        f"{pia.file_number},,,2026-03-05 10:00,30,丹娜,IMP,,",
        f"{pia.file_number},,,2025-03-04 10:00,30,丹娜,IMP,已就诊,",
        f"{pia.file_number},,,2025-03-04 11:00,30,丹娜,IMP,已就诊,",
    )

    assert wrong(batch) == [(2, "starts"), (4, "starts"), (6, "starts")]
    problems = {row.number: row.problems[0]["what"] for row in batch.rows.filter(is_wrong=True)}
    assert "种植" in problems[4]  # the limit by its name


def test_second_run_changes_nothing(take_over, pia, dana, chair):
    line = f"{pia.file_number},,,2026-03-03 10:00,,丹娜,,,"
    take_over(line)

    again = take_over(line)

    assert (again.created_count, again.unchanged_count, Appointment.objects.count()) == (0, 1, 1)


def test_preview_writes_nothing(take_over, pia, dana, chair):
    take_over(f"{pia.file_number},,,2026-03-03 10:00,,丹娜,,,", confirm=False)

    assert Appointment.objects.count() == 0


def test_batch_is_taken_back_but_not_what_was_changed_since(take_over, mona, pia, dana, chair, at):
    batch = take_over(
        f"{pia.file_number},,,2026-03-03 10:00,,丹娜,,,", f"{pia.file_number},,,2026-03-03 11:00,,丹娜,,,"
    )
    kept = Appointment.objects.get(starts_at=TEN)
    cancel_appointment(by=mona, appointment=kept, reason="ill", at=at)

    reverse_import(by=mona, batch=batch, at=at)
    batch = run_import(by=mona, batch=batch, at=at)

    assert batch.status == "reversed"
    assert list(Appointment.objects.values_list("pk", flat=True)) == [kept.pk]
    assert sorted(batch.rows.values_list("outcome", flat=True)) == ["kept", "removed"]
