"""Enquiries and answers."""

from datetime import timedelta

import pytest
from django.urls import reverse

from incisor.audit.models import Entry
from incisor.enquiries import queries, services
from incisor.enquiries.models import Answer, Lead
from incisor.enquiries.services import LeadRefused
from incisor.enquiries.setup import shipped
from incisor.kernel.errors import ChangedMeanwhile
from incisor.patients.models import Patient
from incisor.patients.services import register_patient
from incisor.scheduling.services import book_appointment
from incisor.visits.services import begin_visit
from tests.factories.enquiries import make_answer, make_lead
from tests.factories.patients import make_patient


def test_enquiry_goes_from_the_first_word_to_the_chair_by_itself(clinic, rosa, mona, dana, chair, cleaning, system, at):
    lead = services.add_lead(
        by=rosa,
        clinic=clinic,
        name="林小姐",
        number="139 0000 3333",
        wanted="洗牙",
        source="phone",
        consultant=mona,
        at=at,
    )
    assert (lead.consultant, lead.stage, lead.patient) == (mona, "new", None)
    lead = services.move_lead(
        by=mona, lead=lead, version=lead.version, to="contacted", text="周末回电", next_on=at.date(), at=at
    )
    patient = make_patient(clinic=clinic, name="林小姐", phone="13900003333")
    services.tie_lead(by=rosa, lead=lead, patient=patient, at=at)

    start = at + timedelta(hours=1, minutes=30)
    booked = book_appointment(
        by=rosa,
        clinic=clinic,
        patient=patient,
        dentist=dana,
        chair=chair,
        starts_at=start,
        procedures=[cleaning],
        at=at,
    )
    lead.refresh_from_db()
    assert (lead.stage, lead.appointment_id) == ("booked", booked.pk)
    begin_visit(by=rosa, clinic=clinic, patient=patient, appointment=booked, at=start)
    lead.refresh_from_db()
    assert lead.stage == "arrived"
    assert [step.to_stage for step in lead.steps.order_by("at", "pk")] == ["new", "contacted", "booked", "arrived"]


def test_known_number_ties_the_enquiry_at_once(clinic, rosa, pia, at):
    lead = services.add_lead(
        by=rosa, clinic=clinic, name="皮亚", number=pia.phone, wanted="矫正", source="wechat", at=at
    )
    assert (lead.patient, lead.consultant) == (pia, rosa)
    assert queries.lead_of_patient(clinic.pk, pia.pk) == lead


def test_refusals_of_enquiries(clinic, rosa, omar, at):
    words = {"by": rosa, "clinic": clinic, "name": "x", "wanted": "y", "source": "phone", "at": at}
    with pytest.raises(LeadRefused):
        services.add_lead(**words, number="123")
    with pytest.raises(LeadRefused):
        services.add_lead(**words, number="", consultant=omar)
    lead = make_lead(clinic=clinic, by=rosa)
    with pytest.raises(LeadRefused):
        services.move_lead(by=rosa, lead=lead, version=1, to="won", at=at)
    with pytest.raises(LeadRefused):
        services.move_lead(by=rosa, lead=lead, version=1, to="lost", at=at)
    with pytest.raises(ChangedMeanwhile):
        services.move_lead(by=rosa, lead=lead, version=7, to="contacted", at=at)
    stale = queries.lead(clinic, lead.pk)
    services.move_lead(by=rosa, lead=lead, version=1, to="lost", lost_reason="price", at=at)
    with pytest.raises(ChangedMeanwhile):
        services.tie_lead(by=rosa, lead=stale, patient=make_patient(clinic=clinic), at=at)


def test_conversion_counts_by_source_and_consultant(clinic, rosa, mona, at):
    for source, stage, by in [
        ("phone", "new", rosa),
        ("phone", "won", rosa),
        ("friend", "lost", mona),
        ("phone", "arrived", mona),
    ]:
        make_lead(clinic=clinic, by=by, source=source, stage=stage, created_at=at)
    make_lead(clinic=clinic, by=rosa, created_at=at - timedelta(days=100))
    span = {"since": at - timedelta(days=1), "until": at + timedelta(days=1)}

    by_source = {one.label: one for one in queries.conversion(clinic, by="source", **span)}
    by_person = {one.label: one for one in queries.conversion(clinic, by="consultant", **span)}

    phone = by_source["phone"]
    assert (phone.all, phone.arrived, phone.won, phone.lost, phone.percent) == (3, 2, 1, 0, 33)
    assert (by_source["friend"].lost, by_source["friend"].percent) == (1, 0)
    assert {name: one.all for name, one in by_person.items()} == {rosa.name: 2, mona.name: 2}


def test_pages_of_enquiries(as_rosa, rosa, clinic):
    typed = {"name": "林小姐", "number": "13900003333", "wanted": "种植", "source": "phone"}
    assert as_rosa.post(reverse("enquiries:lead-new"), {**typed, "number": "1"}).status_code == 422
    assert as_rosa.post(reverse("enquiries:lead-new"), typed).status_code == 303
    lead = Lead.objects.get()
    for query in ({}, {"stage": "new"}, {"stage": "lost", "who": "mine"}, {"stage": "?"}):
        assert as_rosa.get(reverse("enquiries:leads"), query).status_code == 200
    assert "种植" in as_rosa.get(reverse("enquiries:lead", args=[lead.pk])).content.decode()
    move = reverse("enquiries:lead-move", args=[lead.pk])
    assert as_rosa.post(move, {"version": 1, "to": "lost"}).status_code == 422
    assert as_rosa.post(move, {"version": 1}).status_code == 422
    assert as_rosa.post(move, {"version": 1, "to": "contacted", "text": "回电"}).status_code == 303
    assert as_rosa.get(reverse("enquiries:lead-figures")).status_code == 200


def test_enquiry_becomes_a_file_and_a_booking_in_one_click(as_rosa, rosa, clinic):
    lead = make_lead(clinic=clinic, by=rosa)
    there = as_rosa.post(reverse("enquiries:lead-register", args=[lead.pk])).headers["Location"]
    patient = Patient.objects.get()
    assert (patient.name, there) == ("林小姐", reverse("scheduling:book-panel", args=[patient.pk]))
    assert as_rosa.post(reverse("enquiries:lead-register", args=[lead.pk])).headers["Location"] == there


def test_person_looks_when_there_is_a_like_named_file(as_rosa, rosa, clinic, other_clinic):
    there = make_patient(clinic=clinic, name="林小姐", phone="13900003333")
    abroad = make_patient(clinic=other_clinic, name="林小姐", phone="13900003333")
    first, second = make_lead(clinic=clinic, by=rosa), make_lead(clinic=clinic, by=rosa)
    url = reverse("enquiries:lead-register", args=[first.pk])

    asked = as_rosa.post(url)

    assert asked.status_code == 422
    assert [one.patient for one in asked.context["look_alikes"]] == [there]
    assert as_rosa.post(url, {"patient": abroad.pk}).status_code == 404
    chosen = as_rosa.post(url, {"patient": there.pk})
    assert chosen.headers["Location"] == reverse("scheduling:book-panel", args=[there.pk])
    assert queries.lead(clinic, first.pk).patient == there
    as_rosa.post(reverse("enquiries:lead-register", args=[second.pk]), {"is_somebody_else": "1"})
    assert queries.lead(clinic, second.pk).patient == Patient.objects.filter(clinic=clinic).exclude(pk=there.pk).get()


def test_enquiry_without_a_number_is_tied_when_the_form_is_saved(as_rosa, rosa, clinic):
    lead = make_lead(clinic=clinic, by=rosa, number="")
    asked = as_rosa.post(reverse("enquiries:lead-register", args=[lead.pk]))
    assert asked.headers["Location"].startswith("/patients/new/")

    as_rosa.post(reverse("patients:new"), {"name": "林小姐", "phone": "13900003333"})

    patient = Patient.objects.get()
    assert queries.lead(clinic, lead.pk).patient == patient
    as_rosa.post(reverse("patients:undo-registration", args=[patient.pk]))
    assert (Patient.objects.count(), queries.lead(clinic, lead.pk).patient) == (0, None)


def test_file_of_the_same_number_is_tied_to_the_enquiry(clinic, rosa, at):
    lead = make_lead(clinic=clinic, by=rosa)
    make_lead(clinic=clinic, by=rosa, number="13900004444")

    patient = register_patient(by=rosa, clinic=clinic, name="林晓", phone="139 0000 3333", at=at)

    assert Lead.objects.get(patient=patient) == lead
    assert Entry.objects.get(what="lead.tied").patient_id == patient.pk


def test_enquiries_of_another_clinic_are_not_found(as_omar, rosa, clinic):
    lead = make_lead(clinic=clinic, by=rosa)
    assert as_omar.get(reverse("enquiries:lead", args=[lead.pk])).status_code == 404
    assert as_omar.get(reverse("enquiries:leads")).context["leads"] == []


def test_shipped_answers_are_complete_and_loaded_once(clinic, mona, at):
    assert len({one["title_zh"] for one in shipped()}) == len(shipped()) >= 30
    assert all(value.strip() for one in shipped() for name, value in one.items() if name != "words")
    assert {one["situation"] for one in shipped()} >= {
        "greeting", "phone", "price", "complaint", "child", "elderly", "emergency", "farewell", "waiting"
    }  # fmt: skip
    assert services.load_answers(by=mona, clinic=clinic, at=at) == len(shipped())
    assert services.load_answers(by=mona, clinic=clinic, at=at) == 0
    best = queries.answers(clinic, wanted="洗牙")[0]
    assert "洗牙" in best.title_zh


def test_answers_are_edited_by_whoever_may(as_mona, rosa, clinic):
    answer = make_answer(clinic=clinic)
    url = reverse("enquiries:answer", args=[answer.pk])
    typed = {"version": 1, "kind": "faq", "situation": "price", "title_zh": "多少钱", "title_en": "How much", "text_zh": "看情况",
             "text_en": "It depends"}  # fmt: skip
    assert as_mona.get(url).status_code == 200
    assert as_mona.post(url, {**typed, "title_zh": ""}).status_code == 422
    assert as_mona.post(url, typed).status_code == 303
    assert as_mona.post(reverse("enquiries:answer-new"), typed).status_code == 303
    assert Answer.objects.filter(title_zh="多少钱").count() == 2
    assert as_mona.post(reverse("enquiries:answer-hide", args=[answer.pk])).status_code == 303
    assert len(as_mona.get(reverse("enquiries:answers")).context["answers"]) == 1
    assert len(as_mona.get(reverse("enquiries:answers"), {"hidden": "1"}).context["answers"]) == 1
    assert as_mona.get(reverse("enquiries:answers"), {"q": "多少", "kind": "faq", "situation": "price"}).context[
        "answers"
    ]
    as_mona.post(reverse("enquiries:answers-load"))
    assert Answer.objects.count() == 2 + len(shipped())
    as_mona.force_login(rosa)
    assert as_mona.get(url).status_code == 403
    assert as_mona.get(reverse("enquiries:answers"), {"q": "zzz"}).status_code == 200
