"""The pages of patients: the search, registering, one file."""

import pytest
from django.urls import reverse

from incisor.accounts.models import Grant, Role
from incisor.audit.models import Entry
from incisor.patients.models import Patient, PatientAlert
from incisor.patients.views.search import is_called
from tests.factories.accounts import make_user
from tests.factories.patients import make_alert, make_patient

FRAGMENT = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["django_language"] = "en"


def text_of(response):
    return response.content.decode()


def test_search_shows_patient_with_verbs_and_allergy(as_rosa, pia):
    make_alert(patient=pia)

    page = text_of(as_rosa.get("/search/", {"q": "pi ya"}, **FRAGMENT))

    assert page.count('role="option"') == 2  # the patient, and registering somebody else of that name
    assert f'data-href="/patients/{pia.pk}/"' in page
    assert "Allergy: Penicillins" in page
    assert "13800001111" not in page
    assert "<html" not in page


def test_search_offers_to_register_first_when_nobody_is_found(as_rosa, clinic):
    page = text_of(as_rosa.get("/search/", {"q": "王小明 138"}, **FRAGMENT))

    assert page.count('role="option"') == 1
    assert "Register “王小明 138”" in page
    assert 'data-panel="/patients/new/?text=%E7%8E%8B%E5%B0%8F%E6%98%8E+138"' in page


def test_search_finds_pages_by_word_and_pinyin(client, as_rosa):
    assert 'data-href="/patients/new/"' in text_of(as_rosa.get("/search/", {"q": "register"}, **FRAGMENT))


def test_search_shows_no_patients_to_whom_files_are_closed(client, clinic, pia):
    keeper = make_user(username="kim", name="金", roles=["equipment_keeper"], clinic=clinic)
    client.force_login(keeper)

    assert 'role="option"' not in text_of(client.get("/search/", {"q": "皮亚"}, **FRAGMENT))


def test_search_shows_nothing_of_another_clinic(as_omar, pia):
    assert str(pia.pk) not in text_of(as_omar.get("/search/", {"q": "皮亚"}, **FRAGMENT))


def test_search_costs_the_same_with_one_hit_and_three(as_rosa, clinic, system, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_patient(clinic=clinic, created_by=system)
    as_rosa.get("/search/", {"q": "皮"}, **FRAGMENT)
    with CaptureQueriesContext(
        connection,
    ) as one:
        as_rosa.get("/search/", {"q": "皮"}, **FRAGMENT)
    count = len(one)
    for number in (2, 3):
        make_patient(clinic=clinic, created_by=system, file_number=f"A{number:06d}")
    with django_assert_num_queries(count):
        as_rosa.get("/search/", {"q": "皮"}, **FRAGMENT)


def test_register_form_splits_what_was_typed_and_focuses_the_phone(as_rosa):
    page = text_of(as_rosa.get("/patients/new/", {"text": "王小明 138"}, **FRAGMENT))

    assert 'value="王小明"' in page
    phone = next(tag for tag in page.split("<") if tag.startswith('input type="text" name="phone"'))
    assert 'value="138"' in phone
    assert "data-autofocus" in phone
    assert "data-panel-heading" in page
    assert "<html" not in page


def test_registering_lands_on_the_new_file(as_rosa, clinic):
    response = as_rosa.post("/patients/new/", {"name": "王小明", "phone": "13812345678"}, **FRAGMENT)

    patient = Patient.objects.get()
    assert response.status_code == 204
    assert response["HX-Redirect"] == f"/patients/{patient.pk}/"
    page = text_of(as_rosa.get(response["HX-Redirect"]))
    assert f'data-undo-url="/patients/{patient.pk}/undo-registration/"' in page
    assert "138****5678" in page
    assert "13812345678" not in page


def test_registering_without_scripts_is_a_plain_form(as_rosa, clinic):
    response = as_rosa.post("/patients/new/", {"name": "王小明", "phone": "13812345678"})

    assert response.status_code == 303
    assert response["Location"] == f"/patients/{Patient.objects.get().pk}/"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "", "phone": "13812345678"}, "Type the patient&#x27;s name."),
        ({"name": "王小明", "phone": "12"}, "This is no phone number."),
        ({"name": "王小明", "phone": "13812345678", "born_on": "1990-13-01"}, "Type the birth date as 8 digits"),
    ],
)
def test_wrong_input_is_explained_and_kept(as_rosa, clinic, given, words):
    response = as_rosa.post("/patients/new/", given, **FRAGMENT)

    page = text_of(response)
    assert response.status_code == 422
    assert words in page
    assert all(f'value="{value}"' in page for value in given.values() if value)
    assert Patient.objects.count() == 0


def test_same_person_is_shown_before_saving_and_on_saving(as_rosa, pia):
    given = {"name": "皮亚", "phone": "13800001111"}

    typing = text_of(as_rosa.post("/patients/new/look-alikes/", given, **FRAGMENT))
    saving = as_rosa.post("/patients/new/", given, **FRAGMENT)

    assert f'href="/patients/{pia.pk}/"' in typing
    assert "same phone，same name" in typing
    assert saving.status_code == 422
    assert 'name="is_somebody_else"' in text_of(saving)
    assert as_rosa.post("/patients/new/", {**given, "is_somebody_else": "1"}, **FRAGMENT).status_code == 204


def test_undoing_a_registration(as_rosa, clinic):
    as_rosa.post("/patients/new/", {"name": "王小明", "phone": "13812345678"})

    response = as_rosa.post(f"/patients/{Patient.objects.get().pk}/undo-registration/", **FRAGMENT)

    assert response["HX-Redirect"] == "/patients/"
    assert Patient.objects.count() == 0


def test_page_of_a_patient_is_noted_as_a_look(as_rosa, rosa, pia):
    make_alert(patient=pia)
    make_alert(patient=pia, kind="condition", code="heart_disease", text="心脏病")

    page = text_of(as_rosa.get(f"/patients/{pia.pk}/"))

    assert "Allergy: Penicillins" in page
    assert "Heart disease" in page
    assert [(entry.what, entry.user_id, entry.patient_id) for entry in Entry.objects.all()] == [
        ("patient.looked_at", rosa.pk, pia.pk)
    ]


def test_illnesses_are_for_those_who_treat(client, clinic, pia):
    make_alert(patient=pia, kind="condition", code="heart_disease", text="心脏病")
    make_alert(patient=pia)
    client.force_login(make_user(username="cas", name="卡", roles=["cashier"], clinic=clinic))

    page = text_of(client.get(f"/patients/{pia.pk}/"))

    assert "Heart disease" not in page
    assert "Allergy: Penicillins" in page
    assert reverse("patients:show", args=[pia.pk, "phone"]) not in page


PAGES = ["patient", "history"]
POSTS = ["undo-registration", "add-alert", "link-family"]


@pytest.mark.parametrize("name", [*PAGES, "family-candidates"])
def test_pages_of_another_clinics_patient_do_not_exist(as_omar, pia, name):
    response = as_omar.get(reverse(f"patients:{name}", args=[pia.pk]))

    assert response.status_code == 404
    assert "皮亚" not in text_of(response)


@pytest.mark.parametrize("name", POSTS)
def test_actions_on_another_clinics_patient_do_not_exist(as_omar, pia, name):
    assert as_omar.post(reverse(f"patients:{name}", args=[pia.pk])).status_code == 404
    assert as_omar.post(reverse("patients:show", args=[pia.pk, "phone"])).status_code == 404
    assert as_omar.post(reverse("patients:section", args=[pia.pk, "contact"])).status_code == 404
    assert Patient.objects.get().version == 1


def test_list_costs_the_same_with_one_row_and_three(as_rosa, clinic, system, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_patient(clinic=clinic, created_by=system)
    with CaptureQueriesContext(connection) as one:
        as_rosa.get("/patients/")
    for number in (2, 3):
        make_alert(patient=make_patient(clinic=clinic, created_by=system, file_number=f"A{number:06d}"))
    with django_assert_num_queries(len(one)):
        page = text_of(as_rosa.get("/patients/"))
    assert page.count("data-row ") == 3


def test_empty_list_says_what_to_do(as_rosa):
    assert "No patient here yet." in text_of(as_rosa.get("/patients/"))
    assert "Nobody is found by this." in text_of(as_rosa.get("/patients/", {"q": "无"}))


def test_section_is_edited_in_place(as_rosa, pia):
    url = reverse("patients:section", args=[pia.pk, "contact"])

    as_rosa.post(reverse("patients:show", args=[pia.pk, "phone"]), {"reason": "call"}, **FRAGMENT)
    form = text_of(as_rosa.get(url + "?edit", **FRAGMENT))
    saved = as_rosa.post(
        url,
        {
            "version": "1",
            "phone": "13900002222",
            "contact_channel": "wechat",
            "language": "zh-hans",
            "contact_time": "18:00",
        },
        **FRAGMENT,
    )

    phone = next(tag for tag in form.split("<") if tag.startswith('input type="text" name="phone"'))
    assert "autofocus" in phone
    assert 'value="13800001111"' in form  # Rosa may see it; the look is noted
    assert saved.status_code == 200
    assert text_of(saved).count("139****2222") == 2  # in its part, and in the head of the page
    assert "WeChat" in text_of(saved)
    assert [entry.what for entry in Entry.objects.order_by("number")] == [
        "patient.revealed",  # with a reason, which holds for the day
        "patient.unmasked",
        "patient.changed",
    ]
    assert "138****1111" in text_of(as_rosa.get(reverse("patients:history", args=[pia.pk]), **FRAGMENT))


def test_masked_number_is_kept_when_its_mask_comes_back(client, dana_user, pia):
    client.force_login(dana_user)
    url = reverse("patients:section", args=[pia.pk, "contact"])

    form = text_of(client.get(url + "?edit", **FRAGMENT))
    client.post(
        url,
        {
            "version": "1",
            "phone": "138****1111",
            "contact_channel": "phone",
            "language": "zh-hans",
            "address": "幸福路",
        },
    )

    assert "13800001111" not in form
    kept = Patient.objects.get()
    assert (kept.phone, kept.address) == ("13800001111", "幸福路")


def test_second_editor_keeps_what_was_typed(as_rosa, rosa, mona, pia, at):
    from incisor.patients import services

    services.change_patient(by=mona, patient=pia, version=1, changes={"occupation": "教师"}, at=at)

    response = as_rosa.post(
        reverse("patients:section", args=[pia.pk, "identity"]),
        {
            "version": "1",
            "name": "皮亚",
            "pinyin": "pi ya",
            "sex": "female",
            "born_on": "19900517",
            "occupation": "医生",
        },
        **FRAGMENT,
    )

    page = text_of(response)
    assert response.status_code == 422
    assert "莫娜 changed this file meanwhile: Occupation." in page
    assert 'value="医生"' in page
    assert 'name="version" value="2"' in page


def test_alert_is_added_from_the_list_and_ended_and_taken_back(as_rosa, pia):
    added = as_rosa.post(
        reverse("patients:add-alert", args=[pia.pk]), {"kind": "allergy", "text": "Penicillins"}, **FRAGMENT
    )
    alert = PatientAlert.objects.get()
    as_rosa.post(reverse("patients:end-alert", args=[pia.pk, alert.pk]), **FRAGMENT)

    assert 'id="head-facts" hx-swap-oob="true"' in text_of(added)
    assert "Allergy: Penicillins" in text_of(added)
    assert alert.code == "penicillin"
    assert PatientAlert.objects.get().ended_at is not None
    as_rosa.post(reverse("patients:resume-alert", args=[pia.pk, alert.pk]), **FRAGMENT)
    assert PatientAlert.objects.get().ended_at is None


def test_empty_alert_is_refused(as_rosa, pia):
    response = as_rosa.post(reverse("patients:add-alert", args=[pia.pk]), {"kind": "allergy", "text": " "}, **FRAGMENT)

    assert response.status_code == 422
    assert "or write it in the patient&#x27;s own words." in text_of(response)


def test_family_is_linked_in_both_files_and_unlinked(as_rosa, clinic, system, pia):
    child = make_patient(clinic=clinic, created_by=system, name="皮小亚", file_number="A000002")

    found = text_of(as_rosa.get(reverse("patients:family-candidates", args=[pia.pk]), {"q": "皮"}))
    as_rosa.post(
        reverse("patients:link-family", args=[pia.pk]), {"relative": str(child.pk), "relation": "child"}, **FRAGMENT
    )

    assert str(child.pk) in found
    assert str(pia.pk) not in found
    assert "Son or daughter" in text_of(as_rosa.get(f"/patients/{pia.pk}/"))
    assert '<span class="tag">Parent</span>' in text_of(as_rosa.get(f"/patients/{child.pk}/"))
    page = as_rosa.post(reverse("patients:unlink-family", args=[child.pk, pia.pk]), **FRAGMENT)
    assert "Nobody linked." in text_of(page)


def test_relative_of_another_clinic_does_not_exist(as_rosa, other_clinic, system, pia):
    foreign = make_patient(clinic=other_clinic, created_by=system, file_number="B000001")

    response = as_rosa.post(
        reverse("patients:link-family", args=[pia.pk]), {"relative": str(foreign.pk), "relation": "child"}, **FRAGMENT
    )

    assert response.status_code == 404


def test_page_without_edit_permission_offers_no_edit(client, clinic, pia):
    role = Role.objects.create(name_zh="看", name_en="Look", permissions=["desk.use", "patient.see"])
    looker = make_user(username="lo", name="看")
    Grant.objects.create(user=looker, role=role, clinic_id=clinic.pk)
    client.force_login(looker)

    page = text_of(client.get(f"/patients/{pia.pk}/"))

    assert "?edit" not in page
    assert client.get("/patients/new/").status_code == 403
    assert client.get(reverse("patients:section", args=[pia.pk, "contact"]) + "?edit").status_code == 403


def test_filter_of_the_list(as_rosa, pia):
    assert "皮亚" in text_of(as_rosa.get("/patients/", {"seen": "never"}))
    assert "皮亚" not in text_of(as_rosa.get("/patients/", {"seen": "year"}))
    assert "皮亚" in text_of(as_rosa.get("/patients/", {"q": "piya"}))


def test_search_page_works_without_scripts(as_rosa, pia):
    page = text_of(as_rosa.get("/search/", {"q": "piya"}))

    assert "<html" in page
    assert f'href="/patients/{pia.pk}/"' in page


def test_id_number_typed_into_the_search_goes_into_its_field(as_rosa, clinic):
    page = text_of(as_rosa.get("/patients/new/", {"text": "11010519491231002X"}, **FRAGMENT))

    assert 'value="11010519491231002X"' in page


def test_same_id_number_is_refused_in_words(as_rosa, clinic):
    given = {"name": "赵一", "phone": "13611112222", "id_number": "11010519491231002X"}
    as_rosa.post("/patients/new/", given)

    response = as_rosa.post("/patients/new/", {**given, "phone": "13699998888", "is_somebody_else": "1"}, **FRAGMENT)

    assert response.status_code == 422
    assert "There is a file of this person already: 赵一" in text_of(response)


def test_wrong_value_stands_at_its_field_when_a_section_is_saved(as_rosa, pia):
    url = reverse("patients:section", args=[pia.pk, "contact"])
    given = {"version": "1", "phone": "12", "contact_channel": "phone", "language": "zh-hans"}

    response = as_rosa.post(url, given, **FRAGMENT)

    assert response.status_code == 422
    assert "This is no phone number." in text_of(response)
    assert 'value="12"' in text_of(response)


def test_section_stands_alone_and_unknown_ones_do_not_exist(as_rosa, pia):
    url = reverse("patients:section", args=[pia.pk, "contact"])

    assert "138****1111" in text_of(as_rosa.get(url, **FRAGMENT))
    assert as_rosa.get(url)["Location"] == f"/patients/{pia.pk}/"
    assert "<html" in text_of(as_rosa.get(url + "?edit"))
    assert as_rosa.get(reverse("patients:section", args=[pia.pk, "moon"])).status_code == 404


def test_sealed_value_is_shown_when_asked_for(as_rosa, pia):
    response = as_rosa.post(reverse("patients:show", args=[pia.pk, "phone"]), {"reason": "call"}, **FRAGMENT)

    assert "138 0000 1111" in text_of(response)
    assert Entry.objects.get().what == "patient.revealed"


def test_child_of_some_months(as_rosa, clinic, system):
    from datetime import timedelta

    from incisor.kernel import clock

    born_on = clock.now().date() - timedelta(days=100)
    child = make_patient(clinic=clinic, created_by=system, name="皮宝", born_on=born_on, sex="unknown")

    assert "3 months" in text_of(as_rosa.get(f"/patients/{child.pk}/"))


def test_family_without_a_person_is_explained(as_rosa, pia):
    response = as_rosa.post(reverse("patients:link-family", args=[pia.pk]), {"relation": "child"}, **FRAGMENT)

    assert "Choose a person from the list." in response["HX-Trigger"]


def test_undo_in_a_message_tells_the_page_to_show_the_part_anew(as_rosa, clinic, system, pia):
    alert = make_alert(patient=pia)
    child = make_patient(clinic=clinic, created_by=system, name="皮小亚", file_number="A000002")

    ended = as_rosa.post(reverse("patients:end-alert", args=[pia.pk, alert.pk]), **FRAGMENT)
    swapped = as_rosa.post(reverse("patients:end-alert", args=[pia.pk, alert.pk]), HTTP_HX_TARGET="alerts", **FRAGMENT)
    unlinked = as_rosa.post(reverse("patients:unlink-family", args=[pia.pk, child.pk]), **FRAGMENT)

    assert "alerts-changed" in ended["HX-Trigger"]
    assert "alerts-changed" not in swapped["HX-Trigger"]
    assert "family-changed" in unlinked["HX-Trigger"]
    assert 'id="alerts"' in text_of(as_rosa.get(reverse("patients:alerts", args=[pia.pk]), **FRAGMENT))
    assert 'id="family"' in text_of(as_rosa.get(reverse("patients:family", args=[pia.pk]), **FRAGMENT))


@pytest.mark.parametrize(
    ("label", "typed", "expected"),
    [("登记请假", "请假", True), ("登记请假", "请", False), ("登记请假", "请一", False), ("Enter leave", "le", False),
     ("Enter leave", "enter leave ", True)],
)  # fmt: skip
def test_name_of_a_page_comes_before_a_new_file_of_that_name(label, typed, expected):
    assert is_called({"label": label}, typed) is expected
