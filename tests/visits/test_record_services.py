"""Prescriptions, pictures and papers, the health check, who reads what, ready text, and two people in one note."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from incisor.accounts.models import Role
from incisor.audit.models import Entry
from incisor.kernel import store
from incisor.kernel.errors import NotAllowed, NotFound
from incisor.kernel.pictures import PictureRefused
from incisor.patients.models import PatientAlert
from incisor.visits import queries, services
from incisor.visits.adapters.brought import checked_file
from incisor.visits.enums import DESK_FIELDS, RecordField
from incisor.visits.models import Attachment, NoteTemplate, PrescribedDrug, RecordReading, TreatmentDone
from incisor.visits.rules.merging import print_of
from incisor.visits.rules.reading import ALL_FIELDS
from incisor.visits.services import Dosage
from incisor.visits.services.treatments import TreatmentWrong
from tests.factories.accounts import make_user
from tests.factories.scheduling import make_appointment
from tests.factories.visits import make_note, make_visit

IBUPROFEN = Dosage(name="布洛芬缓释胶囊", drug="ibuprofen", dose="0.3 g", route="oral", frequency="bid", days=3)
AMOXICILLIN = Dosage(name="阿莫西林胶囊", drug="amoxicillin", dose="0.5 g", route="oral", frequency="tid", days=3)


@pytest.fixture
def seated(clinic, pia, dana, chair, at):
    return make_visit(clinic=clinic, patient=pia, at=at, dentist=dana, chair=chair, status="in_chair")


def jpeg(size=(40, 30), **more):
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, "JPEG", **more)
    return out.getvalue()


def trail(what):
    return Entry.objects.filter(what=what).count()


def detail(what):
    return Entry.objects.filter(what=what).first().detail


def allergic(pia, system, at, code="penicillin", kind="allergy", text="青霉素类"):
    PatientAlert.objects.create(
        clinic=pia.clinic, patient=pia, kind=kind, code=code, text=text, recorded_by=system, recorded_at=at
    )


def test_prescribe(dana_user, seated, at):
    made = services.prescribe(by=dana_user, visit=seated, dosage=IBUPROFEN, at=at)

    assert queries.drugs_of(seated) == [made]
    assert (made.drug, made.days, made.clashes, made.reason, made.position) == ("ibuprofen", 3, "", "", 0)
    assert trail("visit.drug_prescribed") == 1


def test_allergy_is_refused_unless_reasoned(dana_user, seated, pia, system, at):
    allergic(pia, system, at)

    with pytest.raises(services.DrugClashes) as refused:
        services.prescribe(by=dana_user, visit=seated, dosage=AMOXICILLIN, at=at)
    assert refused.value.details["clashes"][0].key == "penicillin"
    assert PrescribedDrug.objects.count() == 0

    made = services.prescribe(by=dana_user, visit=seated, dosage=AMOXICILLIN, reason="皮试阴性", at=at)

    assert (made.clashes, made.reason) == ("penicillin", "皮试阴性")
    assert "皮试阴性" in detail("visit.drug_prescribed")


def test_a_medicine_in_the_patients_words_counts(dana_user, seated, pia, system, at):
    allergic(pia, system, at, code="", kind="medication", text="每天吃华法林")

    with pytest.raises(services.DrugClashes):
        services.prescribe(by=dana_user, visit=seated, dosage=IBUPROFEN, at=at)


def test_pregnancy_counts(dana_user, seated, pia, system, at):
    allergic(pia, system, at, code="", kind="pregnancy", text="孕12周")

    assert "pregnancy" in queries.known_of(pia, at.date()).conditions


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"), ({"dose": ""}, "dose"), ({"route": "nose"}, "route"),
        ({"frequency": "often"}, "frequency"), ({"days": 0}, "days"), ({"days": 91}, "days"),
    ],
)  # fmt: skip
def test_impossible_dosage_is_refused(dana_user, seated, at, change, field):
    wrong = Dosage(**{**IBUPROFEN.__dict__, **change})

    with pytest.raises(services.DosageWrong) as refused:
        services.prescribe(by=dana_user, visit=seated, dosage=wrong, at=at)

    assert refused.value.details["field"] == field


def test_same_drug_twice_is_refused_and_taking_off_is_undone(dana_user, seated, at):
    made = services.prescribe(by=dana_user, visit=seated, dosage=IBUPROFEN, at=at)
    with pytest.raises(services.PrescribedAlready):
        services.prescribe(by=dana_user, visit=seated, dosage=IBUPROFEN, at=at)

    services.take_off_drug(by=dana_user, visit=seated, drug=made, at=at)
    services.take_off_drug(by=dana_user, visit=seated, drug=made, at=at)
    assert (queries.drugs_of(seated), trail("visit.drug_taken_off")) == ([], 1)
    services.put_back_drug(by=dana_user, visit=seated, drug=made, at=at)
    services.put_back_drug(by=dana_user, visit=seated, drug=made, at=at)
    assert ([row.pk for row in queries.drugs_of(seated)], trail("visit.drug_put_back")) == ([made.pk], 1)

    services.take_off_drug(by=dana_user, visit=seated, drug=made, at=at)
    services.prescribe(by=dana_user, visit=seated, dosage=IBUPROFEN, at=at)
    with pytest.raises(services.PrescribedAlready):
        services.put_back_drug(by=dana_user, visit=seated, drug=made, at=at)


def test_signed_prescription_is_locked_and_sealed(dana_user, seated, at):
    note = make_note(visit=seated, by=dana_user, at=at)
    made = services.prescribe(by=dana_user, visit=seated, dosage=IBUPROFEN, at=at)
    services.sign_note(by=dana_user, visit=seated, version=note.version, at=at)

    with pytest.raises(services.NoteIsSigned, match="丹娜"):
        services.take_off_drug(by=dana_user, visit=seated, drug=made, at=at)

    assert queries.note_is_whole(seated, queries.note_of(seated))
    PrescribedDrug.objects.filter(pk=made.pk).update(dose="3 g")
    assert not queries.note_is_whole(seated, queries.note_of(seated))


def test_desk_prescribes_nothing(rosa, seated, at):
    with pytest.raises(NotAllowed):
        services.prescribe(by=rosa, visit=seated, dosage=IBUPROFEN, at=at)


def test_free_drug_and_foreign_drug(dana_user, seated, clinic, pia, at):
    free = Dosage(name="板蓝根颗粒", dose="1袋", route="oral", frequency="tid")
    made = services.prescribe(by=dana_user, visit=seated, dosage=free, at=at)
    other = make_visit(clinic=clinic, patient=pia, at=at + timedelta(days=1))

    assert made.drug == ""
    for key in (made.pk, "x"):
        with pytest.raises(NotFound):
            queries.drug_of(other, key)
    assert [drug.key for drug in queries.find_drugs("amxl")] == ["amoxicillin", "amoxicillin_clavulanate"]
    assert queries.find_drugs("zzz") == []
    assert len(queries.find_drugs("")) == 12


def attached(by, visit, at, *, content=None, name="xray.jpg", **more):
    file = checked_file(name=name, content=content or jpeg())
    return services.attach(by=by, visit=visit, file=file, kind="xray", at=at, **more)


def test_picture_is_sealed_with_its_thumbnail(dana_user, seated, at):
    content = jpeg((2000, 900))

    made = attached(dana_user, seated, at, content=content, title=" 根尖片 ", teeth=[37, 36])

    assert (made.width, made.height, made.size, made.title, made.teeth) == (2000, 900, len(content), "根尖片", [36, 37])
    assert store.read(made.original) == content
    assert Image.open(io.BytesIO(store.read(made.shown))).size == (1600, 720)
    assert Image.open(io.BytesIO(store.read(made.thumbnail))).size == (240, 240)
    assert content[:20] not in (store.folder() / made.original[:2] / made.original[2:4] / made.original).read_bytes()
    assert made.sha256 in detail("visit.attached")


def test_paper_is_kept_as_it_is(dana_user, seated, at):
    made = attached(dana_user, seated, at, content=b"%PDF-1.7 x", name="同意书.pdf")

    assert (made.content, made.is_picture, made.shown, made.thumbnail) == ("pdf", False, "", "")


@pytest.mark.parametrize(
    ("name", "content", "size", "code", "words"),
    [
        ("牙片.jpg", b"%PDF-1.7 x", None, "pretends", "PDF"),
        ("牙片.jpg", b"<html>", None, "not_a_picture", "牙片.jpg"),
        ("photo.jpg", b"", 40 * 1024 * 1024, "too_large", "40.0 MB"),
        ("photo.jpg", jpeg()[:200], None, "damaged", "photo.jpg"),
        ("C:\\a\\clip.gif", b"GIF89a...", None, "wrong_kind", "clip.gif"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(name, content, size, code, words):
    with pytest.raises(PictureRefused, match=words) as refused:
        checked_file(name=name, content=content, size=size)

    assert refused.value.code == code


def test_taking_out_is_undone_and_the_file_stays(dana_user, seated, at):
    made = attached(dana_user, seated, at)

    services.take_out_attachment(by=dana_user, attachment=made, at=at)
    services.take_out_attachment(by=dana_user, attachment=made, at=at)
    assert (queries.attachments_of(seated), store.is_whole(made.original)) == ([], True)
    services.put_back_attachment(by=dana_user, attachment=made, at=at)
    services.put_back_attachment(by=dana_user, attachment=made, at=at)
    assert [row.pk for row in queries.attachments_of(seated)] == [made.pk]
    assert (trail("visit.attachment_taken_out"), trail("visit.attachment_put_back")) == (1, 1)


def test_attachments_have_a_limit_and_a_visit(dana_user, seated, clinic, at, monkeypatch):
    monkeypatch.setattr("incisor.visits.services.attachments.MOST_OF_A_VISIT", 1)
    made = attached(dana_user, seated, at)

    with pytest.raises(services.TooManyAttachments):
        attached(dana_user, seated, at)
    services.take_out_attachment(by=dana_user, attachment=made, at=at)
    with pytest.raises(PictureRefused):
        attached(dana_user, seated, at, teeth=[99])
    seated.status = "withdrawn"
    seated.chair = None
    seated.save(update_fields=["status", "chair"])
    with pytest.raises(NotFound):
        attached(dana_user, seated, at)
    with pytest.raises(NotFound):
        queries.attachment(clinic, seated.pk, made.pk)
    with pytest.raises(NotFound):
        queries.attachment(clinic, "x", "y")


def test_health_check_replaces_the_earlier_one_and_is_taken_back(rosa, clinic, pia, seated, at):
    def check(**answers):
        return services.record_health_check(
            by=rosa, clinic=clinic, patient=pia, visit=seated, way="desk", answers=answers, note=" 头晕 ", at=at
        )

    check(unwell="no", nonsense="yes")
    second = check(unwell="yes")

    done = queries.health_check_of(seated)
    assert (done.row.pk, done.answers, done.row.note) == (second.pk, {"unwell": "yes"}, "头晕")
    assert [worry.key for worry in done.worries] == ["unwell"]
    assert "unwell" not in detail("visit.health_checked")
    assert queries.health_checks_of(clinic, [seated])[seated.pk].row == second
    services.take_back_health_check(by=rosa, check=second, at=at)
    services.take_back_health_check(by=rosa, check=second, at=at)
    assert (queries.health_check_of(seated), trail("visit.health_check_taken_back")) == (None, 1)
    with pytest.raises(services.NothingAnswered):
        check(unwell="")


def test_health_check_by_phone_is_there_at_the_visit(rosa, clinic, pia, dana, chair, at):
    appointment = make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at + timedelta(hours=2)
    )
    assert queries.coming(clinic, pia, at=at) == (None, appointment)
    made = services.record_health_check(
        by=rosa, clinic=clinic, patient=pia, appointment=appointment, way="phone", answers={"chest": "no"}, at=at
    )
    assert queries.health_check_for(clinic, pia, visit=None, appointment=appointment).row == made
    assert queries.health_check(clinic, made.pk) == made

    visit = make_visit(clinic=clinic, patient=pia, at=at, appointment=appointment)

    assert queries.health_check_of(visit).row == made
    assert queries.health_checks_of(clinic, [visit])[visit.pk].row == made
    assert queries.coming(clinic, pia, at=at) == (visit, None)
    assert queries.health_check_for(clinic, pia, visit=visit, appointment=None).row == made


def test_foreign_health_check_is_not_found(rosa, clinic, other_clinic, pia, at):
    made = services.record_health_check(by=rosa, clinic=clinic, patient=pia, way="desk", answers={"chest": "no"}, at=at)

    assert queries.health_check_for(clinic, pia, visit=None, appointment=None).row == made
    for key in (made.pk, "x"):
        with pytest.raises(NotFound):
            queries.health_check(other_clinic, key)


def test_usual_reading_of_the_roles(rosa, mona, dana_user, system, omar, clinic):
    for user, fields in ((rosa, DESK_FIELDS), (mona, ALL_FIELDS), (dana_user, ALL_FIELDS), (system, ALL_FIELDS)):
        assert queries.fields_for(clinic, user) == fields
    with pytest.raises(NotAllowed):
        queries.require_fields(clinic, omar)
    with pytest.raises(NotAllowed):
        queries.require_field(clinic, rosa, RecordField.FINDINGS)


def fresh(user):
    return type(user).objects.get(pk=user.pk)


def test_a_clinic_decides_what_a_role_reads(mona, rosa, clinic, other_clinic, at):
    role = Role.objects.get(key="receptionist")
    services.choose_fields(by=mona, clinic=clinic, role=role, fields=["teeth", "advice"], version=0, at=at)

    assert queries.fields_for(clinic, fresh(rosa)) == {"teeth", "advice"}
    assert queries.role_reading(other_clinic, role.pk).is_chosen is False
    for version in (0, 9):
        with pytest.raises(services.ReadingChanged):
            services.choose_fields(by=mona, clinic=clinic, role=role, fields=[], version=version, at=at)
    services.choose_fields(by=mona, clinic=clinic, role=role, fields=[], version=1, at=at)
    assert queries.fields_for(clinic, fresh(rosa)) == frozenset()
    services.forget_fields(by=mona, clinic=clinic, role=role, at=at)
    services.forget_fields(by=mona, clinic=clinic, role=role, at=at)
    assert (queries.fields_for(clinic, fresh(rosa)), RecordReading.objects.count()) == (DESK_FIELDS, 0)
    assert (trail("visit.reading_chosen"), trail("visit.reading_forgotten")) == (2, 1)


def test_reading_that_cannot_be_decided(mona, rosa, clinic, dana_user, at):
    writer = Role.objects.get(key="dentist")
    with pytest.raises(services.ReadsAlways):
        services.choose_fields(by=mona, clinic=clinic, role=writer, fields=[], version=0, at=at)
    desk = Role.objects.get(key="receptionist")
    with pytest.raises(TypeError):
        services.choose_fields(by=mona, clinic=clinic, role=desk, fields=["money"], version=0, at=at)
    with pytest.raises(NotAllowed):
        services.choose_fields(by=rosa, clinic=clinic, role=desk, fields=[], version=0, at=at)
    with pytest.raises(NotFound):
        queries.role_reading(clinic, clinic.pk)


def test_two_roles_read_together(clinic, mona, at):
    both = make_user(username="bo", name="小博", roles=["receptionist", "cashier"], clinic=clinic)
    cashier = Role.objects.get(key="cashier")
    services.choose_fields(by=mona, clinic=clinic, role=cashier, fields=["diagnosis"], version=0, at=at)

    assert queries.fields_for(clinic, both) == DESK_FIELDS | {"diagnosis"}


def test_what_is_not_open_is_not_asked_for(dana_user, seated, cleaning, at):
    make_note(visit=seated, by=dana_user, at=at, next_procedure=cleaning, next_after_days=7)
    TreatmentDone.objects.create(visit=seated, procedure=cleaning, teeth=[36])
    services.prescribe(by=dana_user, visit=seated, dosage=IBUPROFEN, at=at)
    services.set_tooth_findings(by=dana_user, visit=seated, teeth=[36], state="caries", at=at)
    attached(dana_user, seated, at)

    with CaptureQueriesContext(connection) as asked:
        found = queries.record_of(seated, DESK_FIELDS)

    statements = " ".join(query["sql"] for query in asked)
    for hidden in ("findings", "diagnosis", "visits_toothfinding", "visits_prescribeddrug", "visits_attachment"):
        assert hidden not in statements, hidden
    assert [name for name, _label, _words in found.texts] == ["complaint", "treatment", "advice"]
    assert (found.next_procedure, found.values["next_after_days"], len(found.treatments)) == (cleaning, 7, 1)
    assert (found.is_part, found.is_signed, found.findings, found.drugs) == (True, False, [], [])

    whole = queries.record_of(seated, ALL_FIELDS)

    assert (len(whole.findings), len(whole.drugs), len(whole.attachments), whole.is_part) == (1, 1, 1, False)


def test_addenda_are_read_where_they_are_open(dana_user, seated, at):
    note = make_note(visit=seated, by=dana_user, at=at)
    services.sign_note(by=dana_user, visit=seated, version=note.version, at=at)
    services.add_addendum(by=dana_user, visit=seated, text="补充", at=at)

    assert [one.text for one in queries.record_of(seated, ALL_FIELDS).addenda] == ["补充"]
    part = queries.record_of(seated, DESK_FIELDS)
    assert (part.addenda, part.is_whole, part.is_signed) == ([], True, True)


def test_history_of_a_tooth_goes_over_visits(dana_user, seated, clinic, pia, dana, cleaning, at):
    earlier = make_visit(clinic=clinic, patient=pia, at=at - timedelta(days=30), status="done")
    services.set_tooth_findings(
        by=dana_user, visit=earlier, teeth=[36, 11], on={36: "om"}, state="caries", surfaces="b", at=at
    )
    done = services.add_treatment(
        by=dana_user, visit=seated, procedure=cleaning, teeth=[36], surfaces={36: "mo", 37: "o"}, at=at
    )

    lines = queries.tooth_history(clinic, pia, teeth=[36], fields=ALL_FIELDS)

    assert done.surfaces == {"36": "MO"}
    assert [(line.tooth, line.surfaces, line.treatment) for line in lines] == [(36, "MO", done), (36, "MO", None)]
    assert len(queries.tooth_history(clinic, pia, fields=ALL_FIELDS)) == 3
    assert queries.tooth_history(clinic, pia, fields=DESK_FIELDS)[0].treatment == done
    assert queries.tooth_history(clinic, pia, fields=[]) == []
    entries = queries.entries_of_mouth(clinic, pia, fields=ALL_FIELDS)
    assert {(one.tooth, one.state or one.code, one.surfaces) for one in entries} == {
        (11, "caries", "B"), (36, "caries", "MO"), (36, cleaning.code, "MO"),
    }  # fmt: skip


def test_surfaces_of_a_whole_tooth_and_impossible_ones(dana_user, seated, cleaning, at):
    rows = services.set_tooth_findings(by=dana_user, visit=seated, teeth=[36], state="missing", surfaces="mo", at=at)
    assert [row.surfaces for row in rows] == [""]

    with pytest.raises(TreatmentWrong):
        services.add_treatment(by=dana_user, visit=seated, procedure=cleaning, teeth=[36], surfaces={36: "x"}, at=at)


def prints(**values):
    return {name: print_of(value) for name, value in values.items()}


def test_two_people_write_different_fields(dana_user, seated, clinic, at):
    nell = make_user(username="nell", name="小林", roles=["dentist"], clinic=clinic)
    note = make_note(visit=seated, by=dana_user, at=at)
    services.save_note(by=nell, visit=seated, version=note.version, values={"advice": "冷敷"}, at=at)

    saved = services.save_note(
        by=dana_user, visit=seated, version=note.version, at=at,
        values={"advice": "每天用牙线", "findings": "牙石（+++）", "next_procedure": None},
        seen=prints(advice="每天用牙线", findings="牙石（++）", next_procedure=""),
    )  # fmt: skip

    assert (saved.advice, saved.findings) == ("冷敷", "牙石（+++）")
    assert (saved.touched["advice"]["by"], saved.touched["findings"]["by"]) == ("小林", "丹娜")


def test_the_same_field_changed_by_both_is_refused(dana_user, seated, at):
    note = make_note(visit=seated, by=dana_user, at=at)
    services.save_note(by=dana_user, visit=seated, version=note.version, values={"advice": "冷敷"}, at=at)

    with pytest.raises(services.NoteChanged) as refused:
        services.save_note(
            by=dana_user, visit=seated, version=note.version, values={"advice": "热敷"},
            seen=prints(advice="每天用牙线"), at=at,
        )  # fmt: skip

    assert refused.value.details["both"] == ("advice",)
    assert queries.note_of(seated).advice == "冷敷"


def test_prints_hold_beyond_the_version(dana_user, seated, at):
    """The page that took over nothing of the other text must not write it over with its next save."""
    note = make_note(visit=seated, by=dana_user, at=at)
    saved = services.save_note(by=dana_user, visit=seated, version=note.version, values={"advice": "冷敷"}, at=at)

    again = services.save_note(
        by=dana_user, visit=seated, version=saved.version, values={"advice": "每天用牙线"},
        seen=prints(advice="每天用牙线"), at=at,
    )  # fmt: skip

    assert again.advice == "冷敷"


def test_note_that_is_gone_or_named_by_a_wrong_version(dana_user, seated, at):
    with pytest.raises(services.NoteChanged):
        services.save_note(by=dana_user, visit=seated, version=3, values={"advice": "x"}, at=at)


def test_looking_says_how_much_was_read(rosa, dana_user, omar, seated, at):
    services.look_at_note(by=dana_user, visit=seated, at=at)
    services.look_at_note(by=rosa, visit=seated, at=at, what="visit.record_printed")
    with pytest.raises(NotAllowed):
        services.look_at_note(by=omar, visit=seated, at=at)

    assert "fields" not in detail("visit.note_seen")
    assert all(field in detail("visit.record_printed") for field in DESK_FIELDS)


VALUES = {
    "name_zh": "补牙", "name_en": "Filling", "procedures": ["cleaning_ultrasonic"], "diagnoses": ["K02.1"],
    "sentences": {"advice": [{"zh": "两小时后进食。", "en": "", "usual": True}]},
}  # fmt: skip


def test_own_text_stands_in_for_the_shipped_one_and_is_undone(mona, clinic, other_clinic, at):
    made = services.write_template(by=mona, clinic=clinic, key="caries", values=VALUES, version=0, at=at)

    found = queries.template(clinic, "caries")
    assert (found.name_zh, found.is_shipped, found.is_own, found.count) == ("补牙", True, True, 1)
    assert queries.template(other_clinic, "caries").name_zh != "补牙"
    first = queries.phrases_for(clinic, ["cleaning_ultrasonic"])
    assert {one.usual["advice"] for one in first if one.key == "caries"} == {"两小时后进食。"}
    for version in (0, 7):
        with pytest.raises(services.TemplateChanged):
            services.write_template(by=mona, clinic=clinic, key="caries", values=VALUES, version=version, at=at)

    services.undo_template(by=mona, clinic=clinic, key="caries", version=made.version, at=at)
    assert queries.template(clinic, "caries").name_zh == queries.template(other_clinic, "caries").name_zh
    services.undo_template(by=mona, clinic=clinic, key="caries", version=made.version + 1, at=at)
    assert queries.template(clinic, "caries").name_zh == "补牙"
    services.return_to_shipped(by=mona, clinic=clinic, key="caries", version=made.version + 2, at=at)
    assert queries.template(clinic, "caries").sentences == queries.template(other_clinic, "caries").sentences
    with pytest.raises(services.TemplateChanged):
        services.undo_template(by=mona, clinic=clinic, key="caries", version=1, at=at)


def test_text_of_the_clinics_own(mona, dana_user, rosa, clinic, at):
    made = services.write_template(by=dana_user, clinic=clinic, key="", values=VALUES, version=0, at=at)

    assert made.key.startswith("own_")
    assert [one.key for one in queries.templates(clinic) if not one.is_shipped] == [made.key]
    with pytest.raises(services.TemplateWrong):
        services.return_to_shipped(by=mona, clinic=clinic, key=made.key, version=1, at=at)
    services.set_template_in_use(by=mona, clinic=clinic, key=made.key, is_active=False, version=1, at=at)
    assert made.key not in [one.key for one in queries.phrases_for(clinic)]
    services.undo_template(by=mona, clinic=clinic, key=made.key, version=2, at=at)
    assert made.key in [one.key for one in queries.phrases_for(clinic)]
    with pytest.raises(NotFound):
        queries.template(clinic, "nothing")
    with pytest.raises(NotAllowed):
        services.write_template(by=rosa, clinic=clinic, key="", values=VALUES, version=0, at=at)


def test_undoing_a_new_text_puts_it_away(mona, clinic, at):
    made = services.write_template(by=mona, clinic=clinic, key="", values=VALUES, version=0, at=at)

    services.undo_template(by=mona, clinic=clinic, key=made.key, version=1, at=at)

    assert NoteTemplate.objects.get().is_active is False


@pytest.mark.parametrize(
    "change",
    [
        {"name_zh": " "},
        {"sentences": {"advice": [{"zh": "句"}] * 31}},
        {"sentences": {"advice": [{"zh": "长" * 401}]}},
    ],
)
def test_impossible_text_is_refused(mona, clinic, at, change):
    with pytest.raises(services.TemplateWrong):
        services.write_template(by=mona, clinic=clinic, key="", values={**VALUES, **change}, version=0, at=at)


def test_text_without_all_its_fields_is_a_mistake(mona, clinic, at):
    with pytest.raises(TypeError):
        services.write_template(by=mona, clinic=clinic, key="", values={"name_zh": "x"}, version=0, at=at)
    assert Attachment.objects.count() == 0


def test_desk_cannot_change_whose_signed_record_it_is(rosa, dana_user, seated, at):
    note = make_note(visit=seated, by=dana_user, at=at)
    services.sign_note(by=dana_user, visit=seated, version=note.version, at=at)

    with pytest.raises(services.NoteIsSigned, match="丹娜"):
        services.correct_visit(by=rosa, visit=seated, kind="first", desk_note="请带片子", at=at)
    services.correct_visit(by=rosa, visit=seated, kind=seated.kind, desk_note="请带片子", at=at)

    seated.refresh_from_db()
    assert (seated.kind, seated.desk_note) == ("return", "请带片子")
    assert queries.note_is_whole(seated, queries.note_of(seated))
