"""The pages of imports."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from incisor.patients.hooks import import_kinds
from incisor.patients.models import ImportBatch, Patient
from incisor.patients.services import imports, upload_import
from tests.patients.test_imports import ROWS, as_csv

FRAGMENT = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["django_language"] = "en"


def text_of(response):
    return response.content.decode()


def upload(client, content, name="people.csv"):
    return client.post("/imports/", {"kind": "patients", "file": SimpleUploadedFile(name, content)})


def test_file_is_checked_shown_confirmed_written_and_taken_back(as_mona, clinic):
    response = upload(as_mona, as_csv([*ROWS, ["J9", "王", "公", "", "1", "", ""]]))
    batch = ImportBatch.objects.get()
    url = f"/imports/{batch.pk}/"
    assert (response.status_code, response["Location"]) == (303, url)

    page = text_of(as_mona.get(url))
    assert "Write 3 rows" in page
    assert "The sex is not understood." in page
    assert "This is no phone number." in page
    assert "C · 性别" in page
    assert Patient.objects.count() == 0

    as_mona.post(url + "confirm/")
    assert 'hx-post="' + url + 'run/"' in text_of(as_mona.get(url))
    done = as_mona.post(url + "run/", **FRAGMENT)
    assert (done.status_code, done["HX-Redirect"]) == (204, url)
    assert Patient.objects.count() == 3
    assert "Take the import back" in text_of(as_mona.get(url))

    as_mona.post(url + "reverse/")
    as_mona.post(url + "run/", **FRAGMENT)
    assert Patient.objects.count() == 0
    assert "Taken back" in text_of(as_mona.get(url))


def test_progress_is_shown_while_portions_are_left(as_mona, clinic, monkeypatch):
    from incisor.patients.views import imports as views

    monkeypatch.setattr(imports, "PORTION", 1)
    monkeypatch.setattr(views, "SECONDS", 0.000001)
    upload(as_mona, as_csv(ROWS))
    url = f"/imports/{ImportBatch.objects.get().pk}/"
    as_mona.post(url + "confirm/")

    page = text_of(as_mona.post(url + "run/", **FRAGMENT))

    assert "1 of 3 rows" in page
    assert 'value="33"' in page
    assert "<html" not in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.4", "is no table."),
        (b"PK\x03\x04 broken", "is damaged or locked."),
    ],
)
def test_wrong_file_is_refused_in_words(as_mona, clinic, content, words):
    response = upload(as_mona, content)

    assert response.status_code == 422
    assert words in text_of(response)
    assert ImportBatch.objects.count() == 0


def test_without_a_file_the_form_says_so(as_mona, clinic):
    response = as_mona.post("/imports/", {"kind": "patients"})

    assert response.status_code == 422
    assert "Choose the file." in text_of(response)


def test_columns_are_chosen_on_the_page(as_mona, clinic):
    upload(as_mona, as_csv([["王小明", "13812345678"]], headings=["谁", "号"]))
    url = f"/imports/{ImportBatch.objects.get().pk}/"
    assert "No column is chosen for: Name." in text_of(as_mona.get(url))
    assert as_mona.post(url + "confirm/").status_code == 422
    twice = as_mona.post(url + "columns/", {"column-0": "name", "column-1": "name"})
    assert twice.status_code == 422
    assert "Two columns are “Name”." in text_of(twice)

    as_mona.post(url + "columns/", {"column-0": "name", "column-1": "phone"})

    assert "Write 1 row" in text_of(as_mona.get(url))


def test_checked_file_is_thrown_away(as_mona, clinic):
    upload(as_mona, as_csv(ROWS))

    response = as_mona.post(f"/imports/{ImportBatch.objects.get().pk}/discard/")

    assert response["Location"] == "/imports/"
    assert ImportBatch.objects.count() == 0


def test_same_file_again_is_pointed_out(as_mona, clinic):
    upload(as_mona, as_csv(ROWS))
    url = f"/imports/{ImportBatch.objects.get().pk}/"
    as_mona.post(url + "confirm/")
    as_mona.post(url + "run/", **FRAGMENT)

    again = upload(as_mona, as_csv(ROWS))

    assert "Doing it again doubles nothing." in text_of(as_mona.get(again["Location"]))


def test_empty_table_can_be_downloaded_and_is_understood(as_mona, clinic):
    response = as_mona.get(reverse("patients:empty-table", args=["patients"]))

    head = response.getvalue().decode("utf-8-sig").strip()
    upload(as_mona, (head + "\n" + ",".join(["J1", "王小明", "13812345678"])).encode())
    assert "" not in ImportBatch.objects.get().mapping["columns"]
    assert as_mona.get(reverse("patients:empty-table", args=["moon"])).status_code == 404


@pytest.mark.parametrize("kind", ["patients", "appointments", "balances", "treatments", "old_names"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_headings_of_an_empty_table_are_known_in_both_languages(as_mona, mona, clinic, at, kind, language):
    response = as_mona.get(reverse("patients:empty-table", args=[kind]), {"language": language, "export": "xlsx"})
    content = response.getvalue()

    assert content.startswith(b"PK")
    head = as_mona.get(reverse("patients:empty-table", args=[kind]), {"language": language}).getvalue()
    csv_text = head + b"x,x,x,x\n"
    batch = upload_import(by=mona, clinic=clinic, kind=kind, file_name="a.csv", content=csv_text, at=at)
    wanted = [field.key for one in import_kinds if one.key == kind for field in one.fields]
    assert batch.mapping["columns"] == wanted


def test_imports_of_another_clinic_do_not_exist(as_mona, clinic, client, omar):
    upload(as_mona, as_csv(ROWS))
    batch = ImportBatch.objects.get()
    client.force_login(omar)

    assert str(batch.pk) not in text_of(client.get("/imports/"))
    assert client.get(f"/imports/{batch.pk}/").status_code == 404
    for step in ("columns", "confirm", "run", "reverse", "discard"):
        assert client.post(f"/imports/{batch.pk}/{step}/").status_code == 404
    assert ImportBatch.objects.get().status == "checked"


def test_imports_need_their_permission(as_rosa, clinic):
    assert as_rosa.get("/imports/").status_code == 403
    assert upload(as_rosa, as_csv(ROWS)).status_code == 403


def test_list_costs_the_same_with_one_batch_and_three(as_mona, clinic, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    upload(as_mona, as_csv(ROWS))
    as_mona.get("/imports/")
    with CaptureQueriesContext(connection) as one:
        as_mona.get("/imports/")
    count = len(one)
    upload(as_mona, as_csv(ROWS[:1]))
    upload(as_mona, as_csv(ROWS[:2]))

    with django_assert_num_queries(count):
        as_mona.get("/imports/")
