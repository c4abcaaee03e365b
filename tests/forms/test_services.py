"""Designing, rules, handing out, taking over: what is written, refused, and who may."""

from datetime import timedelta

import pytest

from incisor.accounts.models import User
from incisor.audit.models import Entry
from incisor.forms import queries, services, setup
from incisor.forms.models import DraftStep, FilledForm, FormDesign, FormPolicy, FormRule, FormVersion, Handout, Review
from incisor.forms.rules import faults_of
from incisor.messaging.models import Link, OutboxMessage
from incisor.messaging.setup import load_templates
from incisor.patients.services import WrongValue
from tests.factories.clinics import make_procedure
from tests.factories.forms import ANSWERS, field, given, make_design, make_filled, make_rule, make_signed, small_content
from tests.factories.patients import make_alert, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def design(clinic, at):
    return make_design(clinic=clinic, at=at)


def edit(version, what, *, by, at, seen=None, **values):
    fresh = FormVersion.objects.get(pk=version.pk)
    seen = fresh.step_count if seen is None else seen
    return services.edit_draft(by=by, version=fresh, what=what, seen=seen, values=values, at=at)


# --- designing


def test_new_form_begins_empty_or_with_anothers_words(clinic, design, mona, at):
    empty = services.make_design(by=mona, clinic=clinic, purpose="other", title_zh="甲", title_en="A", at=at)
    copied = services.make_design(
        by=mona, clinic=clinic, purpose="other", title_zh="乙", title_en="B", at=at, copy_of=design
    )

    assert [one.key for one in (empty, copied)] == ["own_1", "own_2"]
    assert queries.draft_of(empty).content["sections"][0]["fields"] == []
    assert queries.draft_of(copied).content == small_content()
    assert queries.published_of(empty) is None


@pytest.mark.parametrize(("title_zh", "title_en", "wrong"), [(" ", "A", "title_zh"), ("甲", "", "title_en")])
def test_form_has_titles_in_both_languages(clinic, mona, at, title_zh, title_en, wrong):
    with pytest.raises(services.FormTitleMissing) as refusal:
        services.make_design(by=mona, clinic=clinic, purpose="other", title_zh=title_zh, title_en=title_en, at=at)

    assert refusal.value.details == {"field": wrong}


def test_draft_is_begun_once_and_published_once(design, mona, at):
    draft = services.begin_draft(by=mona, design=design, at=at)
    again = services.begin_draft(by=mona, design=design, at=at)
    services.rename_draft(by=mona, version=draft, title_zh="新题", title_en="New title", at=at)
    published = services.publish(by=mona, version=draft, at=at)

    assert (draft.pk, draft.number, published.state) == (again.pk, 2, "published")
    design.refresh_from_db()
    assert (design.title_zh, design.title_en) == ("新题", "New title")
    for change in (
        lambda: services.publish(by=mona, version=draft, at=at),
        lambda: services.rename_draft(by=mona, version=draft, title_zh="x", title_en="x", at=at),
        lambda: services.undo_step(by=mona, version=draft, at=at),
        lambda: services.discard_draft(by=mona, version=draft, at=at),
        lambda: edit(draft, "add_section", by=mona, at=at),
    ):
        with pytest.raises(services.VersionIsPublished):
            change()


def test_steps_are_undone_one_by_one(design, mona, at):
    draft = services.begin_draft(by=mona, design=design, at=at)
    states = [draft.content]
    for what, values in (
        ("add_field", {"section": "s1", "kind": "text"}),
        ("remove_field", {"key": "name"}),
        ("add_section", {}),
    ):
        states.append(edit(draft, what, by=mona, at=at, **values).content)

    for state in reversed(states[:-1]):
        assert services.undo_step(by=mona, version=draft, at=at).content == state
    with pytest.raises(services.NothingToUndo):
        services.undo_step(by=mona, version=draft, at=at)
    assert FormVersion.objects.get(pk=draft.pk).step_count == 6


def test_step_that_changes_nothing_is_no_step(design, mona, at):
    draft = services.begin_draft(by=mona, design=design, at=at)

    edit(draft, "change_field", by=mona, at=at, key="name", values={})

    assert not DraftStep.objects.exists()


def test_step_on_what_somebody_changed_is_refused(design, mona, at):
    draft = services.begin_draft(by=mona, design=design, at=at)
    edit(draft, "add_section", by=mona, at=at)

    with pytest.raises(services.DraftChanged):
        edit(draft, "add_section", by=mona, at=at, seen=0)
    with pytest.raises(services.DraftChanged):
        edit(draft, "remove_field", by=mona, at=at, key="gone")


def test_faulty_draft_is_not_published(clinic, mona, at):
    made = services.make_design(by=mona, clinic=clinic, purpose="other", title_zh="甲", title_en="A", at=at)

    with pytest.raises(services.NotPublishable) as refusal:
        services.publish(by=mona, version=queries.draft_of(made), at=at)

    assert refusal.value.faults != []
    with pytest.raises(services.NothingToUndo):
        services.discard_draft(by=mona, version=queries.draft_of(made), at=at)


def test_draft_is_thrown_away(design, mona, at):
    draft = services.begin_draft(by=mona, design=design, at=at)
    edit(draft, "add_section", by=mona, at=at)

    services.discard_draft(by=mona, version=draft, at=at)

    assert [one.state for one in FormVersion.objects.all()] == ["published"]


def test_use_of_a_form_changes_by_compare_and_set(clinic, design, mona, cleaning, at):
    change = {"by": mona, "design": design, "purpose": "consent", "valid_months": 6, "at": at}
    other = make_procedure(code="other")
    services.change_design(version=1, procedures=[cleaning.pk, other.pk], **change)
    services.change_design(version=2, procedures=[other.pk], **change)
    services.change_design(version=3, procedures=[other.pk], **change)

    found = queries.design(clinic, design.pk)
    assert ([one.procedure_id for one in found.held_procedures], found.version) == ([other.pk], 3)
    with pytest.raises(services.DraftChanged):
        services.change_design(version=1, procedures=[], **change)


def test_form_that_is_away_is_not_begun(clinic, design, mona, rosa, pia, at):
    services.retire_design(by=mona, design=design, at=at)
    services.retire_design(by=mona, design=design, at=at)

    with pytest.raises(services.NotPublished):
        make_filled(patient=pia, design=queries.design(clinic, design.pk), by=rosa, at=at)
    services.restore_design(by=mona, design=design, at=at)
    services.restore_design(by=mona, design=design, at=at)
    assert Entry.objects.filter(what__in=["form.retired", "form.restored"]).count() == 2


def test_receptionist_may_not_design(design, rosa, at):
    with pytest.raises(Exception) as refusal:
        services.begin_draft(by=rosa, design=design, at=at)

    assert refusal.value.code == "not_allowed"


# --- rules and figures


def test_rule_is_set_changed_stopped_and_resumed(clinic, design, mona, at):
    rule = services.set_rule(by=mona, clinic=clinic, design=design, occasion="every", months=12, at=at)
    again = services.set_rule(by=mona, clinic=clinic, design=design, occasion="every", months=6, from_age=18, at=at)
    for _twice in range(2):
        services.stop_rule(by=mona, rule=rule, at=at)
    for _twice in range(2):
        services.resume_rule(by=mona, rule=rule, at=at)

    assert (rule.pk, again.months, again.from_age) == (again.pk, 6, 18)
    assert FormRule.objects.get().is_active
    assert Entry.objects.filter(what="form.rule_stopped").count() == 1


@pytest.mark.parametrize(
    ("given_values", "wrong"),
    [
        ({"occasion": "every", "months": 0}, "months"),
        ({"occasion": "procedure"}, "design"),
        ({"occasion": "first_visit", "from_age": 20, "to_age": 10}, "to_age"),
    ],
)
def test_rule_that_makes_no_sense_is_refused(clinic, design, mona, at, given_values, wrong):
    with pytest.raises(services.RuleWrong) as refusal:
        services.set_rule(by=mona, clinic=clinic, design=design, at=at, **given_values)

    assert refusal.value.details == {"field": wrong}


def test_figures_change_by_compare_and_set(clinic, mona, at):
    figures = {"guardian_below_age": 16, "link_hours": 24, "tablet_minutes": 30}

    services.change_policy(by=mona, clinic=clinic, version=1, figures=figures, at=at)

    assert FormPolicy.objects.get().guardian_below_age == 16
    with pytest.raises(services.PolicyChanged):
        services.change_policy(by=mona, clinic=clinic, version=1, figures=figures, at=at)


# --- filling in


def test_form_begins_with_what_the_file_knows_and_goes_on(design, pia, rosa, at):
    make_alert(patient=pia)

    first = make_filled(patient=pia, design=design, by=rosa, at=at)
    again = make_filled(patient=pia, design=design, by=rosa, at=at)

    assert first.pk == again.pk
    assert queries.answers_of(first) == {"name": pia.name, "allergies": ["penicillin"]}


def test_draft_of_an_older_version_keeps_its_answers(design, mona, pia, rosa, at):
    old = make_filled(patient=pia, design=design, by=rosa, at=at)
    services.save_answers(by=rosa, filled=old, answers={"name": "旧"}, revision=0, at=at)
    services.publish(by=mona, version=services.begin_draft(by=mona, design=design, at=at), at=at)

    fresh = make_filled(patient=pia, design=design, by=rosa, at=at)

    assert fresh.pk != old.pk
    assert queries.answers_of(fresh)["name"] == "旧"
    assert FilledForm.objects.get(pk=old.pk).status == "dropped"


def test_form_waiting_for_the_clinic_comes_back_as_waiting(clinic, pia, rosa, at):
    design = make_design(clinic=clinic, at=at, key="staff", content=small_content(staff=True))
    waiting = make_signed(patient=pia, design=design, by=rosa, at=at)

    services.drop_form(by=rosa, filled=waiting, at=at)
    services.take_up_form(by=rosa, filled=waiting, at=at)

    assert FilledForm.objects.get().status == "waiting"


# --- handing out


def test_link_is_made_sent_and_withdrawn(clinic, design, pia, rosa, at):
    load_templates(clinic=clinic)
    handout, path = services.send_link(
        by=rosa, clinic=clinic, patient=pia, designs=[design], address="https://x/", is_sent=True, at=at
    )
    message = OutboxMessage.objects.get(template_key="forms_link")

    assert path.startswith("/p/f/")
    assert f"https://x{path}" in message.body
    assert Link.objects.get().subject_id == handout.pk
    assert handout.expires_at == at + timedelta(hours=72)
    for _twice in range(2):
        services.end_handout(by=rosa, handout=handout, at=at)
    assert Link.objects.get().used_at == at
    message.refresh_from_db()
    assert message.status == "cancelled"
    assert FilledForm.objects.get().way == "desk"
    assert Entry.objects.filter(what="form.handout_ended").count() == 1


def test_link_speaks_the_patients_language_and_needs_a_phone(clinic, design, rosa, at):
    guest = make_patient(clinic=clinic, file_number="A9", language="en")
    silent = make_patient(clinic=clinic, file_number="A8", phone="")
    send = {"by": rosa, "clinic": clinic, "address": "https://x", "is_sent": False, "at": at}

    handout, _path = services.send_link(patient=guest, designs=[design], **send)

    assert handout.language == "en"
    assert not OutboxMessage.objects.exists()
    with pytest.raises(services.NoPhone):
        services.send_link(patient=silent, designs=[design], **send)
    with pytest.raises(services.NothingChosen):
        services.send_link(patient=guest, designs=[], **send)


def test_consent_is_handed_out_for_its_procedure(clinic, pia, rosa, cleaning, at):
    consent = make_design(clinic=clinic, at=at, key="c", purpose="consent", procedures=[cleaning])
    plain = make_design(clinic=clinic, at=at, key="p")

    handout, token = services.hand_out_tablet(
        by=rosa, clinic=clinic, patient=pia, designs=[consent, plain], language="en", procedure=cleaning, at=at
    )

    assert [one.procedure for one in queries.forms_of(handout)] == [cleaning, None]
    assert queries.open_handout(token, at=at) == handout
    assert token not in Handout.objects.get().token_hash
    services.end_handout(by=rosa, handout=handout, at=at)
    with pytest.raises(queries.NoSuchForm):
        queries.open_handout(token, at=at)


# --- taking over


def test_ticked_offers_are_taken_over_and_back(design, pia, rosa, at):
    signed = make_signed(patient=pia, design=design, by=rosa, at=at, answers={"name": "皮娅娅", "phone": "13900002222"})
    keys = [one.key for one in queries.offers(signed, at=at)]
    assert keys == ["name:", "phone:", "allergies:penicillin"]

    made = services.accept_offers(by=rosa, filled=signed, keys=keys[1:], at=at)

    pia.refresh_from_db()
    assert (made.accepted_count, made.offered_count, pia.phone, pia.name) == (2, 3, "13900002222", "皮亚")
    with pytest.raises(services.NothingToReview):
        services.accept_offers(by=rosa, filled=signed, keys=keys, at=at)
    for _twice in range(2):
        services.take_back_offers(by=rosa, filled=signed, at=at)
    pia.refresh_from_db()
    assert pia.phone == "13800001111"
    assert not pia.alerts.filter(ended_at=None).exists()
    services.accept_offers(by=rosa, filled=signed, keys=[], at=at)
    services.take_back_offers(by=rosa, filled=signed, at=at)
    assert Review.objects.count() == 2


def test_birth_date_and_sex_are_taken_over(clinic, rosa, at):
    fields = (
        field("date", "born", source="born_on"),
        field("one", "sex", source="sex", options=[{"key": "male", "label_zh": "男", "label_en": "M"}, {"key": "female", "label_zh": "女", "label_en": "F"}]),
    )  # fmt: skip
    design = make_design(clinic=clinic, at=at, key="facts", content=small_content(*fields))
    patient = make_patient(clinic=clinic, file_number="A7", sex="unknown", born_on=None)
    answers = {"born": "1991-02-03", "sex": "male", "allergies": []}
    signed = make_signed(patient=patient, design=design, by=rosa, at=at, answers=answers)

    services.accept_offers(by=rosa, filled=signed, keys=[one.key for one in queries.offers(signed, at=at)], at=at)
    patient.refresh_from_db()
    assert (patient.born_on.isoformat(), patient.sex) == ("1991-02-03", "male")

    services.take_back_offers(by=rosa, filled=signed, at=at)
    patient.refresh_from_db()
    assert (patient.born_on, patient.sex) == (None, "unknown")


def test_value_that_the_file_refuses_changes_nothing(design, pia, rosa, at):
    signed = make_signed(patient=pia, design=design, by=rosa, at=at, answers={"phone": "123456"})

    with pytest.raises(WrongValue):
        services.accept_offers(by=rosa, filled=signed, keys=["phone:", "allergies:penicillin"], at=at)

    assert not Review.objects.exists()
    assert not pia.alerts.exists()


def test_alert_that_stood_there_stays_when_taken_back(design, pia, rosa, at):
    signed = make_signed(patient=pia, design=design, by=rosa, at=at)
    services.accept_offers(by=rosa, filled=signed, keys=["allergies:penicillin"], at=at)
    other = make_signed(patient=pia, design=design, by=rosa, at=at + timedelta(hours=1))

    assert Review.objects.get(filled=other).offered_count == 0
    services.take_back_offers(by=rosa, filled=other, at=at)

    assert [one.code for one in pia.alerts.filter(ended_at=None)] == ["penicillin"]


def test_open_form_offers_nothing(design, pia, rosa, at):
    filled = make_filled(patient=pia, design=design, by=rosa, at=at)

    with pytest.raises(services.NothingToReview):
        services.accept_offers(by=rosa, filled=filled, keys=[], at=at)


# --- what is missing


def test_missing_forms_cost_the_same_for_one_and_for_thirty(clinic, design, cleaning, at, django_assert_num_queries):
    consent = make_design(clinic=clinic, at=at, key="c", purpose="consent", procedures=[cleaning])
    make_rule(design=design, since=at.date())
    make_rule(design=consent, occasion="procedure", since=at.date())
    many = [make_patient(clinic=clinic, file_number=f"B{number:03}", name=f"王{number}") for number in range(30)]

    for patients in (many[:1], many):
        with django_assert_num_queries(5):
            found = queries.missing_forms(clinic, patients, at)
        assert len(found) == len(patients)


def test_missing_forms_of_nobody_or_without_rules_ask_nothing(clinic, pia, at, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queries.missing_forms(clinic, [], at) == {}
    with django_assert_num_queries(1):
        assert queries.missing_forms(clinic, [pia], at) == {}


def test_booked_extraction_needs_its_consent_until_it_is_signed(clinic, pia, rosa, dana, chair, cleaning, at):
    from tests.factories.scheduling import make_appointment

    consent = make_design(
        clinic=clinic, at=at, key="c", purpose="consent", procedures=[cleaning], valid_months=6, title_zh="同意书"
    )
    make_rule(design=consent, occasion="procedure", since=at.date())
    make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at + timedelta(days=2), procedure=cleaning
    )

    [need] = queries.missing_forms(clinic, [pia], at)[pia.pk]
    assert (need.design, need.procedures) == (consent.pk, {cleaning.pk})
    assert queries.needs_consent(clinic, cleaning)
    assert queries.signed_consent(clinic, pia, cleaning, at) is None
    signed = make_signed(patient=pia, design=consent, by=rosa, at=at)

    assert queries.missing_forms(clinic, [pia], at) == {}
    assert queries.signed_consent(clinic, pia, cleaning, at) == signed
    assert queries.signed_consent(clinic, pia, cleaning, at - timedelta(minutes=1)) is None
    assert queries.signed_consent(clinic, pia, cleaning, at + timedelta(days=200)) is None
    assert queries.signed_consent(clinic, pia, make_procedure(code="else"), at) is None
    services.withdraw_form(by=rosa, filled=signed, said_by="皮娅", reason="不做了", at=at)
    assert queries.signed_consent(clinic, pia, cleaning, at) is None
    assert list(queries.missing_forms(clinic, [pia], at)) == [pia.pk]


def test_badge_says_how_many_and_leads_to_them(clinic, design, pia, at):
    make_rule(design=design, since=at.date())

    [(level, text, url)] = queries.missing_badges(clinic, [pia], at)[pia.pk]

    assert (level, text) == ("warning", "缺1份表格")
    assert str(pia.pk) in url


def test_policy_decides_who_is_a_child(clinic, design, rosa, at):
    make_rule(design=design, since=at.date())
    youth = make_patient(clinic=clinic, file_number="A17", born_on=at.date() - timedelta(days=17 * 366))
    before = queries.missing_forms(clinic, [youth], at)[youth.pk][0].signer

    FormPolicy.objects.create(clinic=clinic, guardian_below_age=14)

    assert (before, queries.missing_forms(clinic, [youth], at)[youth.pk][0].signer) == ("guardian", "patient")


# --- what is shipped


def test_shipped_forms_are_whole_and_loaded_once(clinic, system, at):
    for code in ("extraction_simple", "implant_surgery"):
        make_procedure(code=code)

    first = setup.load_forms(clinic=clinic, by=system, at=at)
    second = setup.load_forms(clinic=clinic, by=system, at=at)

    assert (first, second) == (9, 0)
    assert {one.purpose for one in queries.usable(clinic)} == {"registration", "health", "privacy", "consent"}
    for version in FormVersion.objects.all():
        assert faults_of(version.content) == [], version.title_en
    assert [rule.occasion for rule in queries.rules_of(clinic)][:3] == ["first_visit", "every", "first_visit"]
    extraction = queries.design(clinic, FormDesign.objects.get(key="consent_extraction").pk)
    assert [one.procedure.code for one in extraction.held_procedures] == ["extraction_simple"]


def test_shipped_health_codes_are_those_of_the_house(db):
    from incisor.patients.rules.health import health_items

    for shipped in setup.shipped_forms():
        for one in setup.content_of(shipped)["sections"]:
            for asked in one["fields"]:
                if asked["kind"] == "many" and asked["source"] in health_items():
                    known = set(health_items()[asked["source"]])
                    assert {option["key"] for option in asked["options"]} <= known, asked["key"]


def test_system_signs_on_the_phone(clinic, design, pia, system, at):
    assert isinstance(system, User)
    filled = make_filled(patient=pia, design=design, by=system, at=at)

    signed = services.sign_form(
        by=system, filled=filled, answers=ANSWERS, revision=0, signatures=[given()], language="en", place="phone", at=at
    )

    assert (signed.status, signed.language) == ("signed", "en")


def test_signing_what_was_saved_elsewhere_is_refused(design, pia, rosa, at):
    filled = make_filled(patient=pia, design=design, by=rosa, at=at)
    services.save_answers(by=rosa, filled=filled, answers={"name": "先"}, revision=0, at=at)

    with pytest.raises(services.FilledMeanwhile):
        services.sign_form(
            by=rosa,
            filled=filled,
            answers=ANSWERS,
            revision=0,
            signatures=[given()],
            language="zh-hans",
            place="",
            at=at,
        )


def test_language_of_a_handout_changes(clinic, design, pia, rosa, at):
    handout, _token = services.hand_out_tablet(
        by=rosa, clinic=clinic, patient=pia, designs=[design], language="zh-hans", at=at
    )

    services.speak(by=rosa, handout=handout, language="en", at=at)

    assert Handout.objects.get().language == "en"
