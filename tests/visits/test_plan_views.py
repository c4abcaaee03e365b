"""Pages of treatment plans: the draft, the signature, the worklists, the print."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incisor.audit.models import Entry
from incisor.visits import queries, services
from incisor.visits.models import PlanItem, PlanOption, PlanStage, TreatmentPlan
from tests.factories.billing import make_price
from tests.factories.clinics import make_procedure
from tests.factories.patients import make_patient
from tests.factories.plans import STROKES, make_agreed, make_offered, make_plan
from tests.factories.visits import make_visit

PART = {"HX-Request": "true"}


@pytest.fixture
def as_dana(client, dana_user):
    client.force_login(dana_user)
    return client


@pytest.fixture
def crown(db):
    return make_procedure(code="crown", name_zh="全瓷冠", name_en="Crown", is_per_tooth=True)


@pytest.fixture
def plan(pia, dana_user, crown, at):
    return make_plan(patient=pia, by=dana_user, at=at, items=[(crown, [36])])


def link(name, *args):
    return reverse(f"visits:{name}", args=[getattr(one, "pk", one) for one in args])


def status():
    return TreatmentPlan.objects.get().status


def test_plan_is_begun_on_the_patients_page(as_dana, pia, dana, at):
    visit = make_visit(clinic=pia.clinic, patient=pia, at=at, dentist=dana)
    panel = as_dana.get(link("patient-plans", pia), headers=PART).content.decode()

    refused = as_dana.post(link("plan-new", pia), {"title": ""})
    made = as_dana.post(link("plan-new", pia), {"title": "36缺失", "visit": visit.pk})

    plan = TreatmentPlan.objects.get()
    assert "开始写计划" in panel
    assert (refused.status_code, made.status_code, made.headers["Location"]) == (422, 303, link("plan", plan))
    assert (plan.title, plan.visit, plan.dentist) == ("36缺失", visit, dana)


def test_draft_is_written_step_by_step(as_dana, plan, crown, cleaning):
    option, stage = plan.rows[0], plan.rows[0].rows[0]
    about = {"title": "新题目", "problem": "缺牙", "dentist": ""}

    for url, data in (
        (link("plan-about", plan), about),
        (link("option-change", option), {"title": "种植", "explanation": "耐用", "is_recommended": "1"}),
        (link("stage-change", stage), {"title": "一期", "after_days": ""}),
        (link("plan-item-add", stage), {"procedure": cleaning.pk, "teeth": "", "quantity": ""}),
        (link("stage-add", option), {}),
        (link("option-add", plan), {"like": option.pk}),
    ):
        assert as_dana.post(url, data, headers=PART).status_code == 200, url

    item, second = PlanItem.objects.get(stage=stage, procedure=crown), PlanStage.objects.filter(option=option).last()
    moved = {"teeth": "36 37", "quantity": "2", "note": "", "unit_minor": "100", "stage": second.pk}
    assert as_dana.post(link("plan-item-change", item), moved, headers=PART).status_code == 200
    item.refresh_from_db()
    assert (item.teeth, item.quantity, item.unit_minor, item.stage) == ([36, 37], 2, 10000, second)
    assert PlanOption.objects.count() == 2
    page = as_dana.get(link("plan", plan)).content.decode()
    assert "新题目" in page
    assert page.count('class="plan-letter"') == 2


def test_parts_are_taken_out_and_come_back_by_undo(as_dana, plan, crown):
    item, stage, option = PlanItem.objects.get(), PlanStage.objects.get(), PlanOption.objects.get()

    for part, name in ((item, "plan-item-change"), (stage, "stage-change"), (option, "option-change")):
        answer = as_dana.post(link(name, part), {"remove": "1"}, headers=PART)
        assert link("plan-undo", plan) in answer.headers["HX-Trigger"]
        assert as_dana.post(link("plan-undo", plan), headers=PART).status_code == 200
    assert (PlanItem.objects.get(), PlanOption.objects.get()) == (item, option)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("plan-item-add", {"teeth": "36"}),
        ("plan-item-add", {"procedure": "crown", "teeth": "99"}),
        ("plan-item-change", {"teeth": "99", "quantity": "1"}),
        ("plan-item-change", {"teeth": "", "quantity": "1", "unit_minor": "viel"}),
        ("stage-change", {"title": "", "after_days": "9999"}),
        ("plan-about", {"title": ""}),
    ],
)
def test_mistakes_are_said_at_their_part(as_dana, plan, crown, name, data):
    parts = {"plan-item-add": PlanStage, "plan-item-change": PlanItem, "stage-change": PlanStage}
    part = parts[name].objects.get() if name in parts else plan
    if data.get("procedure"):
        data = {**data, "procedure": crown.pk}

    answer = as_dana.post(link(name, part), data, headers=PART)

    assert answer.status_code == 422
    assert 'class="form-errors"' in answer.content.decode()
    assert as_dana.post(link(name, part), data).status_code == 422


def test_procedures_are_found_by_name(as_dana, plan, crown):
    found = as_dana.get(link("plan-procedures", PlanStage.objects.get()), {"q": "全瓷"}).content.decode()

    assert str(crown.pk) in found


def test_offer_sign_and_print(as_dana, as_rosa, plan, crown, clinic, dana_user, rosa, client):
    make_price(clinic=clinic, procedure=crown, amount_minor=250000)
    client.force_login(dana_user)
    assert client.post(link("plan-offer", plan), headers=PART).status_code == 200
    client.force_login(rosa)
    page = client.get(link("plan-sign", plan)).content.decode()
    assert "data-pad-canvas" in page
    assert "2,500.00" in page
    option = plan.rows[0].pk

    unsigned = client.post(link("plan-sign", plan), {"option": option, "s-patient-name": "皮娅"})
    unchosen = client.post(link("plan-sign", plan), {"s-patient": STROKES, "s-patient-name": "皮娅"})
    signed = client.post(link("plan-sign", plan), {"option": option, "s-patient": STROKES, "s-patient-name": "皮娅"})

    assert (unsigned.status_code, unchosen.status_code, signed.status_code) == (422, 422, 303)
    assert status() == "accepted"
    paper = client.get(link("plan-print", plan)).content.decode()
    assert "data:image/svg+xml;base64," in paper
    assert "SHA-256" in paper
    assert client.get(link("plan-sign", plan)).status_code == 303
    assert Entry.objects.filter(what="plan.seen", is_look=True).count() >= 1


def test_patient_thinks_then_declines(as_rosa, pia, dana_user, at):
    plan = make_offered(patient=pia, by=dana_user, at=at)
    url = link("plan-answer", plan)
    assert as_rosa.get(url, headers=PART).status_code == 200

    later = as_rosa.post(url, {"kind": "later", "words": "问家里", "ask_again_on": "2100-01-01"}, headers=PART)
    past = as_rosa.post(url, {"kind": "later", "ask_again_on": "2020-01-01"}, headers=PART)
    nonsense = as_rosa.post(url, {"kind": "maybe"}, headers=PART)
    silent = as_rosa.post(url, {"kind": "declined"}, headers=PART)
    assert (later.status_code, past.status_code, nonsense.status_code, silent.status_code) == (204, 422, 422, 422)
    assert str(TreatmentPlan.objects.get().ask_again_on) == "2100-01-01"
    assert as_rosa.post(url, {"kind": "declined", "words": "太贵"}).status_code == 303

    assert status() == "declined"
    assert "太贵" in as_rosa.get(link("plan", plan)).content.decode()


def test_the_way_of_a_plan_by_buttons(as_dana, plan, pia, dana_user, at):
    for name, after in (
        ("plan-offer", "offered"),
        ("plan-redraft", "draft"),
        ("plan-put-away", "put_away"),
        ("plan-redraft", "draft"),
    ):
        assert as_dana.post(link(name, plan)).status_code == 303
        assert status() == after
    services.offer_plan(by=dana_user, plan=plan, at=at)
    signed = {"option": plan.rows[0].pk, "s-patient": STROKES, "s-patient-name": "皮娅"}
    as_dana.post(link("plan-sign", plan), signed)

    assert as_dana.post(link("plan-stop", plan), {"reason": ""}, headers=PART).status_code == 422
    for name, data, after in (
        ("plan-stop", {"reason": "搬家"}, "stopped"),
        ("plan-resume", {}, "accepted"),
        ("plan-take-back", {"reason": "改桥"}, "offered"),
    ):
        assert as_dana.post(link(name, plan), data, headers=PART).status_code == 200
        assert status() == after
    assert as_dana.post(link("plan-copy", plan)).status_code == 303
    assert TreatmentPlan.objects.count() == 2


def test_items_are_settled_on_the_page(as_dana, pia, dana_user, crown, at):
    make_agreed(patient=pia, by=dana_user, at=at, items=[(crown, [36])])
    item = PlanItem.objects.get()

    assert as_dana.post(link("plan-item-settle", item), {"settled": "elsewhere"}, headers=PART).status_code == 200
    assert status() == "finished"
    assert as_dana.post(link("plan-item-settle", item), {"settled": ""}, headers=PART).status_code == 200
    assert status() == "accepted"


def test_worklists_lead_on(as_rosa, pia, dana_user, crown, at):
    offered = make_offered(patient=pia, by=dana_user, at=at, items=[(crown, [11])], title="前牙美学")
    make_agreed(patient=pia, by=dana_user, at=at, items=[(crown, [36])], title="后牙冠")
    make_plan(patient=pia, by=dana_user, at=at, title="草稿一份")

    awaiting = as_rosa.get(link("plans")).content.decode()
    booking = as_rosa.get(link("plans"), {"tab": "to-book"}, headers=PART).content.decode()
    drafts = as_rosa.get(link("plans"), {"tab": "drafts"}).content.decode()

    assert "前牙美学" in awaiting
    assert link("plan-sign", offered) in awaiting
    assert f"procedures={crown.pk}" in booking
    assert "草稿一份" in drafts
    assert "没有等待决定的治疗计划" not in awaiting


def test_empty_worklists_say_what_they_are_for(as_rosa, clinic):
    for tab, words in (("awaiting", "没有等待决定"), ("to-book", "都约好了下一步"), ("drafts", "没有没写完")):
        assert words in as_rosa.get(link("plans"), {"tab": tab}).content.decode()


def test_worklist_costs_the_same_for_three(as_rosa, pia, clinic, system, dana_user, crown, at):
    def count(tab):
        as_rosa.get(link("plans"), {"tab": tab})
        with CaptureQueriesContext(connection) as caught:
            as_rosa.get(link("plans"), {"tab": tab})
        return len(caught)

    def make(patient):
        make_offered(patient=patient, by=dana_user, at=at, items=[(crown, [11])])
        make_agreed(patient=patient, by=dana_user, at=at, items=[(crown, [36])])

    make(pia)
    one = [count("awaiting"), count("to-book")]
    for number in (8, 9):
        make(make_patient(clinic=clinic, file_number=f"A00000{number}", name=f"患{number}"))

    assert [count("awaiting"), count("to-book")] == one


def test_desk_does_not_write_plans(as_rosa, plan, pia):
    assert as_rosa.post(link("plan-offer", plan)).status_code == 403
    assert as_rosa.post(link("plan-new", pia), {"title": "x"}).status_code == 403
    assert "plan-item-form" not in as_rosa.get(link("plan", plan)).content.decode()


def test_other_clinic_finds_nothing(as_omar, plan, pia):
    for name, part in (("plan", plan), ("plan-print", plan), ("patient-plans", pia)):
        assert as_omar.get(link(name, part)).status_code == 404
    assert as_omar.post(link("plan-offer", plan)).status_code == 404
    assert "全瓷冠" not in as_omar.get(link("plans"), {"tab": "drafts"}).content.decode()


def test_late_plans_are_marked(as_rosa, pia, dana_user, crown, at):
    make_offered(patient=pia, by=dana_user, at=at - timedelta(days=20), items=[(crown, [11])])

    assert "今天要问" in as_rosa.get(link("plans")).content.decode()
    assert queries.open_plan_count(pia.clinic, pia.pk, at) == 1
