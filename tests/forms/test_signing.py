"""Signing: what it needs, what it leaves behind, and that nothing of it changes afterwards."""

import json
from datetime import timedelta

import pytest

from incisor.audit.models import Entry
from incisor.forms import queries, services
from incisor.forms.models import FilledForm, Review, Signature, Withdrawal
from incisor.kernel import store
from incisor.patients.models import Consent
from incisor.patients.queries import has_consent
from tests.factories.accounts import make_user
from tests.factories.forms import ANSWERS, given, make_design, make_filled, make_signed, small_content

pytestmark = pytest.mark.django_db


@pytest.fixture
def design(clinic, at):
    return make_design(clinic=clinic, at=at)


def sign(filled, *, by, at, signatures=None, answers=None, revision=None):
    return services.sign_form(
        by=by,
        filled=filled,
        answers=ANSWERS | (answers or {}),
        revision=filled.revision if revision is None else revision,
        signatures=[given()] if signatures is None else signatures,
        language="zh-hans",
        place="晨光口腔, 前台",
        at=at,
    )


def test_signed_form_has_number_hash_and_signature(design, pia, rosa, at):
    filled = make_filled(patient=pia, design=design, by=rosa, at=at)

    signed = sign(filled, by=rosa, at=at)

    assert (signed.status, signed.number, len(signed.digest)) == ("signed", "F2026-00001", 64)
    signature = Signature.objects.get(filled=signed)
    assert (signature.signer, signature.name, signature.mark, signature.milliseconds) == (
        "patient",
        pia.name,
        "drawn",
        260,
    )
    assert json.loads(signature.strokes)[0][0] == [100, 100, 0]
    assert queries.check(signed).is_whole
    line = Entry.objects.get(what="form.signed")
    assert line.patient_id == pia.pk
    assert signed.digest in line.detail


def test_numbers_go_on(design, pia, rosa, at):
    first = make_signed(patient=pia, design=design, by=rosa, at=at)
    second = make_signed(patient=pia, design=design, by=rosa, at=at + timedelta(days=1))

    assert [first.number, second.number] == ["F2026-00001", "F2026-00002"]


@pytest.mark.parametrize(
    ("answers", "signatures", "wrong"),
    [
        ({"true": False}, None, {"true"}),
        ({"name": ""}, None, {"name"}),
        ({}, [], {"sign_patient"}),
        ({}, [given(strokes="[[[1,1,0]]]")], {"sign_patient"}),
        ({}, [given(strokes="", is_typed=True)], {"sign_patient"}),
        ({"phone": "12"}, None, {"phone"}),
    ],
)
def test_incomplete_form_is_refused_and_nothing_is_written(design, pia, rosa, at, answers, signatures, wrong):
    filled = make_filled(patient=pia, design=design, by=rosa, at=at)

    with pytest.raises(services.NotComplete) as refusal:
        sign(filled, by=rosa, at=at, answers=answers, signatures=signatures)

    assert set(refusal.value.faults) == wrong
    assert FilledForm.objects.get().status == "open"
    assert not Signature.objects.exists()


def test_typed_name_needs_a_witness(design, pia, rosa, at):
    filled = make_filled(patient=pia, design=design, by=rosa, at=at)

    sign(filled, by=rosa, at=at, signatures=[given(strokes="", is_typed=True, witness=rosa)])

    signature = Signature.objects.get()
    assert (signature.mark, signature.witness, signature.strokes) == ("typed", rosa, "")


def test_guardian_signs_for_a_child(clinic, pia, rosa, at):
    design = make_design(clinic=clinic, at=at, key="child", content=small_content(guardian=True))
    pia.born_on = at.date() - timedelta(days=8 * 365)
    pia.save()
    filled = make_filled(patient=pia, design=design, by=rosa, at=at)

    with pytest.raises(services.NotComplete) as refusal:
        sign(filled, by=rosa, at=at)
    with pytest.raises(services.NotComplete) as nameless:
        sign(filled, by=rosa, at=at, signatures=[given("sign_guardian", name="皮妈妈")])
    signed = sign(filled, by=rosa, at=at, signatures=[given("sign_guardian", name="皮妈妈", relation="mother")])

    assert set(refusal.value.faults) == set(nameless.value.faults) == {"sign_guardian"}
    assert signed.status == "signed"
    assert [(one.signer, one.name, one.relation) for one in queries.signatures_of(signed)] == [
        ("guardian", "皮妈妈", "mother")
    ]


def test_grown_up_needs_no_guardian_unless_the_desk_says_so(clinic, pia, rosa, at):
    design = make_design(clinic=clinic, at=at, key="child", content=small_content(guardian=True))
    filled = make_filled(patient=pia, design=design, by=rosa, at=at)

    services.let_guardian_sign(by=rosa, filled=filled, needs_guardian=True, at=at)

    with pytest.raises(services.NotComplete):
        sign(queries.filled(clinic, filled.pk), by=rosa, at=at)
    services.let_guardian_sign(by=rosa, filled=filled, needs_guardian=False, at=at)
    assert sign(queries.filled(clinic, filled.pk), by=rosa, at=at).status == "signed"


def test_dentist_signs_later_and_answers_stay(clinic, pia, rosa, dana_user, at):
    design = make_design(clinic=clinic, at=at, key="consent", content=small_content(staff=True))
    filled = make_filled(patient=pia, design=design, by=rosa, at=at)

    waiting = sign(filled, by=rosa, at=at)
    with pytest.raises(services.FormIsSigned):
        services.save_answers(by=rosa, filled=waiting, answers={"name": "别人"}, revision=waiting.revision, at=at)
    with pytest.raises(services.NotComplete):
        sign(waiting, by=dana_user, at=at, signatures=[])
    later = at + timedelta(minutes=5)
    signed = sign(
        waiting, by=dana_user, at=later, signatures=[given("sign_staff", name="谁")], answers={"name": "别人"}
    )

    assert (waiting.status, waiting.number, signed.status) == ("waiting", "", "signed")
    assert queries.answers_of(signed)["name"] == "皮娅"
    assert [(one.signer, one.name) for one in queries.signatures_of(signed)] == [
        ("patient", pia.name),
        ("staff", dana_user.name),
    ]
    assert queries.check(signed).is_whole


def test_signed_form_never_changes(design, clinic, pia, rosa, at):
    signed = make_signed(patient=pia, design=design, by=rosa, at=at)
    before = FilledForm.objects.filter(pk=signed.pk).values().get()

    for change in (
        lambda: services.save_answers(by=rosa, filled=signed, answers={}, revision=signed.revision, at=at),
        lambda: sign(signed, by=rosa, at=at),
        lambda: services.drop_form(by=rosa, filled=signed, at=at),
        lambda: services.let_guardian_sign(by=rosa, filled=signed, needs_guardian=True, at=at),
    ):
        with pytest.raises(services.FormIsSigned):
            change()
    services.take_up_form(by=rosa, filled=signed, at=at)
    services.begin_form(by=rosa, clinic=clinic, patient=pia, design=design, at=at)

    assert FilledForm.objects.filter(pk=signed.pk).values().get() == before


@pytest.mark.parametrize("column", ["answers", "place", "number", "language", "sealed"])
def test_altered_row_is_found_out(design, clinic, pia, rosa, at, column):
    signed = make_signed(patient=pia, design=design, by=rosa, at=at)
    altered = {"answers": '{"name": "别人"}', "place": "家", "number": "F1", "language": "en", "sealed": "{}"}

    FilledForm.objects.filter(pk=signed.pk).update(**{column: altered[column]})

    assert not queries.check(queries.filled(clinic, signed.pk)).is_whole


def test_altered_words_or_signature_are_found_out(design, clinic, pia, rosa, at):
    signed = make_signed(patient=pia, design=design, by=rosa, at=at)
    Signature.objects.update(name="别人")
    assert not queries.check(queries.filled(clinic, signed.pk)).is_whole
    Signature.objects.update(name=pia.name)
    version = signed.form_version
    version.content["sections"][0]["fields"][3]["label_zh"] = "另一句话"
    version.save()

    assert not queries.check(queries.filled(clinic, signed.pk)).is_whole


def test_published_words_change_in_a_new_version_only(design, clinic, pia, mona, rosa, at):
    signed = make_signed(patient=pia, design=design, by=rosa, at=at)
    draft = services.begin_draft(by=mona, design=design, at=at)
    services.publish(by=mona, version=draft, at=at)

    fresh = make_filled(patient=pia, design=design, by=rosa, at=at)

    assert (queries.filled(clinic, signed.pk).form_version.number, fresh.form_version.number) == (1, 2)


def test_copy_is_kept_sealed_and_compared(design, pia, rosa, at):
    signed = make_signed(patient=pia, design=design, by=rosa, at=at)

    copy = services.make_copy(by=rosa, filled=signed, at=at)

    content = store.read(copy.file)
    assert content.startswith(b"%PDF")
    assert queries.check(signed).is_file_whole
    assert queries.is_our_file(signed, content)
    assert not queries.is_our_file(signed, content + b" ")
    assert services.make_copy(by=rosa, filled=signed, at=at).pk == copy.pk


def test_damaged_copy_is_found_out(design, pia, rosa, at):
    signed = make_signed(patient=pia, design=design, by=rosa, at=at)
    copy = services.make_copy(by=rosa, filled=signed, at=at)

    path = store.folder() / copy.file[:2] / copy.file[2:4] / copy.file
    path.write_bytes(b"k1:broken")

    check = queries.check(signed)
    assert (check.is_text_whole, check.is_row_whole, check.is_file_whole, check.is_whole) == (True, True, False, False)


def test_open_form_has_no_copy(design, pia, rosa, at):
    filled = make_filled(patient=pia, design=design, by=rosa, at=at)

    with pytest.raises(services.NothingToCopy):
        services.make_copy(by=rosa, filled=filled, at=at)


def test_job_makes_the_copies_that_are_missing(design, pia, rosa, system, at):
    from incisor.forms import jobs

    signed = make_signed(patient=pia, design=design, by=rosa, at=at)

    assert jobs.make_missing_copies(at) == "1 copies made"
    assert queries.copy_of(signed) is not None
    assert jobs.make_missing_copies(at) == ""


def test_withdrawal_is_a_fact_of_its_own(design, pia, rosa, at):
    signed = make_signed(patient=pia, design=design, by=rosa, at=at)
    before = FilledForm.objects.filter(pk=signed.pk).values().get()

    made = services.withdraw_form(by=rosa, filled=signed, said_by=" 皮娅 ", reason="改主意了", at=at)
    again = services.withdraw_form(by=rosa, filled=signed, said_by="皮娅", reason="又一次", at=at)

    assert (made.pk, made.said_by, made.reason) == (again.pk, "皮娅", "改主意了")
    assert Withdrawal.objects.count() == 1
    assert FilledForm.objects.filter(pk=signed.pk).values().get() == before
    assert queries.check(signed).is_whole


@pytest.mark.parametrize(("said_by", "reason", "field"), [("", "因为", "said_by"), ("皮娅", " ", "reason")])
def test_withdrawal_says_who_and_why(design, pia, rosa, at, said_by, reason, field):
    signed = make_signed(patient=pia, design=design, by=rosa, at=at)

    with pytest.raises(services.ReasonMissing) as refusal:
        services.withdraw_form(by=rosa, filled=signed, said_by=said_by, reason=reason, at=at)

    assert refusal.value.details == {"field": field}


def test_open_form_cannot_be_withdrawn(design, pia, rosa, at):
    filled = make_filled(patient=pia, design=design, by=rosa, at=at)

    with pytest.raises(services.NotSigned):
        services.withdraw_form(by=rosa, filled=filled, said_by="皮娅", reason="改主意了", at=at)


def test_signed_privacy_notice_is_the_consent_and_its_withdrawal_ends_it(clinic, pia, rosa, at):
    notice = make_design(clinic=clinic, at=at, key="privacy", purpose="privacy")
    later = at + timedelta(days=1)

    signed = make_signed(patient=pia, design=notice, by=rosa, at=at)
    make_signed(patient=pia, design=notice, by=rosa, at=at)  # once more: nothing new is said

    assert has_consent(clinic, pia, "privacy_notice")
    given_one = Consent.objects.get(patient=pia)
    assert (given_one.state, given_one.way, given_one.by, given_one.at) == ("given", "screen", rosa, at)
    for _time in range(2):
        services.withdraw_form(by=rosa, filled=signed, said_by="皮娅", reason="电话里说的", at=later)
    assert not has_consent(clinic, pia, "privacy_notice")
    assert list(Consent.objects.order_by("at").values_list("state", flat=True)) == ["given", "withdrawn"]


def test_privacy_notice_signed_before_somebody_without_the_patients_files_counts_too(clinic, pia, at):
    notice = make_design(clinic=clinic, at=at, key="privacy", purpose="privacy")
    nurse = make_user(username="nora", name="诺拉", roles=["nurse"], clinic=clinic)

    make_signed(patient=pia, design=notice, by=nurse, at=at)

    assert has_consent(clinic, pia, "privacy_notice")


def test_other_signed_form_is_no_consent_to_the_privacy_notice(design, pia, rosa, at):
    make_signed(patient=pia, design=design, by=rosa, at=at)

    assert not Consent.objects.exists()


def test_form_that_says_nothing_new_needs_no_look(design, pia, rosa, at):
    make_signed(patient=pia, design=design, by=rosa, at=at, answers={"allergies": []})

    assert Review.objects.get().offered_count == 0


def test_who_may_not_fill_may_not_sign(design, clinic, pia, rosa, at):
    filled = make_filled(patient=pia, design=design, by=rosa, at=at)
    cashier = make_user(username="cora", name="收银", roles=["cashier"], clinic=clinic)

    with pytest.raises(Exception) as refusal:
        sign(filled, by=cashier, at=at)

    assert refusal.value.code == "not_allowed"


def test_erased_patient_leaves_number_time_and_hash_only(clinic, pia, rosa, at):
    from django.db import transaction

    from incisor.forms.models import SignedCopy
    from incisor.forms.queries import filled
    from incisor.patients.services._erasing import erase

    design = make_design(clinic=clinic, at=at)
    signed = make_signed(patient=pia, design=design, by=rosa, at=at)
    services.make_copy(by=rosa, filled=signed, at=at)
    services.withdraw_form(by=rosa, filled=signed, said_by="皮娅", reason="改主意了", at=at)

    with transaction.atomic():
        erase(pia, at)

    left = filled(clinic, signed.pk)
    assert (left.number, left.digest, left.answers, left.sealed) == (signed.number, signed.digest, "", "")
    assert [(one.name, one.strokes) for one in Signature.objects.all()] == [("", "")]
    assert SignedCopy.objects.get().file == ""
    assert (Withdrawal.objects.get().said_by, Withdrawal.objects.get().reason) == ("", "")
    assert queries.without_copy(limit=5) == []
