"""Pages of blocks, limits, holds, patterns and of what no longer fits."""

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incisor.kernel.spans import minute_of
from incisor.scheduling import jobs, services
from incisor.scheduling.models import Appointment, Block, BlockRule, BookingRules, DailyLimit, Hold
from incisor.scheduling.rules import Need
from incisor.scheduling.services import BlockWords
from tests.factories.clinics import make_procedure
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_roster, make_staff

TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai
HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def at_half_past_nine(monkeypatch, at):
    """The pages read the clock in one place; here it stands still."""
    for module in ("booking", "appointment", "blocks", "affected", "holds", "rules"):
        monkeypatch.setattr(f"incisor.scheduling.views.{module}.now", lambda: at)


@pytest.fixture
def booked(rosa, clinic, pia, dana, chair, cleaning, at):
    return services.book_appointment(
        by=rosa, clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN, procedures=[cleaning], at=at
    )


@pytest.fixture
def rule(mona, clinic, at):
    return services.add_block_rule(
        by=mona, clinic=clinic, words=BlockWords(kind="lunch"), weekdays=[1], starts=time(12), ends=time(13),
        valid_from=date(2026, 3, 1), at=at,
    )  # fmt: skip


def triggers(answer):
    return json.loads(answer.headers["HX-Trigger"])


def slot(dana, chair, starts_at=TEN):
    return f"{dana.pk}_{chair.pk}_{minute_of(starts_at)}"


# --------------------------------------------------------------------------------------------------- settings

WEEKLY = {
    "kind": "lunch", "who": "all", "weekdays": ["0", "1"], "starts": "12:00", "ends": "13:00", "valid_from": "2026-03-01",
}  # fmt: skip


def test_weekly_block_is_entered_changed_ended_and_put_back(as_mona, clinic):
    made = as_mona.post(reverse("scheduling:block-rule-new"), WEEKLY)
    row = BlockRule.objects.get()
    url = reverse("scheduling:block-rule-edit", args=[row.pk])
    changed = as_mona.post(url, {**WEEKLY, "version": "1", "kind": "reserve", "opens_minutes": "60", "reason": "急诊"})
    stale = as_mona.post(url, {**WEEKLY, "version": "1"})
    page = as_mona.get(made.headers["Location"])
    end = reverse("scheduling:block-rule-end", args=[row.pk])
    as_mona.post(end)

    assert made.headers["Location"] == changed.headers["Location"] == reverse("scheduling:booking-settings")
    assert stale.status_code == 422
    assert "急诊" in page.content.decode()
    row.refresh_from_db()
    assert (row.kind, row.opens_minutes, row.weekdays, row.removed_at is None) == ("reserve", 60, [0, 1], False)
    as_mona.post(end)
    row.refresh_from_db()
    assert row.removed_at is None


def test_weekly_block_over_appointments_leads_to_them(as_mona, booked):
    typed = {**WEEKLY, "starts": "09:00", "ends": "11:00"}

    assert as_mona.post(reverse("scheduling:block-rule-new"), typed).headers["Location"] == reverse(
        "scheduling:affected"
    )


@pytest.mark.parametrize(
    "over", [{"weekdays": []}, {"ends": "11:00"}, {"kind": "only"}, {"valid_until": "2026-02-01"}, {"who": "nobody"}]
)
def test_impossible_weekly_block_is_shown_again_with_what_was_typed(as_mona, over):
    answer = as_mona.post(reverse("scheduling:block-rule-new"), {**WEEKLY, "reason": "午饭", **over})

    assert (answer.status_code, BlockRule.objects.count()) == (422, 0)
    assert "午饭" in answer.content.decode()


def test_daily_limit_is_entered_changed_ended_and_put_back(as_mona, dana, cleaning):
    typed = {"name": "种植", "kinds": ["specialty:implants", f"procedure:{cleaning.code}"], "most": "2", "who": "each"}
    as_mona.post(reverse("scheduling:limit-new"), typed)
    row = DailyLimit.objects.get()
    assert (row.most, row.is_each_dentist, row.dentist) == (2, True, None)
    url = reverse("scheduling:limit-edit", args=[row.pk])
    as_mona.post(url, {**typed, "version": "1", "most": "3", "who": str(dana.pk)})
    row.refresh_from_db()
    assert (row.most, row.is_each_dentist, row.dentist) == (3, False, dana)
    assert as_mona.post(url, {**typed, "version": "1"}).status_code == 422
    assert as_mona.post(reverse("scheduling:limit-new"), {**typed, "kinds": []}).status_code == 422
    page = as_mona.get(reverse("scheduling:booking-settings")).content.decode()
    assert "种植" in page
    assert "洁牙" in page
    end = reverse("scheduling:limit-end", args=[row.pk])
    as_mona.post(end)
    row.refresh_from_db()
    assert row.is_active is False
    as_mona.post(end)
    row.refresh_from_db()
    assert row.is_active is True


def test_figures_are_changed_and_a_stale_change_is_told(as_mona, clinic):
    url = reverse("scheduling:booking-figures")
    assert as_mona.get(url).context["form"]["hold_minutes"].value() == 5
    as_mona.post(url, {"version": "1", "hold_minutes": "8", "reserve_opens_minutes": "90"})
    assert BookingRules.objects.get().hold_minutes == 8
    as_mona.post(url, {"version": "1", "hold_minutes": "9", "reserve_opens_minutes": "90"})
    assert as_mona.post(url, {"version": "1", "hold_minutes": "7", "reserve_opens_minutes": "90"}).status_code == 422
    assert as_mona.post(url, {"version": "2", "hold_minutes": "0", "reserve_opens_minutes": "90"}).status_code == 422


def test_settings_are_for_those_who_change_the_clinic(as_rosa, rule):
    for name in ("booking-settings", "block-rule-new", "limit-new", "booking-figures"):
        assert as_rosa.get(reverse(f"scheduling:{name}")).status_code == 403


def test_outsiders_find_neither_rules_nor_limits_nor_holds(as_omar, rule, clinic, dana, chair, rosa, at):
    limit = DailyLimit.objects.create(clinic=clinic, name="种植", kinds=["procedure:x"], most=1)
    hold = services.hold_slot(
        by=rosa, clinic=clinic, dentist=dana, chair=chair, starts_at=TEN, need=Need(minutes=30), at=at
    )

    assert as_omar.get(reverse("scheduling:block-rule-edit", args=[rule.pk])).status_code == 404
    assert as_omar.get(reverse("scheduling:limit-edit", args=[limit.pk])).status_code == 404
    assert as_omar.post(reverse("scheduling:hold-release", args=[hold.pk])).status_code == 404
    assert as_omar.get(reverse("scheduling:booking-settings")).context["limits"] == []


# ------------------------------------------------------------------------------------------------------ blocks


def test_weekly_block_is_shown_and_skipped_on_one_day_with_undo(as_rosa, rule):
    shown = as_rosa.get(reverse("scheduling:block", args=[rule.pk]), {"day": "2026-03-03"}, headers=HX)
    skip = reverse("scheduling:block-skip", args=[rule.pk])
    skipped = as_rosa.post(skip, {"day": "2026-03-03"}, headers=HX)
    again = as_rosa.post(triggers(skipped)["toast"]["undo_url"], headers=HX)

    assert "2026-03-03" in shown.content.decode()
    assert triggers(skipped)["calendar-changed"] is True
    assert again.status_code == 204
    rule.refresh_from_db()
    assert rule.skipped == []
    assert as_rosa.post(skip, {"day": "2026-03-04"}, headers=HX).headers["HX-Trigger"]
    assert rule.skipped == []


def test_block_is_changed_removed_and_put_back(as_rosa, rosa, clinic, dana, at):
    made = services.add_block(
        by=rosa, clinic=clinic, words=BlockWords(dentist=dana), starts_at=TEN, ends_at=TEN + timedelta(hours=1), at=at
    )
    typed = {
        "kind": "meeting",
        "who": f"d{dana.pk}",
        "day": "2026-03-03",
        "starts": "15:00",
        "ends": "23:59",
        "version": "1",
    }
    edit = reverse("scheduling:block-edit", args=[made.pk])
    assert as_rosa.get(edit, headers=HX).status_code == 200
    assert as_rosa.post(edit, typed, headers=HX).status_code == 204
    assert as_rosa.post(edit, {**typed, "ends": "14:00"}, headers=HX).status_code == 422
    assert as_rosa.post(edit, typed, headers=HX).status_code == 422  # somebody changed it since
    removed = as_rosa.post(reverse("scheduling:block-remove", args=[made.pk]), headers=HX)
    as_rosa.post(triggers(removed)["toast"]["undo_url"], headers=HX)

    block = Block.objects.get()
    assert block.removed_at is None
    assert block.ends_at == datetime(2026, 3, 3, 16, 0, tzinfo=UTC)  # 23:59 means midnight


# ------------------------------------------------------------------------------------------------------- holds


def test_picked_time_is_held_while_name_and_phone_are_typed_and_booked_with_them(
    as_rosa, rosa, dana, chair, cleaning, system
):
    book = reverse("scheduling:book")
    typed = {"slot": slot(dana, chair), "procedures": str(cleaning.pk), "name": "新患者"}

    missing = as_rosa.post(book, typed, headers=HX)
    hold = Hold.objects.get()
    done = as_rosa.post(book, {**typed, "phone": "13800000009", "hold": str(hold.pk)}, headers=HX)

    assert (missing.status_code, done.status_code) == (422, 204)
    assert str(hold.pk) in missing.content.decode()
    assert (hold.created_by, hold.label, hold.starts_at) == (rosa, "新患者", TEN)
    hold.refresh_from_db()
    assert hold.appointment == Appointment.objects.get()


def test_clicked_time_of_a_new_patient_is_held_and_given_back(as_rosa, dana, chair, cleaning):
    asked = as_rosa.get(
        reverse("scheduling:book"), {"start": "2026-03-03T10:00", "dentist": dana.pk, "chair": chair.pk}, headers=HX
    )
    taken = as_rosa.post(reverse("scheduling:hold-take"), {"slot": slot(dana, chair)}, headers=HX)
    hold = Hold.objects.get()
    release = reverse("scheduling:hold-release", args=[hold.pk])

    assert reverse("scheduling:hold-take") in asked.content.decode()
    assert release in taken.content.decode()
    assert as_rosa.post(release, headers=HX).status_code == 204
    hold.refresh_from_db()
    assert hold.ended_at is not None
    assert as_rosa.post(reverse("scheduling:hold-take"), {"slot": "x"}, headers=HX).status_code == 404


def test_hold_of_somebody_else_is_neither_taken_over_nor_released(client, as_rosa, mona, clinic, dana, chair, pia, at):
    hold = services.hold_slot(
        by=mona, clinic=clinic, dentist=dana, chair=chair, starts_at=TEN, need=Need(minutes=30), at=at
    )

    as_rosa.post(reverse("scheduling:hold-release", args=[hold.pk]), headers=HX)
    refused = as_rosa.post(
        reverse("scheduling:book-panel", args=[pia.pk]), {"slot": slot(dana, chair), "hold": str(hold.pk)}, headers=HX
    )

    hold.refresh_from_db()
    assert hold.ended_at is None
    assert refused.status_code == 422
    assert mona.name in refused.content.decode()


def test_ended_holds_are_cleared_away_after_a_week(rosa, clinic, dana, chair, at):
    services.hold_slot(by=rosa, clinic=clinic, dentist=dana, chair=chair, starts_at=TEN, need=Need(minutes=30), at=at)

    assert jobs.forget_holds(at + timedelta(days=7)) == "0 holds forgotten"
    assert jobs.forget_holds(at + timedelta(days=8)) == "1 holds forgotten"


# ------------------------------------------------------------------------------- worklist, pattern, assistant


def test_worklist_shows_reasons_and_steps_by_role(as_rosa, rosa, booked, dana, clinic, at):
    services.add_block(
        by=rosa, clinic=clinic, words=BlockWords(kind="meeting", reason="晨会", dentist=dana), starts_at=TEN,
        ends_at=TEN + timedelta(hours=1), at=at,
    )  # fmt: skip
    page = as_rosa.get(reverse("scheduling:affected"), {"staff": dana.pk}).content.decode()

    assert "晨会" in page
    assert reverse("scheduling:appointment-move", args=[booked.pk]) in page
    assert reverse("scheduling:appointment-keep", args=[booked.pk]) not in page  # rosa may not overbook
    assert as_rosa.get(reverse("scheduling:appointment-keep", args=[booked.pk])).status_code == 403
    nobody = as_rosa.get(reverse("scheduling:affected"), {"staff": "x"})
    assert [row["appointment"] for row in nobody.context["rows"]] == [booked]


def test_appointment_is_kept_with_a_reason(as_mona, rosa, booked, dana, clinic, at):
    url = reverse("scheduling:appointment-keep", args=[booked.pk])
    assert as_mona.post(url, {"reason": "x"}, headers=HX).status_code == 422  # it fits
    services.add_block(
        by=rosa, clinic=clinic, words=BlockWords(dentist=dana), starts_at=TEN, ends_at=TEN + timedelta(hours=1), at=at
    )
    assert as_mona.post(url, {"reason": ""}, headers=HX).status_code == 422
    assert as_mona.get(url, headers=HX).status_code == 200
    assert as_mona.post(url, {"reason": "先看完"}, headers=HX).status_code == 204
    booked.refresh_from_db()
    assert (booked.accepted, booked.overbook_reason) == (["block"], "先看完")


def test_worklist_costs_the_same_with_one_and_three(as_rosa, clinic, dana, chair):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            as_rosa.get(reverse("scheduling:affected"))
        return len(asked)

    as_rosa.get(reverse("scheduling:affected"))
    for number in range(3):
        make_appointment(
            clinic=clinic, patient=make_patient(clinic=clinic, file_number=f"B{number}"), dentist=dana, chair=chair,
            starts_at=TEN - timedelta(hours=4, minutes=30 * number),
        )  # fmt: skip
        if not number:
            one = cost()
    assert cost() == one


def test_pattern_and_assistant_are_set_in_one_panel(as_rosa, booked, clinic):
    nurse = make_staff(clinic=clinic, name="小林", number="N1", kind="nurse")
    make_roster(staff=nurse, clinic=clinic)
    url = reverse("scheduling:appointment-pattern", args=[booked.pk])
    assert as_rosa.get(url, headers=HX).status_code == 200
    for wrong in ("0-7", "0-35", "a"):
        assert as_rosa.post(url, {"busy": wrong}, headers=HX).status_code == 422

    done = as_rosa.post(url, {"busy": "0-10, 20-30", "assistant": str(nurse.pk), "version": "1"}, headers=HX)

    booked.refresh_from_db()
    assert (done.status_code, booked.busy, booked.assistant) == (204, [[0, 10], [20, 30]], nurse)
    shown = as_rosa.get(reverse("scheduling:appointment", args=[booked.pk]), headers=HX).content.decode()
    assert "小林" in shown
    assert "0-10, 20-30" in shown
    assert as_rosa.post(url, {"busy": "", "version": "1"}, headers=HX).status_code == 422  # changed since


def test_pattern_that_meets_another_patient_is_refused_with_the_reason(as_rosa, rosa, booked, clinic, dana, at):
    services.set_time_pattern(by=rosa, appointment=booked, busy=[[0, 10]], at=at)
    from tests.factories.clinics import make_chair

    services.book_appointment(
        by=rosa, clinic=clinic, patient=make_patient(clinic=clinic, file_number="A000002"), dentist=dana,
        chair=make_chair(clinic=clinic, name="2号椅"), starts_at=TEN + timedelta(minutes=10), minutes=20, at=at,
    )  # fmt: skip

    answer = as_rosa.post(reverse("scheduling:appointment-pattern", args=[booked.pk]), {"busy": ""}, headers=HX)

    assert answer.status_code == 422
    booked.refresh_from_db()
    assert booked.busy == [[0, 10]]


def test_procedure_page_takes_pattern_buffer_and_equipment(as_mona, clinic):
    row = make_procedure(duration_minutes=50)
    url = reverse("clinics:procedure", args=[row.pk])
    form = as_mona.get(url).context["form"]
    typed = {
        name: form[name].value()
        for name in form.fields
        if form[name].value() not in (None, "") and form[name].value() is not False
    }
    typed |= {"busy": "0-10, 20-50", "buffer_before_minutes": "5", "equipment_needs": "激光，CBCT"}

    assert as_mona.post(url, {**typed, "busy": "0-60"}).status_code == 422
    assert as_mona.post(url, {**typed, "buffer_before_minutes": "3"}).status_code == 422
    saved = as_mona.post(url, typed)
    assert saved.status_code != 422, saved.context["form"].errors

    row.refresh_from_db()
    assert (row.busy, row.buffer_before_minutes, row.equipment_needs) == ([[0, 10], [20, 50]], 5, ["激光", "cbct"])
