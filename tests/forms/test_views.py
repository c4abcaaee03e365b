"""Pages of forms: designed, filled in at the desk and on the tablet, signed, read, taken over."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from incisor.accounts.models import SignIn
from incisor.forms import queries, services
from incisor.forms.models import FilledForm, FormDesign, FormRule, FormVersion, Handout
from incisor.messaging.models import OutboxMessage
from tests.factories.forms import STROKES, make_design, make_filled, make_rule, make_signed, small_content
from tests.factories.patients import make_patient

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def design(clinic, at):
    return make_design(clinic=clinic, at=at)


def url(name, *args):
    return reverse(f"forms:{name}", args=args)


def text_of(response):
    return response.content.decode()


def go(client, address):
    """Follow where an address leads."""
    answer = client.get(address)
    while "Location" in answer.headers:
        answer = client.get(answer.headers["Location"])
    return answer


POSTED = {
    "f-name": "皮娅",
    "f-phone": "",
    "f-allergies": ["", "penicillin"],
    "f-true": ["no", "yes"],
    "s-sign_patient": STROKES,
}


# --- design


def test_list_shows_the_forms_and_warns_of_what_no_form_covers(as_mona, design, other_clinic, at):
    from tests.factories.clinics import make_procedure

    make_design(clinic=other_clinic, at=at, title_zh="别家的表")
    make_procedure(code="risky", name_zh="高风险手术", is_high_risk=True)

    page = text_of(as_mona.get(url("designs")))

    assert "登记表" in page
    assert "高风险手术" in page
    assert "别家的表" not in page


def test_list_costs_the_same_with_one_form_and_with_three(as_mona, clinic, at, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_design(clinic=clinic, at=at, key="one")
    as_mona.get(url("designs"))
    with CaptureQueriesContext(connection) as first:
        as_mona.get(url("designs"))
    for key in ("two", "three"):
        make_design(clinic=clinic, at=at, key=key)

    with django_assert_num_queries(len(first)):
        as_mona.get(url("designs"))


def test_receptionist_may_not_design(as_rosa, design):
    assert as_rosa.get(url("designs")).status_code == 403


def test_new_form_is_designed_step_by_step_and_published(as_mona, clinic):
    typed = {"title_zh": "新表", "title_en": "New", "purpose": "other", "copy_of": ""}
    made = as_mona.post(url("new-design"), typed)
    design = FormDesign.objects.get()
    draft = FormVersion.objects.get()
    assert made.headers["Location"] == url("designer", design.pk)
    step = url("draft-step", draft.pk)

    def do(**values):
        seen = FormVersion.objects.get().step_count
        return as_mona.post(step, {"seen": seen, **values}, headers={**FRAGMENT, "HX-Target": "design"})

    answer = do(what="add_field", section="s1", kind="text")
    assert "panel-open" in answer.headers["HX-Trigger"]
    do(what="add_field", section="s1", kind="signature")
    do(what="step_field", key="f2", by="-1")
    assert [one["key"] for one in FormVersion.objects.get().content["sections"][0]["fields"]] == ["f2", "f1"]
    refused = as_mona.post(url("draft-publish", draft.pk), headers=FRAGMENT)
    assert refused.status_code == 422
    for key, label in (("f1", "姓名"), ("f2", "签名")):
        seen = FormVersion.objects.get().step_count
        saved = as_mona.post(
            url("draft-field", draft.pk, key),
            {"label_zh": label, "label_en": label, "signer": "patient", "seen": seen},
            headers=FRAGMENT,
        )
        assert saved.status_code == 204, text_of(saved)
    published = as_mona.post(url("draft-publish", draft.pk))

    assert published.status_code == 303
    assert FormVersion.objects.get().state == "published"
    assert "姓名" in text_of(as_mona.get(url("version", draft.pk)))


def test_step_after_somebody_elses_is_refused_and_said(as_mona, design, mona, at):
    draft = services.begin_draft(by=mona, design=design, at=at)
    services.edit_draft(by=mona, version=draft, what="add_section", seen=0, values={}, at=at)

    answer = as_mona.post(url("draft-step", draft.pk), {"what": "add_section", "seen": 0}, headers=FRAGMENT)

    assert answer.status_code == 409
    assert "toast" in answer.headers["HX-Trigger"]


def test_removed_field_comes_back_by_undo(as_mona, design, mona, at):
    draft = services.begin_draft(by=mona, design=design, at=at)
    before = draft.content
    removed = as_mona.post(
        url("draft-step", draft.pk), {"what": "remove_field", "key": "name", "seen": 0}, headers=FRAGMENT
    )
    assert url("draft-undo", draft.pk) in removed.headers["HX-Trigger"]

    as_mona.post(url("draft-undo", draft.pk), headers=FRAGMENT)

    assert FormVersion.objects.get(pk=draft.pk).content == before


@pytest.mark.parametrize("values", [{"what": "drop_table"}, {"what": "add_field", "kind": "x", "section": "s1"}, {}])
def test_step_that_is_none_is_not_found(as_mona, design, mona, at, values):
    draft = services.begin_draft(by=mona, design=design, at=at)

    assert as_mona.post(url("draft-step", draft.pk), values).status_code == 404


def test_published_version_is_not_edited(as_mona, design):
    version = queries.published_of(design)

    answer = as_mona.post(url("draft-step", version.pk), {"what": "add_section", "seen": 0}, headers=FRAGMENT)

    assert answer.status_code == 409
    assert as_mona.get(url("designer", design.pk)).headers["Location"] == url("design", design.pk)


def test_pages_around_the_design_open(as_mona, design, mona, at):
    draft = services.begin_draft(by=mona, design=design, at=at)
    for address in (
        url("designs"),
        url("designs") + "?old=1",
        url("new-design"),
        url("design", design.pk),
        url("design-use", design.pk),
        url("designer", design.pk),
        url("draft-title", draft.pk),
        url("draft-field", draft.pk, "name"),
        url("draft-section", draft.pk, "s1"),
        url("version", draft.pk) + "?language=en&size=phone",
        url("rules"),
        url("new-rule"),
        url("policy"),
    ):
        assert as_mona.get(address).status_code == 200, address


def test_use_is_changed_and_form_put_away_and_taken_back(as_mona, clinic, design, cleaning):
    typed = {"purpose": "consent", "valid_months": 6, "procedures": [str(cleaning.pk)], "version": 1}
    as_mona.post(url("design-use", design.pk), typed)
    as_mona.post(url("design-retire", design.pk))

    found = queries.design(clinic, design.pk)
    assert (
        found.purpose,
        found.valid_months,
        [one.procedure_id for one in found.held_procedures],
        found.is_active,
    ) == (
        "consent",
        6,
        [cleaning.pk],
        False,
    )
    as_mona.post(url("design-restore", design.pk))
    assert queries.design(clinic, design.pk).is_active


def test_rules_are_set_stopped_and_resumed(as_mona, design):
    as_mona.post(url("new-rule"), {"design": str(design.pk), "occasion": "every", "months": 12, "only": ""})
    rule = FormRule.objects.get()
    as_mona.post(url("rule-stop", rule.pk))
    assert not FormRule.objects.get().is_active
    as_mona.post(url("rule-resume", rule.pk))
    assert (rule.months, FormRule.objects.get().is_active) == (12, True)

    wrong = as_mona.post(url("new-rule"), {"design": str(design.pk), "occasion": "procedure", "only": ""})
    assert wrong.status_code == 422


def test_figures_are_changed(as_mona, clinic):
    typed = {"guardian_below_age": 16, "link_hours": 24, "tablet_minutes": 30, "version": 1}

    as_mona.post(url("policy"), typed)

    found = queries.policy(clinic)
    assert (found.guardian_below_age, found.link_hours, found.tablet_minutes) == (16, 24, 30)


# --- the patient's page


def test_patient_page_shows_what_is_missing(as_rosa, clinic, pia, design, at):
    make_rule(design=design, since=at.date())

    page = text_of(as_rosa.get(url("patient-forms", pia.pk)))

    assert 'checked><span class="form-check-label">登记表' in page


def test_forms_of_another_clinic_stay_there(as_omar, pia, design, rosa, at):
    signed = make_signed(patient=pia, design=design, by=rosa, at=at)

    for address in (url("patient-forms", pia.pk), url("filled", signed.pk), url("copy", signed.pk)):
        assert as_omar.get(address).status_code == 404


def test_begun_list_costs_the_same_with_one_and_three(
    as_rosa, clinic, design, rosa, pia, at, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_filled(patient=pia, design=design, by=rosa, at=at)
    as_rosa.get(url("begun"))
    with CaptureQueriesContext(connection) as first:
        as_rosa.get(url("begun"))
    for number in ("2", "3"):
        other = make_patient(clinic=clinic, file_number=f"A00000{number}", name=f"王{number}")
        make_filled(patient=other, design=design, by=rosa, at=at)

    with django_assert_num_queries(len(first)):
        page = text_of(as_rosa.get(url("begun")))

    assert "王3" in page


# --- at the desk


def test_form_is_begun_saved_and_signed_at_the_desk(as_rosa, pia, design):
    begun = as_rosa.post(url("fill-here", pia.pk), {"design": [str(design.pk)]})
    filled = FilledForm.objects.get()
    assert begun.headers["Location"] == url("fill", filled.pk)
    page = text_of(as_rosa.get(url("fill", filled.pk)))
    assert pia.name in page
    assert "138****1111" in page
    assert "13800001111" not in page

    kept = as_rosa.post(
        url("fill-save", filled.pk), {"revision": 0, "f-name": "皮娅娅", "f-allergies": ["", "lidocaine"]}
    )
    assert kept.json() == {"revision": 1}
    assert 'value="皮娅娅"' in text_of(as_rosa.get(url("fill", filled.pk)))

    signed = as_rosa.post(url("fill-sign", filled.pk), {"revision": 1, **POSTED})

    filled.refresh_from_db()
    assert filled.status == "signed"
    assert signed.headers["Location"] == url("filled", filled.pk)
    page = text_of(as_rosa.get(url("filled", filled.pk)))
    assert filled.number in page
    assert "tag-good" in page
    pdf = as_rosa.get(url("copy", filled.pk))
    assert (pdf.headers["Content-Type"], pdf.content[:4]) == ("application/pdf", b"%PDF")


def test_what_was_typed_and_drawn_comes_back_with_the_mistakes(as_rosa, pia, design, rosa, at):
    filled = make_filled(patient=pia, design=design, by=rosa, at=at)

    answer = as_rosa.post(url("fill-sign", filled.pk), {"revision": 0, **POSTED, "f-true": ["no"]})

    page = text_of(answer)
    assert answer.status_code == 422
    assert 'value="皮娅"' in page
    assert STROKES.replace('"', "&quot;") in page
    assert page.count("fill-wrong") == 1


def test_second_screen_is_told_and_loses_nothing(as_rosa, pia, design, rosa, at):
    filled = make_filled(patient=pia, design=design, by=rosa, at=at)
    services.save_answers(by=rosa, filled=filled, answers={"name": "先"}, revision=0, at=at)

    answer = as_rosa.post(url("fill-save", filled.pk), {"revision": 0, "f-name": "后"}, headers=FRAGMENT)

    assert answer.status_code == 409
    assert queries.answers_of(FilledForm.objects.get())["name"] == "先"


def test_form_is_put_away_and_taken_up(as_rosa, pia, design, rosa, at):
    filled = make_filled(patient=pia, design=design, by=rosa, at=at)

    as_rosa.post(url("fill-drop", filled.pk))
    assert FilledForm.objects.get().status == "dropped"
    assert as_rosa.get(url("fill", filled.pk)).headers["Location"] == url("filled", filled.pk)
    assert as_rosa.get(url("filled", filled.pk)).status_code == 200
    as_rosa.post(url("fill-take-up", filled.pk))

    assert FilledForm.objects.get().status == "open"


def test_nothing_chosen_is_said(as_rosa, pia, design):
    answer = as_rosa.post(url("fill-here", pia.pk), {}, headers=FRAGMENT)

    assert answer.status_code == 409
    assert not FilledForm.objects.exists()


def test_offers_are_taken_over_in_one_click_and_back(as_rosa, pia, design, rosa, at):
    signed = make_signed(patient=pia, design=design, by=rosa, at=at, answers={"phone": "13900002222"})
    page = text_of(as_rosa.get(url("filled", signed.pk)))
    offered = re.findall(r'name="offer" value="([^"]+)" checked', page)
    assert offered == ["phone:", "allergies:penicillin"]
    assert "<del>13800001111</del> → </span>" in page or "<del>13800001111</del>" in page

    as_rosa.post(url("review", signed.pk), {"offer": offered})

    pia.refresh_from_db()
    assert pia.phone == "13900002222"
    assert [one.code for one in pia.alerts.filter(ended_at=None)] == ["penicillin"]
    as_rosa.post(url("review-undo", signed.pk))
    pia.refresh_from_db()
    assert pia.phone == "13800001111"
    assert not pia.alerts.filter(ended_at=None).exists()


def test_withdrawal_is_noted_and_shown(as_rosa, pia, design, rosa, at):
    signed = make_signed(patient=pia, design=design, by=rosa, at=at)
    assert as_rosa.post(url("withdraw", signed.pk), {"said_by": "", "reason": ""}).status_code == 422

    as_rosa.post(url("withdraw", signed.pk), {"said_by": "皮娅", "reason": "不想做了"})

    assert "不想做了" in text_of(as_rosa.get(url("filled", signed.pk)))
    assert as_rosa.get(url("withdraw", signed.pk)).status_code == 200


def test_pdf_is_compared(as_rosa, pia, design, rosa, at):
    from django.core.files.uploadedfile import SimpleUploadedFile

    signed = make_signed(patient=pia, design=design, by=rosa, at=at)
    ours = as_rosa.get(url("copy", signed.pk)).content

    def compare(content):
        file = SimpleUploadedFile("a.pdf", content, content_type="application/pdf")
        return text_of(as_rosa.post(url("copy-check", signed.pk), {"file": file}))

    assert "notice-good" in compare(ours)
    assert "notice-bad" in compare(ours + b"x")
    assert as_rosa.post(url("copy-check", signed.pk), {}).status_code == 422


# --- the tablet


@pytest.fixture
def tablet(as_rosa, pia, design):
    answer = as_rosa.post(url("hand-tablet", pia.pk), {"design": [str(design.pk)]})
    return as_rosa, answer.headers["Location"]


def test_tablet_shows_the_forms_only_and_locks_the_rest(tablet, pia):
    screen, address = tablet
    assert SignIn.objects.get().locked_at is not None
    page = go(screen, address)
    assert page.status_code == 200
    assert "nav-rail" not in text_of(page)

    elsewhere = screen.get(reverse("patients:patient", args=[pia.pk]))

    assert reverse("accounts:unlock") in elsewhere.headers["Location"]


def test_form_is_saved_and_signed_on_the_tablet(tablet, pia):
    screen, address = tablet
    filled = FilledForm.objects.get()
    form = f"{address}{filled.pk}/"
    assert screen.post(f"{form}save/", {"revision": 0, "f-name": "皮"}).json() == {"revision": 1}
    assert screen.post(f"{form}save/", {"revision": 0, "f-name": "皮"}).status_code == 409
    wrong = screen.post(f"{form}sign/", {"revision": 1, **POSTED, "s-sign_patient": ""})
    assert wrong.status_code == 422

    done = go(screen, screen.post(f"{form}sign/", {"revision": 1, **POSTED}).headers["Location"])

    filled.refresh_from_db()
    assert (filled.status, filled.way) == ("signed", "tablet")
    assert queries.copy_of(filled) is not None
    assert "fill-thanks" in text_of(done)
    assert screen.post(f"{form}sign/", {"revision": 1, **POSTED}).headers["Location"] == address
    back = screen.post(f"{address}end/")
    assert reverse("accounts:unlock") in back.headers["Location"]
    assert screen.get(address).status_code == 404


def test_tablet_changes_the_language(tablet):
    screen, address = tablet

    screen.post(f"{address}language/", {"language": "en"})

    assert "Registration" in text_of(go(screen, address))


def test_tablet_of_one_handout_does_not_open_forms_of_another(tablet, clinic, design, rosa, at):
    screen, address = tablet
    other = make_patient(clinic=clinic, file_number="A000009", name="王五")
    foreign = make_filled(patient=other, design=design, by=rosa, at=at)

    assert screen.get(f"{address}{foreign.pk}/").status_code == 404
    assert Client().get(reverse("forms:tablet", args=["x" * 32])).status_code == 404


def test_tablet_runs_out(tablet):
    from datetime import UTC, datetime

    screen, address = tablet
    Handout.objects.update(expires_at=datetime(2020, 1, 1, tzinfo=UTC))

    assert screen.get(address).status_code == 404


# --- the link


def test_link_is_shown_sent_and_closed(as_rosa, pia, design):
    page = as_rosa.post(url("send-link", pia.pk), {"design": [str(design.pk)], "is_sent": "on"})
    handout = Handout.objects.get()
    assert page.status_code == 200
    assert "<svg" in text_of(page)

    as_rosa.post(url("handout-end", handout.pk))

    handout.refresh_from_db()
    assert handout.ended_at is not None
    assert not OutboxMessage.objects.filter(status="waiting").exists()


def test_link_needs_a_phone(as_rosa, clinic, design):
    patient = make_patient(clinic=clinic, file_number="A000008", phone="")

    answer = as_rosa.post(url("send-link", patient.pk), {"design": [str(design.pk)]}, headers=FRAGMENT)

    assert answer.status_code == 409
    assert not Handout.objects.exists()


def test_staff_form_waits_after_the_tablet_and_is_signed_at_the_desk(clinic, as_rosa, pia, rosa, dana_user, at):
    design = make_design(clinic=clinic, at=at, key="consent", purpose="consent", content=small_content(staff=True))
    address = as_rosa.post(url("hand-tablet", pia.pk), {"design": [str(design.pk)]}).headers["Location"]
    filled = FilledForm.objects.get()
    as_rosa.post(f"{address}{filled.pk}/sign/", {"revision": 0, **POSTED})
    filled.refresh_from_db()
    assert filled.status == "waiting"
    desk = Client()
    desk.force_login(dana_user)
    assert text_of(desk.get(url("begun"))).count("登记表") >= 1
    assert desk.get(url("fill", filled.pk)).status_code == 200

    desk.post(url("fill-sign", filled.pk), {"revision": 1, "s-sign_staff-typed": "yes"})

    filled.refresh_from_db()
    assert filled.status == "signed"
    assert [(one.signer, one.mark) for one in queries.signatures_of(filled)] == [
        ("patient", "drawn"),
        ("staff", "typed"),
    ]
