"""Series of visits: days apart, times for all of them, booked in one transaction, shifted and cancelled together."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from incisor.kernel.errors import ChangedMeanwhile, NotFound
from incisor.scheduling import queries, services
from incisor.scheduling.models import Appointment, Series, SeriesStep, SeriesTemplate
from incisor.scheduling.rules import parse_filter
from incisor.scheduling.rules.series import Chance, Days, choose, is_late, out_of_step, window
from incisor.scheduling.setup import load_series
from tests.factories.clinics import make_procedure
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_roster, make_staff

MONDAY = date(2026, 3, 2)
TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai
WEEKLY = Days(5, 7, 14)
HX = {"HX-Request": "true"}


def chance(day, *, dentist="a", hour=10.0, start=0):
    return Chance(dentist, "1", start, day, hour)


@pytest.mark.parametrize(
    ("days", "chosen"),
    [([7], 7), ([6, 7, 8], 7), ([5, 10], 5), ([4], None), ([15], 15), ([14, 15], 14), ([28], 28), ([29], None)],
)
def test_the_day_near_the_ideal_one_is_chosen_and_a_late_one_only_when_nothing_else_is(days, chosen):
    chances = [chance(MONDAY + timedelta(days=day)) for day in days]

    found = choose(chances, previous=MONDAY, days=WEEKLY, hour=10, dentist="a", only_dentist=False)

    assert (found and (found.day - MONDAY).days) == chosen


def test_same_hour_and_same_dentist_are_preferred():
    day = MONDAY + timedelta(days=7)
    chances = [chance(day, dentist="b"), chance(day, hour=17.0), chance(day, hour=10.5)]

    found = choose(chances, previous=MONDAY, days=WEEKLY, hour=10, dentist="a", only_dentist=False)

    assert (found.dentist, found.hour) == ("a", 10.5)
    only_b = [chance(day, dentist="b")]
    assert choose(only_b, previous=MONDAY, days=WEEKLY, hour=10, dentist="a", only_dentist=True) is None


@given(st.lists(st.integers(min_value=0, max_value=60), max_size=20))
def test_what_is_chosen_lies_in_the_window_whenever_the_window_has_something(days):
    chances = [chance(MONDAY + timedelta(days=day)) for day in days]

    found = choose(chances, previous=MONDAY, days=WEEKLY, hour=10, dentist="a", only_dentist=False)

    inside = [day for day in days if 5 <= day <= 14]
    assert (found is not None) == any(5 <= day <= 28 for day in days)
    if inside:
        assert not is_late(found.day, previous=MONDAY, days=WEEKLY)
        assert abs((found.day - MONDAY).days - 7) == min(abs(day - 7) for day in inside)


def test_window_and_visits_out_of_step():
    assert window(MONDAY, WEEKLY) == (date(2026, 3, 7), date(2026, 3, 16))
    assert window(MONDAY, WEEKLY, is_late=True)[1] == date(2026, 3, 30)
    days = [Days(0, 0, 0), WEEKLY, WEEKLY]
    visits = [MONDAY, MONDAY + timedelta(days=7), MONDAY + timedelta(days=9)]
    assert out_of_step(visits, days) == [2]
    assert out_of_step([MONDAY, None, MONDAY + timedelta(days=14)], days) == []


# ---- against a database


@pytest.fixture(autouse=True)
def at_half_past_nine(monkeypatch, at):
    for module in ("appointment", "booking", "cancelling", "series", "series_templates"):
        monkeypatch.setattr(f"incisor.scheduling.views.{module}.now", lambda: at)


@pytest.fixture
def canal(clinic):
    template = SeriesTemplate.objects.create(clinic=clinic, name_zh="根管治疗", name_en="Root canal")
    for position, days in enumerate([(0, 0, 0), (5, 7, 14), (5, 7, 14)]):
        procedure = make_procedure(code=f"RC{position}", name_zh=f"根管{position}")
        SeriesStep.objects.create(
            template=template, position=position, procedure=procedure, min_days=days[0], ideal_days=days[1],
            max_days=days[2],
        )  # fmt: skip
    return queries.series_template(clinic, template.pk)


@pytest.fixture
def offer(clinic, pia, dana, canal, at):
    def offer(code="o", **over):
        values = {
            "patient": pia, "visits": queries.planned_visits(canal), "wanted": parse_filter(code, today=MONDAY), "now": at,
        }  # fmt: skip
        return queries.series_proposals(clinic, **{**values, **over})

    return offer


@pytest.fixture
def booked(rosa, clinic, pia, canal, offer, at):
    def book(one=None, **over):
        one = one or offer()[0]
        places = [services.Place(slot.dentist, slot.chair, slot.starts_at) if slot else None for slot in one.slots]
        return services.book_series(
            by=rosa, clinic=clinic, patient=pia, template=canal, places=places, due=one.due, at=at, **over
        )

    return book


def test_all_visits_are_proposed_a_week_apart_at_the_same_hour(offer, dana):
    [first, *_rest] = offer("o h10-11")

    starts = [slot.starts_at for slot in first.slots]
    assert [start - starts[0] for start in starts] == [timedelta(0), timedelta(days=7), timedelta(days=14)]
    assert {slot.dentist for slot in first.slots} == {dana}
    assert first.late == ()


def test_another_dentist_only_where_the_series_allows_it(offer, clinic, pia, dana, chair, at):
    leo = make_staff(clinic=clinic, name="李欧", number="D2", chair=chair)
    make_roster(staff=leo, clinic=clinic)
    other = make_patient(clinic=clinic, name="别人", file_number="A000009")
    for day in range(4, 32):  # Dana has no time for a month
        make_appointment(
            clinic=clinic, patient=other, dentist=dana, chair=chair, starts_at=TEN.replace(hour=1) + timedelta(days=day),
            minutes=480,
        )  # fmt: skip

    strict = offer("o", dentist=dana)[0]
    assert strict.slots[1] is None
    assert strict.due[1] == date(2026, 3, 10)


def test_series_is_booked_in_one_go_and_shown_on_each_visit(booked, clinic, pia, canal, rosa):
    series, made = booked()

    rows = queries.visits_of(series)
    assert [row.appointment for row in rows] == made
    assert [row.ideal_days for row in rows] == [0, 7, 7]
    visit = queries.series_visit_of(made[1].pk)
    assert (visit.series, visit.position) == (series, 1)
    assert [row.appointment for row in queries.later_visits(visit)] == [made[2]]


def test_one_taken_time_refuses_all_and_says_which(booked, offer, clinic, dana, chair):
    one = offer()[0]
    other = make_patient(clinic=clinic, name="别人", file_number="A000009")
    make_appointment(clinic=clinic, patient=other, dentist=dana, chair=chair, starts_at=one.slots[1].starts_at)

    with pytest.raises(services.SlotTaken) as refusal:
        booked(one)

    assert refusal.value.details["position"] == 2
    assert refusal.value.alternatives
    assert (Appointment.objects.count(), Series.objects.count()) == (1, 0)


def test_a_visit_without_a_time_waits_to_be_placed_and_joins_the_series(booked, offer, clinic, rosa, at):
    one = offer()[0]
    series, made = booked(one._replace(slots=(one.slots[0], None, one.slots[2])))

    [row] = queries.to_place(clinic)
    assert (row.origin, row.due_on, len(made)) == ("series", one.due[1], 2)
    placed = services.place_unplaced(by=rosa, unplaced=row, starts_at=one.slots[1].starts_at, at=at)

    assert queries.visits_of(series)[1].appointment == placed


def test_a_cancelled_visit_booked_again_stays_in_the_series(booked, clinic, rosa, at):
    series, made = booked()
    services.cancel_appointment(by=rosa, appointment=made[1], reason="ill", at=at)
    [row] = queries.to_place(clinic)

    placed = services.place_unplaced(by=rosa, unplaced=row, starts_at=made[1].starts_at + timedelta(days=1), at=at)

    assert queries.visits_of(series)[1].appointment == placed


def test_undo_takes_everything_back(booked, offer, clinic, rosa, at):
    one = offer()[0]
    series, _made = booked(one._replace(slots=(one.slots[0], one.slots[1], None)))

    services.undo_series(by=rosa, series=series, at=at)

    assert set(Appointment.objects.values_list("status", "cancel_reason")) == {("cancelled", "mistake")}
    assert queries.to_place(clinic) == []


def test_wrong_number_of_times_is_refused(booked, offer):
    one = offer()[0]

    with pytest.raises(services.SeriesImpossible):
        booked(one._replace(slots=one.slots[:2]))
    with pytest.raises(services.SeriesImpossible):
        booked(one._replace(slots=(None, None, None)))


def test_later_visits_shift_after_the_moved_one(booked, clinic, rosa, at):
    _series, made = booked()
    services.move_appointment(by=rosa, appointment=made[0], starts_at=made[0].starts_at + timedelta(days=2), at=at)
    moved = queries.appointment(clinic, made[0].pk)
    later = queries.later_visits(queries.series_visit_of(moved.pk))
    planned = [
        queries.Planned(
            (row.procedure,), row.minutes, Days(row.min_days, row.ideal_days, row.max_days), row.appointment
        )
        for row in later
    ]
    new = queries.shift_proposal(clinic, moved=moved, visits=planned, now=at, is_same_dentist=True)
    places = [
        (row.appointment, services.Place(slot.dentist, slot.chair, slot.starts_at))
        for row, slot in zip(later, new.slots, strict=True)
    ]

    changes = services.shift_visits(by=rosa, clinic=clinic, places=places, at=at)

    starts = list(Appointment.objects.order_by("starts_at").values_list("starts_at", flat=True))
    assert [start - starts[0] for start in starts] == [timedelta(0), timedelta(days=7), timedelta(days=14)]
    services.undo_changes(by=rosa, clinic=clinic, changes=changes, at=at)
    assert Appointment.objects.get(pk=made[2].pk).starts_at == made[2].starts_at


def test_shipped_series_are_loaded_once(clinic):
    make_procedure(code="extraction_surgical", name_zh="拔牙")
    make_procedure(code="suture_removal", name_zh="拆线")

    assert (load_series(clinic=clinic), load_series(clinic=clinic)) == (1, 0)

    [template] = queries.series_templates(clinic)
    assert [(step.min_days, step.ideal_days, step.max_days) for step in template.steps.all()] == [(0, 0, 0), (6, 7, 10)]


def test_template_is_saved_checked_and_guarded_against_two_editors(clinic, mona, canal, at):
    procedure = canal.steps.all()[0].procedure
    steps = [services.StepGiven(procedure, None, 0, 0, 0), services.StepGiven(procedure, 45, 3, 5, 9)]
    values = {"by": mona, "clinic": clinic, "name_zh": "新", "is_same_dentist": False, "is_active": True, "at": at}

    made = services.save_series_template(template=None, steps=steps, **values)
    services.save_series_template(template=made, steps=steps[::-1][:2], version=1, **values)

    with pytest.raises(ChangedMeanwhile):
        services.save_series_template(template=made, steps=steps, version=1, **values)
    with pytest.raises(services.SeriesImpossible):
        services.save_series_template(template=None, steps=steps[:1], **values)
    with pytest.raises(services.SeriesImpossible):
        services.save_series_template(
            template=None, steps=[steps[0], services.StepGiven(procedure, None, 9, 5, 3)], **values
        )


# ---- pages


def told(answer):
    return json.loads(answer.headers["HX-Trigger"])["toast"]


def test_panel_offers_whole_series_and_a_digit_books_all(as_rosa, pia, dana, canal):
    address = reverse("scheduling:book-series", args=[pia.pk])

    html = as_rosa.get(address, {"code": "om", "series": canal.pk}, headers=HX).content.decode()
    assert html.count('role="option"') == 3
    assert html.count("series-line") == 9
    value = html.split('name="slot" value="')[1].split('"')[0]
    answer = as_rosa.post(address, {"series": canal.pk, "slot": value, "request_key": "k"}, headers=HX)

    assert answer.status_code == 204, answer.content.decode()
    assert Appointment.objects.count() == 3
    as_rosa.post(told(answer)["undo_url"], headers=HX)
    assert set(Appointment.objects.values_list("status", flat=True)) == {"cancelled"}


def test_taken_time_names_the_visit_and_offers_others(as_rosa, pia, clinic, dana, chair, canal):
    address = reverse("scheduling:book-series", args=[pia.pk])
    html = as_rosa.get(address, {"code": "om", "series": canal.pk}, headers=HX).content.decode()
    value = html.split('name="slot" value="')[1].split('"')[0]
    other = make_patient(clinic=clinic, name="别人", file_number="A000009")
    start = datetime.fromtimestamp(int(value.split("+")[1].split("_")[2]) * 60, UTC)
    make_appointment(clinic=clinic, patient=other, dentist=dana, chair=chair, starts_at=start)

    answer = as_rosa.post(address, {"series": canal.pk, "slot": value, "code": "om"}, headers=HX)

    assert answer.status_code == 422
    assert "2" in answer.content.decode().split('role="alert"')[1]
    assert answer.content.decode().count('role="option"') == 3
    assert as_rosa.post(address, {"series": canal.pk}, headers=HX).status_code == 422


def test_a_drag_offers_to_shift_the_later_ones(as_rosa, booked, dana):
    _series, made = booked()

    def drag(one):
        start = (one.starts_at + timedelta(days=2, hours=8)).isoformat()[:16]
        address = reverse("scheduling:appointment-move", args=[one.pk])
        return as_rosa.post(
            address, {"start": start, "dentist": dana.pk}, headers={"Accept": "application/json"}
        ).json()

    answer = drag(made[0])
    assert answer["panel_url"] == reverse("scheduling:series-shift", args=[made[0].pk])
    assert str(len(made) - 1) in answer["panel_label"]
    assert "panel_url" not in drag(made[-1])


def test_moving_offers_to_shift_and_a_digit_shifts(as_rosa, booked, dana, chair, rosa, at):
    _series, made = booked()
    place = f"{dana.pk}_{chair.pk}_{int((made[0].starts_at + timedelta(days=2)).timestamp() // 60)}"
    answer = as_rosa.post(reverse("scheduling:appointment-move", args=[made[0].pk]), {"slot": place}, headers=HX)
    panel_url = told(answer)["panel_url"]
    assert panel_url == reverse("scheduling:series-shift", args=[made[0].pk])

    html = as_rosa.get(panel_url, headers=HX).content.decode()
    value = html.split('name="slot" value="')[1].split('"')[0]
    shifted = as_rosa.post(panel_url, {"slot": value}, headers=HX)

    assert shifted.status_code == 204, shifted.content.decode()
    assert Appointment.objects.get(pk=made[1].pk).starts_at == made[1].starts_at + timedelta(days=2)
    assert as_rosa.post(panel_url, {"slot": "x~y"}, headers=HX).status_code == 422


def test_cancelling_one_offers_the_rest(as_rosa, booked):
    series, made = booked()
    answer = as_rosa.post(reverse("scheduling:appointment-cancel", args=[made[0].pk]), {"reason": "ill"}, headers=HX)
    panel_url = told(answer)["panel_url"]

    html = as_rosa.get(panel_url, headers=HX).content.decode()
    assert html.count('role="option"') == 8
    rest = as_rosa.post(
        reverse("scheduling:series-cancel", args=[series.pk]), {"reason": "no_time", "after": "0"}, headers=HX
    )

    assert set(Appointment.objects.values_list("status", flat=True)) == {"cancelled"}
    as_rosa.post(told(rest)["undo_url"], headers=HX)
    assert sorted(Appointment.objects.values_list("status", flat=True)) == ["cancelled", "confirmed", "confirmed"]


def test_series_stands_on_each_appointment(as_rosa, booked):
    series, made = booked()

    html = as_rosa.get(reverse("scheduling:appointment", args=[made[1].pk]), headers=HX).content.decode()

    assert reverse("scheduling:series", args=[series.pk]) in html


def test_outsiders_see_no_series(as_omar, booked, pia, canal, other_clinic):
    series, made = booked()

    assert as_omar.get(reverse("scheduling:series", args=[series.pk])).status_code == 404
    assert as_omar.get(reverse("scheduling:book-series", args=[pia.pk])).status_code == 404
    assert as_omar.get(reverse("scheduling:series-shift", args=[made[0].pk])).status_code == 404
    assert as_omar.get(reverse("scheduling:series-template", args=[canal.pk])).status_code == 404
    with pytest.raises(NotFound):
        queries.series_template(other_clinic, canal.pk)


def test_settings_list_edit_and_add(as_mona, canal):
    procedure = str(canal.steps.all()[0].procedure_id)
    data = {
        "name_zh": "拔牙", "is_same_dentist": "on", "is_active": "on", "version": "1", "procedure": [procedure, procedure, ""],
        "minutes": ["", "45", ""], "min_days": ["0", "6", ""], "ideal_days": ["0", "7", ""], "max_days": ["0", "9", ""],
    }  # fmt: skip

    assert "根管治疗" in as_mona.get(reverse("scheduling:series-templates")).content.decode()
    assert as_mona.get(reverse("scheduling:series-template-new")).status_code == 200
    assert as_mona.post(reverse("scheduling:series-template", args=[canal.pk]), data).status_code == 303
    assert as_mona.post(reverse("scheduling:series-template", args=[canal.pk]), data).status_code == 422
    assert (
        as_mona.post(reverse("scheduling:series-template-new"), {**data, "ideal_days": ["0", "x", ""]}).status_code
        == 422
    )

    steps = SeriesStep.objects.filter(template=canal).order_by("position")
    assert [(step.minutes, step.ideal_days) for step in steps] == [(None, 0), (45, 7)]


def test_receptionist_does_not_edit_series(as_rosa):
    assert as_rosa.get(reverse("scheduling:series-templates")).status_code == 403
