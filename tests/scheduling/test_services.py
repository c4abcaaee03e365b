"""The gate and the life of an appointment, against a real database."""

from datetime import UTC, datetime, timedelta

import pytest

from incisor.audit.models import Entry
from incisor.kernel import events, live
from incisor.kernel.errors import ChangedMeanwhile, NotAllowed
from incisor.kernel.ids import uuid7
from incisor.scheduling import services
from incisor.scheduling.enums import AppointmentStatus as S
from incisor.scheduling.events import AppointmentBooked, AppointmentCancelled, AppointmentMissed, AppointmentMoved
from incisor.scheduling.models import Appointment, AppointmentChange
from incisor.scheduling.services import BlockWords
from tests.factories.clinics import make_chair, make_clinic, make_procedure
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_roster, make_staff

TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai


@pytest.fixture
def heard(monkeypatch):
    """The events of scheduling, in order."""
    found = []
    reactions = {kind: list(rows) for kind, rows in events._reactions.items()}
    for kind in (AppointmentBooked, AppointmentMoved, AppointmentCancelled, AppointmentMissed):
        events.on(kind)(found.append)
    yield found
    events._reactions.clear()
    events._reactions.update(reactions)


@pytest.fixture
def book(rosa, clinic, pia, dana, chair, cleaning, at):
    def book(**over):
        values = {
            "by": rosa, "clinic": clinic, "patient": pia, "dentist": dana, "chair": chair, "starts_at": TEN,
            "procedures": [cleaning], "at": at,
        }  # fmt: skip
        return services.book_appointment(**{**values, **over})

    return book


def test_booking_writes_row_history_audit_event_and_live_version(book, heard, clinic, pia, cleaning, rosa, at):
    made = book(need="洗牙", note="怕疼")

    assert (made.starts_at, made.ends_at, made.blocked_until) == (
        TEN,
        TEN + timedelta(minutes=30),
    ) + (TEN + timedelta(minutes=30),)
    assert (made.status, made.channel, made.need, made.note) == ("confirmed", "phone", "洗牙", "怕疼")
    assert [item.procedure for item in made.items.all()] == [cleaning]
    change = AppointmentChange.objects.get()
    assert (change.kind, change.to_status, change.by, change.at) == ("booked", "confirmed", rosa, at)
    assert list(Entry.objects.values_list("what", "patient_id")) == [("appointment.booked", pia.pk)]
    assert heard == [AppointmentBooked(clinic_id=clinic.pk, appointment_id=made.pk, patient_id=pia.pk, at=at)]
    assert live.version(clinic.pk, "day") == 1


def test_taken_time_is_refused_with_reason_and_alternatives(book, clinic, dana, chair, heard):
    book()
    other = make_patient(clinic=clinic, name="王小明", file_number="A000002")
    heard.clear()

    with pytest.raises(services.SlotTaken) as refusal:
        book(patient=other)

    assert refusal.value.details["reasons"] == ["chair", "dentist"]
    assert refusal.value.details["can_overbook"] is True
    nearest = refusal.value.alternatives
    assert len(nearest) == 3
    assert (nearest[0].dentist, nearest[0].chair, nearest[0].starts_at) == (dana, chair, TEN - timedelta(minutes=30))
    assert Appointment.objects.count() == 1
    assert heard == []


def test_any_dentist_and_chair_are_chosen_by_the_gate(book, clinic):
    second_chair = make_chair(clinic=clinic, name="2号椅", position=2)
    leo = make_staff(clinic=clinic, name="李欧", number="D2", chair=second_chair)
    make_roster(staff=leo, clinic=clinic)
    first = book(dentist=None, chair=None)
    other = make_patient(clinic=clinic, name="王小明", file_number="A000002")

    second = book(dentist=None, chair=None, patient=other)

    assert {first.dentist_id, second.dentist_id} == {leo.pk, first.dentist_id}
    assert first.dentist_id != second.dentist_id
    assert second.chair_id != first.chair_id
    with pytest.raises(services.NobodyFree):
        book(dentist=None, chair=None, patient=make_patient(clinic=clinic, file_number="A000003"))


def test_patient_cannot_be_in_two_places(book, clinic):
    second_chair = make_chair(clinic=clinic, name="2号椅")
    leo = make_staff(clinic=clinic, name="李欧", number="D2", chair=second_chair)
    make_roster(staff=leo, clinic=clinic)
    book()

    with pytest.raises(services.SlotTaken) as refusal:
        book(dentist=leo, chair=second_chair)

    assert refusal.value.details == {
        "reasons": ["patient"], "texts": refusal.value.details["texts"], "can_overbook": False,
    }  # fmt: skip


def test_buffer_keeps_dentist_and_chair_but_not_the_patient(book, clinic):
    scaling = make_procedure(code="SCALE", name_zh="龈下刮治", buffer_after_minutes=10)
    book(procedures=[scaling])
    other = make_patient(clinic=clinic, file_number="A000002")

    with pytest.raises(services.SlotTaken):
        book(patient=other, starts_at=TEN + timedelta(minutes=35))
    book(patient=other, starts_at=TEN + timedelta(minutes=40))


def test_same_request_books_once(book):
    first = book(request_key="k1")
    again = book(request_key="k1")

    assert again == first
    assert Appointment.objects.count() == 1


def test_refused_request_may_be_tried_again_with_its_key(book):
    with pytest.raises(services.SlotTaken):
        book(request_key="k1", starts_at=TEN + timedelta(hours=20))

    assert book(request_key="k1").starts_at == TEN


def test_overbooking_needs_permission_and_reason(book, clinic, mona):
    book()
    other = make_patient(clinic=clinic, file_number="A000002")

    with pytest.raises(NotAllowed):
        book(patient=other, overbook_reason="疼痛")
    made = book(patient=other, overbook_reason="疼痛", by=mona)

    assert (made.is_overbooked, made.overbook_reason) == (True, "疼痛")
    assert Entry.objects.filter(what="appointment.overbooked").count() == 1


def test_nobody_overbooks_the_past(book, mona, at):
    with pytest.raises(services.SlotTaken) as refusal:
        book(by=mona, overbook_reason="疼痛", starts_at=at - timedelta(days=7))

    assert refusal.value.details["reasons"] == ["past"]


def test_booking_in_another_clinic_is_refused(book, omar):
    with pytest.raises(NotAllowed):
        book(by=omar)


def test_patient_of_another_clinic_is_never_booked(book, other_clinic):
    stranger = make_patient(clinic=other_clinic, file_number="B000001")

    with pytest.raises(ValueError, match="belong to the clinic"):
        book(patient=stranger)


def test_move_keeps_the_row_and_its_history(book, heard, rosa, at, clinic, pia):
    made = book()
    heard.clear()

    change = services.move_appointment(
        by=rosa, appointment=made, starts_at=TEN + timedelta(hours=1), minutes=45, version=1, at=at
    )

    made.refresh_from_db()
    assert (made.starts_at, made.ends_at) == (TEN + timedelta(hours=1), TEN + timedelta(hours=1, minutes=45))
    assert (made.moved_count, made.version, Appointment.objects.count()) == (1, 2, 1)
    assert (change.before["starts_at"], change.after["starts_at"]) == (
        TEN.isoformat(),
        (TEN + timedelta(hours=1)).isoformat(),
    )
    assert heard == [AppointmentMoved(clinic_id=clinic.pk, appointment_id=made.pk, patient_id=pia.pk, at=at)]


def test_move_may_overlap_its_own_old_time(book, rosa, at):
    made = book()

    services.move_appointment(by=rosa, appointment=made, starts_at=TEN + timedelta(minutes=15), at=at)

    made.refresh_from_db()
    assert made.starts_at == TEN + timedelta(minutes=15)


def test_move_of_what_somebody_changed_is_refused(book, rosa, at):
    made = book()
    services.move_appointment(by=rosa, appointment=made, starts_at=TEN + timedelta(hours=1), at=at)

    with pytest.raises(ChangedMeanwhile):
        services.move_appointment(by=rosa, appointment=made, starts_at=TEN, version=1, at=at)


def test_move_onto_a_taken_time_is_refused(book, rosa, clinic, at):
    made = book()
    other = make_patient(clinic=clinic, file_number="A000002")
    book(patient=other, starts_at=TEN + timedelta(hours=1))

    with pytest.raises(services.SlotTaken):
        services.move_appointment(by=rosa, appointment=made, starts_at=TEN + timedelta(minutes=45), at=at)

    made.refresh_from_db()
    assert (made.starts_at, made.version) == (TEN, 1)


def test_what_is_in_treatment_cannot_be_moved(rosa, at, clinic, pia, dana, chair):
    made = make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN, status=S.IN_TREATMENT)

    with pytest.raises(services.NotMovable):
        services.move_appointment(by=rosa, appointment=made, starts_at=TEN + timedelta(hours=1), at=at)


def test_cancelling_frees_the_time_at_once(book, heard, rosa, clinic, pia, at):
    made = book()
    heard.clear()

    services.cancel_appointment(by=rosa, appointment=made, reason="ill", note="发烧", at=at)

    made.refresh_from_db()
    assert (made.status, made.cancel_reason, made.cancel_note) == ("cancelled", "ill", "发烧")
    assert heard == [
        AppointmentCancelled(clinic_id=clinic.pk, appointment_id=made.pk, patient_id=pia.pk, reason="ill", at=at)
    ]
    book(patient=make_patient(clinic=clinic, file_number="A000002"))


def test_undo_of_booking_move_and_cancellation(book, rosa, clinic, at):
    made = book()
    booked = AppointmentChange.objects.get()
    moved = services.move_appointment(by=rosa, appointment=made, starts_at=TEN + timedelta(hours=1), at=at)

    with pytest.raises(services.NothingToUndo):
        services.undo_change(by=rosa, clinic=clinic, change=booked, at=at)
    services.undo_change(by=rosa, clinic=clinic, change=moved, at=at)
    made.refresh_from_db()
    assert made.starts_at == TEN

    cancelled = services.cancel_appointment(by=rosa, appointment=made, reason="ill", at=at)
    services.undo_change(by=rosa, clinic=clinic, change=cancelled, at=at)
    made.refresh_from_db()
    assert (made.status, made.cancel_reason) == ("confirmed", "")


def test_undo_of_a_booking_cancels_it_as_a_mistake(book, rosa, clinic, at):
    made = book()

    services.undo_change(by=rosa, clinic=clinic, change=AppointmentChange.objects.get(), at=at)

    made.refresh_from_db()
    assert (made.status, made.cancel_reason) == ("cancelled", "mistake")


def test_cancelled_one_does_not_come_back_onto_a_taken_time(book, rosa, clinic, at):
    made = book()
    cancelled = services.cancel_appointment(by=rosa, appointment=made, reason="ill", at=at)
    book(patient=make_patient(clinic=clinic, file_number="A000002"))

    with pytest.raises(services.SlotTaken):
        services.undo_change(by=rosa, clinic=clinic, change=cancelled, at=at)


def test_status_follows_the_table(book, heard, rosa, at):
    made = book()
    services.change_status(by=rosa, appointment=made, to=S.ARRIVED, at=at)

    with pytest.raises(ChangedMeanwhile):
        services.change_status(by=rosa, appointment=made, to=S.NO_SHOW, at=at)
    made.refresh_from_db()
    with pytest.raises(services.WrongStatus):
        services.change_status(by=rosa, appointment=made, to=S.COMPLETED, at=at)


def test_missed_appointment_is_told(book, heard, rosa, at, clinic, pia):
    made = book()
    heard.clear()

    services.change_status(by=rosa, appointment=made, to=S.NO_SHOW, at=at)

    assert heard == [AppointmentMissed(clinic_id=clinic.pk, appointment_id=made.pk, patient_id=pia.pk, at=at)]


def test_block_refuses_what_comes_after(book, rosa, clinic, dana, chair, at):
    block = services.add_block(
        by=rosa, clinic=clinic, words=BlockWords(dentist=dana, reason="会议", kind="meeting"),
        starts_at=TEN + timedelta(hours=1), ends_at=TEN + timedelta(hours=2), at=at,
    )  # fmt: skip
    other = make_patient(clinic=clinic, file_number="A000002")
    with pytest.raises(services.SlotTaken) as refusal:
        book(patient=other, starts_at=TEN + timedelta(hours=1))
    assert refusal.value.details["reasons"] == ["block"]
    services.remove_block(by=rosa, block=block, at=at)
    with pytest.raises(services.BlockMissing):
        services.remove_block(by=rosa, block=block, at=at)
    book(patient=other, starts_at=TEN + timedelta(hours=1))


def test_editing_keeps_the_time(book, rosa, at):
    made = book()
    filling = make_procedure(code="FILL", name_zh="补牙")

    services.edit_appointment(by=rosa, appointment=made, need="补牙", note="", procedures=[filling], version=1, at=at)

    made.refresh_from_db()
    assert (made.need, made.starts_at, [item.procedure for item in made.items.all()]) == ("补牙", TEN, [filling])


def test_dentist_busy_in_another_clinic_is_busy_here(book, dana, clinic):
    elsewhere = make_clinic(code="C", name="第三门诊")
    make_appointment(
        clinic=elsewhere, patient=make_patient(clinic=elsewhere, file_number="C000001"), dentist=dana,
        chair=make_chair(clinic=elsewhere), starts_at=TEN,
    )  # fmt: skip

    with pytest.raises(services.SlotTaken) as refusal:
        book()

    assert refusal.value.details["reasons"] == ["dentist"]


def test_chair_block_and_impossible_blocks(book, rosa, clinic, dana, chair, at):
    one_hour = {"starts_at": TEN, "ends_at": TEN + timedelta(hours=1), "at": at}
    mine = BlockWords(chair=chair, reason="维修")
    services.add_block(by=rosa, clinic=clinic, words=mine, **one_hour)
    with pytest.raises(services.SlotTaken) as refusal:
        book()
    assert refusal.value.details["reasons"] == ["block"]
    for words, over in (
        (mine, {"ends_at": TEN}),
        (mine._replace(dentist=dana), {}),
        (mine._replace(kind="only"), {}),
    ):
        with pytest.raises(services.BlockImpossible):
            services.add_block(by=rosa, clinic=clinic, words=words, **{**one_hour, **over})


def test_an_edit_is_not_undone_by_undo(book, rosa, clinic, at):
    made = book()
    edited = services.edit_appointment(by=rosa, appointment=made, need="补牙", note="", at=at)

    with pytest.raises(services.NothingToUndo):
        services.undo_change(by=rosa, clinic=clinic, change=edited, at=at)


def test_database_itself_refuses_two_at_a_time(book, clinic, dana, chair):
    from django.db import IntegrityError, connection, transaction

    from incisor.scheduling.enums import ConflictKind
    from incisor.scheduling.rules import Need
    from incisor.scheduling.services.gate import Asked, enter

    if connection.vendor != "postgresql":
        pytest.skip("exclusion constraints are PostgreSQL's; on SQLite writers stand in one queue")
    first = book()
    other = make_patient(clinic=clinic, file_number="A000002")
    asked = Asked(
        clinic=clinic, patient=other, dentist=dana, chair=chair, starts_at=TEN, need=Need(minutes=30), at=TEN
    )  # fmt: skip

    second = Appointment.objects.get(pk=first.pk)
    second.pk, second.patient = uuid7(), other
    with pytest.raises(services.SlotTaken) as refusal:
        enter(second, asked)
    assert refusal.value.conflicts[0].kind in (ConflictKind.DENTIST, ConflictKind.CHAIR)
    assert not Appointment.objects.filter(pk=second.pk).exists(), "and the transaction goes on"
    with pytest.raises(IntegrityError), transaction.atomic():
        make_appointment(
            clinic=clinic, patient=first.patient, dentist=make_staff(clinic=clinic, number="D9"),
            chair=make_chair(clinic=clinic, name="9号椅"), starts_at=TEN + timedelta(minutes=15),
        )  # fmt: skip
    make_appointment(clinic=clinic, patient=other, dentist=dana, chair=chair, starts_at=TEN, is_overbooked=True)


def test_new_patient_and_booking_stand_or_fall_together(system, rosa, clinic, dana, chair, cleaning, at):
    from incisor.patients.models import Patient

    booking = {
        "by": rosa, "clinic": clinic, "name": "王小明", "phone": "13912345678", "dentist": dana, "chair": chair,
        "procedures": [cleaning], "at": at, "request_key": "k",
    }  # fmt: skip
    with pytest.raises(services.SlotTaken):
        services.book_new_patient(**booking, starts_at=TEN + timedelta(hours=12))
    assert Patient.objects.count() == 0

    made = services.book_new_patient(**booking, starts_at=TEN)
    again = services.book_new_patient(**booking, starts_at=TEN)

    assert (made.patient.name, again, Patient.objects.count()) == ("王小明", made, 1)


def test_clinic_without_chairs_says_so(rosa, other_clinic, at):
    from incisor.kernel.errors import Refused
    from tests.factories.accounts import make_user

    omar = make_user(username="omar2", name="奥", roles=["receptionist"], clinic=other_clinic)
    leo = make_staff(clinic=other_clinic, number="D5")
    with pytest.raises(Refused) as refusal:
        services.book_appointment(
            by=omar, clinic=other_clinic, patient=make_patient(clinic=other_clinic, file_number="B1"), dentist=leo,
            starts_at=TEN, at=at,
        )  # fmt: skip
    assert refusal.value.code == "no_chair"
