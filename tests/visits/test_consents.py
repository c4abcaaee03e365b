"""Consent before the treatment starts: signed, overruled by a dentist with a reason, and never forgotten."""

from datetime import timedelta

import pytest
from django.urls import reverse

from incisor.audit.models import Entry
from incisor.kernel.errors import NotAllowed, NotFound
from incisor.reception.services import set_stage
from incisor.visits import queries, services
from incisor.visits.enums import VisitStage
from incisor.visits.models import ConsentOverrule
from tests.factories.billing import make_treatment
from tests.factories.clinics import make_procedure
from tests.factories.forms import make_design, make_rule, make_signed
from tests.factories.scheduling import make_appointment
from tests.factories.visits import make_note, make_visit

PART = {"HX-Request": "true"}


@pytest.fixture
def extraction(db):
    return make_procedure(code="extract", name_zh="普通拔牙", name_en="Extraction", is_high_risk=True)


@pytest.fixture
def visit(clinic, pia, dana, chair, extraction, at):
    appointment = make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at, status="in_treatment", procedure=extraction
    )
    made = make_visit(clinic=clinic, patient=pia, at=at, appointment=appointment, chair=chair, status="in_chair")
    return queries.visit(clinic, made.pk)


def start(visit, by, at, stage=VisitStage.TREATING):
    return set_stage(by=by, visit=visit, stage=stage, at=at)


@pytest.mark.parametrize("stage", [stage for stage in VisitStage if stage != VisitStage.SEATED])
def test_high_risk_treatment_does_not_start_without_a_signature(visit, dana_user, at, stage):
    with pytest.raises(services.NotReadyForTreatment) as refused:
        start(visit, dana_user, at, stage)

    assert refused.value.details["url"] == reverse("visits:consents", args=[visit.pk])
    visit.refresh_from_db()
    assert visit.stage != stage


def test_sitting_down_needs_no_signature(visit, dana_user, at):
    assert start(visit, dana_user, at, VisitStage.SEATED).visit.stage == "seated"


def test_signed_consent_lets_it_start(visit, clinic, pia, rosa, dana_user, extraction, at):
    design = make_design(clinic=clinic, at=at, key="c", purpose="consent", procedures=[extraction])
    make_signed(patient=pia, design=design, by=rosa, at=at - timedelta(minutes=5))

    assert start(visit, dana_user, at).visit.stage == "treating"


def test_form_that_the_clinic_asks_for_counts_like_high_risk(visit, clinic, extraction, cleaning, dana_user, at):
    extraction.is_high_risk = False
    extraction.save()
    assert queries.consents_of(visit, at) == []
    design = make_design(clinic=clinic, at=at, key="c", purpose="consent", procedures=[extraction])
    make_rule(design=design, occasion="procedure", since=at.date())

    assert [one.procedure for one in queries.missing_consents(visit, at)] == [extraction]


def test_dentist_overrules_with_a_reason(visit, dana_user, extraction, at):
    with pytest.raises(services.OverruleReasonNeeded):
        services.overrule_consent(by=dana_user, visit=visit, procedure=extraction, reason=" 急 ", at=at)

    made = services.overrule_consent(by=dana_user, visit=visit, procedure=extraction, reason="纸质同意书已签", at=at)
    again = services.overrule_consent(by=dana_user, visit=visit, procedure=extraction, reason="再说一次", at=at)

    assert again == made
    assert start(visit, dana_user, at).visit.stage == "treating"
    told = Entry.objects.get(what="consent.overruled")
    assert "纸质同意书已签" in told.detail


def test_overrule_is_taken_back(visit, dana_user, extraction, at):
    made = services.overrule_consent(by=dana_user, visit=visit, procedure=extraction, reason="纸质同意书", at=at)
    services.take_back_overrule(by=dana_user, overrule=made, at=at)

    with pytest.raises(services.NotReadyForTreatment):
        start(visit, dana_user, at)
    with pytest.raises(NotFound):
        services.take_back_overrule(by=dana_user, overrule=made, at=at)
    assert ConsentOverrule.objects.filter(taken_back_at=None).count() == 0


def test_only_a_dentist_overrules_and_only_what_is_needed(visit, rosa, mona, dana_user, cleaning, extraction, at):
    for other in (rosa, mona):
        with pytest.raises(NotAllowed):
            services.overrule_consent(by=other, visit=visit, procedure=extraction, reason="纸质同意书", at=at)
    with pytest.raises(NotFound):
        services.overrule_consent(by=dana_user, visit=visit, procedure=cleaning, reason="纸质同意书", at=at)


def test_note_is_not_signed_over_a_missing_consent(visit, clinic, dana_user, extraction, at):
    make_treatment(visit=visit, procedure=extraction, teeth=[38])
    note = make_note(visit=visit, by=dana_user, at=at)

    with pytest.raises(services.ConsentMissing):
        services.sign_note(by=dana_user, visit=visit, version=note.version, at=at)
    services.overrule_consent(by=dana_user, visit=visit, procedure=extraction, reason="昏迷急救", at=at)

    assert services.sign_note(by=dana_user, visit=visit, version=note.version, at=at).signed_at == at


def test_what_was_only_booked_does_not_hold_up_the_note(visit, dana_user, at):
    note = make_note(visit=visit, by=dana_user, at=at)

    assert services.sign_note(by=dana_user, visit=visit, version=note.version, at=at).signed_at == at


def test_page_leads_to_the_form_and_takes_the_reason(client, dana_user, visit, clinic, extraction, at):
    client.force_login(dana_user)
    url = reverse("visits:consents", args=[visit.pk])
    assert "还没有适用于这个项目的同意书" in client.get(url).content.decode()
    make_design(clinic=clinic, at=at, key="c", purpose="consent", procedures=[extraction], title_zh="拔牙同意书")
    page = client.get(url, headers=PART).content.decode()
    overrule = reverse("visits:consent-overrule", args=[visit.pk])

    assert "拔牙同意书" in page
    assert client.post(overrule, {"procedure": extraction.pk, "reason": ""}, headers=PART).status_code == 422
    assert client.post(overrule, {"procedure": "x", "reason": "纸质同意书"}).status_code == 422
    done = client.post(overrule, {"procedure": extraction.pk, "reason": "纸质同意书"}, headers=PART)
    made = ConsentOverrule.objects.get()
    assert (done.status_code, made.reason) == (200, "纸质同意书")
    assert client.post(reverse("visits:consent-overrule-undo", args=[made.pk])).status_code == 303
    assert ConsentOverrule.objects.get().taken_back_by == dana_user


def test_desk_sees_but_does_not_overrule(as_rosa, visit, extraction):
    page = as_rosa.get(reverse("visits:consents", args=[visit.pk])).content.decode()

    assert "只有医生可以决定不签就开始" in page
    posted = as_rosa.post(
        reverse("visits:consent-overrule", args=[visit.pk]), {"procedure": extraction.pk, "reason": "纸质"}
    )
    assert posted.status_code == 403


def test_other_clinics_visit_is_not_found(as_omar, visit):
    assert as_omar.get(reverse("visits:consents", args=[visit.pk])).status_code == 404


def test_stage_button_opens_the_consents(client, dana_user, visit):
    client.force_login(dana_user)

    answer = client.post(reverse("reception:stage", args=[visit.pk]), {"stage": "treating"}, headers=PART)

    assert answer.status_code == 409
    assert reverse("visits:consents", args=[visit.pk]) in answer.headers["HX-Trigger"]
