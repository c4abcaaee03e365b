"""Treatment plans: drafts with Undo, the offer, decision and signature, progress by what is done."""

from datetime import timedelta

import pytest
from django.urls import reverse

from incisor.audit.models import Entry
from incisor.kernel.errors import NotAllowed, NotFound
from incisor.patients.services import merge_patients
from incisor.visits import queries, services
from incisor.visits.models import PlanDecision, PlanItem, PlanOption, PlanStage, TreatmentPlan
from incisor.visits.queries import plan_lists, plan_seals
from tests.factories.billing import make_price, make_treatment
from tests.factories.clinics import make_procedure
from tests.factories.patients import make_patient
from tests.factories.plans import SIGNED, make_agreed, make_offered, make_plan, stage_of
from tests.factories.scheduling import make_appointment
from tests.factories.visits import make_visit


@pytest.fixture
def crown(db):
    return make_procedure(code="crown", name_zh="全瓷冠", name_en="Crown", is_per_tooth=True)


@pytest.fixture
def plan(pia, dana_user, crown, at):
    return make_plan(patient=pia, by=dana_user, at=at, items=[(crown, [36, 37])])


def again(plan):
    return queries.plan(plan.clinic, plan.pk)


def sheet(plan, at):
    return queries.sheet_of(again(plan), at=at)


def status(plan):
    return TreatmentPlan.objects.get(pk=plan.pk).status


def test_draft_follows_the_price_list(plan, crown, clinic, at):
    assert sheet(plan, at).options[0].estimate.unpriced_count == 1

    make_price(clinic=clinic, procedure=crown, amount_minor=250000)

    assert sheet(plan, at).options[0].estimate.total_minor == 500000


def test_offer_fixes_the_prices(plan, crown, clinic, dana_user, at):
    price = make_price(clinic=clinic, procedure=crown, amount_minor=250000)
    services.offer_plan(by=dana_user, plan=plan, at=at)

    price.amount_minor = 300000
    price.save()

    assert (status(plan), sheet(plan, at).options[0].estimate.total_minor) == ("offered", 500000)


def test_estimate_may_be_typed_where_the_list_has_none(plan, dana_user, at):
    item = PlanItem.objects.get()
    services.change_plan_item(by=dana_user, item=item, teeth=[36], quantity=1, unit_minor=90000, at=at)
    services.offer_plan(by=dana_user, plan=plan, at=at)

    assert sheet(plan, at).options[0].estimate.total_minor == 90000
    with pytest.raises(services.PlanWrong):
        services.change_plan_item(by=dana_user, item=item, teeth=[36], quantity=1, unit_minor=-1, at=at)


def test_every_change_of_a_draft_is_taken_back_in_turn(plan, crown, dana_user, at):
    before = plan_seals.content_of(again(plan))
    stage, item = stage_of(plan), PlanItem.objects.get()
    services.change_plan(by=dana_user, plan=plan, title="别的", problem="", dentist=None, at=at)
    services.add_option(by=dana_user, plan=plan, like=plan.rows[0], at=at)
    services.change_option(
        by=dana_user, option=plan.rows[0], title="种植", explanation="可用多年", is_recommended=False, at=at
    )
    added = services.add_stage(by=dana_user, option=plan.rows[0], title="修复", after_days=90, at=at)
    services.change_stage(by=dana_user, stage=added, title="二期", after_days=120, at=at)
    services.move_plan_item(by=dana_user, item=item, to=added, at=at)
    services.change_plan_item(by=dana_user, item=item, teeth=[36], quantity=2, at=at)
    services.remove_plan_item(by=dana_user, item=item, at=at)
    services.add_plan_item(by=dana_user, stage=stage, procedure=crown, teeth=[46], at=at)
    services.remove_stage(by=dana_user, stage=added, at=at)
    services.remove_option(by=dana_user, option=plan.rows[0], at=at)
    assert PlanOption.objects.count() == 1

    for _change in range(11):
        services.undo_plan_edit(by=dana_user, plan=plan, at=at)

    assert plan_seals.content_of(again(plan)) == before
    # the first change, adding the item, and then nothing
    services.undo_plan_edit(by=dana_user, plan=plan, at=at)
    with pytest.raises(services.NothingToUndo):
        services.undo_plan_edit(by=dana_user, plan=plan, at=at)


@pytest.mark.parametrize(
    ("teeth", "quantity"), [([19], 1), ([36], 0), ([36], 100)], ids=["no tooth", "nothing", "too many"]
)
def test_impossible_item_is_refused(plan, crown, dana_user, at, teeth, quantity):
    with pytest.raises(services.PlanWrong):
        services.add_plan_item(
            by=dana_user, stage=stage_of(plan), procedure=crown, teeth=teeth, quantity=quantity, at=at
        )


def test_plan_needs_a_title_and_has_limits(pia, plan, crown, dana_user, at):
    with pytest.raises(services.PlanWrong):
        services.make_plan(by=dana_user, clinic=pia.clinic, patient=pia, title="  ", at=at)
    with pytest.raises(services.PlanWrong):
        services.change_stage(by=dana_user, stage=stage_of(plan), title="", after_days=2000, at=at)
    for _more in range(4):
        services.add_option(by=dana_user, plan=plan, at=at)
    with pytest.raises(services.PlanWrong):
        services.add_option(by=dana_user, plan=plan, at=at)
    for _more in range(11):
        services.add_stage(by=dana_user, option=plan.rows[0], at=at)
    with pytest.raises(services.PlanWrong):
        services.add_stage(by=dana_user, option=plan.rows[0], at=at)
    stage = stage_of(plan)
    PlanItem.objects.bulk_create(PlanItem(stage=stage, procedure=crown, position=n) for n in range(40))
    with pytest.raises(services.PlanWrong):
        services.add_plan_item(by=dana_user, stage=stage, procedure=crown, at=at)


def test_parts_of_another_plan_are_not_touched(plan, pia, dana_user, crown, at):
    other = make_plan(patient=pia, by=dana_user, at=at, items=[(crown, [11])], title="另一份")

    with pytest.raises(NotFound):
        services.add_option(by=dana_user, plan=plan, like=other.rows[0], at=at)
    with pytest.raises(NotFound):
        services.move_plan_item(by=dana_user, item=PlanItem.objects.first(), to=stage_of(other), at=at)


def test_part_that_is_gone_is_told(plan, dana_user, at):
    stage = queries.plan_stage(plan.clinic, stage_of(plan).pk)
    services.remove_stage(by=dana_user, stage=stage, at=at)

    with pytest.raises(NotFound):
        services.change_stage(by=dana_user, stage=stage, title="x", after_days=0, at=at)


def test_offer_needs_something_to_decide(pia, dana_user, crown, at):
    plan = make_plan(patient=pia, by=dana_user, at=at)

    with pytest.raises(services.PlanIncomplete) as refused:
        services.offer_plan(by=dana_user, plan=plan, at=at)

    assert refused.value.details["missing"] == ["items"]


def test_offered_plan_is_changed_only_after_it_was_taken_back(plan, crown, dana_user, at):
    services.offer_plan(by=dana_user, plan=plan, at=at)
    with pytest.raises(services.PlanNotDraft):
        services.add_plan_item(by=dana_user, stage=stage_of(plan), procedure=crown, at=at)

    services.redraft_plan(by=dana_user, plan=plan, at=at)

    services.add_plan_item(by=dana_user, stage=stage_of(plan), procedure=crown, at=at)
    assert PlanItem.objects.count() == 2


def test_patient_agrees_with_a_signature_that_seals_the_plan(plan, pia, dana_user, at):
    services.offer_plan(by=dana_user, plan=plan, at=at)
    made = services.decide_plan(by=dana_user, plan=plan, kind="accepted", option=plan.rows[0], signature=SIGNED, at=at)

    fresh = again(plan)
    assert (fresh.status, queries.plans.chosen_of(fresh), made.mark) == ("accepted", plan.rows[0], "drawn")
    assert queries.is_whole(fresh, fresh.said[0])
    assert Entry.objects.filter(what="plan.decided").count() == 1

    PlanItem.objects.update(unit_minor=1)

    assert not queries.is_whole(again(plan), again(plan).said[0])


@pytest.mark.parametrize("change", ["merge", "name"])
def test_merge_and_new_name_of_a_procedure_break_no_seal(plan, pia, clinic, system, mona, dana_user, crown, at, change):
    services.offer_plan(by=dana_user, plan=plan, at=at)
    services.decide_plan(by=dana_user, plan=plan, kind="accepted", option=plan.rows[0], signature=SIGNED, at=at)
    if change == "merge":
        kept = make_patient(clinic=clinic, created_by=system, name="皮雅", file_number="A000009", phone="13800002222")
        merge_patients(
            by=mona, clinic=clinic, kept=kept, lesser=pia, choices={}, versions=(kept.version, pia.version), at=at
        )
        assert again(plan).patient == kept
    else:
        crown.name_zh = "氧化锆全瓷冠"
        crown.save()

    assert queries.is_whole(again(plan), again(plan).said[0])


def test_plan_that_was_signed_once_is_copied_and_not_changed(plan, client, dana_user, at):
    services.offer_plan(by=dana_user, plan=plan, at=at)
    url, page = reverse("visits:plan-redraft", args=[plan.pk]), reverse("visits:plan", args=[plan.pk])
    client.force_login(dana_user)
    assert url in client.get(page).content.decode()
    services.decide_plan(by=dana_user, plan=plan, kind="accepted", option=plan.rows[0], signature=SIGNED, at=at)
    services.take_back_decision(by=dana_user, plan=plan, reason="想再看看", at=at)

    with pytest.raises(services.PlanStepImpossible):
        services.redraft_plan(by=dana_user, plan=plan, at=at)

    assert (status(plan), url in client.get(page).content.decode()) == ("offered", False)
    copy = services.copy_plan(by=dana_user, plan=plan, at=at)
    services.remove_option(by=dana_user, option=again(copy).rows[0], at=at)
    services.put_plan_away(by=dana_user, plan=plan, at=at)
    with pytest.raises(services.PlanStepImpossible):
        services.redraft_plan(by=dana_user, plan=plan, at=at)


def test_nobody_agrees_without_signature_or_choice(plan, dana_user, at):
    services.offer_plan(by=dana_user, plan=plan, at=at)

    for given in (
        {"option": plan.rows[0]},
        {"option": None, "signature": SIGNED},
        {"option": plan.rows[0], "signature": SIGNED.__class__(field="patient", strokes="[]")},
    ):
        with pytest.raises(services.NotSignedByPatient):
            services.decide_plan(by=dana_user, plan=plan, kind="accepted", at=at, **given)

    assert (status(plan), PlanDecision.objects.count()) == ("offered", 0)


def test_typed_name_before_a_witness_counts(plan, rosa, dana_user, at):
    services.offer_plan(by=dana_user, plan=plan, at=at)
    typed = SIGNED.__class__(field="patient", name="皮娅的母亲", relation="mother", is_typed=True, witness=rosa)

    made = services.decide_plan(by=rosa, plan=plan, kind="accepted", option=plan.rows[0], signature=typed, at=at)

    assert (made.mark, made.name, made.relation, made.by) == ("typed", "皮娅的母亲", "mother", rosa)


def test_patient_thinks_or_declines(plan, dana_user, at):
    services.offer_plan(by=dana_user, plan=plan, at=at)
    today = at.date()

    services.decide_plan(by=dana_user, plan=plan, kind="later", words="问家里", at=at)
    assert (status(plan), again(plan).ask_again_on) == ("offered", today + timedelta(days=7))
    with pytest.raises(services.ReasonNeeded):
        services.decide_plan(by=dana_user, plan=plan, kind="later", ask_again_on=today - timedelta(days=1), at=at)
    with pytest.raises(services.ReasonNeeded):
        services.decide_plan(by=dana_user, plan=plan, kind="declined", at=at)
    services.decide_plan(by=dana_user, plan=plan, kind="declined", words="太贵", at=at)

    assert status(plan) == "declined"
    with pytest.raises(services.PlanStepImpossible):
        services.decide_plan(by=dana_user, plan=plan, kind="later", at=at)


def test_decision_taken_back_stays_to_be_seen(pia, dana_user, at):
    plan = make_agreed(patient=pia, by=dana_user, at=at)
    with pytest.raises(services.ReasonNeeded):
        services.take_back_decision(by=dana_user, plan=plan, reason=" ", at=at)

    services.take_back_decision(by=dana_user, plan=plan, reason="改用桥", at=at)

    fresh = again(plan)
    assert (fresh.status, queries.plans.chosen_of(fresh), queries.plans.decision_of(fresh)) == ("offered", None, None)
    assert (fresh.said[0].taken_back_reason, fresh.said[0].digest != "") == ("改用桥", True)


def test_progress_follows_what_is_done_and_finishes_the_plan(pia, dana, dana_user, crown, chair, at):
    plan = make_agreed(patient=pia, by=dana_user, at=at, items=[(crown, [36, 37])])
    visit = make_visit(clinic=pia.clinic, patient=pia, at=at, dentist=dana, chair=chair, status="in_chair")

    done = services.add_treatment(by=dana_user, visit=visit, procedure=crown, teeth=[36], at=at)
    assert (sheet(plan, at).done_count, sheet(plan, at).wanted_count, status(plan)) == (1, 2, "accepted")
    services.add_treatment(by=dana_user, visit=visit, procedure=crown, teeth=[37], at=at)
    assert (sheet(plan, at).percent, status(plan)) == (100, "finished")
    services.remove_treatment(by=dana_user, visit=visit, treatment=done, at=at)

    assert (sheet(plan, at).done_count, status(plan)) == (1, "accepted")


def test_what_was_done_before_the_plan_does_not_count(pia, dana_user, crown, at):
    earlier = make_visit(clinic=pia.clinic, patient=pia, at=at - timedelta(days=30), status="done")
    make_treatment(visit=earlier, procedure=crown, teeth=[36])

    plan = make_agreed(patient=pia, by=dana_user, at=at, items=[(crown, [36])])

    assert sheet(plan, at).done_count == 0


def test_next_step_is_what_booking_proposes(pia, dana_user, crown, cleaning, at):
    assert queries.due_next(pia.clinic, pia) == []
    plan = make_plan(patient=pia, by=dana_user, at=at, items=[(cleaning, [])])
    later = services.add_stage(by=dana_user, option=plan.rows[0], after_days=14, at=at)
    services.add_plan_item(by=dana_user, stage=later, procedure=crown, teeth=[36], at=at)
    services.offer_plan(by=dana_user, plan=plan, at=at)
    services.decide_plan(by=dana_user, plan=plan, kind="accepted", option=plan.rows[0], signature=SIGNED, at=at)

    from incisor.scheduling.queries import preset_procedures

    assert preset_procedures(pia.clinic, pia, today=at.date()) == [cleaning]
    visit = make_visit(clinic=pia.clinic, patient=pia, at=at, status="done")
    make_treatment(visit=visit, procedure=cleaning)
    assert preset_procedures(pia.clinic, pia, today=at.date()) == [crown]
    assert queries.due_by_patient(pia.clinic, [pia.pk])[pia.pk][1] == at.date() + timedelta(days=14)


def test_settled_items_are_not_waited_for(pia, dana_user, crown, cleaning, at):
    plan = make_agreed(patient=pia, by=dana_user, at=at, items=[(crown, [36]), (cleaning, [])])
    first, second = (queries.plan_item(pia.clinic, item.pk) for item in stage_of(plan).rows)

    services.settle_plan_item(by=dana_user, item=first, settled="elsewhere", note="外院", at=at)
    assert queries.due_next(pia.clinic, pia) == [cleaning]
    services.settle_plan_item(by=dana_user, item=second, settled="not_needed", at=at)
    assert status(plan) == "finished"
    services.reopen_plan_item(by=dana_user, item=second, at=at)

    assert (status(plan), PlanItem.objects.get(pk=first.pk).settled_note) == ("accepted", "外院")


def test_only_what_was_agreed_to_is_settled(plan, pia, dana_user, crown, at):
    item = queries.plan_item(pia.clinic, stage_of(plan).rows[0].pk)
    with pytest.raises(services.PlanStepImpossible):
        services.settle_plan_item(by=dana_user, item=item, settled="elsewhere", at=at)
    services.change_option(by=dana_user, option=plan.rows[0], title="甲", explanation="", is_recommended=True, at=at)
    other = services.add_option(by=dana_user, plan=plan, like=plan.rows[0], at=at)
    services.change_option(by=dana_user, option=other, title="乙", explanation="", is_recommended=True, at=at)
    services.offer_plan(by=dana_user, plan=plan, at=at)
    services.decide_plan(by=dana_user, plan=plan, kind="accepted", option=other, signature=SIGNED, at=at)

    with pytest.raises(NotFound):
        services.settle_plan_item(by=dana_user, item=item, settled="elsewhere", at=at)


def test_plan_is_stopped_with_a_reason_and_goes_on(pia, dana_user, at):
    plan = make_agreed(patient=pia, by=dana_user, at=at)
    with pytest.raises(services.ReasonNeeded):
        services.stop_plan(by=dana_user, plan=plan, reason="", at=at)
    with pytest.raises(services.PlanStepImpossible):
        services.resume_plan(by=dana_user, plan=plan, at=at)

    services.stop_plan(by=dana_user, plan=plan, reason="搬家", at=at)
    assert (status(plan), queries.due_next(pia.clinic, pia)) == ("stopped", [])
    services.resume_plan(by=dana_user, plan=plan, at=at)

    assert status(plan) == "accepted"


def test_plan_is_put_away_copied_and_taken_up(plan, dana_user, at):
    copy = services.copy_plan(by=dana_user, plan=plan, at=at)
    services.put_plan_away(by=dana_user, plan=plan, at=at)
    services.redraft_plan(by=dana_user, plan=plan, at=at)

    assert status(plan) == "draft"
    mine, theirs = (plan_seals.content_of(again(one)) for one in (plan, copy))
    assert mine["options"][0]["stages"][0]["items"][0]["code"] == theirs["options"][0]["stages"][0]["items"][0]["code"]
    assert PlanStage.objects.count() == 2
    with pytest.raises(services.PlanStepImpossible):
        services.stop_plan(by=dana_user, plan=plan, reason="x", at=at)


def test_worklists(pia, dana, dana_user, chair, crown, clinic, at):
    draft = make_plan(patient=pia, by=dana_user, at=at, items=[(crown, [11])])
    offered = make_offered(patient=pia, by=dana_user, at=at, items=[(crown, [21])])
    agreed = make_agreed(patient=pia, by=dana_user, at=at, items=[(crown, [36])])

    awaiting = plan_lists.plans_awaiting(clinic, at + timedelta(days=8))
    assert [(row.sheet.plan, row.days, row.is_due) for row in awaiting] == [(offered, 8, True)]
    assert [sheet.plan for sheet in plan_lists.plan_drafts(clinic, at)] == [draft]
    assert [(row.sheet.plan, row.is_late) for row in plan_lists.plans_to_book(clinic, at)] == [(agreed, True)]
    assert queries.open_plan_count(clinic, pia.pk, at) == 1

    make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at + timedelta(days=2), status="confirmed"
    )

    assert plan_lists.plans_to_book(clinic, at) == []


def test_desk_may_have_it_signed_but_not_write_it(plan, rosa, dana_user, at):
    with pytest.raises(NotAllowed):
        services.offer_plan(by=rosa, plan=plan, at=at)
    services.offer_plan(by=dana_user, plan=plan, at=at)

    services.decide_plan(by=rosa, plan=plan, kind="later", at=at)


def test_other_clinics_plan_is_not_found(plan, other_clinic, omar, at):
    for find, key in (
        (queries.plan, plan.pk),
        (queries.plan_option, plan.rows[0].pk),
        (queries.plan_stage, stage_of(plan).pk),
        (queries.plan_item, stage_of(plan).rows[0].pk),
    ):
        with pytest.raises(NotFound):
            find(other_clinic, key)
    with pytest.raises(NotAllowed):
        services.offer_plan(by=omar, plan=plan, at=at)


def test_what_is_due_is_wanted_for_the_next_visit(pia, dana_user, crown, cleaning, at):
    plan = make_plan(patient=pia, by=dana_user, at=at, items=[(cleaning, [])])
    later = services.add_stage(by=dana_user, option=plan.rows[0], after_days=14, at=at)
    services.add_plan_item(by=dana_user, stage=later, procedure=crown, teeth=[36], at=at)
    services.offer_plan(by=dana_user, plan=plan, at=at)
    services.decide_plan(by=dana_user, plan=plan, kind="accepted", option=plan.rows[0], signature=SIGNED, at=at)
    visit = make_visit(clinic=pia.clinic, patient=pia, at=at, status="to_pay")
    make_treatment(visit=visit, procedure=cleaning)

    wanted = queries.next_visit_wanted(visit)
    assert (wanted.procedure, wanted.after_days, wanted.is_wanted) == (crown, 14, True)

    services.want_next_visit(by=dana_user, visit=visit, procedure=None, after_days=None, note="", is_none=True, at=at)

    assert not queries.next_visit_wanted(visit).is_wanted


def test_plan_that_changed_or_went_meanwhile_is_told(plan, pia, dana_user, at):
    from incisor.visits.services._plans import lock_plan, step_to

    stale = again(plan)
    services.offer_plan(by=dana_user, plan=plan, at=at)

    with pytest.raises(services.PlanChanged):
        step_to(stale, "put_away", at=at)
    with pytest.raises(NotFound):
        lock_plan(TreatmentPlan(clinic=pia.clinic))


def test_question_is_opened_again_though_no_answer_stands(pia, dana_user, at):
    plan = make_agreed(patient=pia, by=dana_user, at=at)
    PlanDecision.objects.all().delete()

    services.take_back_decision(by=dana_user, plan=plan, reason="补记", at=at)

    assert status(plan) == "offered"


def test_look_at_a_plan_is_kept(plan, rosa, at):
    services.look_at_plan(by=rosa, plan=plan, at=at)

    assert Entry.objects.filter(what="plan.seen", is_look=True).count() == 1
