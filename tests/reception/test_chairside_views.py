"""Pages of the chair and of the door: what they show, what they refuse, what they cost."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incisor.billing import services as billing
from incisor.billing.rules.tenders import parse_line
from incisor.clinics.models import Chair
from incisor.reception import queries
from incisor.reception.models import AftercareGiven, AftercareText, DentistDelay, HelpCall, LeftOpen
from incisor.scheduling.models import Appointment
from incisor.visits.models import NextVisit, Visit
from tests.factories.accounts import make_user
from tests.factories.billing import make_price, make_treatment
from tests.factories.clinics import make_chair
from tests.factories.patients import make_patient
from tests.factories.reception import make_delay, make_help_call, make_left_open, make_sheet, make_survey
from tests.factories.scheduling import make_appointment
from tests.factories.visits import make_visit

pytestmark = pytest.mark.usefixtures("standing_clock")
DAY = {"HX-Request": "true", "HX-Target": "my-day"}
PANEL = {"HX-Request": "true", "HX-Target": "panel-body"}


@pytest.fixture
def as_dana(client, dana_user):
    client.force_login(dana_user)
    return client


@pytest.fixture
def sitting(clinic, pia, dana, chair, at):
    Chair.objects.filter(pk=chair.pk).update(state="occupied")
    return make_visit(clinic=clinic, patient=pia, at=at, status="in_chair", dentist=dana, chair=chair, stage="seated")


@pytest.fixture
def leaving(clinic, pia, dana, cleaning, at):
    made = make_visit(clinic=clinic, patient=pia, at=at, status="to_pay", dentist=dana)
    make_price(clinic=clinic, procedure=cleaning, amount_minor=30000)
    make_treatment(visit=made, procedure=cleaning)
    return made


def toast_of(response):
    return json.loads(response.headers["HX-Trigger"])["toast"]


def test_stage_is_one_touch_and_has_an_undo(as_dana, sitting):
    page = as_dana.get(reverse("reception:chairside")).content.decode()
    assert "治疗中" in page

    response = as_dana.post(reverse("reception:stage", args=[sitting.pk]), {"stage": "treating"}, headers=DAY)

    assert Visit.objects.get(pk=sitting.pk).stage == "treating"
    assert "stage-now" in response.content.decode()
    as_dana.post(toast_of(response)["undo_url"], headers=DAY)
    assert Visit.objects.get(pk=sitting.pk).stage == "seated"
    as_dana.post(reverse("reception:stage", args=[sitting.pk]), {"minutes": "15"}, headers=PANEL)
    assert Visit.objects.get(pk=sitting.pk).expected_end_at is not None
    assert as_dana.post(reverse("reception:stage", args=[sitting.pk]), {}, headers=DAY).status_code == 409


def test_chairside_costs_the_same_for_one_and_for_three(as_dana, clinic, dana, sitting, at):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            as_dana.get(reverse("reception:chairside"))
        return len(seen)

    cost()
    before = cost()
    for number in (2, 3):
        chair = make_chair(clinic=clinic, name=f"{number}号椅")
        patient = make_patient(clinic=clinic, name=f"人{number}", file_number=f"C{number}")
        make_visit(clinic=clinic, patient=patient, at=at, status="in_chair", dentist=dana, chair=chair)

    assert cost() == before


def test_sheet_of_the_chair_keeps_next_visit_sheets_and_note(as_dana, sitting, cleaning):
    url = reverse("reception:chair-sheet", args=[sitting.pk])
    assert "下次" in as_dana.get(url, headers=PANEL).content.decode()

    given = {
        "next": cleaning.pk, "count": "6", "unit": "30", "next_note": "早上", "sheets": ["extraction"],
        "own_words": "冰敷", "desk_note": "要发票", "seen": "",
    }  # fmt: skip
    assert as_dana.post(url, given, headers=PANEL).status_code == 204

    said = NextVisit.objects.get()
    assert (said.procedure, said.after_days, said.note) == (cleaning, 180, "早上")
    assert set(AftercareGiven.objects.values_list("key", flat=True)) == {"extraction", "own"}
    assert Visit.objects.get().desk_note == "要发票"
    page = as_dana.get(url, headers=PANEL).content.decode()
    assert "冰敷" in page
    assert as_dana.post(url, {**given, "count": "5000", "seen": "要发票"}, headers=PANEL).status_code == 422
    assert as_dana.post(url, {**given, "desk_note": "别的", "seen": "旧的"}, headers=PANEL).status_code == 422
    as_dana.post(url, {"next": "none", "desk_note": "要发票", "seen": "要发票"}, headers=PANEL)
    assert NextVisit.objects.get().is_none


def test_other_chair(as_rosa, clinic, sitting, chair):
    other = make_chair(clinic=clinic, name="2号椅")
    url = reverse("reception:other-chair", args=[sitting.pk])
    assert as_rosa.post(url, {}, headers=PANEL).status_code == 409
    as_rosa.post(url, {"chair": other.pk, "broken": "1"}, headers=PANEL)

    now = Visit.objects.get()
    assert now.chair == other
    assert Chair.objects.get(pk=chair.pk).state == "out_of_order"


def test_record_is_said_to_be_ready_on_the_chairs_own_page_and_taken_back(as_dana, clinic, pia, dana, at):
    waiting = make_visit(clinic=clinic, patient=pia, at=at, dentist=dana)
    url = reverse("reception:record-ready", args=[waiting.pk])
    assert f'hx-post="{url}"' in as_dana.get(reverse("reception:chairside")).content.decode()

    response = as_dana.post(url, {"ready": "1"}, headers=DAY)

    assert Visit.objects.get().record_ready_at == at
    assert 'name="ready" value="0"' in response.content.decode()
    assert "病历已备好" in response.content.decode()
    as_dana.post(toast_of(response)["undo_url"], headers=DAY)
    assert Visit.objects.get().record_ready_at is None


def test_running_late_is_said_told_and_taken_back(as_dana, clinic, dana, chair, cleaning, pia, at):
    make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, procedure=cleaning, starts_at=at + timedelta(minutes=5)
    )
    response = as_dana.post(reverse("reception:delay", args=[dana.pk]), {"more": "20"}, headers=DAY)

    told = toast_of(response)
    assert told["panel_url"] == reverse("reception:delays")
    delay = DentistDelay.objects.get()
    page = as_dana.get(reverse("reception:delays")).content.decode()
    assert pia.name in page
    said = as_dana.post(reverse("reception:delay-told", args=[delay.pk, Appointment.objects.get().pk]), headers=PANEL)
    assert "已经告知" in said.content.decode()
    assert as_dana.post(reverse("reception:delay-tell", args=[delay.pk]), headers=PANEL).status_code == 409
    as_dana.post(told["undo_url"], headers=DAY)
    assert queries.delays_of(clinic, queries.day_of(clinic, at)) == {}
    as_dana.post(reverse("reception:delay", args=[dana.pk]), {"more": "0"}, headers=DAY)
    assert as_dana.post(reverse("reception:delay", args=[dana.pk]), {"more": "viel"}, headers=DAY).status_code == 409


def test_those_who_cannot_be_told_by_message_are_called(as_rosa, clinic, dana, rosa, chair, cleaning, pia, at):
    make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, procedure=cleaning, starts_at=at + timedelta(minutes=5)
    )
    delay = make_delay(clinic=clinic, dentist=dana, by=rosa, at=at, minutes=30)

    response = as_rosa.post(reverse("reception:delay-tell", args=[delay.pk]), headers=PANEL)

    assert "电话" in toast_of(response)["text"]


def test_help_is_seen_on_every_page_and_answered(as_dana, clinic, rosa, sitting, client):
    as_dana.post(reverse("reception:help-call"), {"kind": "emergency", "visit": sitting.pk}, headers=DAY)
    call = HelpCall.objects.get()
    assert call.chair == sitting.chair
    assert as_dana.post(reverse("reception:help-call"), {"kind": "party"}, headers=DAY).status_code == 409

    client.force_login(rosa)
    assert reverse("reception:help") in client.get(reverse("reception:delays")).content.decode()
    frame = client.get(reverse("reception:help")).content.decode()
    assert "help-emergency" in frame
    client.post(reverse("reception:help-answer", args=[call.pk]), headers=PANEL)
    assert rosa.name in client.get(reverse("reception:help")).content.decode()
    client.post(reverse("reception:help-end", args=[call.pk]), headers=PANEL)
    assert "help-emergency" not in client.get(reverse("reception:help")).content.decode()


def test_failing_chair_lists_and_moves(as_rosa, clinic, dana, chair, cleaning, pia, at):
    booked = make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, procedure=cleaning, starts_at=at + timedelta(hours=1)
    )
    response = as_rosa.post(
        reverse("reception:chair-state", args=[chair.pk]),
        {"state": "out_of_order"},
        headers={**PANEL, "HX-Target": "board"},
    )
    url = reverse("reception:failing-chair", args=[chair.pk])
    assert json.loads(response.headers["HX-Trigger"])["panel-open"] == {"url": url}
    assert pia.name in as_rosa.get(url, headers=PANEL).content.decode()

    stuck = as_rosa.post(url, headers=PANEL)
    assert pia.name in stuck.content.decode()
    other = make_chair(clinic=clinic, name="2号椅")
    assert pia.name not in as_rosa.post(url, headers=PANEL).content.decode()
    assert Appointment.objects.get(pk=booked.pk).chair == other


def test_chair_with_a_patient_opens_the_way_out(as_rosa, chair, sitting):
    response = as_rosa.post(
        reverse("reception:chair-state", args=[chair.pk]),
        {"state": "out_of_order"},
        headers={**PANEL, "HX-Target": "board"},
    )

    url = reverse("reception:failing-chair", args=[chair.pk])
    assert (response.status_code, json.loads(response.headers["HX-Trigger"])["panel-open"]) == (409, {"url": url})
    assert sitting.patient.name in as_rosa.get(url, headers=PANEL).content.decode()


def test_digit_says_why_and_closes_when_that_was_all(as_rosa, clinic, rosa, leaving, cleaning, at):
    make_sheet(visit=leaving, by=rosa, at=at)
    NextVisit.objects.create(visit=leaving, clinic=clinic, procedure=cleaning, after_days=30, by=rosa, at=at)
    bill = billing.bill_for_visit(by=rosa, visit=leaving, at=at)
    billing.take_payment(by=rosa, bill=bill, tenders=parse_line("w"), request_key="k", at=at)
    page = as_rosa.get(reverse("billing:bill", args=[leaving.pk])).content.decode()
    assert 'id="next-slots"' in page
    assert "患者会来电" in page

    url = reverse("reception:leave-open", args=[leaving.pk])
    target = {"HX-Request": "true", "HX-Target": f"leaving-{leaving.pk}"}
    assert as_rosa.post(url, {"matter": "next_visit", "reason": "nix"}, headers=target).status_code == 409
    assert as_rosa.post(url, {"matter": "next_visit", "reason": "other"}, headers=target).status_code == 422
    response = as_rosa.post(url, {"matter": "next_visit", "reason": "will_call"}, headers=target)

    assert Visit.objects.get(pk=leaving.pk).status == "done"
    as_rosa.post(toast_of(response)["undo_url"], headers=PANEL)
    assert (Visit.objects.get(pk=leaving.pk).status, LeftOpen.objects.get().ended_at is not None) == ("to_pay", True)


def test_next_visit_is_booked_by_a_digit(as_rosa, clinic, rosa, dana, leaving, cleaning, at):
    NextVisit.objects.create(visit=leaving, clinic=clinic, procedure=cleaning, after_days=7, by=rosa, at=at)
    url = reverse("reception:next-visit", args=[leaving.pk])
    page = as_rosa.get(url, headers=PANEL).content.decode()
    slot = page.split('name="slot" value="')[1].split('"')[0]

    assert as_rosa.post(url, {"slot": "?"}, headers=PANEL).status_code == 422
    target = {"HX-Request": "true", "HX-Target": f"leaving-{leaving.pk}"}
    refused = as_rosa.post(url, {"slot": "?"}, headers=target)
    assert (refused.status_code, f'id="leaving-{leaving.pk}"' in refused.content.decode()) == (422, True)
    assert "form-errors" in refused.content.decode()
    response = as_rosa.post(url, {"slot": slot, "request_key": "a"}, headers=target)

    assert "下次就诊" in toast_of(response)["text"]
    assert Appointment.objects.get().dentist == dana
    assert as_rosa.post(url, {"slot": slot, "request_key": "b"}, headers=PANEL).status_code in (422, 204)


def test_list_of_what_is_open_and_the_panel_of_the_visit(as_rosa, leaving, rosa, at):
    make_left_open(visit=leaving, by=rosa, at=at, matter="money", reason="pays_later")
    assert "洁牙之后" in as_rosa.get(reverse("reception:leaving", args=[leaving.pk])).content.decode()
    assert "洁牙之后" in as_rosa.get(reverse("reception:visit", args=[leaving.pk]), headers=PANEL).content.decode()


def test_sheets_are_printed_on_the_wanted_paper(as_rosa, leaving):
    response = as_rosa.post(reverse("reception:sheets-print", args=[leaving.pk]), {"size": "a4"})

    assert response.headers["Location"] == f"{reverse('reception:sheets', args=[leaving.pk])}?size=a4"
    page = as_rosa.get(f"{response.headers['Location']}&language=en").content.decode()
    assert "After a cleaning" in page
    assert AftercareGiven.objects.get().printed_at is not None
    refused = as_rosa.post(reverse("reception:sheets-send", args=[leaving.pk]), headers=PANEL)
    assert refused.status_code == 409


def test_words_of_sheets_are_changed_in_the_settings(as_mona, as_rosa, client, mona):
    assert client.get(reverse("reception:sheet-words")).status_code == 403
    client.force_login(mona)
    assert "洁牙之后" in client.get(reverse("reception:sheet-words")).content.decode()
    url = reverse("reception:sheet-words-edit", args=["cleaning", "zh-hans"])
    assert "洁牙之后" in client.get(url, headers=PANEL).content.decode()
    assert client.post(url, {"title": "", "body": "x", "version": "0"}, headers=PANEL).status_code == 422

    client.post(url, {"title": "洗牙后", "body": "- 少吃辣", "version": "0"}, headers=PANEL)

    assert AftercareText.objects.get().title == "洗牙后"
    assert client.post(url, {"title": "洗", "body": "x", "version": "9"}, headers=PANEL).status_code == 422
    assert client.get(reverse("reception:sheet-words-edit", args=["nix", "en"])).status_code == 404


def test_answers_of_patients(as_rosa, leaving, at):
    assert "还没有回答" in as_rosa.get(reverse("reception:surveys")).content.decode()
    make_survey(visit=leaving, at=at, score=1, words="等太久", answered_at=at)

    assert "等太久" in as_rosa.get(reverse("reception:surveys")).content.decode()


@pytest.mark.parametrize(
    "name", ["stage", "chair-sheet", "record-ready", "other-chair", "leaving", "leave-open", "next-visit",
             "sheets", "sheets-print", "sheets-send"],
)  # fmt: skip
def test_omar_of_the_other_clinic_finds_nothing(as_omar, sitting, name):
    url = reverse(f"reception:{name}", args=[sitting.pk])

    assert {as_omar.get(url).status_code, as_omar.post(url).status_code} <= {403, 404, 405}


def test_cashier_calls_no_help(client, clinic, rosa, at):
    client.force_login(make_user(username="kassel", name="收银", roles=["cashier"], clinic=clinic))
    call = make_help_call(clinic=clinic, by=rosa, at=at)

    assert client.post(reverse("reception:help-call"), {"kind": "hand"}).status_code == 403
    assert client.post(reverse("reception:help-answer", args=[call.pk]), headers=PANEL).status_code == 204


def test_board_says_what_is_open_besides_the_money(as_rosa, clinic, rosa, leaving, at):
    bill = billing.bill_for_visit(by=rosa, visit=leaving, at=at)
    billing.take_payment(by=rosa, bill=bill, tenders=parse_line("w"), request_key="k", at=at)

    page = as_rosa.get(reverse("reception:today")).content.decode()

    assert reverse("reception:leaving", args=[leaving.pk]) in page
    assert "未办" in page

    # in the same minute, with the rows that are kept
    make_left_open(visit=leaving, by=rosa, at=at, matter="aftercare", reason="on_paper")
    assert "未办" not in as_rosa.get(reverse("reception:today")).content.decode()
