"""A family in one go: times for all, booked together, undone together, or nobody."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from incisor.patients.models import FamilyLink
from incisor.scheduling import queries, services
from incisor.scheduling.enums import ProposalReason as R
from incisor.scheduling.models import Appointment
from incisor.scheduling.rules import Need, parse_filter
from tests.factories.clinics import make_chair, make_procedure
from tests.factories.patients import make_patient
from tests.factories.staff import make_roster, make_staff

TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
MONDAY = date(2026, 3, 2)
HX = {"HX-Request": "true"}


@pytest.fixture
def child(clinic, pia):
    made = make_patient(clinic=clinic, name="小宝", file_number="A000002", born_on=date(2018, 1, 1))
    FamilyLink.objects.create(patient=pia, relative=made, relation="child")
    return made


@pytest.fixture
def leo(clinic):
    made = make_staff(clinic=clinic, name="李欧", number="D2", chair=make_chair(clinic=clinic, name="2号椅"))
    make_roster(staff=made, clinic=clinic)
    return made


def together(clinic, patients, at, code="n"):
    return queries.proposals_together(
        clinic, patients=patients, need=Need(minutes=30, buffer=5), wanted=parse_filter(code, today=MONDAY), now=at
    )


def test_two_dentists_work_side_by_side(clinic, pia, child, dana, leo, at):
    first = together(clinic, [pia, child], at)[0]

    assert first.reasons == (R.SIDE_BY_SIDE,)
    assert first.slots[0].starts_at == first.slots[1].starts_at
    assert {slot.dentist for slot in first.slots} == {dana, leo}
    assert len({slot.chair for slot in first.slots}) == 2


def test_one_dentist_takes_them_one_after_the_other(clinic, pia, child, dana, chair, at):
    found = together(clinic, [pia, child], at)

    assert {one.reasons for one in found} == {(R.ONE_AFTER_THE_OTHER,)}
    assert found[0].slots[1].starts_at - found[0].slots[0].starts_at == timedelta(minutes=35)


def test_children_come_along_by_default(clinic, pia, child):
    grown = make_patient(clinic=clinic, name="老王", file_number="A000003", born_on=date(1988, 1, 1))
    FamilyLink.objects.create(patient=pia, relative=grown, relation="spouse")

    assert [(row.patient, row.is_preset) for row in queries.relatives_of(pia, MONDAY)] == [
        (child, True),
        (grown, False),
    ]


def test_all_are_booked_or_nobody(clinic, rosa, pia, child, dana, chair, leo, at):
    places = [(pia, dana, chair, TEN), (child, dana, chair, TEN)]

    with pytest.raises(services.SlotTaken):
        services.book_together(by=rosa, clinic=clinic, places=places, at=at)

    assert Appointment.objects.count() == 0


def test_letter_f_digit_and_undo(as_rosa, clinic, pia, child, dana, chair, cleaning, at, monkeypatch):
    for module in ("booking", "appointment"):
        monkeypatch.setattr(f"incisor.scheduling.views.{module}.now", lambda: at)
    address = reverse("scheduling:book-panel", args=[pia.pk])
    html = as_rosa.get(address, {"code": "fn"}, headers=HX).content.decode()
    value = html.split('name="slot" value="')[1].split('"')[0]
    assert "小宝" in html
    assert value.count("+") == 1

    answer = as_rosa.post(
        address,
        {"slot": value, "code": "fn", "with": ["", str(pia.pk), str(child.pk)], "procedures": [str(cleaning.pk)]},
        headers=HX,
    )

    assert answer.status_code == 204
    assert set(Appointment.objects.values_list("patient_id", flat=True)) == {pia.pk, child.pk}
    undo = answer.headers["HX-Trigger"].split('"undo_url": "')[1].split('"')[0]
    assert as_rosa.post(undo, headers=HX).status_code == 204
    assert set(Appointment.objects.values_list("status", flat=True)) == {"cancelled"}


def test_unticked_family_is_not_booked_with_old_times(
    as_rosa, clinic, pia, child, dana, chair, cleaning, at, monkeypatch
):
    monkeypatch.setattr("incisor.scheduling.views.booking.now", lambda: at)
    address = reverse("scheduling:book-panel", args=[pia.pk])
    html = as_rosa.get(address, {"code": "fn"}, headers=HX).content.decode()
    value = html.split('name="slot" value="')[1].split('"')[0]

    answer = as_rosa.post(address, {"slot": value, "code": "fn", "with": [""]}, headers=HX)

    assert (answer.status_code, Appointment.objects.count()) == (422, 0)


@pytest.fixture
def sister(clinic, pia):
    made = make_patient(clinic=clinic, name="小妹", file_number="A000003", born_on=date(2020, 1, 1))
    FamilyLink.objects.create(patient=pia, relative=made, relation="child")
    return made


@pytest.fixture
def child_check_up():
    return make_procedure(code="child_exam", name_zh="儿童口腔检查", duration_minutes=20)


def test_mother_of_two_calls_for_the_children_alone(
    as_rosa, clinic, pia, child, sister, dana, chair, cleaning, child_check_up, at, monkeypatch
):
    for module in ("booking", "appointment"):
        monkeypatch.setattr(f"incisor.scheduling.views.{module}.now", lambda: at)
    address = reverse("scheduling:book-panel", args=[pia.pk])
    panel = as_rosa.get(address, headers=HX).context
    asked = {"code": "rn", "procedures": panel["chosen"], "proposed": panel["proposed"]}

    slots = as_rosa.get(address, asked, headers={**HX, "HX-Target": "book-slots"})

    assert [row["patient"] for row in slots.context["options"][0]["people"]] == [child, sister]
    assert slots.context["chosen"] == [str(child_check_up.pk)]
    assert 'id="book-treatment" hx-swap-oob="true"' in slots.content.decode()
    answer = as_rosa.post(
        address,
        {**asked, "procedures": slots.context["chosen"], "slot": slots.context["options"][0]["value"]},
        headers=HX,
    )
    assert answer.status_code == 204
    booked = list(Appointment.objects.order_by("starts_at"))
    assert [one.patient for one in booked] == [child, sister]
    assert {item.procedure for one in booked for item in one.items.all()} == {child_check_up}
    assert booked[0].dentist == booked[1].dentist


def test_treatment_that_somebody_chose_stays_whoever_comes(
    as_rosa, pia, child, sister, dana, chair, cleaning, child_check_up, at, monkeypatch
):
    monkeypatch.setattr("incisor.scheduling.views.booking.now", lambda: at)
    address = reverse("scheduling:book-panel", args=[pia.pk])
    asked = {"code": "rn", "procedures": [str(cleaning.pk)], "proposed": str(child_check_up.pk)}

    slots = as_rosa.get(address, asked, headers={**HX, "HX-Target": "book-slots"})

    assert slots.context["chosen"] == [str(cleaning.pk)]
    assert "hx-swap-oob" not in slots.content.decode()


def test_one_of_the_family_may_come_alone(
    as_rosa, pia, child, sister, dana, chair, cleaning, child_check_up, at, monkeypatch
):
    monkeypatch.setattr("incisor.scheduling.views.booking.now", lambda: at)
    address = reverse("scheduling:book-panel", args=[pia.pk])
    asked = {"code": "rn", "with": ["", str(sister.pk)]}
    slots = as_rosa.get(address, asked, headers={**HX, "HX-Target": "book-slots"})

    as_rosa.post(address, {**asked, "slot": slots.context["options"][0]["value"]}, headers=HX)

    assert [one.patient for one in Appointment.objects.all()] == [sister]
