"""Two files become one and stand apart again: nothing is lost, and undoing restores every row."""

import json
import random
from datetime import date, timedelta

import pytest
from django.apps import apps

from incisor.audit.models import Entry
from incisor.kernel.errors import NotAllowed, NotFound
from incisor.patients import queries, services
from incisor.patients.models import (
    DuplicatePair,
    FamilyLink,
    Merge,
    Patient,
    PatientAlert,
    PatientChange,
    SearchKey,
)
from incisor.patients.queries.attached import STAYS, key_of, patient_keys, unknown_keys
from incisor.patients.rules.merging import BOTH, KEPT, LESSER, Difference, chosen, difference, united
from incisor.scheduling.models import Appointment
from tests.factories.anything import make_any
from tests.factories.patients import make_alert, make_patient
from tests.factories.scheduling import make_appointment

DOUBLE = {"name": "皮雅", "file_number": "A000009", "phone": "13800002222", "sex": "unknown", "born_on": None}


@pytest.fixture
def double(clinic, system):
    return make_patient(clinic=clinic, created_by=system, **DOUBLE)


@pytest.fixture
def merge(clinic, mona, at):
    def make(kept, lesser, at=at, **choices):
        kept, lesser = Patient.objects.get(pk=kept.pk), Patient.objects.get(pk=lesser.pk)
        return services.merge_patients(
            by=mona,
            clinic=clinic,
            kept=kept,
            lesser=lesser,
            choices=choices,
            versions=(kept.version, lesser.version),
            at=at,
        )

    return make


# ---- rules -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "kept", "lesser", "choices"),
    [
        ("phone", "1", "1", None),
        ("phone", "1", "", None),
        ("sex", "female", "unknown", None),
        ("phone", "", "1", (LESSER, KEPT)),
        ("sex", "unknown", "female", (LESSER, KEPT)),
        ("phone", "1", "2", (KEPT, LESSER)),
        ("tags", '["VIP"]', '["a"]', (BOTH, KEPT, LESSER)),
        ("tags", "", '["a"]', (LESSER, KEPT)),
    ],
)
def test_difference(field, kept, lesser, choices):
    found = difference(field, kept, lesser)

    assert (found.choices if found else None) == choices


@pytest.mark.parametrize(("choice", "kept"), [("", "1"), ("nonsense", "1"), ("both", "1"), (KEPT, "1"), (LESSER, "2")])
def test_chosen_value(choice, kept):
    assert chosen(Difference("phone", "1", "2", (KEPT, LESSER)), choice) == kept


def test_united_lists_and_notes():
    assert json.loads(united("tags", '["VIP", "a"]', '["a", "b"]')) == ["VIP", "a", "b"]
    assert united("note", "怕疼", "左利手") == "怕疼\n左利手"
    assert united("note", "怕疼，左利手", "左利手") == "怕疼，左利手"
    assert chosen(Difference("note", "x", "y", (BOTH, KEPT, LESSER)), "") == "x\ny"


# ---- merging ---------------------------------------------------------------------------------------------------------


def test_merge_moves_rows_and_leaves_a_pointer(clinic, pia, double, dana, chair, merge, at):
    visit = make_appointment(clinic=clinic, patient=double, dentist=dana, chair=chair, starts_at=at + timedelta(days=1))
    make_alert(patient=double, code="latex", text="乳胶")

    made = merge(pia, double)

    double.refresh_from_db()
    assert (double.merged_into_id, double.is_active) == (pia.pk, False)
    assert Appointment.objects.get(pk=visit.pk).patient_id == pia.pk
    assert [alert.code for alert in PatientAlert.objects.filter(patient=pia)] == ["latex"]
    assert made.moved_count == 2
    assert queries.patient(clinic, double.pk).pk == pia.pk
    assert [entry.what for entry in Entry.objects.filter(patient_id=double.pk)] == ["patient.merged"]


def test_search_finds_the_kept_file_by_both_names_and_numbers(clinic, pia, double, merge, at):
    Patient.objects.filter(pk=double.pk).update(name="白雪")
    merge(pia, double)

    for text in ("皮亚", "白雪", "baixue", "bx", "A000009", "13800002222", "2222", "13800001111"):
        assert [hit.patient.pk for hit in queries.find(clinic, text, at=at)] == [pia.pk], text


def test_keys_of_the_merged_file_outlive_a_change_of_the_kept_one(clinic, mona, pia, double, merge, at):
    merge(pia, double)
    services.change_patient(by=mona, patient=pia, version=2, changes={"name": "皮雅娅"}, at=at)

    assert [hit.patient.pk for hit in queries.find(clinic, "13800002222", at=at)] == [pia.pk]


def test_fields_are_taken_as_chosen_with_history(pia, double, merge, at):
    Patient.objects.filter(pk=pia.pk).update(tags=["VIP"], note="", last_seen_on=date(2026, 1, 1), address="")
    Patient.objects.filter(pk=double.pk).update(tags=["学生"], last_seen_on=date(2026, 2, 1))
    double.refresh_from_db()
    double.address = "上海"
    double.save(update_fields=["address"])

    merge(pia, double, phone="lesser", name="kept")

    kept = Patient.objects.get(pk=pia.pk)
    assert (kept.name, kept.phone, kept.address, kept.tags) == ("皮亚", "13800002222", "上海", ["VIP", "学生"])
    assert (kept.last_seen_on, kept.version, kept.phone_index) == (date(2026, 2, 1), 2, double.phone_index)
    assert sorted(change.field for change in PatientChange.objects.filter(patient=kept)) == ["address", "phone", "tags"]


def test_the_same_allergy_stands_once_and_none_is_lost(pia, double, merge):
    make_alert(patient=pia)
    make_alert(patient=double)
    ended = make_alert(patient=double, code="latex", text="乳胶")
    make_alert(patient=double, code="", text="芒果")
    PatientAlert.objects.filter(pk=ended.pk).update(ended_at=ended.recorded_at)

    merge(pia, double)

    assert sorted(alert.text for alert in Patient.objects.get(pk=pia.pk).current_alerts) == ["芒果", "青霉素类"]
    assert PatientAlert.objects.count() == 4


def test_family_is_linked_once_and_never_with_itself(clinic, system, pia, double, merge, mona, at):
    child = make_patient(clinic=clinic, created_by=system, name="小皮", file_number="A000010")
    other = make_patient(clinic=clinic, created_by=system, name="大皮", file_number="A000011")
    for one, relative, relation in (
        (pia, child, "child"), (child, pia, "parent"), (double, child, "child"), (child, double, "parent"),
        (double, other, "spouse"), (other, double, "spouse"), (pia, double, "sibling"), (double, pia, "sibling"),
    ):  # fmt: skip
        FamilyLink.objects.create(patient=one, relative=relative, relation=relation)
    before = sorted(FamilyLink.objects.values_list("pk", "patient", "relative", "relation"))

    made = merge(pia, double)

    assert sorted(link.relative.name for link in queries.family_of(pia)) == ["大皮", "小皮"]
    assert FamilyLink.objects.filter(patient=double).count() == 0
    services.undo_merge(by=mona, merge=made, take=(), at=at)
    assert sorted(FamilyLink.objects.values_list("pk", "patient", "relative", "relation")) == before


def test_merge_is_refused(clinic, other_clinic, rosa, mona, pia, double, merge, at):
    stranger = make_patient(clinic=other_clinic, file_number="B000001")
    values = {"clinic": clinic, "kept": pia, "lesser": double, "choices": {}, "versions": (1, 1), "at": at}

    with pytest.raises(NotAllowed):
        services.merge_patients(by=rosa, **values)
    with pytest.raises(NotFound):
        services.merge_patients(by=mona, **{**values, "lesser": stranger})
    with pytest.raises(services.CannotMerge):
        services.merge_patients(by=mona, **{**values, "lesser": pia})
    with pytest.raises(services.FilesChanged):
        services.merge_patients(by=mona, **{**values, "versions": (1, 2)})
    merge(pia, double)
    with pytest.raises(services.CannotMerge) as refusal:
        services.merge_patients(by=mona, **{**values, "versions": (2, 1)})
    assert "A000009" in str(refusal.value)


def test_appointments_at_one_time_forbid_the_merge_and_are_named(clinic, system, pia, double, dana, chair, merge, at):
    from tests.factories.clinics import make_chair
    from tests.factories.staff import make_staff

    second = make_chair(clinic=clinic, name="2号椅")
    li = make_staff(clinic=clinic, chair=second, number="S9", name="李医生")
    start = at + timedelta(days=1)
    make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=start)
    other = make_appointment(clinic=clinic, patient=double, dentist=li, chair=second, starts_at=start)

    with pytest.raises(services.CannotMerge) as refusal:
        merge(pia, double)

    assert [one.url for one in refusal.value.obstacles] == [f"/appointments/{other.pk}/"]
    assert "李医生" in str(refusal.value)
    Appointment.objects.filter(pk=other.pk).update(status="cancelled")
    assert merge(pia, double).moved_count == 1


# ---- undoing ---------------------------------------------------------------------------------------------------------


def test_what_came_later_stays_unless_it_is_taken(clinic, mona, pia, double, dana, chair, merge, at):
    made = merge(pia, double)
    mine, theirs = [
        make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at + timedelta(days=days))
        for days in (1, 2)
    ]
    make_alert(patient=pia, code="latex", text="乳胶")

    since = queries.rows_since(queries.merge(clinic, made.pk))
    key = f"scheduling.Appointment.patient:{theirs.pk}"
    services.undo_merge(by=mona, merge=made, take=[key], at=at)

    assert sorted(row.key for row in since) == [
        "patients.PatientAlert.patient", "scheduling.Appointment.patient", "scheduling.Appointment.patient",
    ]  # fmt: skip
    assert Appointment.objects.get(pk=mine.pk).patient_id == pia.pk
    assert Appointment.objects.get(pk=theirs.pk).patient_id == double.pk
    assert PatientAlert.objects.get().patient_id == pia.pk
    assert queries.patient(clinic, double.pk).pk == double.pk


def test_what_hangs_on_a_row_goes_where_that_goes(clinic, mona, pia, double, merge, at):
    from tests.factories.visits import make_visit

    old = make_visit(clinic=clinic, patient=double, at=at)
    made = merge(pia, double)
    bill = make_any(
        apps.get_model("billing", "Bill"), dice=random.Random(3), clinic=clinic, patient=pia, visit=old, created_by=mona
    )

    (row,) = queries.rows_since(queries.merge(clinic, made.pk))
    services.undo_merge(by=mona, merge=made, take=(), at=at)

    assert row.follows
    bill.refresh_from_db()
    assert bill.patient_id == double.pk


def test_fields_changed_since_keep_their_new_value(mona, pia, double, merge, at):
    made = merge(pia, double, phone="lesser", name="lesser")
    services.change_patient(by=mona, patient=pia, version=2, changes={"phone": "13900003333"}, at=at)

    services.undo_merge(by=mona, merge=made, take=(), at=at)

    kept = Patient.objects.get(pk=pia.pk)
    assert (kept.name, kept.phone) == ("皮亚", "13900003333")


def test_merges_are_undone_in_any_order_into_one_file_and_from_outside_in_a_chain(
    clinic, system, mona, pia, double, merge, at
):
    third = make_patient(clinic=clinic, created_by=system, name="皮丫", file_number="A000012", phone="13800003333")
    first = merge(pia, double, phone="lesser")
    second = merge(pia, third, phone="lesser")
    services.undo_merge(by=mona, merge=first, take=(), at=at)
    assert Patient.objects.get(pk=pia.pk).phone == "13800003333"
    services.undo_merge(by=mona, merge=second, take=(), at=at)
    assert Patient.objects.get(pk=pia.pk).phone == "13800001111"

    inner = merge(double, third)
    outer = merge(pia, double)
    assert queries.patient(clinic, third.pk).pk == pia.pk
    with pytest.raises(services.CannotUndoMerge):
        services.undo_merge(by=mona, merge=inner, take=(), at=at)
    services.undo_merge(by=mona, merge=outer, take=(), at=at)
    services.undo_merge(by=mona, merge=inner, take=(), at=at)
    with pytest.raises(services.CannotUndoMerge):
        services.undo_merge(by=mona, merge=inner, take=(), at=at)
    assert [queries.patient(clinic, one.pk).pk for one in (pia, double, third)] == [pia.pk, double.pk, third.pk]


def test_undone_merge_is_a_pair_of_different_people(mona, pia, double, merge, at):
    made = merge(pia, double)
    assert DuplicatePair.objects.get().status == "merged"

    services.undo_merge(by=mona, merge=made, take=(), at=at)

    assert DuplicatePair.objects.get().status == "different"


# ---- the whole, for any rows -----------------------------------------------------------------------------------------

LEFT_OUT = {"audit", "kernel", "accounts", "sessions"}


def picture():
    """Return every row of every table that a merge must give back exactly."""
    rows = {}
    for model in apps.get_models():
        if model._meta.app_label in LEFT_OUT or model in (Merge, DuplicatePair, SearchKey, PatientChange):
            continue
        for row in model._base_manager.all():
            values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
            if model is Patient:
                values.pop("version")
            rows[model._meta.label, row.pk] = values
    rows["keys"] = set(SearchKey.objects.values_list("patient_id", "kind", "key"))
    return rows


def fill(patient, clinic, dice):
    """Give the file up to three rows of every table that can point at a patient; returns the tables that took one."""
    filled = set()
    for field in patient_keys():
        if key_of(field) in STAYS or field.model is Patient or field.model is FamilyLink:
            continue
        for _number in range(dice.randrange(4)):
            given = {field.name: patient}
            if any(column.name == "clinic" for column in field.model._meta.concrete_fields):
                given["clinic"] = clinic
            if make_any(field.model, dice=dice, **given) is not None:
                filled.add(field.model._meta.label)
    return filled


@pytest.mark.parametrize("seed", range(3))
def test_undo_restores_every_row_of_every_table(seed, clinic, system, mona, pia, double, dana, chair, cleaning, at):
    dice = random.Random(seed)
    relatives = [
        make_patient(clinic=clinic, created_by=system, name="亲戚", file_number=f"A0001{number:02d}", phone="")
        for number in range(3)
    ]
    for one in (pia, double):
        for relative in relatives:
            if dice.random() < 0.6:
                FamilyLink.objects.create(patient=one, relative=relative, relation="sibling")
                FamilyLink.objects.create(patient=relative, relative=one, relation="sibling")
        Patient.objects.filter(pk=one.pk).update(
            tags=dice.sample(["VIP", "学生", "老客户"], 2), referrer=dice.choice([None, *relatives])
        )
        one.refresh_from_db()
        SearchKey.objects.filter(patient=one).delete()
        SearchKey.objects.bulk_create(queries.search_keys_of(one))
    Patient.objects.filter(pk=relatives[0].pk).update(referrer=double)
    filled = fill(pia, clinic, dice) | fill(double, clinic, dice)
    Appointment.objects.filter(patient=double).update(is_overbooked=True, overbook_reason="x")
    before, history = picture(), PatientChange.objects.count()
    choices = {one.field: dice.choice(one.choices) for one in queries.differences(pia, double)}
    kept, lesser = Patient.objects.get(pk=pia.pk), Patient.objects.get(pk=double.pk)

    made = services.merge_patients(
        by=mona, clinic=clinic, kept=kept, lesser=lesser, choices=choices, versions=(1, 1), at=at
    )
    changed = {key for key, values in picture().items() if before.get(key) != values}
    services.undo_merge(by=mona, merge=made, take=(), at=at)

    assert len(filled) >= 12, filled
    assert len(changed) >= 5
    after = picture()
    assert set(after.pop("keys")) ^ set(before.pop("keys")) == set()
    assert {key: (before[key], after.get(key)) for key in before if before[key] != after.get(key)} == {}
    assert set(after) == set(before)
    assert PatientChange.objects.count() >= history


def test_every_table_that_points_at_a_patient_is_known_to_a_merge():
    assert unknown_keys() == []


def test_a_table_that_nobody_knows_is_found():
    from incisor.patients.hooks import merge_parts

    part = next(part for part in merge_parts if part.key == "appointments")
    try:
        del merge_parts._entries["appointments"]
        assert unknown_keys() == ["scheduling.Appointment.patient"]
    finally:
        merge_parts.add(part)
