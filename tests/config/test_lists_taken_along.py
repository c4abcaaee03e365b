"""Every list page hands out what it shows, to whoever may take it, and the record says so."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.urls import reverse

from incisor.audit.models import Entry
from incisor.billing.models import LedgerEntry
from incisor.patients.models import Patient
from tests.architecture.foreign import World
from tests.factories.accounts import make_user
from tests.factories.patients import make_alert, make_patient
from tests.factories.scheduling import make_appointment

LISTS = {
    "patients": "patients:patients",
    "payments": "billing:payments",
    "debts": "billing:to-pay",
    "staff": "staff:staff",
    "messages": "messaging:messages",
    "follow-ups": "outreach:follow-ups",
    "appointments": "scheduling:calendar",
}


def rows_of(response):
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


@pytest.mark.parametrize(("name", "page"), LISTS.items())
def test_list_is_handed_out_and_noted(as_mona, clinic, dana, pia, name, page):
    response = as_mona.get(reverse(page), {"export": "csv", "view": "agenda"})

    table = rows_of(response)
    assert response.status_code == 200
    assert f"{name}-" in response.headers["Content-Disposition"]
    assert len(table[0]) >= 4
    line = Entry.objects.get(what="list.exported")
    detail = json.loads(line.detail)
    assert line.user_name == "莫娜"
    assert (detail["after"]["list"], detail["after"]["count"]) == (name, len(table) - 1)


@pytest.mark.parametrize(("name", "page"), LISTS.items())
def test_list_stays_here_without_the_permission(as_rosa, clinic, dana, pia, name, page):
    response = as_rosa.get(reverse(page), {"export": "xlsx"})

    assert response.status_code == 403
    assert not Entry.objects.filter(what="list.exported").exists()


@pytest.mark.parametrize("page", LISTS.values())
def test_page_offers_the_list_only_to_whoever_may_take_it(client, clinic, dana, pia, at, page):
    world = World(clinic, at)
    _rows = world.task, world.message, world.payment
    make_appointment(
        clinic=clinic,
        patient=pia,
        dentist=dana,
        chair=world.chair,
        starts_at=at.replace(
            year=world.payment.business_date.year,
            month=world.payment.business_date.month,
            day=world.payment.business_date.day,
        ),
    )
    LedgerEntry.objects.create(
        clinic=clinic,
        patient=pia,
        kind="charge",
        amount_minor=100,
        text="x",
        business_date=at.date(),
        by=world.user,
        at=at,
    )
    for role, is_offered in (("manager", True), ("receptionist", False)):
        client.force_login(make_user(username=role, name=role, roles=[role], clinic=clinic))
        response = client.get(
            reverse(page), {"who": "all", "view": "agenda", "day": world.payment.business_date.isoformat()}
        )
        assert (b"export=xlsx" in response.content) is is_offered


def test_patients_are_those_on_the_screen_and_masked(as_mona, clinic, pia):
    make_alert(patient=pia)
    make_patient(clinic=clinic, name="别人", file_number="A000002", phone="13900002222")

    found = rows_of(as_mona.get(reverse("patients:patients"), {"export": "csv", "q": "皮亚"}))

    assert [row[:2] + [row[4]] for row in found[1:]] == [["A000001", "皮亚", "138****1111"]]
    assert len(rows_of(as_mona.get(reverse("patients:patients"), {"export": "csv"}))) == 3


def test_whole_numbers_only_for_whoever_may_see_them(client, clinic, pia):
    page = reverse("patients:patients")
    client.force_login(make_user(username="h", name="h", roles=["head_office"], clinic=clinic))
    assert client.get(page, {"export": "csv", "whole": "1"}).status_code == 403

    client.force_login(make_user(username="m", name="m", roles=["manager"], clinic=clinic))
    table = rows_of(client.get(page, {"export": "csv", "whole": "1"}))

    assert table[1][4] == "13800001111"
    assert '"whole":"1"' in Entry.objects.get(what="list.exported").detail.replace(" ", "")


def test_what_was_taken_along_can_be_brought_in_again(as_mona, mona, clinic, pia, at):
    from incisor.patients.services import confirm_import, run_import, upload_import

    Patient.objects.filter(pk=pia.pk).update(tags=["VIP"], note="=1+1")
    content = as_mona.get(reverse("patients:patients"), {"export": "xlsx", "whole": "1"}).getvalue()

    batch = upload_import(by=mona, clinic=clinic, kind="patients", file_name="a.xlsx", content=content, at=at)
    confirm_import(by=mona, batch=batch, at=at)
    assert run_import(by=mona, batch=batch, at=at).unchanged_count == 1


def test_nobody_takes_along_what_belongs_to_another_clinic(as_omar, clinic, pia, dana):
    assert len(rows_of(as_omar.get(reverse("patients:patients"), {"export": "csv"}))) == 1


def test_agenda_is_taken_along_with_its_days(as_mona, clinic, pia, dana, chair, at):
    for days in (0, 1, 5):
        make_appointment(
            clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at + timedelta(days=days, hours=1)
        )
    page, asked = reverse("scheduling:calendar"), {"view": "agenda", "day": "2026-03-02", "export": "csv"}

    one = rows_of(as_mona.get(page, {**asked, "days": "1"}))
    week = rows_of(as_mona.get(page, {**asked, "days": "7"}))

    assert [row[0] for row in one[1:]] == ["2026-03-02 10:30"]
    assert len(week) == 4
