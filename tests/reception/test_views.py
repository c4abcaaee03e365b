"""Today's board, walk-ins, the panel of a visit, the dentist's day."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incisor.kernel import clock
from incisor.patients.models import PatientAlert
from incisor.reception import queries
from incisor.scheduling.models import Appointment
from incisor.visits.models import Visit, VisitStep
from tests.factories.accounts import make_user
from tests.factories.clinics import make_chair
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_staff
from tests.factories.visits import make_visit

pytestmark = pytest.mark.usefixtures("standing_clock")
PART = {"HX-Request": "true", "HX-Target": "board"}


@pytest.fixture
def as_dana(client, dana_user):
    client.force_login(dana_user)
    return client


@pytest.fixture
def booked(clinic, pia, dana, chair, cleaning, at):
    return make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, procedure=cleaning, starts_at=at + timedelta(minutes=15)
    )


@pytest.fixture
def waiting(clinic, pia, dana, at):
    return make_visit(clinic=clinic, patient=pia, dentist=dana, at=at - timedelta(minutes=20))


def test_board_shows_everybody_in_their_list(as_rosa, clinic, pia, dana, chair, booked, at):
    rows = {
        "expected": pia.name,
        "waiting": "王等候",
        "chair": "李坐着",
        "pay": "赵付款",
        "done": "钱走了",
    }
    for number, (name, status) in enumerate(
        [("王等候", "waiting"), ("李坐着", "in_chair"), ("赵付款", "to_pay"), ("钱走了", "done")], start=1
    ):
        someone = make_patient(clinic=clinic, name=name, file_number=f"Z{number}")
        make_visit(
            clinic=clinic, patient=someone, dentist=dana, status=status, at=at - timedelta(minutes=30),
            chair=chair if status == "in_chair" else None,
        )  # fmt: skip

    page = as_rosa.get(reverse("reception:today"))

    html = page.content.decode()
    assert page.status_code == 200
    for key, name in rows.items():
        part = html.split(f'id="rows-{key}"')[1].split("</ul>")[0]
        assert [other for other in rows.values() if other in part] == [name]
    assert 'data-key="F4"' in html


def test_board_answers_a_part_with_a_part(as_rosa, booked):
    part = as_rosa.get(reverse("reception:today"), headers={"HX-Request": "true"}).content.decode()

    assert part.strip().startswith('<div id="board"')
    assert "<html" not in part


def test_allergies_stand_on_the_board(as_rosa, pia, waiting, system, at):
    PatientAlert.objects.create(
        clinic=pia.clinic, patient=pia, kind="allergy", text="青霉素", recorded_by=system, recorded_at=at
    )

    assert "青霉素" in as_rosa.get(reverse("reception:today")).content.decode()


def test_one_press_checks_in(as_rosa, booked):
    answer = as_rosa.post(reverse("reception:check-in", args=[booked.pk]), headers=PART)

    visit = Visit.objects.get(appointment=booked)
    assert answer.status_code == 200
    assert f'id="visit-{visit.pk}"' in answer.content.decode()
    assert reverse("reception:undo", args=[visit.steps.get().pk]) in answer.headers["HX-Trigger"]


def test_check_in_without_javascript_goes_back_to_the_board(as_rosa, booked):
    answer = as_rosa.post(reverse("reception:check-in", args=[booked.pk]))

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert Visit.objects.get().status == "waiting"


def test_second_check_in_is_refused_readably(as_rosa, booked):
    as_rosa.post(reverse("reception:check-in", args=[booked.pk]), headers=PART)

    again = as_rosa.post(reverse("reception:check-in", args=[booked.pk]), headers=PART)

    assert again.status_code == 409
    assert "toast" in again.headers["HX-Trigger"]
    assert Visit.objects.count() == 1


def test_key_calls_the_next_and_undo_takes_it_back(as_rosa, waiting):
    called = as_rosa.post(reverse("reception:call-next"), headers={"HX-Request": "true"})

    step = VisitStep.objects.get(to_status="called")
    assert called.status_code == 204
    assert "live:day" in called.headers["HX-Trigger"]
    assert reverse("reception:undo", args=[step.pk]) in called.headers["HX-Trigger"]

    undone = as_rosa.post(reverse("reception:undo", args=[step.pk]), headers={"HX-Request": "true"})

    assert undone.status_code == 204
    assert Visit.objects.get().status == "waiting"


def test_key_says_when_nobody_waits(as_rosa, clinic):
    answer = as_rosa.post(reverse("reception:call-next"), headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert "toast" in answer.headers["HX-Trigger"]


def test_whole_way_on_the_board(as_rosa, booked, chair):
    as_rosa.post(reverse("reception:check-in", args=[booked.pk]), headers=PART)
    visit = Visit.objects.get()
    for name, more in [("call", {}), ("seat", {"chair": chair.pk}), ("end", {}), ("close", {"reason": "免检"})]:
        answer = as_rosa.post(reverse(f"reception:{name}", args=[visit.pk]), more, headers=PART)
        assert answer.status_code == 200, name

    assert Visit.objects.get().status == "done"
    assert Appointment.objects.get().status == "completed"


def test_closing_with_something_left_opens_the_panel_for_the_reason(as_rosa, clinic, pia, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at, status="to_pay")

    answer = as_rosa.post(reverse("reception:close", args=[visit.pk]), headers=PART)

    assert answer.status_code == 409
    assert reverse("reception:visit", args=[visit.pk]) in answer.headers["HX-Trigger"]


def test_seating_in_a_chair_that_is_not_free_opens_the_panel(as_rosa, waiting, chair):
    chair.state = "cleaning"
    chair.save()

    answer = as_rosa.post(reverse("reception:seat", args=[waiting.pk]), {"chair": chair.pk}, headers=PART)

    assert answer.status_code == 409
    assert "panel-open" in answer.headers["HX-Trigger"]


def test_walk_in_panel_chooses_by_digit(as_rosa, pia):
    panel = as_rosa.get(reverse("reception:walk-in", args=[pia.pk]), headers={"HX-Request": "true"})
    assert panel.content.decode().count('role="option"') == 9

    answer = as_rosa.post(
        reverse("reception:walk-in", args=[pia.pk]),
        {"signs": "night_pain"},
        headers={"HX-Request": "true", "HX-Target": "panel-body"},
    )

    visit = Visit.objects.get()
    assert (answer.status_code, visit.urgency, visit.signs) == (204, "urgent", ["night_pain"])
    assert "panel-close" in answer.headers["HX-Trigger"]


def test_walk_in_who_waits_already_is_told(as_rosa, pia, waiting):
    answer = as_rosa.post(
        reverse("reception:walk-in", args=[pia.pk]), {"signs": "checkup"}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 422
    assert Visit.objects.count() == 1


def test_walk_in_who_is_expected_is_offered_the_appointment(as_rosa, pia, booked):
    panel = as_rosa.get(reverse("reception:walk-in", args=[pia.pk]), headers={"HX-Request": "true"})

    assert reverse("reception:check-in", args=[booked.pk]) in panel.content.decode()


@pytest.mark.parametrize("status", ["waiting", "called", "in_chair", "to_pay", "done", "left"])
def test_panel_of_a_visit_in_every_status(as_rosa, clinic, pia, dana, chair, at, status):
    visit = make_visit(
        clinic=clinic, patient=pia, dentist=dana, at=at, status=status, chair=chair if status == "in_chair" else None
    )

    whole = as_rosa.get(reverse("reception:visit", args=[visit.pk]))
    part = as_rosa.get(reverse("reception:visit", args=[visit.pk]), headers={"HX-Request": "true"})

    assert (whole.status_code, part.status_code) == (200, 200)
    assert "data-panel-heading" in part.content.decode()


def test_panel_changes_order_urgency_and_note(as_rosa, waiting):
    as_rosa.post(reverse("reception:reorder", args=[waiting.pk]), {"place": "first", "reason": "老人"}, headers=PART)
    judged = as_rosa.post(reverse("reception:triage", args=[waiting.pk]), {"signs": ["bleeding"]}, headers=PART)
    assert reverse("reception:undo", args=[queries.last_step(waiting).pk]) in judged.headers["HX-Trigger"]
    as_rosa.post(
        reverse("reception:correct", args=[waiting.pk]), {"kind": "check_up", "desk_note": "轮椅"}, headers=PART
    )

    visit = Visit.objects.get()
    assert (visit.queue_rank, visit.urgency, visit.kind, visit.desk_note) == (-1, "emergency", "check_up", "轮椅")


def test_reorder_without_reason_is_refused(as_rosa, waiting):
    answer = as_rosa.post(reverse("reception:reorder", args=[waiting.pk]), {"place": "first"}, headers=PART)

    assert answer.status_code == 409
    assert Visit.objects.get().queue_rank == 0


def test_chair_is_set_free_after_cleaning(as_rosa, chair):
    chair.state = "cleaning"
    chair.save()

    answer = as_rosa.post(reverse("reception:chair-state", args=[chair.pk]), {"state": "free"}, headers=PART)

    chair.refresh_from_db()
    assert (answer.status_code, chair.state) == (200, "free")


def test_unknown_chair_state_is_refused(as_rosa, chair):
    answer = as_rosa.post(reverse("reception:chair-state", args=[chair.pk]), {"state": "gone"}, headers=PART)

    assert answer.status_code == 409


def test_no_show_and_its_undo(as_rosa, clinic, pia, dana, chair, cleaning, at):
    missed = make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, procedure=cleaning, starts_at=at - timedelta(minutes=25)
    )

    answer = as_rosa.post(reverse("reception:no-show", args=[missed.pk]), headers=PART)

    assert Appointment.objects.get().status == "no_show"
    change = missed.changes.get()
    assert reverse("reception:undo-no-show", args=[change.pk]) in answer.headers["HX-Trigger"]

    as_rosa.post(reverse("reception:undo-no-show", args=[change.pk]), headers=PART)
    assert Appointment.objects.get().status == "confirmed"


def test_dentist_sees_own_day(as_dana, clinic, dana, waiting, at):
    other = make_staff(clinic=clinic, name="埃里克", number="D2")
    theirs = make_patient(clinic=clinic, name="别人的", file_number="Z1")
    make_visit(clinic=clinic, patient=theirs, dentist=other, at=at)

    html = as_dana.get(reverse("reception:chairside")).content.decode()

    assert waiting.patient.name in html
    assert "别人的" not in html


def test_dentist_calls_seats_and_ends(as_dana, waiting, chair):
    part = {"HX-Request": "true", "HX-Target": "my-day"}

    as_dana.post(reverse("reception:call-next"), headers=part)
    as_dana.post(reverse("reception:seat", args=[waiting.pk]), {"chair": chair.pk}, headers=part)
    answer = as_dana.post(reverse("reception:end", args=[waiting.pk]), headers=part)

    assert answer.status_code == 200
    assert 'id="my-day"' in answer.content.decode()
    assert Visit.objects.get().status == "to_pay"


def test_dentist_does_not_check_in(as_dana, booked):
    assert as_dana.post(reverse("reception:check-in", args=[booked.pk])).status_code == 403


VISIT_URLS = ["call", "call-back", "seat", "end", "close", "leave", "reorder", "triage", "correct"]


def test_outsider_finds_nothing(as_omar, waiting, booked, chair, pia):
    for name in VISIT_URLS:
        assert as_omar.post(reverse(f"reception:{name}", args=[waiting.pk]), {"reason": "x"}).status_code == 404, name
    assert as_omar.get(reverse("reception:visit", args=[waiting.pk])).status_code == 404
    assert as_omar.get(reverse("reception:walk-in", args=[pia.pk])).status_code == 404
    assert as_omar.post(reverse("reception:check-in", args=[booked.pk])).status_code == 404
    assert as_omar.post(reverse("reception:no-show", args=[booked.pk])).status_code == 404
    assert as_omar.post(reverse("reception:undo", args=[waiting.steps.get().pk])).status_code == 404
    assert as_omar.post(reverse("reception:chair-state", args=[chair.pk]), {"state": "free"}).status_code == 404
    assert pia.name not in as_omar.get(reverse("reception:today")).content.decode()
    assert Visit.objects.get().status == "waiting"


def fill(clinic, dana, cleaning, at, count, first):
    """Put somebody into each list, `count` times; five minutes each, so that the dentist has time for everybody."""
    for number in range(first, first + count):
        chair = make_chair(clinic=clinic, name=f"{number}号")
        for k, status in enumerate(["", "waiting", "in_chair", "to_pay", "done"]):
            someone = make_patient(clinic=clinic, name=f"患者{number}{k}", file_number=f"N{number}{k}")
            booked = make_appointment(
                clinic=clinic,
                patient=someone,
                dentist=dana,
                chair=chair,
                procedure=cleaning,
                starts_at=at + timedelta(minutes=5 * (5 * number + k)),
                minutes=5,
                status="arrived" if status else "confirmed",
            )
            if status:
                make_visit(clinic=clinic, patient=someone, at=at, status=status, appointment=booked, chair=chair)


@pytest.mark.parametrize("name", ["today", "chairside"])
def test_board_costs_the_same_with_one_and_three(client, mona, dana_user, clinic, dana, cleaning, at, name):
    client.force_login(dana_user)
    part = {"HX-Request": "true"}
    fill(clinic, dana, cleaning, at, 1, first=1)
    client.get(reverse(f"reception:{name}"), headers=part)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(reverse(f"reception:{name}"), headers=part)
    fill(clinic, dana, cleaning, at, 2, first=2)
    with CaptureQueriesContext(connection) as three:
        client.get(reverse(f"reception:{name}"), headers=part)

    assert len(three) == len(one)
    assert len(one) <= {"today": 20, "chairside": 26}[name]


def test_search_ranks_who_is_here(as_rosa, pia, waiting, at):
    from incisor.reception.queries import on_the_board

    assert on_the_board(pia.clinic, [pia.pk], at)[pia.pk][0] == 95
    assert on_the_board(pia.clinic, None, at + timedelta(days=1)) == {}


def test_clock_of_the_tests_is_the_casts(at):
    assert clock.local(at, "Asia/Shanghai").strftime("%H:%M") == "09:30"


def test_board_shows_the_latest_who_are_done_and_all_on_demand(as_rosa, clinic, at):
    for number in range(1, 13):
        someone = make_patient(clinic=clinic, name=f"走了{number}", file_number=f"Z{number}")
        make_visit(clinic=clinic, patient=someone, status="done", at=at - timedelta(minutes=60 - number))

    few = as_rosa.get(reverse("reception:today"), headers={"HX-Request": "true"}).content.decode()
    everybody = as_rosa.get(
        reverse("reception:today"), {"done": "all"}, headers={"HX-Request": "true"}
    ).content.decode()

    assert (few.count("who-name"), everybody.count("who-name")) == (10, 12)
    assert "走了12" in few


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("reorder", {"place": "sideways", "reason": "x"}),
        ("triage", {"signs": ["nonsense"]}),
        ("triage", {"urgency": "now"}),
    ],
)
def test_what_is_not_understood_changes_nothing(as_rosa, waiting, name, typed):
    before = Visit.objects.values().get()

    answer = as_rosa.post(reverse(f"reception:{name}", args=[waiting.pk]), typed, headers=PART)

    assert answer.status_code == 409
    assert Visit.objects.values().get() == before


def test_wrong_kind_keeps_what_was_typed(as_rosa, waiting):
    answer = as_rosa.post(
        reverse("reception:correct", args=[waiting.pk]), {"kind": "odd", "desk_note": "轮椅"}, headers=PART
    )

    assert answer.status_code == 422
    assert "轮椅" in answer.content.decode()


def test_dentist_is_chosen_for_the_seat(as_rosa, waiting, clinic, chair):
    other = make_staff(clinic=clinic, name="埃里克", number="D2")

    as_rosa.post(reverse("reception:seat", args=[waiting.pk]), {"chair": chair.pk, "dentist": other.pk}, headers=PART)
    wrong = as_rosa.post(reverse("reception:seat", args=[waiting.pk]), {"chair": "x"}, headers=PART)

    assert (Visit.objects.get().dentist_id, wrong.status_code) == (other.pk, 404)


def test_called_patient_waits_on_or_leaves_with_a_reason(as_rosa, waiting):
    as_rosa.post(reverse("reception:call", args=[waiting.pk]), headers=PART)
    as_rosa.post(reverse("reception:call-back", args=[waiting.pk]), headers=PART)
    assert Visit.objects.get().status == "waiting"

    assert as_rosa.post(reverse("reception:leave", args=[waiting.pk]), headers=PART).status_code == 409
    as_rosa.post(reverse("reception:leave", args=[waiting.pk]), {"reason": "有事"}, headers=PART)
    assert Visit.objects.get().status == "left"


@pytest.mark.parametrize(
    ("role", "checks_in", "calls"), [("receptionist", True, True), ("dentist", False, True), ("cashier", False, False)]
)
def test_the_board_offers_only_what_the_role_may_do(client, clinic, role, checks_in, calls):
    client.force_login(make_user(username=f"one-{role}", roles=[role], clinic=clinic))

    page = client.get(reverse("reception:today")).content.decode()

    assert ("data-board-filter" in page) is checks_in
    assert ('data-key="F4"' in page) is calls
    assert (reverse("reception:call-next") in page) is calls
