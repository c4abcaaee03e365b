"""Registering, changing, looking at patients' files."""

from datetime import date, timedelta

import pytest

from incisor.audit.models import Entry
from incisor.kernel.errors import NotAllowed
from incisor.patients import queries, services
from incisor.patients.models import GivenUpNumber, Patient, PatientChange, SearchKey
from tests.factories.patients import make_alert, make_patient

ID_CARD = "11010519491231002X"


def register(by, clinic, at, **over):
    given = {"name": "王小明", "phone": "138 1234 5678", **over}
    return services.register_patient(by=by, clinic=clinic, at=at, **given)


def test_registering_needs_only_name_and_phone(clinic, rosa, at):
    patient = register(rosa, clinic, at)

    kept = Patient.objects.get(pk=patient.pk)
    assert (kept.name, kept.phone, kept.pinyin, kept.file_number) == (
        "王小明",
        "13812345678",
        "wang xiao ming",
        "A000001",
    )
    assert kept.created_by == rosa
    assert Entry.objects.get().what == "patient.registered"
    assert "13812345678" not in Entry.objects.get().detail
    assert {"王小明", "wangxiaoming", "wxm", "wangxm", "a000001"} < set(SearchKey.objects.values_list("key", flat=True))


def test_file_numbers_go_on_in_each_clinic_and_skip_imported_ones(clinic, other_clinic, rosa, omar, at):
    make_patient(clinic=clinic, file_number="A000002")

    numbers = [register(rosa, clinic, at, name=name).file_number for name in ("赵一", "钱二")]

    assert numbers == ["A000001", "A000003"]
    assert register(omar, other_clinic, at).file_number == "B000001"


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "138"}, "name"),
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"born_on": date(2030, 1, 1)}, "born_on"),
        ({"born_on": date(1850, 1, 1)}, "born_on"),
        ({"id_number": "110105194912310021"}, "id_number"),
        ({"id_number": ID_CARD, "born_on": date(1950, 1, 1)}, "born_on"),
        ({"email": "nobody"}, "email"),
        ({"source": "moon"}, "source"),
        ({"sex": "both"}, "sex"),
    ],
)
def test_registering_refuses_what_cannot_be(clinic, rosa, at, over, field):
    with pytest.raises(services.WrongValue) as refusal:
        register(rosa, clinic, at, **over)

    assert refusal.value.field == field
    assert Patient.objects.count() == 0


def test_id_card_tells_birth_date_and_sex(clinic, rosa, at):
    patient = register(rosa, clinic, at, id_number=ID_CARD.lower())

    assert (patient.id_number, patient.born_on, patient.sex) == (ID_CARD, date(1949, 12, 31), "female")


def test_same_person_is_not_registered_twice_unasked(clinic, rosa, at):
    first = register(rosa, clinic, at)

    with pytest.raises(services.AlreadyRegistered) as refusal:
        register(rosa, clinic, at)

    assert [one.patient.pk for one in refusal.value.look_alikes] == [first.pk]
    register(rosa, clinic, at, is_somebody_else=True)
    assert Patient.objects.count() == 2


def test_same_id_number_is_one_person_whatever_is_said(clinic, rosa, at):
    register(rosa, clinic, at, id_number=ID_CARD)

    with pytest.raises(services.AlreadyRegistered):
        register(rosa, clinic, at, name="王大明", phone="13900000000", id_number=ID_CARD, is_somebody_else=True)


def test_family_may_share_a_phone(clinic, rosa, at):
    register(rosa, clinic, at, name="王建国")

    register(rosa, clinic, at, name="李桂英")

    assert Patient.objects.count() == 2


def test_same_request_registers_once(clinic, rosa, at):
    one = register(rosa, clinic, at, request_key="k1")
    two = register(rosa, clinic, at, request_key="k1")

    assert one.pk == two.pk
    assert Patient.objects.count() == 1


def test_registering_is_refused_in_another_clinic(clinic, omar, at):
    with pytest.raises(NotAllowed):
        register(omar, clinic, at)


def test_registration_is_undone_on_the_same_day(clinic, rosa, at):
    patient = register(rosa, clinic, at)

    services.undo_registration(by=rosa, patient=patient, at=at + timedelta(hours=5))

    assert Patient.objects.count() == SearchKey.objects.count() == 0
    assert [entry.what for entry in Entry.objects.order_by("number")] == [
        "patient.registered",
        "patient.registration_undone",
        "patient.number_given_up",
    ]
    assert GivenUpNumber.objects.get().number == patient.file_number
    assert register(rosa, clinic, at).file_number == "A000002"


def test_registration_stays_on_the_next_day_or_when_something_hangs_on_it(clinic, rosa, at):
    patient = register(rosa, clinic, at)
    with pytest.raises(services.CannotUndo):
        services.undo_registration(by=rosa, patient=patient, at=at + timedelta(days=1))
    make_alert(patient=patient)

    with pytest.raises(services.CannotUndo):
        services.undo_registration(by=rosa, patient=patient, at=at)

    assert Patient.objects.count() == 1


def change(by, patient, at, version=1, **changes):
    return services.change_patient(by=by, patient=patient, version=version, changes=changes, at=at)


def test_change_keeps_the_old_value_and_moves_the_keys(pia, rosa, at):
    change(rosa, pia, at, name="皮小亚", phone="139-0000-2222")

    kept = Patient.objects.get(pk=pia.pk)
    assert (kept.name, kept.phone, kept.pinyin, kept.version) == ("皮小亚", "13900002222", "pi xiao ya", 2)
    assert [(row.field, row.old, row.new, row.by, row.version) for row in PatientChange.objects.order_by("field")] == [
        ("name", "皮亚", "皮小亚", rosa, 2),
        ("phone", "13800001111", "13900002222", rosa, 2),
        ("pinyin", "pi ya", "pi xiao ya", rosa, 2),
    ]
    assert [hit.patient for hit in queries.find(pia.clinic, "13900002222", at=at)] == [pia]
    assert queries.find(pia.clinic, "13800001111", at=at) == []


def test_change_that_changes_nothing_writes_nothing(pia, rosa, at):
    change(rosa, pia, at, name="皮亚", phone="+86 138 0000 1111")

    assert PatientChange.objects.count() == 0
    assert Patient.objects.get(pk=pia.pk).version == 1


def test_second_editor_of_the_same_field_is_told(pia, rosa, mona, at):
    change(mona, pia, at, phone="13900002222")

    with pytest.raises(services.ChangedBySomebodyElse) as refusal:
        change(rosa, pia, at, phone="13700003333", occupation="教师")

    assert refusal.value.version == 2
    assert [(one["field"], one["theirs"], one["by"]) for one in refusal.value.fields] == [
        ("phone", "139****2222", "莫娜")
    ]
    assert Patient.objects.get(pk=pia.pk).occupation == ""
    change(rosa, pia, at, version=2, phone="13700003333")
    assert Patient.objects.get(pk=pia.pk).phone == "13700003333"


def test_second_editor_of_another_field_undoes_nothing(pia, rosa, mona, at):
    change(mona, pia, at, phone="13900002222")

    change(rosa, pia, at, phone="13800001111", occupation="教师")

    kept = Patient.objects.get(pk=pia.pk)
    assert (kept.phone, kept.occupation, kept.version) == ("13900002222", "教师", 3)


def test_change_refuses_to_lose_the_phone(pia, rosa, at):
    with pytest.raises(services.WrongValue) as refusal:
        change(rosa, pia, at, phone="")

    assert refusal.value.field == "phone"


def test_change_is_refused_in_another_clinic(pia, omar, at):
    with pytest.raises(NotAllowed):
        change(omar, pia, at, name="别人")


def test_look_and_unmasking_are_noted(pia, rosa, at):
    services.note_look(by=rosa, patient=pia, at=at)
    plain = services.unmask(by=rosa, patient=pia, fields=["phone", "name"], at=at)

    assert plain == {"phone": "13800001111"}
    assert [(entry.what, entry.is_look, entry.patient_id) for entry in Entry.objects.order_by("number")] == [
        ("patient.looked_at", True, pia.pk),
        ("patient.unmasked", True, pia.pk),
    ]


def test_unmasking_needs_its_permission(pia, dana_user, at):
    with pytest.raises(NotAllowed):
        services.unmask(by=dana_user, patient=pia, fields=["phone"], at=at)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tags": [str(number) for number in range(13)]}, "tags"),
        ({"note": "长" * 2001}, "note"),
        ({"occupation": "长" * 41}, "occupation"),
        ({"id_number": "?"}, "id_number"),
        ({"contact_channel": "pigeon"}, "contact_channel"),
        ({"born_on": date(2030, 1, 1)}, "born_on"),
    ],
)
def test_change_refuses_what_cannot_be(pia, rosa, at, changes, field):
    with pytest.raises(services.WrongValue) as refusal:
        change(rosa, pia, at, **changes)

    assert refusal.value.field == field
    assert Patient.objects.get().version == 1


def test_lists_are_kept_clean_and_told_in_words(pia, rosa, at):
    from django.utils import translation

    change(
        rosa,
        pia,
        at,
        special_needs=["anxious", "flying", "child"],
        tags=[" VIP ", "VIP", ""],
        source="friend",
        address="幸福路1号院",
    )

    kept = Patient.objects.get()
    assert (kept.special_needs, kept.tags) == (["child", "anxious"], ["VIP"])
    with translation.override("en"):
        told = {one.label: one.shown_new for one in queries.changes_of(kept)}
    assert told == {
        "Special needs": "Child、Anxious",
        "Tags": "VIP",
        "Came through": "Friend or family",
        "Address": "幸福路1号院****",
    }


def test_pinyin_is_corrected_by_hand_and_found(pia, rosa, at):
    change(rosa, pia, at, name="皮亚", pinyin="Bi Ya")

    assert Patient.objects.get().pinyin == "bi ya"
    assert [hit.patient for hit in queries.find(pia.clinic, "biya", at=at)] == [pia]
    assert [hit.patient for hit in queries.find(pia.clinic, "piya", at=at)] == [pia]


def test_lists_of_files(clinic, pia, system, at):
    seen = make_patient(clinic=clinic, created_by=system, file_number="A000002", last_seen_on=date(2024, 2, 29))

    assert [one.pk for one in queries.recent_patients(clinic, seen="never")] == [pia.pk]
    assert [one.pk for one in queries.recent_patients(clinic, seen="year", day=date(2026, 3, 2))] == [seen.pk]
    assert list(queries.recent_patients(clinic, seen="imported")) == []
    assert queries.last_seen(clinic, seen.pk) == date(2024, 2, 29)
    assert queries.patients_of(clinic).count() == 2
    with pytest.raises(queries.NoSuchPatient):
        queries.patient(clinic, "no-id")
    with pytest.raises(queries.NoSuchPatient):
        queries.alert(clinic, pia.pk, pia.pk)


def test_look_alikes_by_birth_date_and_sound(clinic, pia):
    found = queries.look_alikes(clinic, name="皮雅", born_on=date(1990, 5, 17))

    assert [one.patient.pk for one in found] == [pia.pk]
    assert queries.look_alikes(clinic, name="皮雅", born_on=date(1990, 5, 17), but=pia.pk) == []
    assert queries.look_alikes(clinic) == []
