"""Messages about appointments: due by the rules, once, not in quiet hours, one for a family, taken back in time."""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from incisor.audit.services import recording
from incisor.kernel.clock import moment
from incisor.kernel.errors import ChangedMeanwhile, NotAllowed
from incisor.messaging.models import Link, MessageTemplate, OutboxMessage
from incisor.messaging.services import send_due
from incisor.outreach import services
from incisor.outreach.models import FollowUpTask, Notice, ReminderRule
from incisor.outreach.queries import active_rules, messages_of_day
from incisor.outreach.queries.planning import due_notices, due_now
from incisor.outreach.services import reminders
from incisor.scheduling.models import Appointment
from incisor.scheduling.services import (
    book_appointment,
    cancel_appointment,
    change_status,
    move_appointment,
    undo_change,
)
from tests.factories.patients import make_patient
from tests.factories.reminders import make_rule, make_sending_rules
from tests.factories.scheduling import make_appointment

ZONE = "Asia/Shanghai"
DAY = date(2026, 3, 4)  # a Wednesday; the tests' now is Monday 09:30
BOOKED = datetime.fromisoformat("2026-02-20T02:00:00+00:00")


def wall(day, hour, minute=0):
    return moment(day, time(hour, minute), ZONE)


@pytest.fixture(autouse=True)
def outbox_folder(tmp_path, settings):
    settings.INCISOR_OUTBOX = tmp_path / "outbox"


@pytest.fixture
def coming(clinic, dana, chair):
    def coming(patient, hour=10, day=DAY, minute=0, **over):
        return make_appointment(
            clinic=clinic, patient=patient, dentist=dana, chair=chair, starts_at=wall(day, hour, minute),
            **{"created_at": BOOKED, **over},
        )  # fmt: skip

    return coming


@pytest.fixture
def run(clinic, system):
    def run(at):
        return services.write_due_messages(by=system, clinic=clinic, at=at)

    return run


def bodies():
    return [one.body for one in OutboxMessage.objects.order_by("created_at", "pk")]


def test_reminder_goes_out_the_day_before_at_its_hour_and_once(clinic, pia, coming, run):
    make_sending_rules(clinic=clinic)
    make_rule(clinic=clinic)
    appointment = coming(pia)

    assert run(wall(DAY - timedelta(days=1), 9, 59)) == (0, 0)
    assert run(wall(DAY - timedelta(days=1), 10)) == (1, 0)
    assert run(wall(DAY - timedelta(days=1), 10, 1)) == (0, 0)

    message = OutboxMessage.objects.get()
    link = Link.objects.get()
    assert message.body.startswith("皮亚 明天（3月4日周三） 10:00 丹娜 https://desk.example.cn/p/a/")
    assert (message.patient, message.channel, message.address) == (pia, "sms", pia.phone)
    assert message.expires_at == appointment.starts_at - timedelta(hours=2)
    assert (link.subject_id, link.purpose, link.expires_at) == (message.pk, "a", appointment.starts_at)
    notice = Notice.objects.get()
    assert (notice.appointment, notice.state, notice.message) == (appointment, "written", message)


def test_without_a_public_address_the_text_has_no_half_sentence(clinic, pia, coming, run):
    make_rule(clinic=clinic, body="{patient}，{day}见。确认请点{link}，或致电诊所")
    coming(pia)

    run(wall(DAY - timedelta(days=1), 10))

    assert bodies() == ["皮亚，明天（3月4日周三）见。或致电诊所"]
    assert Link.objects.count() == 0


def test_worker_that_was_away_sends_later_but_never_when_of_no_use(clinic, pia, coming, run):
    make_rule(clinic=clinic)
    coming(pia)
    late = coming(make_patient(clinic=clinic, file_number="A2", name="李雷", phone="13800002222"), hour=9)

    assert run(wall(DAY, 8, 0)) == (0, 0)  # of no use at 07:00 for nine o'clock, at 08:00 for ten: exactly too late
    assert run(wall(DAY, 7, 59)) == (0, 0)  # quiet until eight
    assert run(wall(DAY - timedelta(days=1), 20, 59)) == (2, 0)
    assert run(late.starts_at + timedelta(minutes=1)) == (0, 0)


def test_quiet_hours_hold_a_reminder_until_the_morning(clinic, pia, coming, run):
    make_sending_rules(clinic=clinic, quiet_from=time(20), quiet_until=time(9))
    make_rule(clinic=clinic, moment="hours_before", amount=2)
    coming(pia, hour=10)

    assert run(wall(DAY, 8)) == (0, 0)
    assert run(wall(DAY, 8, 59)) == (0, 0)
    assert run(wall(DAY, 9)) == (1, 0)


def test_reminder_over_a_closed_day_goes_out_before(clinic, pia, coming, run):
    clinic.opening_hours.filter(weekday=6).delete()
    make_rule(clinic=clinic)
    monday = date(2026, 3, 9)
    coming(pia, day=monday)

    assert run(wall(date(2026, 3, 7), 9, 59)) == (0, 0)
    assert run(wall(date(2026, 3, 7), 10)) == (1, 0)
    assert "后天（3月9日周一）" in bodies()[0]


def test_closed_days_do_not_matter_to_a_clinic_that_says_so(clinic, pia, coming, run):
    clinic.opening_hours.filter(weekday=6).delete()
    make_sending_rules(clinic=clinic, is_sent_on_closed_days=True)
    make_rule(clinic=clinic)
    coming(pia, day=date(2026, 3, 9))

    assert run(wall(date(2026, 3, 7), 10)) == (0, 0)
    assert run(wall(date(2026, 3, 8), 10)) == (1, 0)


def test_family_with_one_phone_gets_one_text_a_day(clinic, pia, coming, run):
    make_rule(clinic=clinic)
    MessageTemplate.objects.create(clinic=clinic, key="appointment_family", language="zh-hans", body="{day}：{visits}")
    child = make_patient(clinic=clinic, file_number="A2", name="小明", phone=pia.phone)
    coming(pia, hour=10)
    coming(child, hour=11)
    coming(make_patient(clinic=clinic, file_number="A3", name="小红", phone=pia.phone), day=DAY + timedelta(days=1))

    assert run(wall(DAY - timedelta(days=1), 10)) == (1, 0)

    assert bodies() == ["明天（3月4日周三）：10:00 皮亚（丹娜医生）；11:00 小明（丹娜医生）"]
    assert Notice.objects.count() == 2


def test_cancelled_child_is_taken_out_of_the_familys_waiting_text(clinic, pia, rosa, coming, run, at):
    make_rule(clinic=clinic)
    child = make_patient(clinic=clinic, file_number="A2", name="小明", phone=pia.phone)
    coming(pia, hour=10)
    of_child = coming(child, hour=11)
    ten = wall(DAY - timedelta(days=1), 10)
    run(ten)

    cancel_appointment(by=rosa, appointment=of_child, reason="ill", at=ten + timedelta(seconds=2))
    run(ten + timedelta(minutes=1))

    waiting = OutboxMessage.objects.filter(status="waiting")
    assert OutboxMessage.objects.filter(status="cancelled").count() == 1
    assert [one.body.split()[0] for one in waiting] == ["皮亚"]


def test_moved_appointment_is_reminded_of_anew_and_only_of_the_new_time(clinic, pia, rosa, dana, coming, run):
    make_rule(clinic=clinic)
    appointment = coming(pia)
    ten = wall(DAY - timedelta(days=1), 10)
    run(ten)
    OutboxMessage.objects.update(status="sent")

    move_appointment(by=rosa, appointment=appointment, starts_at=wall(DAY + timedelta(days=1), 15), at=ten)
    assert run(ten + timedelta(hours=1)) == (0, 0)
    assert run(ten + timedelta(days=1)) == (1, 0)

    assert ["3月4日" in bodies()[0], "3月5日" in bodies()[1]] == [True, True]


def test_who_booked_just_before_is_not_reminded_at_once(clinic, pia, coming, run):
    make_rule(clinic=clinic)
    coming(pia, created_at=wall(DAY - timedelta(days=1), 9, 15))

    assert run(wall(DAY - timedelta(days=1), 10)) == (0, 0)


def test_new_rule_sends_nothing_that_was_due_before_it(clinic, pia, coming, run):
    make_rule(clinic=clinic, amount=7, active_since=wall(DAY - timedelta(days=2), 12))
    coming(pia)

    assert run(wall(DAY - timedelta(days=2), 12)) == (0, 0)


def test_changed_rule_neither_doubles_nor_loses(clinic, pia, mona, coming, run):
    """From two hours before to one day before, after the first was told of it and before the second was."""
    rule = make_rule(clinic=clinic, moment="hours_before", amount=2)
    coming(pia, hour=9)
    coming(make_patient(clinic=clinic, file_number="A2", name="李雷", phone="13800002222"), hour=16)
    assert run(wall(DAY, 8)) == (1, 0)
    OutboxMessage.objects.update(status="sent")

    services.change_rule(
        by=mona, clinic=clinic, rule=rule, version=rule.version, at=wall(DAY, 8, 1), texts={"zh-hans": "{patient}新"},
        values={"name_zh": "新", "name_en": "New", "moment": "days_before", "amount": 1, "at_time": time(10),
                "channels": ["sms"], "procedures": [], "is_active": True},
    )  # fmt: skip

    assert run(wall(DAY, 8, 2)) == (1, 0)
    assert run(wall(DAY, 8, 3)) == (0, 0)
    assert bodies()[1] == "李雷新"


def test_rule_for_some_procedures_leaves_the_others(clinic, pia, cleaning, coming, run):
    make_rule(clinic=clinic, procedures=["implant"])
    make_rule(clinic=clinic, procedures=[cleaning.code, "implant"])
    coming(pia, procedure=cleaning)

    assert run(wall(DAY - timedelta(days=1), 10)) == (1, 0)
    assert Notice.objects.get().rule.position == 1


@pytest.mark.parametrize(
    ("wish", "channels", "made"),
    [
        ("wechat", ["sms", "wechat"], "wechat"),
        ("wechat", ["sms"], ""),
        ("wechat", ["sms", "call"], "call"),
        ("phone", ["call", "sms"], "call"),
        ("phone", ["sms", "call"], "sms"),
        ("email", ["sms", "email"], "email"),
        ("none", ["sms", "call"], ""),
    ],
)
def test_own_wish_goes_before_the_rules_order(clinic, coming, run, wish, channels, made):
    make_rule(clinic=clinic, channels=channels)
    coming(make_patient(clinic=clinic, contact_channel=wish, email="a@example.cn"))

    run(wall(DAY - timedelta(days=1), 10))

    found = [one.channel for one in OutboxMessage.objects.all()] + [
        "call" for one in FollowUpTask.objects.filter(kind="confirm", status="open")
    ]
    assert found == ([made] if made else [])


def test_english_speaking_patient_reads_english(clinic, coming, run):
    rule = make_rule(clinic=clinic)
    MessageTemplate.objects.filter(key=rule.template_key, language="en").update(body="{patient} {day}")
    coming(make_patient(clinic=clinic, name="Ann Lee", language="en"))

    run(wall(DAY - timedelta(days=1), 10))

    assert bodies() == ["Ann Lee tomorrow, Wednesday 4 March"]


def test_switched_off_text_tells_nobody_and_says_so(clinic, pia, coming, run):
    rule = make_rule(clinic=clinic)
    MessageTemplate.objects.filter(key=rule.template_key).update(is_active=False)
    coming(pia)

    assert run(wall(DAY - timedelta(days=1), 10)) == (0, 0)
    assert Notice.objects.get().why == "no_text"


# ---- at once -------------------------------------------------------------------------------------------------------


@pytest.fixture
def booked(clinic, pia, rosa, dana, cleaning, at):
    def booked(**over):
        return book_appointment(
            by=rosa, clinic=clinic, **{"patient": pia, "dentist": dana, "procedures": [cleaning],
            "starts_at": wall(DAY, 10), "at": at, **over},
        )  # fmt: skip

    return booked


def test_booking_is_confirmed_some_minutes_later(clinic, booked, run, at):
    make_rule(clinic=clinic, moment="booked", amount=2)
    booked()

    assert run(at + timedelta(minutes=1)) == (0, 0)
    assert run(at + timedelta(minutes=2)) == (1, 0)
    assert run(at + timedelta(minutes=3)) == (0, 0)
    assert len(bodies()) == 1


def test_undone_booking_is_never_told(clinic, booked, rosa, run, at):
    make_rule(clinic=clinic, moment="booked", amount=2)
    make_rule(clinic=clinic, moment="cancelled", amount=0)
    appointment = booked()

    undo_change(by=rosa, clinic=clinic, change=appointment.changes.get(), at=at + timedelta(seconds=8))

    assert run(at + timedelta(minutes=30)) == (0, 0)
    assert set(Notice.objects.values_list("withdrawn_at", flat=True)) == {at + timedelta(seconds=8)}


def test_two_children_booked_together_get_one_confirmation(clinic, booked, pia, run, at):
    make_rule(clinic=clinic, moment="booked", amount=2)
    booked()
    booked(patient=make_patient(clinic=clinic, file_number="A2", name="小明", phone=pia.phone), starts_at=wall(DAY, 11))

    assert run(at + timedelta(minutes=2)) == (1, 0)
    assert bodies()[0].startswith("皮亚、小明 后天（3月4日周三） 10:00、11:00")


def test_booking_at_night_is_confirmed_in_the_morning_and_shown_before(clinic, booked, run, at):
    make_rule(clinic=clinic, moment="booked", amount=2)
    night = wall(date(2026, 3, 2), 22)
    booked(at=night)

    assert run(night + timedelta(minutes=2)) == (0, 0)
    planned = messages_of_day(clinic, date(2026, 3, 3), night)
    assert run(wall(date(2026, 3, 3), 8)) == (1, 0)
    assert [(one.rule.moment, one.send_at) for one in planned] == [("booked", wall(date(2026, 3, 3), 8))]


def test_cancellation_is_told_to_whoever_was_told_of_the_booking(clinic, booked, rosa, run, at):
    make_rule(clinic=clinic, moment="booked", amount=0)
    make_rule(clinic=clinic, moment="cancelled", amount=0, body="取消了")
    appointment = booked()
    run(at)
    OutboxMessage.objects.update(status="sent")

    cancel_appointment(by=rosa, appointment=appointment, reason="clinic", at=at + timedelta(hours=1))
    run(at + timedelta(hours=1))

    assert bodies()[1:] == ["取消了"]


def test_move_and_back_again_is_nothing_to_tell(clinic, booked, rosa, run, at):
    make_rule(clinic=clinic, moment="booked", amount=0)
    make_rule(clinic=clinic, moment="moved", amount=2)
    appointment = booked()
    run(at)
    OutboxMessage.objects.update(status="sent")

    change = move_appointment(by=rosa, appointment=appointment, starts_at=wall(DAY, 14), at=at + timedelta(minutes=5))
    undo_change(by=rosa, clinic=clinic, change=change, at=at + timedelta(minutes=6))

    assert run(at + timedelta(minutes=30)) == (0, 0)


def test_moved_time_is_told(clinic, booked, rosa, run, at):
    make_rule(clinic=clinic, moment="booked", amount=0)
    make_rule(clinic=clinic, moment="moved", amount=2)
    appointment = booked()
    run(at)
    OutboxMessage.objects.update(status="sent")

    move_appointment(by=rosa, appointment=appointment, starts_at=wall(DAY, 14), at=at + timedelta(minutes=5))

    assert run(at + timedelta(minutes=7)) == (1, 0)
    assert "14:00" in bodies()[1]


# ---- failures, calls, single ones ----------------------------------------------------------------------------------


def broken_line(_letter):
    from incisor.messaging.adapters import SendingFailed

    raise SendingFailed("no such number", is_final=True)


def test_message_that_fails_becomes_a_call_once(clinic, pia, coming, run, system, settings):
    settings.INCISOR_ADAPTERS = {"*": "tests.outreach.test_reminders.broken_line"}
    make_rule(clinic=clinic)
    appointment = coming(pia)
    ten = wall(DAY - timedelta(days=1), 10)
    run(ten)

    assert send_due(by=system, at=ten) == (0, 1)
    assert send_due(by=system, at=ten + timedelta(minutes=30)) == (0, 0)

    (task,) = FollowUpTask.objects.all()
    assert (task.kind, task.appointment, task.status, task.due_on) == ("confirm", appointment, "open", ten.date())


def test_text_in_the_file_holds_the_link(clinic, pia, coming, run, system):
    make_sending_rules(clinic=clinic)
    make_rule(clinic=clinic)
    coming(pia)
    ten = wall(DAY - timedelta(days=1), 10)
    run(ten)

    send_due(by=system, at=ten)

    (file,) = Path(settings.INCISOR_OUTBOX).rglob("*.json")
    assert "https://desk.example.cn/p/a/" in json.loads(file.read_text(encoding="utf-8"))["body"]


def test_single_message_is_kept_back_and_let_go_again(clinic, pia, mona, rosa, coming, run):
    rule = make_rule(clinic=clinic)
    appointment = coming(pia)
    ten = wall(DAY - timedelta(days=1), 10)
    given = {"clinic": clinic, "at": ten - timedelta(hours=1)}

    with pytest.raises(NotAllowed):
        services.switch_off(by=rosa, rule=rule, appointments=[appointment], **given)
    notices = services.switch_off(by=mona, rule=rule, appointments=[appointment], **given)
    assert run(ten) == (0, 0)
    assert [one.state for one in messages_of_day(clinic, DAY - timedelta(days=1), ten)] == ["off"]
    services.switch_on_again(by=mona, notices=notices, **given)

    assert run(ten + timedelta(minutes=1)) == (1, 0)
    OutboxMessage.objects.update(status="sent")
    with pytest.raises(ChangedMeanwhile):
        services.switch_off(by=mona, rule=rule, appointments=[appointment], **given)


def test_missed_appointment_is_called_within_the_hour(clinic, pia, rosa, coming):
    appointment = coming(pia)
    at = appointment.starts_at + timedelta(minutes=30)

    change = change_status(by=rosa, appointment=appointment, to="no_show", at=at)

    (task,) = FollowUpTask.objects.all()
    assert (task.kind, task.due_at, task.role) == ("missed", at + timedelta(hours=1), "receptionist")
    undo_change(by=rosa, clinic=clinic, change=change, at=at)
    assert FollowUpTask.objects.get().status == "cancelled"
    change_status(by=rosa, appointment=Appointment.objects.get(), to="no_show", at=at)
    assert FollowUpTask.objects.filter(status="open").count() == 1


def test_rule_that_was_off_does_not_catch_up(clinic, pia, mona, coming, run):
    rule = make_rule(clinic=clinic, is_active=False)
    coming(pia)
    values = {"name_zh": "甲", "name_en": "A", "moment": "days_before", "amount": 1, "at_time": time(10),
              "channels": ["sms"], "procedures": [], "is_active": True}  # fmt: skip

    noon = wall(DAY - timedelta(days=1), 12)
    services.change_rule(by=mona, clinic=clinic, rule=rule, values=values, texts={}, version=1, at=noon)

    assert run(noon + timedelta(minutes=1)) == (0, 0)
    assert ReminderRule.objects.get().active_since == noon


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"channels": []}, "channels"),
        ({"channels": ["pigeon"]}, "channels"),
        ({"amount": 31}, "amount"),
        ({"amount": 0}, "amount"),
    ],
)
def test_impossible_rule_is_refused(clinic, mona, at, over, field):
    values = {"name_zh": "甲", "name_en": "A", "moment": "days_before", "amount": 1, "at_time": time(10),
              "channels": ["sms"], "procedures": [], "is_active": True, **over}  # fmt: skip

    with pytest.raises(services.RuleRefused) as refused:
        services.add_rule(by=mona, clinic=clinic, values=values, texts={"zh-hans": "{patient}"}, at=at)

    assert refused.value.details["field"] == field


def test_two_workers_that_saw_the_same_work_write_it_once(clinic, pia, coming, system):
    """Both read what is due before either has written: the second finds every notice given already."""
    rule = make_rule(clinic=clinic)
    make_rule(clinic=clinic, channels=["call"])
    appointment = coming(pia)
    ten = wall(DAY - timedelta(days=1), 10)
    rules = {row.pk: row for row in active_rules(clinic)}
    seen = [due_now(clinic, list(rules.values()), ten)[0] for _worker in range(2)]

    with transaction.atomic(), recording(user_id=system.pk, user_name="", clinic_id=clinic.pk, at=ten):
        made = [
            reminders._tell(rules[group[0].rule], [appointment], group, by=system, at=ten)
            for groups in seen
            for group in groups
        ]

    assert sorted(made) == ["", "", "call", "written"]
    assert OutboxMessage.objects.filter(template_key=rule.template_key).count() == 1
    assert FollowUpTask.objects.count() == 1
    assert Notice.objects.count() == 2


def test_two_workers_announce_a_booking_once(clinic, booked, system, at):
    make_rule(clinic=clinic, moment="booked", amount=0)
    booked()
    seen = [due_notices(clinic, at) for _worker in range(2)]

    with transaction.atomic(), recording(user_id=system.pk, user_name="", clinic_id=clinic.pk, at=at):
        made = [reminders._tell_announced(notices, "sms", by=system, at=at) for notices in seen]

    assert made == ["written", ""]
    assert OutboxMessage.objects.count() == 1


def test_planning_costs_the_same_queries(clinic, pia, coming, run, django_assert_max_num_queries, system, at):
    make_rule(clinic=clinic)
    for number in range(6):
        coming(
            make_patient(clinic=clinic, file_number=f"B{number}", name="李雷", phone=f"1380000{number:04d}"),
            hour=9 + number,
        )

    with django_assert_max_num_queries(9):
        messages_of_day(clinic, DAY - timedelta(days=1), at)
