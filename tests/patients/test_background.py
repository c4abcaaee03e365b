"""Photos, readings, what was asked and denied, guardians, taking a change back."""

import io
from datetime import date, timedelta

import pytest
from PIL import Image

from incisor.kernel import store
from incisor.kernel.errors import NotAllowed, NotFound
from incisor.patients import queries, services
from incisor.patients.models import FamilyLink, HealthDenial, Patient, PatientChange, PatientPhoto
from incisor.patients.rules import glucose_of, pressure_of
from incisor.patients.services.files import ChangedBySomebodyElse
from tests.factories.patients import make_alert, make_patient


def picture(colour="navy", size=(60, 40)):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.INCISOR_ATTACHMENTS = tmp_path / "attachments"


def take(by, patient, at, colour="navy"):
    return services.set_photo(by=by, patient=patient, picture=picture(colour), thumbnail=picture(colour), at=at)


# ---- photos --------------------------------------------------------------------------------------------------------


def test_relative_with_the_same_phone_is_reached_the_same_way(rosa, pia, at):
    Patient.objects.filter(pk=pia.pk).update(contact_channel="wechat", contact_time="evening")
    pia.refresh_from_db()
    same = services.register_relative(by=rosa, patient=pia, relation="child", name="小宝", at=at)
    own = services.register_relative(by=rosa, patient=pia, relation="spouse", name="李强", phone="13900007777", at=at)

    assert [(one.contact_channel, one.contact_time) for one in (same, own)] == [("wechat", "evening"), ("phone", "")]


def test_photo_is_replaced_removed_and_brought_back(rosa, pia, at):
    first = take(rosa, pia, at)
    second = take(rosa, pia, at, "red")
    assert queries.photo_of(pia) == second
    assert store.read(second.picture) == picture("red")

    services.restore_photo(by=rosa, photo=first, at=at)
    services.restore_photo(by=rosa, photo=first, at=at)
    assert queries.photo_of(pia) == first
    assert services.remove_photo(by=rosa, patient=pia, at=at) == first
    assert services.remove_photo(by=rosa, patient=pia, at=at) is None

    assert queries.photo_of(pia) is None
    assert PatientPhoto.objects.count() == 2
    assert store.wanted_keys() == {first.picture, first.thumbnail, second.picture, second.thumbnail}


def test_photo_that_is_gone_cannot_be_brought_back(rosa, pia, at):
    photo = take(rosa, pia, at)
    PatientPhoto.objects.all().delete()

    with pytest.raises(NotFound):
        services.restore_photo(by=rosa, photo=photo, at=at)


# ---- readings and denials ------------------------------------------------------------------------------------------


def test_readings_are_kept_struck_and_resumed(rosa, pia, at):
    pressure = services.record_reading(
        by=rosa, patient=pia, kind="blood_pressure", figures=pressure_of(systolic=182, diastolic=95), moment="fasting",
        measured_at=at, at=at,
    )  # fmt: skip
    services.record_reading(
        by=rosa, patient=pia, kind="glucose", figures=glucose_of(typed=6.1), moment="fasting", is_told=True,
        measured_at=at - timedelta(days=1), at=at,
    )  # fmt: skip

    assert [(one.shown, one.level, one.row.moment) for one in queries.readings_of(pia)] == [
        ("182/95 mmHg", "severe", ""),
        ("6.1 mmol/L", "normal", "fasting"),
    ]
    latest = queries.latest_readings(pia.clinic, [pia], since=at - timedelta(hours=1))
    assert [one.shown for one in latest[pia.pk]] == ["182/95 mmHg"]
    services.strike_reading(by=rosa, reading=pressure, at=at)
    services.strike_reading(by=rosa, reading=pressure, at=at)
    assert [one.shown for one in queries.readings_of(pia)] == ["6.1 mmol/L"]
    services.resume_reading(by=rosa, reading=pressure, at=at)
    services.resume_reading(by=rosa, reading=pressure, at=at)
    assert len(queries.readings_of(pia)) == 2


@pytest.mark.parametrize(
    "over",
    [{"figures": None}, {"kind": "pulse"}, {"kind": "glucose"}, {"moment": "noon"}, {"ahead": True}],
)
def test_wrong_readings_are_refused(rosa, pia, at, over):
    ahead = over.pop("ahead", False) if "ahead" in over else False
    values = {"kind": "blood_pressure", "figures": pressure_of(systolic=120, diastolic=80), **over}

    with pytest.raises(services.WrongValue):
        services.record_reading(
            by=rosa, patient=pia, measured_at=at + timedelta(hours=1) if ahead else at, at=at, **values
        )


def test_asked_and_denied_is_not_the_same_as_never_asked(rosa, pia, at):
    denial = services.note_denial(by=rosa, patient=pia, kind="allergy", at=at)
    services.note_denial(by=rosa, patient=pia, kind="allergy", at=at + timedelta(minutes=1))
    topics = {topic.kind: topic for topic in queries.background_of(queries.patient(pia.clinic, pia.pk))}
    assert (topics["allergy"].is_asked, topics["condition"].is_asked) == (True, False)
    assert HealthDenial.objects.count() == 2

    services.add_alert(by=rosa, patient=pia, kind="allergy", text="花粉", at=at)

    topics = {topic.kind: topic for topic in queries.background_of(queries.patient(pia.clinic, pia.pk))}
    assert ([alert.label for alert in topics["allergy"].alerts], topics["allergy"].denial) == (["花粉"], None)
    with pytest.raises(services.NotDenied):
        services.note_denial(by=rosa, patient=pia, kind="allergy", at=at)
    services.end_denial(by=rosa, denial=denial, at=at)


def test_denial_is_taken_back_and_needs_a_kind(rosa, pia, at):
    denial = services.note_denial(by=rosa, patient=pia, kind="pregnancy", at=at)

    services.end_denial(by=rosa, denial=denial, at=at)

    assert not HealthDenial.objects.filter(ended_at=None).exists()
    with pytest.raises(services.WrongValue):
        services.note_denial(by=rosa, patient=pia, kind="warning", at=at)


# ---- family --------------------------------------------------------------------------------------------------------


def test_child_is_registered_and_linked_in_one_step(rosa, pia, at):
    child = services.register_relative(
        by=rosa, patient=pia, relation="child", name="皮小宝", born_on=date(2018, 5, 1), at=at
    )

    assert (child.phone, child.phone_owner) == (pia.phone, "皮亚 (父母)")
    assert [(link.relative_id, link.relation, link.is_guardian) for link in queries.family_of(child)] == [
        (pia.pk, "parent", True)
    ]
    assert [(link.relation, link.is_guardian) for link in queries.family_of(pia)] == [("child", False)]
    assert [one.pk for one in queries.on_the_same_phone(pia)] == [child.pk]
    guardians = queries.guardians_of(pia.clinic, [pia, child])
    assert {key: [link.relative.phone for link in links] for key, links in guardians.items()} == {child.pk: [pia.phone]}


def test_relative_with_a_phone_of_the_own_keeps_it(rosa, pia, at):
    spouse = services.register_relative(
        by=rosa, patient=pia, relation="spouse", name="李强", phone="13912345678", at=at
    )

    assert (spouse.phone, spouse.phone_owner) == ("13912345678", "")
    assert FamilyLink.objects.filter(is_guardian=True).count() == 0


def test_relation_that_does_not_exist_registers_nobody(rosa, pia, at):
    with pytest.raises(services.CannotLink):
        services.register_relative(by=rosa, patient=pia, relation="enemy", name="李强", at=at)

    assert Patient.objects.count() == 1


def test_guardian_is_set_by_hand_and_phone_shared(clinic, rosa, pia, at):
    aunt = make_patient(clinic=clinic, name="王姨", phone="13912345678", file_number="A000002")
    with pytest.raises(NotFound):
        services.set_guardian(by=rosa, patient=pia, relative=aunt, is_guardian=True, at=at)
    with pytest.raises(NotFound):
        services.share_phone(by=rosa, patient=pia, relative=aunt, at=at)
    services.link_family(by=rosa, patient=pia, relative=aunt, relation="other", at=at)

    services.set_guardian(by=rosa, patient=pia, relative=aunt, is_guardian=True, at=at)
    services.set_guardian(by=rosa, patient=pia, relative=aunt, is_guardian=True, at=at)
    saved = services.share_phone(by=rosa, patient=pia, relative=aunt, at=at)

    assert list(queries.guardians_of(clinic, [pia.pk])) == [pia.pk]
    assert (saved.phone, saved.phone_owner) == ("13912345678", "王姨 (其他)")
    Patient.objects.filter(pk=aunt.pk).update(phone="")
    aunt.refresh_from_db()
    with pytest.raises(services.CannotLink):
        services.share_phone(by=rosa, patient=pia, relative=aunt, at=at)


# ---- taking a change back ------------------------------------------------------------------------------------------


def test_change_is_taken_back_and_the_history_shows_both(rosa, pia, at):
    changed = services.change_patient(
        by=rosa, patient=pia, version=1, changes={"phone": "13912345678", "tags": ["VIP"]}, at=at
    )

    services.undo_change(by=rosa, patient=pia, version=changed.version, at=at)

    fresh = Patient.objects.get()
    assert (fresh.phone, fresh.tags, fresh.version) == ("13800001111", [], 3)
    assert [hit.patient.pk for hit in queries.find(pia.clinic, "13800001111", at=at)] == [pia.pk]
    assert PatientChange.objects.filter(field="phone").count() == 2
    assert [change.label for change in queries.changes_of(pia, field="phone")] == ["电话", "电话"]


def test_change_that_was_changed_again_is_not_taken_back(rosa, pia, at):
    services.change_patient(by=rosa, patient=pia, version=1, changes={"born_on": date(1991, 1, 1)}, at=at)
    services.change_patient(by=rosa, patient=pia, version=2, changes={"born_on": date(1992, 1, 1)}, at=at)

    with pytest.raises(services.ChangedSince):
        services.undo_change(by=rosa, patient=pia, version=2, at=at)
    with pytest.raises(NotFound):
        services.undo_change(by=rosa, patient=pia, version=9, at=at)
    services.undo_change(by=rosa, patient=pia, version=3, at=at)

    assert Patient.objects.get().born_on == date(1991, 1, 1)


def test_second_of_two_editors_is_told(rosa, mona, pia, at):
    services.change_patient(by=rosa, patient=pia, version=1, changes={"email": "a@example.org"}, at=at)

    with pytest.raises(ChangedBySomebodyElse) as refusal:
        services.change_patient(by=mona, patient=pia, version=1, changes={"email": "b@example.org"}, at=at)

    assert [(one["by"], one["field"]) for one in refusal.value.fields] == [("罗莎", "email")]


def test_photos_need_their_permission(clinic, pia, at):
    from tests.factories.accounts import make_user

    cashier = make_user(username="cas", name="卡", roles=["cashier"], clinic=clinic)
    with pytest.raises(NotAllowed):
        take(cashier, pia, at)


def test_pregnancy_and_earlier_treatment_are_noted_in_own_words(rosa, pia, at):
    services.add_alert(by=rosa, patient=pia, kind="pregnancy", text="五个月", at=at)
    make_alert(patient=pia, kind="dental", code="", text="做过烤瓷牙")

    topics = {topic.kind: topic for topic in queries.background_of(queries.patient(pia.clinic, pia.pk))}
    assert [alert.label for alert in (*topics["pregnancy"].alerts, *topics["dental"].alerts)] == [
        "五个月",
        "做过烤瓷牙",
    ]
