"""Patients by the interface."""

from datetime import timedelta

import pytest

from incisor.accounts.access import viewer_may
from incisor.accounts.enums import Permission
from incisor.audit.models import Entry
from incisor.patients.models import FileLook, Patient, PatientChange, PrivacyRules
from tests.api.conftest import assert_problem
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment

NEW = {"name": "王小明", "phone": "13912345678", "sex": "male", "born_on": "2015-06-01"}


def test_registering_opens_a_file_under_the_account_of_the_key(program, clinic):
    response = program.post("patients", NEW)

    made = Patient.objects.get(clinic=clinic)
    body = response.json()
    assert response.status_code == 201
    assert (made.name, made.phone, made.created_by_id) == ("王小明", "13912345678", program.token.user_id)
    assert body["id"] == str(made.pk)
    assert body["phone"] == "13912345678"
    assert response.headers["Location"] == f"/api/v1/patients/{made.pk}"
    assert response.headers["ETag"] == '"1"'
    line = Entry.objects.get(what="patient.registered")
    assert (line.user_name, line.patient_id) == ("官网预约", made.pk)


def test_answer_to_a_key_that_may_not_see_personal_data_is_masked(program_with):
    body = program_with("patients:write", "patients:read").post("patients", NEW).json()

    assert (body["phone"], body["is_masked"], body["born_on"], body["age"]) == ("139****5678", True, None, 10)


def test_same_request_again_makes_one_file(program, clinic):
    first = program.post("patients", NEW, key="the-same-key")
    again = program.post("patients", NEW, key="the-same-key")

    assert [first.status_code, again.status_code] == [201, 201]
    assert first.json()["id"] == again.json()["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Patient.objects.filter(clinic=clinic).count() == 1


def test_the_key_of_a_page_means_nothing_here(program, clinic):
    more = {"X-Request-Key": "0198f000-0000-7000-8000-00000000abcd"}
    first = program.post("patients", NEW, **more)
    other = program.post("patients", {**NEW, "name": "李雷", "phone": "13700000000"}, **more)

    assert [first.status_code, other.status_code] == [201, 201]
    assert Patient.objects.filter(clinic=clinic).count() == 2


def test_same_key_with_other_content_is_refused(program, clinic):
    program.post("patients", NEW, key="the-same-key")

    response = program.post("patients", {**NEW, "name": "李雷", "phone": "13700000000"}, key="the-same-key")

    assert_problem(response, 422, "key_reused")
    assert Patient.objects.filter(clinic=clinic).count() == 1


def test_same_key_of_another_program_is_another_key(program, foreign):
    program.post("patients", NEW, key="the-same-key")

    assert foreign.post("patients", NEW, key="the-same-key").status_code == 201


def test_refused_request_may_be_sent_again_with_its_key(program, clinic):
    program.post("patients", {**NEW, "phone": "12"}, key="the-same-key")

    response = program.post("patients", NEW, key="the-same-key")

    assert response.status_code == 201


def test_post_without_idempotency_key_is_refused(program):
    body = assert_problem(program.post("patients", NEW, key=False), 422, "wrong_shape")

    assert [one["field"] for one in body["errors"]] == ["Idempotency-Key"]


def test_likely_double_is_refused_with_the_files_in_question(program, clinic):
    there = make_patient(clinic=clinic, name="王小明", phone="13912345678", born_on=None, sex="male")

    body = assert_problem(program.post("patients", NEW), 409, "already_registered")

    assert [(one["id"], one["file_number"]) for one in body["look_alikes"]] == [(str(there.pk), there.file_number)]
    assert program.post("patients", {**NEW, "is_somebody_else": True}).status_code == 201


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"name": "1234"}, "name"),
        ({"born_on": "1820-01-01"}, "born_on"),
        ({"sex": "x"}, "sex"),
        ({"nmae": "typo"}, "nmae"),
        ({"name": "a\u0000b"}, "name"),
        ({"note": "\ud800"}, "note"),
    ],
)
def test_wrong_field_is_named(program, over, field):
    response = program.post("patients", {**NEW, **over})

    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    assert [one["field"] for one in response.json()["errors"]] == [field]
    assert Patient.objects.count() == 0


def test_one_patient_is_whole_for_a_key_that_may_see_it(program, pia):
    Patient.objects.filter(pk=pia.pk).update(note="过敏体质")

    response = program.get(f"patients/{pia.pk}?reason=booking")

    body = response.json()
    assert (body["phone"], body["born_on"], body["note"], body["is_masked"]) == (
        "13800001111", "1990-05-17", "过敏体质", False,
    )  # fmt: skip
    assert response.headers["Cache-Control"] == "no-store, private"
    line = Entry.objects.get(what="patient.revealed")
    assert (line.user_name, line.patient_id, line.is_look) == ("官网预约", pia.pk, True)
    look = FileLook.objects.get(patient=pia)
    assert (look.user_id, look.kind, look.reason) == (program.token.user_id, "revealed", "booking")


def test_file_that_is_not_on_todays_list_comes_masked_without_a_reason(program, pia):
    body = program.get(f"patients/{pia.pk}").json()

    assert (body["phone"], body["is_masked"]) == ("138****1111", True)
    assert Entry.objects.filter(what="patient.looked_at", patient_id=pia.pk).count() == 1
    assert program.get(f"patients/{pia.pk}?reason=curious").status_code == 422


def test_file_of_today_comes_whole_without_a_reason(program, pia, dana, chair, cleaning, at):
    make_appointment(
        clinic=pia.clinic, patient=pia, dentist=dana, chair=chair, starts_at=at + timedelta(hours=2), procedure=cleaning
    )

    assert program.get(f"patients/{pia.pk}").json()["phone"] == "13800001111"
    assert FileLook.objects.count() == 0


def test_clinic_that_asks_before_any_file_opens_asks_programs_too(program_with, pia):
    PrivacyRules.objects.create(clinic=pia.clinic, opening="ask")
    program = program_with("patients:read")

    assert_problem(program.get(f"patients/{pia.pk}"), 409, "reason_needed")
    assert program.get(f"patients/{pia.pk}?reason=call").json()["is_masked"] is True


def test_restricted_file_is_kept_from_programs(program, pia, dana, chair, cleaning, at):
    booked = make_appointment(
        clinic=pia.clinic, patient=pia, dentist=dana, chair=chair, starts_at=at + timedelta(hours=2), procedure=cleaning
    )
    Patient.objects.filter(pk=pia.pk).update(restricted_at=at)

    assert_problem(program.get(f"patients/{pia.pk}"), 403, "file_restricted")
    assert program.get("patients").json()["items"] == []
    assert program.get("patients/search?text=py").json() == []
    shown = program.get(f"appointments/{booked.pk}").json()
    assert (shown["patient"], shown["note"]) == ({"id": str(pia.pk), "file_number": None, "name": None}, None)
    assert viewer_may(Permission.PATIENT_PRIVACY)  # whoever comes next is not taken for the program


def test_one_patient_is_masked_for_others_and_the_look_is_noted(program_with, pia):
    body = program_with("patients:read").get(f"patients/{pia.pk}").json()

    assert (body["phone"], body["born_on"], body["note"], body["age"]) == ("138****1111", None, None, 35)
    assert Entry.objects.filter(what="patient.looked_at", patient_id=pia.pk).count() == 1


def test_role_without_the_permission_masks_whatever_the_rights_say(program_with, pia):
    program = program_with("patients:read", "patients:personal", role="cashier")

    assert program.get(f"patients/{pia.pk}").json()["phone"] == "138****1111"


def test_patient_of_another_clinic_is_not_found(foreign, pia):
    assert_problem(foreign.get(f"patients/{pia.pk}"), 404, "not_found")
    assert_problem(foreign.patch(f"patients/{pia.pk}", {"name": "甲"}, version=1), 404, "not_found")
    assert foreign.get("patients").json()["items"] == []
    assert foreign.get("patients/search?text=皮亚").json() == []


def test_change_writes_only_what_was_sent(program, pia):
    response = program.patch(f"patients/{pia.pk}", {"phone": "13700000001", "tags": ["VIP"]}, version=1)

    pia.refresh_from_db()
    assert response.status_code == 200
    assert (pia.phone, pia.tags, pia.name, pia.version) == ("13700000001", ["VIP"], "皮亚", 2)
    assert response.headers["ETag"] == '"2"'
    assert set(PatientChange.objects.values_list("field", "by")) == {
        ("phone", program.token.user_id), ("tags", program.token.user_id),
    }  # fmt: skip


def test_birth_date_is_emptied_by_null_and_other_fields_are_not(program, pia):
    program.patch(f"patients/{pia.pk}", {"born_on": None, "name": None}, version=1)

    pia.refresh_from_db()
    assert (pia.born_on, pia.name) == (None, "皮亚")


@pytest.mark.parametrize(("etag", "status", "code"), [(None, 428, "version_missing"), ("9", 412, "changed_meanwhile")])
def test_change_needs_the_version_that_was_read(program, pia, etag, status, code):
    assert_problem(program.patch(f"patients/{pia.pk}", {"name": "甲"}, version=etag), status, code)
    pia.refresh_from_db()
    assert pia.name == "皮亚"


def test_version_that_nobody_gave_out_fits_nothing(program, pia):
    response = program.patch(f"patients/{pia.pk}", {"name": "甲"}, **{"If-Match": '"abc"'})

    assert_problem(response, 412, "changed_meanwhile")


def test_wrong_value_of_a_change_names_its_field(program, pia):
    body = assert_problem(program.patch(f"patients/{pia.pk}", {"phone": "1"}, version=1), 422, "wrong_value")

    assert [one["field"] for one in body["errors"]] == ["phone"]


def test_pages_show_each_once_though_others_are_opened_meanwhile(program, clinic):
    for number in range(5):
        make_patient(clinic=clinic, name=f"甲{'乙丙丁戊己'[number]}", file_number=f"A00001{number}")
    seen, cursor = [], ""
    for step in range(4):
        page = program.get(f"patients?limit=2&cursor={cursor}").json()
        seen += [one["file_number"] for one in page["items"]]
        cursor = page["next"]
        if step == 0:
            make_patient(clinic=clinic, name="新人", file_number="A000099")
        if cursor is None:
            break

    assert seen == [*(f"A00001{number}" for number in range(5)), "A000099"]


def test_list_is_masked_for_everybody_and_can_be_narrowed(program, clinic, pia):
    make_patient(clinic=clinic, name="别人", file_number="A000002", phone="13900002222")

    by_phone = program.get("patients?phone=13800001111").json()["items"]
    by_number = program.get("patients?file_number=A000002").json()["items"]

    assert [(one["name"], one["phone"], one["is_masked"]) for one in by_phone] == [("皮亚", "138****1111", True)]
    assert [one["name"] for one in by_number] == ["别人"]


def test_list_costs_the_same_for_one_and_for_three(program, clinic, pia, django_assert_num_queries):
    program.get("patients")
    with django_assert_num_queries(3):
        program.get("patients")
    for number in (2, 3):
        make_patient(clinic=clinic, name="甲乙", file_number=f"A00000{number}")

    with django_assert_num_queries(3):
        assert len(program.get("patients").json()["items"]) == 3


def test_search_finds_as_the_desk_does(program, pia):
    found = program.get("patients/search?text=py").json()

    assert [(one["name"], one["phone"]) for one in found] == [("皮亚", "138****1111")]


@pytest.mark.parametrize("cursor", ["abc", "bnVsbA"])
def test_cursor_that_nobody_gave_out_is_refused(program, cursor):
    assert_problem(program.get(f"patients?cursor={cursor}"), 422, "wrong_cursor")
