"""Today as a cockpit: the suggestion, the acts on those who wait, what else is due, promised and real waits."""

from datetime import timedelta

import pytest
from django.urls import reverse

from incisor.reception import queries
from incisor.reception.models import FlowRules, WaitTold
from incisor.reception.rules.next_action import Act
from incisor.visits.models import Visit
from tests.factories.accounts import make_user
from tests.factories.clinics import make_chair
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_staff
from tests.factories.visits import make_visit

pytestmark = pytest.mark.usefixtures("standing_clock")
PART = {"HX-Request": "true", "HX-Target": "board"}


@pytest.fixture
def waiting(clinic, pia, dana, at):
    return make_visit(clinic=clinic, patient=pia, dentist=dana, at=at - timedelta(minutes=20), number=12)


def advice(clinic, at):
    return queries.suggested(queries.board(clinic, at))


def test_board_says_what_to_do_next_and_why(as_rosa, clinic, waiting, chair, at):
    html = as_rosa.get(reverse("reception:today")).content.decode()

    found = advice(clinic, at)
    assert (found.act, found.main.id) == (Act.CALL, waiting.pk)
    assert "12" in found.text
    assert chair.name in found.reason
    assert 'id="next-act-row"' in html
    assert html.count("data-next") == 1


def test_each_suggestion_leads_to_the_next_until_nobody_needs_the_desk(as_rosa, clinic, waiting, chair, at):
    """Press what is suggested, again and again: called, seated; then the desk has nothing to do."""
    acts = []
    while (found := advice(clinic, at)) is not None:
        acts.append(found.act)
        answer = as_rosa.post(reverse(found.main.url_name, args=[found.main.id]), found.main.fields, headers=PART)
        assert answer.status_code == 200, found

    assert acts == [Act.CALL, Act.SEAT]
    assert Visit.objects.get().status == "in_chair"
    assert "next-calm" in as_rosa.get(reverse("reception:today")).content.decode()


def _others(clinic, dana, chair, at):
    """One moment for each of the other suggestions, worst last."""

    def someone(number, **more):
        patient = make_patient(clinic=clinic, name=f"患者{number}", file_number=f"C{number}")
        return make_visit(clinic=clinic, patient=patient, dentist=dana, number=number, **more)

    return {
        Act.PARK: lambda: someone(1, at=at - timedelta(minutes=9), status="called", calls=2,
                                  called_at=at - timedelta(minutes=4)),
        Act.CALL_AGAIN: lambda: someone(1, at=at - timedelta(minutes=9), status="called", calls=1,
                                        called_at=at - timedelta(minutes=4)),
        Act.CHECK_OUT: lambda: someone(1, at=at - timedelta(minutes=60), status="to_pay",
                                       ended_at=at - timedelta(minutes=9)),
        Act.RETURN: lambda: someone(1, at=at - timedelta(minutes=60), parked_at=at - timedelta(minutes=11)),
        Act.TELL: lambda: (
            someone(1, at=at - timedelta(minutes=30)),
            someone(2, at=at - timedelta(minutes=40), status="in_chair", chair=chair, seated_at=at - timedelta(minutes=20)),
        ),
    }  # fmt: skip


@pytest.mark.parametrize("act", [Act.PARK, Act.CALL_AGAIN, Act.CHECK_OUT, Act.RETURN, Act.TELL])
def test_every_suggestion_has_its_words_and_can_be_pressed(as_rosa, clinic, dana, chair, at, act):
    _others(clinic, dana, chair, at)[act]()

    found = advice(clinic, at)

    assert found.act == act
    assert found.text
    assert found.reason
    verbs = [verb for verb in (found.main, *found.others) if verb.how == "post"]
    html = as_rosa.get(reverse("reception:today")).content.decode()
    for verb in (found.main, *found.others):
        assert reverse(verb.url_name, args=[verb.id]) in html
    if verbs:
        answer = as_rosa.post(reverse(verbs[0].url_name, args=[verbs[0].id]), verbs[0].fields, headers=PART)
        assert answer.status_code == 200


def test_who_does_not_come_is_telephoned(as_rosa, clinic, pia, dana, chair, cleaning, at):
    late = make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, procedure=cleaning, starts_at=at - timedelta(minutes=18)
    )

    found = advice(clinic, at)

    assert (found.act, found.main.id, found.main.how) == (Act.NO_SHOW, late.pk, "panel")


def test_a_chair_that_is_cleaned_for_long_is_asked_for(as_rosa, clinic, waiting, chair, at):
    chair.state, chair.state_since = "cleaning", at - timedelta(minutes=12)
    chair.save()

    found = advice(clinic, at)
    as_rosa.post(reverse(found.main.url_name, args=[found.main.id]), found.main.fields, headers=PART)

    chair.refresh_from_db()
    assert (found.act, chair.state) == (Act.FREE_CHAIR, "free")


def test_emergency_is_said_to_be_one(clinic, pia, at):
    make_visit(clinic=clinic, patient=pia, at=at, urgency="emergency")

    assert advice(clinic, at).tone == "bad"


@pytest.mark.parametrize(("role", "suggests"), [("receptionist", True), ("dentist", True), ("cashier", False)])
def test_only_who_may_act_gets_advice(client, clinic, waiting, chair, role, suggests):
    client.force_login(make_user(username=f"one-{role}", roles=[role], clinic=clinic))

    assert ('id="next-act-row"' in client.get(reverse("reception:today")).content.decode()) is suggests


def test_whole_way_of_somebody_who_is_not_there(as_rosa, waiting):
    for name in ("call", "call-again", "park", "return"):
        answer = as_rosa.post(reverse(f"reception:{name}", args=[waiting.pk]), headers=PART)
        assert answer.status_code == 200, name
        assert "reception" not in answer.headers.get("HX-Redirect", "")
        assert "undo" in answer.headers["HX-Trigger"]

    row = Visit.objects.get()
    assert (row.status, row.parked_at, row.calls) == ("waiting", None, 2)


def test_parked_row_offers_the_way_back(as_rosa, waiting, at):
    Visit.objects.update(parked_at=at)

    html = as_rosa.get(reverse("reception:today")).content.decode()

    assert reverse("reception:return", args=[waiting.pk]) in html
    assert reverse("reception:call", args=[waiting.pk]) not in html


def test_told_and_undone(as_rosa, waiting):
    address = reverse("reception:tell", args=[waiting.pk])
    assert address in as_rosa.get(reverse("reception:today")).content.decode()

    answer = as_rosa.post(address, {"word": "told"}, headers=PART)

    told = WaitTold.objects.get()
    assert address not in answer.content.decode()
    undo = reverse("reception:untell", args=[told.pk])
    assert undo in answer.headers["HX-Trigger"]
    assert address in as_rosa.post(undo, headers=PART).content.decode()


def test_sent_to_another_dentist(as_rosa, clinic, waiting):
    other = make_staff(clinic=clinic, name="埃里克", number="D2")

    as_rosa.post(reverse("reception:redirect", args=[waiting.pk]), {"dentist": other.pk}, headers=PART)
    assert Visit.objects.get().dentist == other
    as_rosa.post(reverse("reception:redirect", args=[waiting.pk]), {"dentist": ""}, headers=PART)

    assert Visit.objects.get().dentist is None


@pytest.mark.parametrize(("name", "typed"), [("tell", {"word": "shouted"}), ("redirect", {"dentist": "x"})])
def test_what_is_not_understood_changes_nothing(as_rosa, waiting, name, typed):
    before = Visit.objects.values().get()

    assert as_rosa.post(reverse(f"reception:{name}", args=[waiting.pk]), typed, headers=PART).status_code == 409
    assert Visit.objects.values().get() == before


def test_outsider_finds_nothing(as_omar, waiting, rosa, at):
    told = WaitTold.objects.create(clinic=waiting.clinic, visit=waiting, word="told", waited_minutes=20, by=rosa, at=at)
    for name in ("call-again", "park", "return", "redirect", "tell"):
        assert as_omar.post(reverse(f"reception:{name}", args=[waiting.pk]), {"word": "told"}).status_code == 404, name
    assert as_omar.post(reverse("reception:untell", args=[told.pk])).status_code == 404
    assert waiting.patient.name not in as_omar.get(reverse("reception:due")).content.decode()


def test_panel_shows_what_was_promised_and_said(as_rosa, waiting, rosa, at):
    Visit.objects.update(promised_low=5, promised_high=15, promised_at=at)
    as_rosa.post(reverse("reception:tell", args=[waiting.pk]), {"word": "noted", "note": "赶火车"}, headers=PART)

    html = as_rosa.get(reverse("reception:visit", args=[waiting.pk]), headers={"HX-Request": "true"}).content.decode()

    assert "赶火车" in html
    assert "5" in html
    assert reverse("reception:redirect", args=[waiting.pk]) in html


def test_panel_offers_what_the_clinic_offers(as_rosa, clinic, waiting):
    FlowRules.objects.update_or_create(clinic=clinic, defaults={"offers": "茶、杂志, 稍后电话"})
    html = as_rosa.get(reverse("reception:visit", args=[waiting.pk]), headers={"HX-Request": "true"}).content.decode()
    assert all(f'name="note" value="{words}"' in html for words in ("茶", "杂志", "稍后电话"))

    as_rosa.post(reverse("reception:tell", args=[waiting.pk]), {"word": "offered", "note": "茶"}, headers=PART)

    assert (WaitTold.objects.get().word, WaitTold.objects.get().note) == ("offered", "茶")


def test_what_else_is_due_stands_beside(as_rosa, clinic, pia, dana, chair, cleaning, rosa, at):
    from incisor.scheduling.services import cancel_appointment

    booked = make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, procedure=cleaning, starts_at=at + timedelta(hours=4)
    )
    assert pia.name not in as_rosa.get(reverse("reception:due")).content.decode()
    cancel_appointment(by=rosa, appointment=booked, reason="ill", note="", at=at)

    html = as_rosa.get(reverse("reception:due")).content.decode()

    assert pia.name in html
    assert "/to-place/" in html


def test_promised_and_real_waits(as_rosa, clinic, pia, at):
    empty = as_rosa.get(reverse("reception:waits"))
    make_visit(
        clinic=clinic, patient=pia, at=at, status="done", promised_low=5, promised_high=15, promised_at=at,
        seated_at=at + timedelta(minutes=10),
    )  # fmt: skip

    page = as_rosa.get(reverse("reception:waits"), {"days": "7"}).content.decode()

    assert "wait-chart" not in empty.content.decode()
    assert page.count('class="wait-band"') == 1
    assert "100 %" in page
    assert as_rosa.get(reverse("reception:waits"), {"days": "x"}).status_code == 200


def test_rules_of_the_flow_are_changed_on_a_page(as_mona, clinic):
    page = as_mona.get(reverse("reception:flow"))
    typed = {name: value for name, value in page.context["form"].initial.items() if value not in {None, False}}

    answer = as_mona.post(reverse("reception:flow"), {**typed, "prompt_minutes": 20})
    wrong = as_mona.post(reverse("reception:flow"), {**typed, "prompt_minutes": 0})
    stale = as_mona.post(reverse("reception:flow"), {**typed, "version": 9, "prompt_minutes": 9})

    assert (answer.status_code, wrong.status_code, stale.status_code) == (303, 422, 422)
    assert FlowRules.objects.get().prompt_minutes == 20
    fields = {field.name for field in FlowRules._meta.fields} - {"id", "clinic"}
    assert fields <= set(page.context["form"].fields), "every rule can be changed here"


def test_only_who_may_change_the_clinic_changes_its_rules(as_rosa):
    assert as_rosa.get(reverse("reception:flow")).status_code == 403


def test_chair_shows_stage_and_expected_end(as_rosa, clinic, pia, dana, chair, at):
    make_visit(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, at=at - timedelta(minutes=50), status="in_chair",
        seated_at=at - timedelta(minutes=40), stage="finishing", expected_end_at=at - timedelta(minutes=7),
    )  # fmt: skip
    make_chair(clinic=clinic, name="8号椅")

    shown = queries.board(clinic, at)

    assert (shown.in_chair[0].over, shown.in_chair[0].ends_at) == (7, at - timedelta(minutes=7))
    html = as_rosa.get(reverse("reception:today")).content.decode()
    assert "chair-ends row-bad" in html
    assert "09:23" in html


def test_rows_that_are_kept_change_with_what_they_show(as_rosa, clinic, waiting, pia, dana, chair, rosa, at):
    from incisor.patients.models import Patient, PatientAlert
    from incisor.staff.models import StaffMember

    def page():
        return as_rosa.get(reverse("reception:today"), headers=PART).content.decode()

    assert pia.name in page()
    Patient.objects.filter(pk=pia.pk).update(name="改名了")
    assert "改名了" in page()
    PatientAlert.objects.create(
        clinic=clinic, patient=pia, kind="allergy", text="青霉素", recorded_by=rosa, recorded_at=at
    )
    assert "青霉素" in page()
    StaffMember.objects.filter(pk=dana.pk).update(name="丹医生")
    assert "丹医生" in page()
    Visit.objects.filter(pk=waiting.pk).update(desk_note="轮椅")
    assert "轮椅" in page()
    chair.name = "贵宾椅"
    chair.save()
    assert "→ 贵宾椅" in page()


def test_rows_that_are_kept_hold_nobody_elses_token_nor_buttons(client, clinic, rosa, waiting):
    from django.test import Client

    def page(user):
        browser = Client()
        browser.force_login(user)
        return browser.get(reverse("reception:today"), headers=PART).content.decode()

    def tokens(html):
        return {part.split('"')[0] for part in html.split('name="csrfmiddlewaretoken" value="')[1:]}

    cashier = make_user(username="one-cashier", roles=["cashier"], clinic=clinic)
    mine, again, theirs = page(rosa), page(rosa), page(cashier)

    assert len(tokens(mine)) == 1
    assert tokens(mine) != tokens(again)
    assert "csrf-of-the-session" not in mine + again + theirs
    assert reverse("reception:call", args=[waiting.pk]) not in theirs
