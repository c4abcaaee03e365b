"""Covered numbers, looks with a reason, consents, requests about own data, the copy of one person (PAT-9)."""

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest

from incisor.audit.models import Entry
from incisor.kernel.errors import NotAllowed
from incisor.patients import queries, services
from incisor.patients.models import (
    Consent,
    ConsentText,
    DataRequest,
    FileLook,
    Patient,
    PatientAlert,
    PrivacyRules,
    SearchKey,
)
from incisor.patients.rules.retention import answer_due_on, kept_until
from tests.factories.patients import make_alert, make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.visits import make_note, make_visit

TODAY = date(2026, 3, 2)


@pytest.fixture
def rules(clinic):
    def make(**over):
        return PrivacyRules.objects.create(clinic=clinic, **over)

    return make


@pytest.fixture
def reveal(clinic, rosa, pia, at):
    def ask(reason="", by=rosa, what=("phone",), at=at):
        return services.reveal(by=by, clinic=clinic, patient=pia, what=what, reason=reason, at=at)

    return ask


# ---- rules -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last_on", "years", "until"),
    [
        (date(2026, 3, 2), 30, date(2056, 3, 2)),
        (date(2024, 2, 29), 15, date(2039, 3, 1)),
        (date(2024, 2, 29), 20, date(2044, 2, 29)),
    ],
)
def test_kept_until(last_on, years, until):
    assert kept_until(last_on=last_on, years=years) == until


def test_answer_is_due_in_calendar_days():
    assert answer_due_on(asked_on=date(2026, 2, 1), days=30) == date(2026, 3, 3)


# ---- looks -----------------------------------------------------------------------------------------------------------


def test_numbers_of_a_file_off_the_list_need_a_reason(reveal, pia, rosa):
    with pytest.raises(services.ReasonNeeded):
        reveal()
    with pytest.raises(services.WrongValue):
        reveal(reason="curious")

    assert reveal(reason="call") == {"phone": "13800001111"}
    assert reveal(what=("id_number", "name")) == {"id_number": ""}  # the reason holds for the day, names are not sealed
    (look,) = FileLook.objects.all()
    assert (look.user, look.patient, look.day, look.kind, look.reason) == (rosa, pia, TODAY, "revealed", "call")
    assert look.fields == ["phone", "id_number"]
    assert [entry.what for entry in Entry.objects.filter(is_look=True)] == ["patient.revealed"] * 2
    assert "13800001111" not in "".join(entry.detail for entry in Entry.objects.all())


def test_the_reason_of_one_day_does_not_hold_for_the_next(reveal, at):
    reveal(reason="call")

    with pytest.raises(services.ReasonNeeded):
        reveal(at=at + timedelta(days=1))


def test_numbers_of_a_file_on_the_list_need_none(reveal, clinic, pia, dana, chair, at):
    make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at + timedelta(hours=5))

    assert reveal() == {"phone": "13800001111"}
    assert FileLook.objects.count() == 0


def test_who_is_on_todays_list(clinic, system, pia, at):
    fresh = make_patient(clinic=clinic, created_by=system, file_number="A000005", created_at=at)
    assert queries.is_on_todays_list(clinic, fresh, at)
    assert not queries.is_on_todays_list(clinic, pia, at)

    make_visit(clinic=clinic, patient=pia, at=at)
    assert queries.is_on_todays_list(clinic, pia, at)
    assert not queries.is_on_todays_list(clinic, pia, at + timedelta(days=1))


def test_a_clinic_may_show_numbers_without_asking(reveal, rules):
    rules(asks_before_showing=False)

    assert reveal() == {"phone": "13800001111"}
    assert FileLook.objects.get().reason == ""


def test_revealing_needs_the_permission(reveal, omar):
    with pytest.raises(NotAllowed):
        reveal(by=omar)


@pytest.mark.parametrize(("opening", "looks"), [("off", 0), ("log", 1)])
def test_opening_a_file_is_noted_as_the_rule_says(opening, looks, clinic, rosa, pia, rules, at):
    rules(opening=opening)
    for _time in range(2):
        services.open_file(by=rosa, clinic=clinic, patient=pia, reason="", at=at)

    assert FileLook.objects.count() == looks
    assert [entry.what for entry in Entry.objects.all()] == ["patient.looked_at"] * 2


def test_opening_a_file_asks_when_the_rule_says_so(clinic, rosa, pia, rules, at):
    rules(opening="ask")
    with pytest.raises(services.ReasonNeeded):
        services.open_file(by=rosa, clinic=clinic, patient=pia, reason="", at=at)

    services.open_file(by=rosa, clinic=clinic, patient=pia, reason="money", at=at)
    services.open_file(by=rosa, clinic=clinic, patient=pia, reason="", at=at)

    assert FileLook.objects.get().reason == "money"


def test_looks_are_reviewed_and_put_back(clinic, rosa, mona, reveal, at):
    reveal(reason="other")
    look = queries.looks(clinic, reviewed=False).get()
    with pytest.raises(NotAllowed):
        services.review_look(by=rosa, look=look, verdict="fine", at=at)
    with pytest.raises(services.WrongValue):
        services.review_look(by=mona, look=look, verdict="bad", at=at)

    services.review_look(by=mona, look=look, verdict="question", at=at)
    assert queries.looks(clinic, reviewed=True).get().reviewed_by == mona
    services.review_look(by=mona, look=look, verdict="", at=at)
    assert queries.looks(clinic, reviewed=True).count() == 0


def test_rules_are_changed_by_one_person_at_a_time(clinic, mona, rosa, at):
    values = {"opening": "ask", "asks_before_showing": False, "retention_years": 30, "answer_days": 15}
    saved = services.change_privacy_rules(by=mona, clinic=clinic, version=0, at=at, **values)
    assert (saved.opening, saved.version, saved.answer_days) == ("ask", 1, 15)

    services.change_privacy_rules(by=mona, clinic=clinic, version=1, at=at, **values)
    with pytest.raises(services.RulesChanged):
        services.change_privacy_rules(by=mona, clinic=clinic, version=1, at=at, **values)
    for wrong in ({"opening": "x"}, {"retention_years": 14}, {"answer_days": 0}):
        with pytest.raises(services.WrongValue):
            services.change_privacy_rules(by=mona, clinic=clinic, version=2, at=at, **{**values, **wrong})
    with pytest.raises(NotAllowed):
        services.change_privacy_rules(by=rosa, clinic=clinic, version=2, at=at, **values)


# ---- consents --------------------------------------------------------------------------------------------------------


@pytest.fixture
def agree(rosa, pia, at):
    def say(state="given", purpose="marketing_sms", way="spoken", at=at):
        return services.record_consent(by=rosa, patient=pia, purpose=purpose, state=state, way=way, at=at)

    return say


def test_consent_is_given_and_withdrawn(clinic, pia, agree, at):
    assert not queries.has_consent(clinic, pia, "marketing_sms")
    first = agree()
    assert agree().pk == first.pk
    assert queries.has_consent(clinic, pia, "marketing_sms")
    assert not queries.has_consent(clinic, pia, "marketing_phone")
    assert first.text.version == 1
    assert first.text.text_zh == queries.current_text(clinic, "marketing_sms").text_zh

    agree("withdrawn", way="phone", at=at + timedelta(days=1))

    assert not queries.has_consent(clinic, pia, "marketing_sms")
    assert [one.state for one in queries.consent_history(pia)] == ["withdrawn", "given"]
    assert Entry.objects.filter(what="patient.consent_recorded").count() == 2


@pytest.mark.parametrize("wrong", [{"purpose": "x"}, {"state": "x"}, {"way": "x"}])
def test_consent_to_nothing_known_is_refused(agree, wrong):
    with pytest.raises(services.WrongValue):
        agree(**wrong)


def test_a_new_text_keeps_or_ends_earlier_consents(clinic, mona, pia, agree, at):
    agree()

    def write(text, is_asked_anew=False):
        return services.write_consent_text(
            by=mona, clinic=clinic, purpose="marketing_sms", text_zh=text, text_en="New", at=at,
            is_asked_anew=is_asked_anew,
        )  # fmt: skip

    assert write("新").version == 2
    assert write("新").version == 2  # the same words are no new version
    line = next(one for one in queries.consents_of(clinic, pia) if one.purpose == "marketing_sms")
    assert (line.is_given, line.is_old) == (True, True)

    assert write("再新", is_asked_anew=True).version == 3
    assert not queries.has_consent(clinic, pia, "marketing_sms")
    agree()
    assert queries.has_consent(clinic, pia, "marketing_sms")
    assert Consent.objects.count() == 2
    with pytest.raises(services.WrongValue):
        write(" ")
    with pytest.raises(services.WrongValue):
        services.write_consent_text(
            by=mona, clinic=clinic, purpose="x", text_zh="a", text_en="b", is_asked_anew=False, at=at
        )
    assert [text.version for text in queries.text_versions(clinic, "marketing_sms")] == [3, 2, 1]


def test_consent_of_many_costs_two_queries(clinic, pia, agree, django_assert_num_queries):
    agree()

    with django_assert_num_queries(2):
        assert queries.with_consent(clinic, [pia.pk, clinic.pk], "marketing_sms") == {pia.pk}


# ---- requests --------------------------------------------------------------------------------------------------------


@pytest.fixture
def ask(clinic, rosa, pia, at):
    def note(kind="restriction", **over):
        values = {"wish": "请停用", "asked_by": "", "identity_seen": "身份证", "at": at, **over}
        return services.record_request(by=rosa, clinic=clinic, patient=pia, kind=kind, **values)

    return note


def decide(by, request, at, is_granted=True, reason="依法办理"):
    return services.decide_request(by=by, request=request, is_granted=is_granted, reason=reason, at=at)


def test_request_has_a_due_date_and_a_known_asker(ask):
    assert ask().due_on == date(2026, 4, 1)
    for wrong in ({"kind": "x"}, {"identity_seen": " "}):
        with pytest.raises(services.WrongValue):
            ask(**wrong)


def test_granted_restriction_hides_the_file_and_is_lifted(clinic, mona, rosa, pia, ask, client, at):
    with pytest.raises(NotAllowed):
        decide(rosa, ask(), at)
    with pytest.raises(services.WrongValue):
        decide(mona, ask(), at, reason=" ")

    done = decide(mona, DataRequest.objects.first(), at)

    assert done.status == "done"
    assert [one.pk for one in queries.restricted_patients(clinic)] == [pia.pk]
    client.force_login(rosa)
    assert client.get(f"/patients/{pia.pk}/").status_code == 403
    for address in ("/patients/", "/search/?q=pi", "/patients/?q=pi"):
        assert "皮亚" not in client.get(address).content.decode(), address
    client.force_login(mona)
    assert "皮亚" in client.get("/search/?q=pi").content.decode()
    assert client.get(f"/patients/{pia.pk}/").status_code == 200
    with pytest.raises(services.WrongValue):
        services.release_file(by=mona, patient=pia, reason="", at=at)
    services.release_file(by=mona, patient=pia, reason="本人要求", at=at)
    services.release_file(by=mona, patient=pia, reason="本人要求", at=at)
    assert Entry.objects.filter(what="patient.file_released").count() == 1
    assert [hit.patient.pk for hit in queries.find(clinic, "皮亚", at=at)] == [pia.pk]


def test_refused_request_can_be_opened_again(mona, ask, at):
    found = decide(mona, ask("copy"), at, is_granted=False)
    assert (found.status, found.decision) == ("refused", "依法办理")
    with pytest.raises(services.WrongRequestStep):
        services.finish_request(by=mona, request=found, at=at)

    again = services.reopen_request(by=mona, request=found, at=at)
    assert (again.status, again.decided_at) == ("open", None)
    granted = decide(mona, again, at)
    assert services.finish_request(by=mona, request=granted, at=at).status == "done"
    with pytest.raises(services.WrongRequestStep):
        services.take_back_request(by=mona, request=granted, at=at)


def test_erasure_waits_until_the_law_allows_it(clinic, mona, pia, ask, at):
    Patient.objects.filter(pk=pia.pk).update(last_seen_on=date(2025, 6, 1))
    granted = decide(mona, ask("erasure"), at)

    assert (granted.status, granted.possible_on) == ("granted", date(2055, 6, 1))
    assert Patient.objects.get(pk=pia.pk).restricted_at == at
    with pytest.raises(services.NotYetErasable) as refusal:
        services.finish_request(by=mona, request=granted, at=at)
    assert "2055-06-01" in str(refusal.value)
    services.take_back_request(by=mona, request=granted, at=at)
    assert Patient.objects.get(pk=pia.pk).restricted_at is None
    again = decide(mona, services.reopen_request(by=mona, request=granted, at=at), at)
    services.reopen_request(by=mona, request=again, at=at)
    assert Patient.objects.get(pk=pia.pk).restricted_at is None


def test_erasure_overwrites_the_person_and_keeps_the_figures(clinic, system, mona, dana_user, pia, ask, at):
    double = make_patient(clinic=clinic, created_by=system, name="皮雅", file_number="A000009", phone="13800002222")
    make_alert(patient=pia)
    visit = make_visit(clinic=clinic, patient=pia, at=at, complaint="牙疼")
    note = make_note(visit=visit, by=dana_user, at=at)
    made = services.merge_patients(by=mona, clinic=clinic, kept=pia, lesser=double, choices={}, versions=(1, 1), at=at)
    services.change_patient(by=mona, patient=pia, version=2, changes={"address": "上海"}, at=at)
    granted = decide(mona, ask("erasure"), at)
    late = datetime(2060, 1, 1, 4, tzinfo=UTC)

    services.finish_request(by=mona, request=granted, at=late)

    for one in Patient.objects.all():
        assert (one.name, one.phone, one.id_number, one.address, one.born_on) == ("已删除", "", "", "", None)
        assert one.erased_at == late
    visit.refresh_from_db()
    note.refresh_from_db()
    assert (visit.complaint, visit.queue_number > 0, note.findings) == ("", True, "")
    assert PatientAlert.objects.get().text == ""
    assert {change.new + change.old for change in pia.changes.all()} == {""}
    assert set(SearchKey.objects.values_list("kind", flat=True)) == {"file"}
    with pytest.raises(services.CannotUndoMerge):
        services.undo_merge(by=mona, merge=made, take=(), at=late)
    assert Entry.objects.filter(what="patient.erased").count() == 1


# ---- the copy --------------------------------------------------------------------------------------------------------


def test_copy_holds_every_row_and_is_noted(clinic, mona, dana_user, rosa, pia, agree, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at, complaint="牙疼")
    make_note(visit=visit, by=dana_user, at=at)
    agree()

    with pytest.raises(NotAllowed):
        services.copy_data(by=rosa, clinic=clinic, patient=pia, form="file", at=at)
    whole = services.copy_data(by=mona, clinic=clinic, patient=pia, form="file", at=at)

    assert whole["files"][0]["phone"] == "13800001111"
    assert {"visits.Visit", "visits.VisitNote", "visits.VisitStep", "patients.Consent"} <= set(whole["tables"])
    assert whole["tables"]["visits.Visit"][0]["complaint"] == "牙疼"
    assert "phone_index" not in whole["files"][0]
    json.dumps(whole)
    sections = {section.label for section in queries.sections_of(clinic, pia)}
    assert len(sections) == 3
    assert Entry.objects.filter(what="patient.data_copied", is_look=True).count() == 1


# ---- pages -----------------------------------------------------------------------------------------------------------

FRAGMENT = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["django_language"] = "en"


def text_of(response):
    return response.content.decode()


def test_show_asks_in_place_and_then_shows(as_rosa, pia):
    url = f"/patients/{pia.pk}/show/phone/"

    asked = text_of(as_rosa.post(url, **FRAGMENT, HTTP_HX_TARGET="head-phone"))
    shown = text_of(as_rosa.post(url, {"reason": "call"}, **FRAGMENT, HTTP_HX_TARGET="head-phone"))

    assert asked.count('role="option"') == 6
    assert 'hx-target="#head-phone"' in asked
    assert "138 0000 1111" in shown


def test_file_off_the_list_opens_after_a_reason(as_rosa, pia, rules):
    rules(opening="ask")

    asked = as_rosa.get(f"/patients/{pia.pk}/")
    assert asked.status_code == 200
    assert "Why do you need this file?" in text_of(asked)
    assert as_rosa.post(f"/patients/{pia.pk}/opening/").status_code == 200
    assert as_rosa.post(f"/patients/{pia.pk}/opening/", {"reason": "booking"}).status_code == 303
    assert "Why do you need" not in text_of(as_rosa.get(f"/patients/{pia.pk}/"))


def test_covered_numbers_are_not_in_the_edit_form_without_a_reason(as_rosa, pia):
    page = text_of(as_rosa.get(f"/patients/{pia.pk}/sections/contact/", {"edit": ""}, **FRAGMENT))

    assert "13800001111" not in page
    assert "138****1111" in page


def test_panel_notes_consents(as_rosa, clinic, pia):
    page = text_of(as_rosa.get(f"/patients/{pia.pk}/privacy/", **FRAGMENT))
    assert page.count("not asked") == 8
    assert "Merge with another file" not in page

    answer = as_rosa.post(
        f"/patients/{pia.pk}/consents/", {"purpose": "photo_use", "state": "given", "way": "paper"}, **FRAGMENT
    )
    assert text_of(answer).count("not asked") == 7
    assert (
        as_rosa.post(
            f"/patients/{pia.pk}/consents/", {"purpose": "photo_use", "state": "withdrawn", "way": "paper"}
        ).status_code
        == 303
    )
    assert not queries.has_consent(clinic, pia, "photo_use")


def test_request_is_noted_decided_and_done_on_pages(as_rosa, rosa, mona, client, pia):
    form = as_rosa.get(f"/patients/{pia.pk}/data-requests/", **FRAGMENT)
    assert "By what do you know" in text_of(form)
    assert as_rosa.post(f"/patients/{pia.pk}/data-requests/", {"kind": "copy"}).status_code == 422
    assert (
        as_rosa.post(f"/patients/{pia.pk}/data-requests/", {"kind": "copy", "identity_seen": "证件"}).status_code == 303
    )
    found = DataRequest.objects.get()
    assert as_rosa.get("/privacy/requests/").status_code == 403

    client.force_login(mona)
    assert "皮亚" in text_of(client.get("/privacy/requests/"))
    url = f"/privacy/requests/{found.pk}/"
    assert client.post(f"{url}decide/", {"decision": "grant"}).status_code == 422
    assert client.post(f"{url}decide/", {"decision": "grant", "reason": "可以"}).status_code == 303
    assert "Copy of all data" in text_of(client.get(url))
    assert client.post(f"{url}finish/").status_code == 303
    assert client.post(f"{url}finish/").status_code == 409
    assert client.post(f"{url}reopen/").status_code == 409
    assert client.post(f"{url}take-back/").status_code == 409
    assert "皮亚" in text_of(client.get("/privacy/requests/?show=closed"))
    assert client.get("/privacy/requests/?show=restricted").status_code == 200


def test_restricted_file_is_released_on_the_page(as_mona, mona, pia, ask, at):
    decide(mona, ask(), at)
    assert "皮亚" in text_of(as_mona.get("/privacy/requests/?show=restricted"))

    assert as_mona.post(f"/patients/{pia.pk}/release/", {"reason": "本人要求"}).status_code == 303
    assert Patient.objects.get(pk=pia.pk).restricted_at is None


def test_copy_is_printed_and_packed(as_mona, pia, agree):
    agree()
    page = text_of(as_mona.get(f"/patients/{pia.pk}/data/"))
    chinese = text_of(as_mona.get(f"/patients/{pia.pk}/data/", {"language": "zh-hans"}))
    packed = as_mona.post(f"/patients/{pia.pk}/data/file/")

    assert "13800001111" in page
    assert "Offers by SMS" in page
    assert "短信" in chinese
    archive = zipfile.ZipFile(io.BytesIO(packed.content))
    assert sorted(archive.namelist()) == ["data-en.html", "data-zh-hans.html", "data.json"]
    assert json.loads(archive.read("data.json"))["files"][0]["name"] == "皮亚"


def test_looks_are_reviewed_on_the_page(as_mona, reveal):
    reveal(reason="call")
    look = FileLook.objects.get()

    assert "The patient is on the phone" in text_of(as_mona.get("/privacy/looks/"))
    answer = as_mona.post(f"/privacy/looks/{look.pk}/", {"verdict": "fine"}, **FRAGMENT, HTTP_HX_TARGET="look-list")
    assert "No look waits for review" in text_of(answer)
    assert as_mona.post(f"/privacy/looks/{look.pk}/", {"verdict": ""}).status_code == 303
    assert "Nothing was reviewed yet" in text_of(as_mona.get("/privacy/looks/?show=reviewed"))


def test_lists_cost_the_same_with_one_row_and_three(as_mona, clinic, system, rosa, at, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def add(number):
        patient = make_patient(clinic=clinic, created_by=system, file_number=f"A{number:06d}", name="皮")
        services.reveal(by=rosa, clinic=clinic, patient=patient, what=["phone"], reason="call", at=at)
        services.record_request(
            by=rosa, clinic=clinic, patient=patient, kind="copy", wish="", asked_by="", identity_seen="x", at=at
        )

    add(1)
    for url in ("/privacy/looks/", "/privacy/requests/"):
        as_mona.get(url)
        with CaptureQueriesContext(connection) as one:
            as_mona.get(url)
        if url == "/privacy/looks/":
            add(2)
            add(3)
        else:
            add(4)
            add(5)
        with django_assert_num_queries(len(one)):
            as_mona.get(url)


def test_texts_and_rules_are_changed_on_pages(as_mona, clinic):
    assert text_of(as_mona.get("/privacy/texts/")).count('id="text-') == 9  # eight purposes and the table
    assert as_mona.get("/privacy/texts/nothing/").status_code == 404
    assert as_mona.post("/privacy/texts/photo_use/", {"text_zh": ""}).status_code == 422
    assert as_mona.post("/privacy/texts/photo_use/", {"text_zh": "新", "text_en": "New"}).status_code == 303
    assert "New" in text_of(as_mona.get("/privacy/texts/photo_use/"))
    assert ConsentText.objects.count() == 2
    values = {"version": 0, "opening": "ask", "retention_years": 20, "answer_days": 30}
    assert as_mona.get("/privacy/rules/").status_code == 200
    assert as_mona.post("/privacy/rules/", {**values, "retention_years": 3}).status_code == 422
    assert as_mona.post("/privacy/rules/", values).status_code == 303
    assert as_mona.post("/privacy/rules/", {**values, "version": 7}).status_code == 422
    assert (queries.privacy_rules(clinic).retention_years, queries.privacy_rules(clinic).asks_before_showing) == (
        20,
        False,
    )


def test_nobody_of_another_clinic_sees_a_look_or_request(as_omar, reveal, ask):
    reveal(reason="call")
    found = ask()

    assert "罗莎" not in text_of(as_omar.get("/privacy/looks/"))
    assert as_omar.get(f"/privacy/requests/{found.pk}/").status_code == 404
