"""The audit record in the browser, and its proof."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from freezegun import freeze_time

from incisor.audit import jobs
from incisor.audit.hooks import labels
from incisor.audit.models import ORGANISATION_CHAIN, Entry
from incisor.audit.queries import Search, all_lines, check_chain, check_clock, newest_page
from incisor.audit.services import record, recording
from incisor.kernel.jobs import jobs as all_jobs
from incisor.kernel.jobs import run_once
from tests.factories.patients import make_patient


@pytest.fixture
def write(at):
    """Return a function that writes one entry, a minute after the one before."""
    moments = [at]

    def write(what="patient.changed", *, user, clinic=None, **more):
        moments[0] += timedelta(minutes=1)
        with recording(user_id=user.pk, user_name=user.name, clinic_id=clinic.pk if clinic else None, at=moments[0]):
            record(what, **more)

    return write


def shown(response):
    return [line.entry.what for line in response.context["page"].lines]


def test_manager_sees_the_clinic_only(as_mona, mona, omar, clinic, other_clinic, write):
    write("patient.registered", user=mona, clinic=clinic)
    write("payment.taken", user=omar, clinic=other_clinic)
    write("account.signed_in", user=mona)

    assert shown(as_mona.get("/audit/")) == ["patient.registered"]
    assert shown(as_mona.get("/audit/?chain=organisation")) == ["patient.registered"]


def test_administrator_sees_the_organisation_too(client, ada, mona, clinic, write):
    client.force_login(ada)
    write("patient.registered", user=mona, clinic=clinic)
    write("account.signed_in", user=mona)

    assert shown(client.get("/audit/?chain=organisation")) == ["account.signed_in"]
    assert shown(client.get("/audit/")) == ["patient.registered"]


@pytest.mark.parametrize("path", ["/audit/", "/system/"])
def test_receptionist_may_not(as_rosa, path):
    assert as_rosa.get(path).status_code == 403


def test_search(as_mona, mona, rosa, clinic, pia, write, at):
    other = make_patient(clinic=clinic, name="别人", file_number="A000002", phone="13800002222")
    write("patient.looked_at", user=rosa, clinic=clinic, patient_id=pia.pk, is_look=True)
    write(
        "patient.changed",
        user=mona,
        clinic=clinic,
        patient_id=pia.pk,
        subject=pia,
        before={"name": "旧"},
        after={"name": "新"},
    )
    write("patient.changed", user=rosa, clinic=clinic, patient_id=other.pk)

    def found(query):
        return [
            (line.entry.what, line.entry.user_name) for line in as_mona.get(f"/audit/?{query}").context["page"].lines
        ]

    look, change, others = ("patient.looked_at", "罗莎"), ("patient.changed", "莫娜"), ("patient.changed", "罗莎")
    assert found("") == [others, change, look]
    assert found("person=mona") == [change]
    assert found("person=罗") == [others, look]
    assert found("person=nobody") == []
    assert found("patient=A000001") == [change, look]
    assert found("patient=1") == [change, look]
    assert found("patient=A999999") == []
    assert found("kind=look") == [look]
    assert found("kind=change") == [others, change]
    assert found("what=patient.looked_at") == [look]
    assert found("since=2026-03-02&until=2026-03-02") == [others, change, look]
    assert found("since=2026-03-03") == []
    assert found("until=2026-03-01") == []
    assert as_mona.get("/audit/?since=2026-03-03&until=2026-03-01").status_code == 422
    assert as_mona.get("/audit/?since=yesterday").status_code == 422


def test_entry_is_shown_in_words_with_before_and_after(as_mona, mona, clinic, pia, write):
    write(
        "patient.changed",
        user=mona,
        clinic=clinic,
        patient_id=pia.pk,
        subject=pia,
        before={"name": "旧名"},
        after={"name": "新名"},
    )
    page = as_mona.get("/audit/")

    (line,) = page.context["page"].lines
    assert line.what == str(labels["patient.changed"])
    assert line.patient == "皮亚 · A000001"
    assert [(one.before, one.after) for one in line.changes] == [("旧名", "新名")]
    assert "旧名" in page.content.decode()


def test_key_without_words_is_shown_as_it_is(as_mona, mona, clinic, write):
    write("thing.happened", user=mona, clinic=clinic)

    assert as_mona.get("/audit/").context["page"].lines[0].what == "thing.happened"


def test_pages_follow_each_other_without_gap_or_repeat(clinic, mona, write):
    for number in range(7):
        write(f"thing.number{number}", user=mona, clinic=clinic)
    Entry.objects.filter(number__in=[3, 4, 5]).update(at=Entry.objects.get(number=3).at)

    seen, before = [], ""
    while True:
        page = newest_page(clinic.pk, Search(), before=before, size=2)
        seen += [line.entry.number for line in page.lines]
        before = page.before
        if not before:
            break

    assert seen == [7, 6, 5, 4, 3, 2, 1]
    assert [line.entry.number for line in all_lines(clinic.pk, Search(), limit=3)] == [7, 6, 5]
    assert len(newest_page(clinic.pk, Search(), before="nonsense").lines) == 7


def test_link_to_the_older_page_keeps_the_search(as_mona, mona, clinic, write):
    for _number in range(51):
        write("patient.changed", user=mona, clinic=clinic)
    first = as_mona.get("/audit/?kind=change")
    second = as_mona.get(f"/audit/?{first.context['older']}")

    assert (len(first.context["page"].lines), len(second.context["page"].lines)) == (50, 1)
    assert "kind=change" in first.context["older"]


def test_query_count_does_not_grow(as_mona, mona, clinic, pia, write):
    counts = []
    for _round in range(2):
        for _number in range(5):
            write("patient.changed", user=mona, clinic=clinic, patient_id=pia.pk, subject=pia)
        with CaptureQueriesContext(connection) as queries:
            as_mona.get("/audit/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_export_holds_what_was_found_and_is_recorded(as_mona, mona, rosa, clinic, write):
    write("patient.changed", user=mona, clinic=clinic, after={"name": "=1+1"})
    write("patient.looked_at", user=rosa, clinic=clinic, is_look=True)
    response = as_mona.post("/audit/export/", {"kind": "change"})

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(StringIO(response.getvalue().decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][0].startswith("2026-03-02 09:3")
    assert Entry.objects.filter(what="audit.exported", chain=clinic.pk).count() == 1
    assert as_mona.get("/audit/export/").status_code == 405
    table = as_mona.post("/audit/export/", {"format": "xlsx"})
    assert "sheet" in table["Content-Type"]
    assert table.getvalue().startswith(b"PK")


def test_no_cell_is_a_formula(as_mona, mona, clinic, write):
    mona.name = "=cmd|' /C calc'!A0"
    write("patient.changed", user=mona, clinic=clinic)
    rows = list(csv.reader(StringIO(as_mona.post("/audit/export/").getvalue().decode("utf-8-sig"))))

    assert rows[1][2].startswith("'=")


def test_patient_panel(client, mona, omar, clinic, pia, write):
    write("patient.looked_at", user=mona, clinic=clinic, patient_id=pia.pk, is_look=True)
    client.force_login(mona)
    assert shown(client.get(f"/audit/patients/{pia.pk}/", headers={"HX-Request": "true"})) == ["patient.looked_at"]

    client.force_login(omar)
    assert client.get(f"/audit/patients/{pia.pk}/").status_code == 404


def test_proof_by_the_worker(mona, clinic, write, at):
    (proof,) = [one for one in all_jobs() if one.name == "audit.prove_chain"]
    write("patient.changed", user=mona, clinic=clinic)
    assert check_chain(at, False).status == "warn"

    run_once(proof, slot="1", at=at)
    assert check_chain(at, False).status == "ok"
    assert check_chain(at + timedelta(days=4), False).status == "warn"

    Entry.objects.update(what="patient.something_else")
    assert check_chain(at, True).status == "bad"
    run_once(proof, slot="2", at=at + timedelta(days=1))
    assert check_chain(at + timedelta(days=1), False).status == "bad"
    with pytest.raises(jobs.ChainBroken):
        jobs.prove_chain(at)


def test_clock_behind_the_record_is_told(mona, clinic, write, at):
    write("patient.changed", user=mona, clinic=clinic)

    assert check_clock(at, False).status == "ok"
    assert check_clock(at - timedelta(hours=1), False).status == "bad"


def test_system_page(client, ada, clinic, at):
    client.force_login(ada)
    with freeze_time(at):
        client.force_login(ada)
        page = client.get("/system/")

    results = {one.key: one.status for one in page.context["results"]}
    assert {"schema", "keys", "folders", "space", "worker", "chain", "clock"} <= set(results)
    assert results["schema"] == results["keys"] == results["folders"] == "ok"
    assert page.context["worst"] != "ok"
    assert "audit.prove_chain" in page.content.decode()


def test_organisation_chain_is_kept_apart(ada, write):
    write("user.added", user=ada)

    assert Entry.objects.get().chain == ORGANISATION_CHAIN


def test_values_are_shown_in_words(as_mona, mona, clinic, chair, write):
    write(
        "appointment.moved",
        user=mona,
        clinic=clinic,
        before={"dentist_id": "1", "dentist": "丹娜", "starts_at": "2026-03-02T01:30:00+00:00", "chair": str(chair.pk)},
        after={"dentist_id": "2", "dentist": "莫娜", "starts_at": "2026-03-02T02:00:00+00:00", "chair": ""},
    )
    write(
        "bill.discounted",
        user=mona,
        clinic=clinic,
        after={"amount_minor": 12345, "is_removed": False, "teeth": [11, 21]},
    )
    money, move = as_mona.get("/audit/").context["page"].lines

    assert [(one.before, one.after) for one in move.changes] == [
        (chair.name, ""),
        ("丹娜", "莫娜"),
        ("2026-03-02 09:30", "2026-03-02 10:00"),
    ]
    assert [one.after for one in money.changes] == ["¥123.45", "✗", "11, 21"]
