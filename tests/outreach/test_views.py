"""The pages of follow-up: the list with the call, a patient's contacts, plans."""

from datetime import date

import pytest
from django.urls import reverse

from incisor.kernel import clock
from incisor.outreach.models import FollowUpCall, FollowUpTask, Protocol, ProtocolStep
from tests.factories.outreach import make_protocol, make_task
from tests.factories.patients import make_patient

HTMX = {"HX-Request": "true"}


@pytest.fixture
def today(clinic):
    return clock.business_date(clock.now(), clinic.zone)


def test_list_shows_what_is_due_and_the_first_call(as_rosa, clinic, pia, today):
    make_task(clinic=clinic, patient=pia, due_on=today)

    page = as_rosa.get(reverse("outreach:follow-ups")).content.decode()

    assert page.count("皮亚") >= 2
    assert 'value="no_answer"' in page


def test_empty_list_says_so(as_rosa):
    assert "今天没有要回访的" in as_rosa.get(reverse("outreach:follow-ups")).content.decode()


def test_recorded_call_goes_on_to_the_next_with_undo(as_rosa, clinic, pia, system, today):
    first = make_task(clinic=clinic, patient=pia, due_on=date(2026, 3, 1))
    other = make_patient(clinic=clinic, name="秦安", file_number="A000002", created_by=system)
    second = make_task(clinic=clinic, patient=other, due_on=today)

    answer = as_rosa.post(
        reverse("outreach:record-call", args=[first.pk]),
        {"outcome": "well", "satisfaction": "c", "note": "", "order": f"{first.pk} {second.pk}"},
        headers=HTMX,
    )

    assert answer.status_code == 200
    assert f"task-{second.pk}" in answer.content.decode()
    assert reverse("outreach:undo-call", args=[FollowUpCall.objects.get().pk]) in answer.headers["HX-Trigger"]
    assert FollowUpTask.objects.get(pk=first.pk).status == "done"


def test_call_without_outcome_keeps_what_was_typed(as_rosa, clinic, pia, today):
    task = make_task(clinic=clinic, patient=pia, due_on=today)

    answer = as_rosa.post(reverse("outreach:record-call", args=[task.pk]), {"note": "说话很急"}, headers=HTMX)

    assert answer.status_code == 422
    assert "说话很急" in answer.content.decode()
    assert "请选择通话结果" in answer.content.decode()


def test_outsider_finds_nothing(as_omar, clinic, pia, today):
    task = make_task(clinic=clinic, patient=pia, due_on=today)

    assert as_omar.post(reverse("outreach:record-call", args=[task.pk]), {"outcome": "well"}).status_code == 404
    assert as_omar.get(reverse("outreach:contacts", args=[pia.pk])).status_code == 404
    assert "皮亚" not in as_omar.get(reverse("outreach:follow-ups")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_queries(as_rosa, clinic, system, today, count, django_assert_max_num_queries):
    for number in range(count):
        patient = make_patient(clinic=clinic, file_number=f"A{number:06d}", created_by=system)
        make_task(clinic=clinic, patient=patient, due_on=today)
    as_rosa.get(reverse("outreach:follow-ups"))

    with django_assert_max_num_queries(22):
        as_rosa.get(reverse("outreach:follow-ups"))


def test_plans_are_read_by_the_desk_and_changed_by_the_manager(as_rosa, clinic, at):
    plan = make_protocol(clinic=clinic, at=at)

    assert as_rosa.get(reverse("outreach:protocols")).status_code == 200
    assert as_rosa.get(reverse("outreach:protocol", args=[plan.pk])).status_code == 200
    assert as_rosa.get(reverse("outreach:step", args=[ProtocolStep.objects.get().pk])).status_code == 403


def test_manager_changes_a_step(as_mona, clinic, at):
    make_protocol(clinic=clinic, at=at)
    step = ProtocolStep.objects.get()
    values = {"role": "nurse", "contact": "call", "after_days": "2", "purpose_zh": "问恢复", "purpose_en": "Ask"}

    answer = as_mona.post(reverse("outreach:step", args=[step.pk]), values)

    assert answer.status_code == 303
    assert Protocol.objects.get(is_active=True).version == 2


def test_contacts_of_a_patient(as_rosa, clinic, pia, rosa, at):
    from incisor.outreach.services import record_call

    record_call(by=rosa, task=make_task(clinic=clinic, patient=pia), outcome="well", note="都好", at=at)

    assert "都好" in as_rosa.get(reverse("outreach:contacts", args=[pia.pk])).content.decode()
