"""Figures about bookings: against counting by hand, in the clinic's own days."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from incisor.kernel.clock import local
from incisor.scheduling.models import Appointment, AppointmentChange
from incisor.scheduling.queries import (
    bookings_made,
    by_channel,
    by_dentist,
    by_kind,
    cancellations,
    conversion,
    peaks,
    rate,
)
from tests.factories.clinics import make_procedure
from tests.factories.scheduling import make_appointment

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 15)
DAYS = {"first": FIRST, "last": LAST}
ZONE = "Asia/Shanghai"


@pytest.fixture
def past(clinic, pia, dana, chair, cleaning):
    """Sixty appointments around the days, booked at all hours, so that UTC and the clinic's clock differ."""
    implant = make_procedure(code="implant", specialty="implants")
    statuses = ["completed", "completed", "no_show", "cancelled", "confirmed", "completed", "rescheduled"]
    channels = ["phone", "desk", "online", "phone", "import"]
    reasons = ["ill", "no_time", "mistake", "price"]
    begin = datetime(2026, 2, 27, 15, 30, tzinfo=UTC)
    made = []
    for number in range(60):
        status = statuses[number % 7]
        made.append(
            make_appointment(
                clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=begin + timedelta(hours=9 * number),
                created_at=begin + timedelta(hours=7 * number, minutes=40), status=status, channel=channels[number % 5],
                procedure=[cleaning, implant, None][number % 3],
                cancel_reason=reasons[number // 7 % 4] if status == "cancelled" else "",
            )
        )  # fmt: skip
    return made


def planned(rows):
    return [
        one for one in rows
        if FIRST <= local(one.starts_at, ZONE).date() <= LAST and one.cancel_reason != "mistake"
    ]  # fmt: skip


@pytest.mark.parametrize("step", ["day", "week", "month"])
def test_bookings_made_by_the_clinics_own_days(clinic, past, step):
    figures = bookings_made(clinic, **DAYS, step=step)

    days = Counter(
        local(one.created_at, ZONE).date() for one in past if one.channel != "import" and one.cancel_reason != "mistake"
    )
    inside = {day: count for day, count in days.items() if FIRST <= day <= LAST}
    assert sum(count for _day, count in figures.rows) == sum(inside.values()) > 10
    if step == "day":
        assert dict(figures.rows) == {
            FIRST + timedelta(days=n): inside.get(FIRST + timedelta(days=n), 0) for n in range(14)
        }
    if step == "week":
        assert [day for day, _count in figures.rows] == [date(2026, 3, 2), date(2026, 3, 9)]
    assert "2026-03-02" in figures.stated


def test_peaks_are_in_wall_clock_hours(clinic, past):
    figures = peaks(clinic, **DAYS)

    expected = Counter()
    for one in past:
        made = local(one.created_at, ZONE)
        if one.channel != "import" and one.cancel_reason != "mistake" and FIRST <= made.date() <= LAST:
            expected[made.isoweekday(), made.hour] += 1
    assert {(weekday, hour): count for weekday, hour, count in figures.rows} == expected
    assert [row[2] for row in figures.rows] == sorted(expected.values(), reverse=True)


def test_outcomes_by_channel_dentist_and_kind_add_up(clinic, past, dana):
    mine = planned(past)
    kept = sum(one.status == "completed" for one in mine)
    cancelled = sum(one.status == "cancelled" for one in mine)
    for figures in (by_channel(clinic, **DAYS), by_dentist(clinic, **DAYS), by_kind(clinic, **DAYS)):
        assert sum(row[1] for row in figures.rows) == len(mine)
        assert sum(row[2] for row in figures.rows) == kept
        assert sum(row[4] for row in figures.rows) == cancelled
    assert [row[0] for row in by_dentist(clinic, **DAYS).rows] == [dana.name]
    assert {row[0] for row in by_kind(clinic, **DAYS).rows} == {"全科", "种植", "未填"} or len(
        by_kind(clinic, **DAYS).rows
    ) == 3
    assert by_dentist(clinic, **DAYS).rows[0][5] == rate(kept, len(mine) - cancelled)


def test_conversion_counts_only_what_is_over(clinic, past):
    at = datetime(2026, 3, 9, 4, tzinfo=UTC)
    rows = [row[1] for row in conversion(clinic, **DAYS, at=at).rows]

    over = [one for one in planned(past) if one.starts_at < at and one.status != "rescheduled"]
    ahead = [one for one in planned(past) if one.starts_at >= at and one.status != "cancelled"]
    status = Counter(one.status for one in over)
    assert rows == [
        status["completed"], status["no_show"], status["cancelled"], status["confirmed"], len(over), len(ahead)
    ]  # fmt: skip
    assert sum(rows[:4]) == rows[4]


def test_cancellations_with_reasons_and_those_of_the_last_day(clinic, past, rosa):
    mine = [one for one in planned(past) if one.status == "cancelled"]
    for number, one in enumerate(mine):
        AppointmentChange.objects.create(
            appointment=one, kind="status", from_status="confirmed", to_status="cancelled", by=rosa,
            at=one.starts_at - timedelta(hours=2 if number == 0 else 30),
        )  # fmt: skip

    figures = cancellations(clinic, **DAYS)

    *reasons, total = figures.rows
    assert sum(row[1] for row in reasons) == total[1] == len(mine)
    assert total[3] == 1
    assert total[2] == rate(len(mine), len(planned(past)))


def test_empty_days_are_no_division_by_nothing(clinic):
    assert rate(0, 0) is None
    assert [count for _day, count in bookings_made(clinic, **DAYS).rows] == [0] * 14
    assert conversion(clinic, **DAYS, at=datetime(2026, 3, 9, tzinfo=UTC)).rows[0][1:] == (0, None)
    assert cancellations(clinic, **DAYS).rows == [("合计", 0, None, 0)] or cancellations(clinic, **DAYS).rows[0][
        1:
    ] == (0, None, 0)


def test_other_clinics_are_not_counted(other_clinic, past):
    assert by_channel(other_clinic, **DAYS).rows == []
    assert Appointment.objects.count() == 60


@pytest.mark.parametrize("figure", [by_channel, by_dentist, by_kind, cancellations, peaks, bookings_made])
def test_each_figure_costs_few_queries(clinic, past, figure, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        figure(clinic, **DAYS)
