"""The pages of the door: panels of arrival, points and warnings, scanning, guided triage, its settings."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incisor.accounts.models import User
from incisor.patients.hooks import code_readers
from incisor.patients.models import Patient
from incisor.reception.models import ArrivalCheck, CareAcknowledgement, LateWord, TriageQuestion, TriageRule
from incisor.scheduling.models import Appointment
from incisor.scheduling.rules import code_of
from incisor.visits.models import Visit
from tests.factories.accounts import make_user
from tests.factories.clinics import make_chair, make_procedure
from tests.factories.patients import make_alert, make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_roster, make_staff
from tests.factories.visits import make_visit

pytestmark = pytest.mark.usefixtures("standing_clock")
PART = {"HX-Request": "true", "HX-Target": "board"}
PANEL = {"HX-Request": "true", "HX-Target": "panel-body"}


@pytest.fixture
def extraction(db):
    return make_procedure(
        code="extraction_simple", name_zh="普通拔牙", follow_up_key="extraction", specialty="oral_surgery",
        is_high_risk=True, letter="b",
    )  # fmt: skip


@pytest.fixture
def book(clinic, pia, dana, chair, cleaning, at):
    def make(minutes=15, **over):
        values = {"patient": pia, "procedure": cleaning, **over}
        return make_appointment(
            clinic=clinic, dentist=dana, chair=chair, starts_at=at + timedelta(minutes=minutes), **values
        )

    return make


def page_of(response):
    return response.content.decode()


def test_check_in_with_something_to_see_to_says_so_and_offers_it(as_rosa, book, pia):
    pia.tags = ["VIP"]
    pia.save()

    answer = as_rosa.post(reverse("reception:check-in", args=[book().pk]), headers=PART)

    visit = Visit.objects.get()
    assert answer.status_code == 200
    assert reverse("reception:points", args=[visit.pk]) in answer.headers["HX-Trigger"]
    assert reverse("reception:points", args=[visit.pk]) in page_of(answer)  # stays on the row until seen to
    panel = as_rosa.get(reverse("reception:points", args=[visit.pk]), headers=PANEL)
    assert page_of(panel).count("point-info") == 1
    assert page_of(panel).count('class="point ') == 2

    as_rosa.post(reverse("reception:points-seen", args=[visit.pk]), headers=PANEL)
    assert ArrivalCheck.objects.get().seen_at
    assert reverse("reception:points", args=[visit.pk]) not in page_of(as_rosa.get("/", headers=PART))
    as_rosa.post(reverse("reception:points-reopen", args=[visit.pk]), headers=PANEL)
    assert ArrivalCheck.objects.get().seen_at is None


@pytest.mark.parametrize(
    ("minutes", "over"), [(24 * 60, {}), (-24 * 60, {}), (15, {"status": "cancelled"}), (15, {"status": "rescheduled"})]
)
def test_what_does_not_stand_for_now_opens_the_panel(as_rosa, book, minutes, over):
    booked = book(minutes, **over)

    answer = as_rosa.post(reverse("reception:check-in", args=[booked.pk]), headers=PART)

    assert answer.status_code == 409
    assert reverse("reception:arrival", args=[booked.pk]) in answer.headers["HX-Trigger"]
    assert Visit.objects.count() == 0
    panel = as_rosa.get(reverse("reception:arrival", args=[booked.pk]), headers=PANEL)
    assert panel.status_code == 200
    assert 'role="option"' in page_of(panel)


def test_cancelled_is_restored_from_the_panel(as_rosa, book):
    booked = book(status="cancelled")

    answer = as_rosa.post(reverse("reception:check-in", args=[booked.pk]), {"after_all": "1"}, headers=PANEL)

    assert (answer.status_code, Appointment.objects.get().status) == (204, "arrived")


def test_tomorrows_patient_takes_a_gap_of_today_in_one_press(as_rosa, book, at):
    booked = book(24 * 60)
    html = page_of(as_rosa.get(reverse("reception:arrival", args=[booked.pk]), headers=PANEL))
    slot = html.split('name="slot" value="')[1].split('"')[0]

    answer = as_rosa.post(reverse("reception:take-gap", args=[booked.pk]), {"slot": slot}, headers=PANEL)

    assert answer.status_code == 204
    assert Appointment.objects.get().starts_at < at + timedelta(hours=12)
    assert Visit.objects.get().status == "waiting"


@pytest.mark.parametrize("slot", ["", "x_y_z", "1_2_3"])
def test_gap_that_is_none_is_refused(as_rosa, book, slot):
    answer = as_rosa.post(reverse("reception:take-gap", args=[book().pk]), {"slot": slot}, headers=PANEL)

    assert answer.status_code == 409
    assert Visit.objects.count() == 0


def test_late_word_stands_on_the_board_and_is_taken_back(as_rosa, book):
    booked = book(-10)

    answer = as_rosa.post(reverse("reception:late", args=[booked.pk]), {"minutes": "20"}, headers=PART)

    word = LateWord.objects.get()
    assert (answer.status_code, word.minutes) == (200, 20)
    assert "row-late" not in page_of(answer)
    assert reverse("reception:late-end", args=[word.pk]) in page_of(
        as_rosa.get(reverse("reception:arrival", args=[booked.pk]), headers=PANEL)
    )
    undone = as_rosa.post(reverse("reception:late-end", args=[word.pk]), headers=PART)
    assert "row-late" in page_of(undone)
    assert (
        as_rosa.post(reverse("reception:late", args=[booked.pk]), {"minutes": "soon"}, headers=PART).status_code == 409
    )


def test_scanned_code_checks_in_and_says_by_what_way(as_rosa, book):
    booked = book()

    answer = as_rosa.post(reverse("reception:scan", args=[code_of(booked.pk)]), headers={"HX-Request": "true"})

    assert (answer.status_code, Visit.objects.get().arrival) == (204, "qr")


def test_scanned_code_of_another_day_opens_the_panel(as_rosa, book):
    booked = book(24 * 60)
    address = reverse("reception:scan", args=[code_of(booked.pk)])

    part, page = as_rosa.post(address, headers={"HX-Request": "true"}), as_rosa.post(address)

    assert reverse("reception:arrival", args=[booked.pk]) in part.headers["HX-Trigger"]
    assert page.status_code == 200
    assert Visit.objects.count() == 0


def test_scanned_code_of_another_clinic_tells_the_clinic_alone(as_omar, book, pia, clinic):
    answer = as_omar.post(reverse("reception:scan", args=[code_of(book().pk)]), headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert clinic.name.encode("unicode_escape").decode() in answer.headers["HX-Trigger"]
    assert pia.name.encode("unicode_escape").decode() not in answer.headers["HX-Trigger"]


def test_scanned_nonsense_is_refused(as_rosa):
    assert as_rosa.post(reverse("reception:scan", args=["1" * 41]), headers={"HX-Request": "true"}).status_code == 409


def test_search_knows_the_code(as_rosa, as_omar, client, rosa, omar, book, pia, clinic):
    code = code_of(book().pk)
    client.force_login(rosa)
    mine = page_of(client.get("/search/", {"q": code}, headers={"HX-Request": "true"}))
    client.force_login(omar)
    theirs = page_of(client.get("/search/", {"q": code}, headers={"HX-Request": "true"}))

    assert f'data-post="{reverse("reception:scan", args=[code])}"' in mine
    assert pia.name in mine
    assert pia.name not in theirs
    assert clinic.name in theirs
    reader = next(iter(code_readers))
    assert reader.read(clinic, "wang", None) is None


def test_dentist_decides_about_the_warnings(client, as_rosa, dana_user, rosa, book, pia, extraction, at):
    make_alert(patient=pia, kind="condition", code="heart_disease", text="冠心病")
    as_rosa.post(reverse("reception:check-in", args=[book(procedure=extraction).pk]), headers=PART)
    visit = Visit.objects.get()
    url = reverse("reception:care", args=[visit.pk])
    assert url in page_of(as_rosa.get("/", headers=PART))
    given = {"warnings": ["heart:heart_disease"], "decision": "carefully", "reason": "心内科会诊同意"}
    assert 'name="reason"' not in page_of(as_rosa.get(url, headers=PANEL))
    assert as_rosa.post(url, given, headers=PANEL).status_code == 403

    client.force_login(dana_user)
    assert 'name="reason"' in page_of(client.get(url, headers=PANEL))
    assert client.post(url, {**given, "reason": ""}, headers=PANEL).status_code == 422
    answer = client.post(url, given, headers=PANEL)

    assert (answer.status_code, CareAcknowledgement.objects.get().decision) == (204, "carefully")
    client.force_login(rosa)
    assert "心内科会诊同意" in page_of(client.get("/", headers=PART))
    Patient.objects.filter(pk=pia.pk).update(restricted_at=at)
    covered = page_of(client.get("/", headers=PART))
    assert ("心内科会诊同意" in covered, "医生已决定" in covered) == (False, True)


def test_cashier_sees_neither_warnings_nor_what_the_dentist_decided(
    client, as_rosa, clinic, dana_user, book, pia, extraction
):
    make_alert(patient=pia, kind="condition", code="heart_disease", text="冠心病")
    as_rosa.post(reverse("reception:check-in", args=[book(procedure=extraction).pk]), headers=PART)
    url = reverse("reception:care", args=[Visit.objects.get().pk])
    client.force_login(make_user(username="kassel", roles=["cashier"], clinic=clinic))
    before = page_of(client.get("/", headers=PART))
    client.force_login(dana_user)
    given = {"warnings": ["heart:heart_disease"], "decision": "carefully", "reason": "心内科会诊同意"}
    client.post(url, given, headers=PANEL)
    client.force_login(User.objects.get(username="kassel"))
    after = page_of(client.get("/", headers=PART))

    assert pia.name in before
    assert url not in before
    assert "医生已决定" not in after
    assert "心内科会诊同意" not in after


def test_booking_panel_warns_before_an_operation(as_rosa, pia, dana, extraction, cleaning):
    make_alert(patient=pia, kind="condition", code="heart_disease", text="冠心病")
    url = reverse("scheduling:book-panel", args=[pia.pk])

    surgical = page_of(as_rosa.get(url, {"procedures": str(extraction.pk)}, headers=PANEL))
    other = page_of(as_rosa.get(url, {"procedures": str(cleaning.pk)}, headers=PANEL))

    assert "book-warnings" in surgical
    assert "book-warnings" not in other


def test_guide_asks_and_leads_to_an_offer(as_rosa, pia, dana):
    url = reverse("reception:walk-in-guide", args=[pia.pk])

    first = page_of(as_rosa.get(url, headers=PANEL))
    assert first.count('role="option"') == 5
    end = page_of(as_rosa.get(f"{url}?a=1", headers=PANEL))

    assert 'value="bleeding"' in end
    assert f'value="{dana.pk}"' in end
    assert 'name="slot"' in end
    assert as_rosa.get(f"{url}?a=x&a=99").status_code == 200


def test_walk_in_takes_a_gap_or_another_day(as_rosa, pia, dana):
    html = page_of(as_rosa.get(reverse("reception:walk-in", args=[pia.pk]), headers=PANEL))
    slot = html.split('name="slot" value="')[1].split('"')[0]
    later = reverse("reception:walk-in-later", args=[pia.pk])
    other = page_of(as_rosa.get(later, {"signs": "filling_lost"}, headers=PANEL))
    other_slot = other.split('name="slot" value="')[1].split('"')[0]

    booked = as_rosa.post(later, {"slot": other_slot, "signs": "filling_lost"}, headers=PANEL)
    assert (booked.status_code, Visit.objects.count()) == (204, 0)
    assert as_rosa.post(later, {"slot": other_slot}, headers=PANEL).status_code == 422  # it is taken now
    taken = as_rosa.post(
        reverse("reception:walk-in", args=[pia.pk]), {"slot": slot, "signs": "night_pain"}, headers=PANEL
    )

    assert (taken.status_code, Visit.objects.get().appointment.channel) == (204, "walk_in")
    again = as_rosa.post(reverse("reception:walk-in", args=[pia.pk]), {"slot": slot}, headers=PANEL)
    assert again.status_code == 422


def test_walk_in_who_is_expected_tomorrow_is_pointed_to_it(as_rosa, pia, book):
    booked = book(24 * 60)

    html = page_of(as_rosa.get(reverse("reception:walk-in", args=[pia.pk]), headers=PANEL))

    assert reverse("reception:arrival", args=[booked.pk]) in html


SIGN = {
    "label_zh": "牙套掉了", "label_en": "", "advice_zh": "带来", "advice_en": "", "level": "urgent",
    "specialty": "orthodontics", "digit": "9", "is_active": "on", "version": "0",
}  # fmt: skip
QUESTION = {
    "text_zh": "哪一类？", "position": "7", "is_active": "on", "version": "0", "zh_0": "牙套", "sign_0": "bracket_loose",
    "then_0": "end", "zh_1": "别的",
}  # fmt: skip


def test_triage_is_edited_in_the_browser(as_mona, client, rosa, pia):
    assert as_mona.get(reverse("reception:triage-settings")).status_code == 200
    for url in (reverse("reception:triage-sign", args=["new"]), reverse("reception:triage-sign", args=["ulcer"])):
        assert as_mona.get(url).status_code == 200
        assert as_mona.post(url, SIGN).status_code == 303
    assert TriageRule.objects.get(digit=9).label_en == "牙套掉了"
    for key in ("new", "pain"):
        url = reverse("reception:triage-question", args=[key])
        assert as_mona.get(url).status_code == 200
        assert as_mona.post(url, QUESTION).status_code == 303
    assert TriageQuestion.objects.get(key="pain").answers[0] == {
        "zh": "牙套", "en": "牙套", "sign": "bracket_loose", "then": "end",
    }  # fmt: skip
    shown = page_of(as_mona.get(reverse("reception:triage-settings")))
    assert "牙套掉了" in shown
    assert as_mona.post(reverse("reception:triage-sign-reset", args=["ulcer"])).status_code == 303
    assert as_mona.post(reverse("reception:triage-questions-reset")).status_code == 303
    client.force_login(rosa)
    panel = page_of(client.get(reverse("reception:walk-in", args=[pia.pk]), headers=PANEL))
    assert panel.count('id="walk-in-choices"') == 1


def test_wrong_triage_is_told_at_the_form(as_mona):
    lower = as_mona.post(reverse("reception:triage-sign", args=["bleeding"]), {**SIGN, "level": "routine"})
    empty = as_mona.post(reverse("reception:triage-question", args=["new"]), {**QUESTION, "zh_0": "", "zh_1": ""})
    circle = as_mona.post(
        reverse("reception:triage-question", args=["pain"]), {**QUESTION, "position": "95", "then_0": "danger"}
    )

    assert (lower.status_code, empty.status_code, circle.status_code) == (422, 422, 422)
    assert (TriageRule.objects.count(), TriageQuestion.objects.count()) == (0, 0)
    for name in ("triage-sign", "triage-question"):
        assert as_mona.get(reverse(f"reception:{name}", args=["nonsense"])).status_code == 404


def test_outsider_finds_nothing_at_the_door(as_omar, book, pia, clinic, dana, at, rosa):
    booked = book()
    visit = make_visit(clinic=clinic, patient=pia, dentist=dana, at=at)
    word = LateWord.objects.create(clinic=clinic, appointment=booked, minutes=20, by=rosa, at=at)
    for name, key in (
        ("arrival", booked.pk), ("points", visit.pk), ("care", visit.pk), ("walk-in-guide", pia.pk),
        ("walk-in-later", pia.pk),
    ):  # fmt: skip
        assert as_omar.get(reverse(f"reception:{name}", args=[key])).status_code == 404, name
    for name, key in (
        ("take-gap", booked.pk), ("late", booked.pk), ("late-end", word.pk), ("points-seen", visit.pk),
        ("points-reopen", visit.pk), ("check-in-link", booked.pk),
    ):  # fmt: skip
        assert as_omar.post(reverse(f"reception:{name}", args=[key])).status_code == 404, name
    assert LateWord.objects.get().ended_at is None


def test_dentist_sees_the_warnings_on_the_own_page(client, dana_user, clinic, pia, dana, at, book, extraction):
    make_alert(patient=pia, kind="condition", code="heart_disease", text="冠心病")
    booked = book(procedure=extraction, status="arrived")
    visit = make_visit(clinic=clinic, patient=pia, dentist=dana, at=at, appointment=booked)
    client.force_login(dana_user)

    html = page_of(client.get(reverse("reception:chairside")))

    assert reverse("reception:care", args=[visit.pk]) in html


def surgical(clinic, at, count, first, extraction):
    for number in range(first, first + count):
        chair = make_chair(clinic=clinic, name=f"{number}号")
        dentist = make_staff(clinic=clinic, name=f"医生{number}", number=f"K{number}", chair=chair)
        make_roster(staff=dentist, clinic=clinic)
        someone = make_patient(clinic=clinic, name=f"患者{number}", file_number=f"N{number}")
        make_alert(patient=someone, kind="condition", code="heart_disease", text="冠心病")
        booked = make_appointment(
            clinic=clinic, patient=someone, dentist=dentist, chair=chair, procedure=extraction, status="arrived",
            starts_at=at,
        )  # fmt: skip
        visit = make_visit(
            clinic=clinic, patient=someone, dentist=dentist, at=at, appointment=booked, signs=["bleeding"]
        )
        ArrivalCheck.objects.create(visit=visit, points=[["forms", "warning"]])


def test_marks_of_the_door_cost_the_same_with_one_and_three(as_rosa, clinic, at, extraction):
    surgical(clinic, at, 1, 1, extraction)
    as_rosa.get("/", headers=PART)
    with CaptureQueriesContext(connection) as one:
        as_rosa.get("/", headers=PART)
    surgical(clinic, at, 2, 2, extraction)
    with CaptureQueriesContext(connection) as three:
        html = page_of(as_rosa.get("/", headers=PART))

    assert html.count("tag-button") == 6
    assert len(three) == len(one)


def test_confirmation_is_printed_with_its_code(as_rosa, as_omar, client, rosa, omar, book, pia):
    booked = book()
    url = reverse("scheduling:appointment-slip", args=[booked.pk])
    client.force_login(rosa)
    html = page_of(client.get(url))
    client.force_login(omar)

    assert "<svg" in html
    assert pia.name in html
    assert client.get(url).status_code == 404
