"""Pages of the record: reading by field, drugs, pictures and papers, health, settings, sheets of paper."""

import io
import json
from datetime import timedelta
from importlib import import_module

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from PIL import Image

from incisor.accounts.models import Role
from incisor.audit.models import Entry
from incisor.kernel import store
from incisor.patients.models import PatientAlert
from incisor.patients.rules.measures import Figures
from incisor.patients.services import record_reading
from incisor.visits import queries, services
from incisor.visits.adapters import record_sheet
from incisor.visits.adapters.brought import checked_file
from incisor.visits.models import Attachment, HealthCheck, NoteTemplate, PrescribedDrug, RecordReading, VisitNote
from incisor.visits.rules.reading import ALL_FIELDS
from tests.factories.accounts import make_user
from tests.factories.visits import make_note, make_visit

PART = {"HX-Request": "true"}
WRITTEN = {"complaint": "牙痛", "findings": "36龋", "diagnosis": "龋病", "treatment": "充填", "advice": "勿咬硬物"}
AMOXICILLIN = {
    "drug": "amoxicillin", "name": "阿莫西林胶囊", "strength": "0.5 g", "dose": "0.5 g", "route": "oral",
    "frequency": "tid", "days": 3, "amount": "1盒", "note": "",
}  # fmt: skip


@pytest.fixture
def as_dana(client, dana_user):
    client.force_login(dana_user)
    return client


@pytest.fixture
def visit(clinic, pia, dana, chair, at):
    return make_visit(clinic=clinic, patient=pia, at=at, dentist=dana, chair=chair, status="in_chair", complaint="牙痛")


def address(name, *keys):
    return reverse(f"visits:{name}", args=keys)


def picture(name="牙片.jpg", size=(60, 40)):
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def text(answer):
    return answer.content.decode()


def seen_by(client, url):
    html = text(client.get(url))
    raw = html.split('name="seen" value="')[1].split('"')[0]
    return raw.replace("&quot;", '"')


def test_two_dentists_type_in_different_fields(as_dana, visit, clinic, dana_user, at):
    url = address("note", visit.pk)
    seen = seen_by(as_dana, url)
    nell = make_user(username="nell", name="小林", roles=["dentist"], clinic=clinic)
    services.save_note(by=nell, visit=visit, version=0, values={"complaint": "牙痛", "advice": "冷敷"}, at=at)

    mine = {"complaint": "牙痛", "findings": "36龋", "version": 0, "seen": seen}
    answer = as_dana.post(url, mine, headers=PART)

    html, note = text(answer), VisitNote.objects.get()
    assert (answer.status_code, note.findings, note.advice) == (200, "36龋", "冷敷")
    assert ("小林" in html, "冷敷" in html) == (True, True)

    again = json.loads(html.split('name="seen" value="')[1].split('"')[0].replace("&quot;", '"'))
    after = as_dana.post(url, {**mine, "findings": "36深龋", "version": 2, "seen": json.dumps(again)}, headers=PART)
    note.refresh_from_db()
    assert (after.status_code, note.findings, note.advice) == (200, "36深龋", "冷敷")

    signing = {**mine, "findings": "36深龋", "diagnosis": "龋", "treatment": "充填", "action": "sign"}
    unread = as_dana.post(url, {**signing, "version": 3, "seen": json.dumps(again)}, headers=PART)
    assert (unread.status_code, VisitNote.objects.get().signed_at) == (422, None)


def test_print_that_is_none_is_a_conflict_and_loses_nothing(as_dana, visit, dana_user, at):
    make_note(visit=visit, by=dana_user, at=at, version=5)

    for seen in ("[1]", "no json"):
        answer = as_dana.post(address("note", visit.pk), {**WRITTEN, "version": 1, "seen": seen}, headers=PART)
        assert answer.status_code == 422


def test_signed_while_somebody_types(as_dana, visit, clinic, at):
    nell = make_user(username="nell", name="小林", roles=["dentist"], clinic=clinic)
    note = make_note(visit=visit, by=nell, at=at)
    services.sign_note(by=nell, visit=visit, version=note.version, at=at)

    answer = as_dana.post(address("note", visit.pk), {**WRITTEN, "version": 1, "seen": "{}"}, headers=PART)
    whole = as_dana.post(address("note", visit.pk), {**WRITTEN, "version": 1, "seen": "{}"})

    for html in (text(answer), text(whole)):
        assert ("小林" in html, "勿咬硬物" in html) == (True, True)
    assert (answer.status_code, whole.status_code) == (422, 422)
    assert queries.note_of(visit).advice == note.advice


def test_manager_reads_all_and_adds_nothing(as_mona, visit, dana_user, at):
    note = make_note(visit=visit, by=dana_user, at=at)
    services.sign_note(by=dana_user, visit=visit, version=note.version, at=at)

    html = text(as_mona.get(address("note", visit.pk)))

    assert ("慢性龈炎" in html, 'id="note-form"' in html, "addenda/" in html) == (True, False, False)


def test_role_without_any_part_is_refused(client, visit, clinic):
    client.force_login(make_user(username="fay", name="小飞", roles=["cashier"], clinic=clinic))

    for name in ("note", "record-pdf", "prescription-pdf", "attachments", "teeth"):
        assert client.get(address(name, visit.pk)).status_code == 403, name
    for name in ("tooth-history", "patient-teeth", "patient-attachments"):
        assert client.get(address(name, visit.patient_id)).status_code == 403, name


def test_list_of_visits_shows_what_was_done_only_to_those_who_may_know(client, visit, clinic, cleaning, dana_user, at):
    services.add_treatment(by=dana_user, visit=visit, procedure=cleaning, teeth=[36], surfaces={36: "o"}, at=at)
    client.force_login(make_user(username="fay", name="小飞", roles=["cashier"], clinic=clinic))
    hidden = text(client.get(address("patient-visits", visit.patient_id), headers=PART))
    client.force_login(dana_user)
    shown = text(client.get(address("patient-visits", visit.patient_id), headers=PART))

    assert ("36 O" in hidden, "36 O" in shown) == (False, True)


def test_drug_is_chosen_warned_of_and_prescribed_with_a_reason(as_dana, visit, pia, system, at):
    PatientAlert.objects.create(
        clinic=pia.clinic,
        patient=pia,
        kind="allergy",
        code="penicillin",
        text="青霉素",
        recorded_by=system,
        recorded_at=at,
    )
    url = address("drugs", visit.pk)

    assert "阿莫西林" in text(as_dana.get(address("find-drugs", visit.pk), {"q": "amxl"}, headers=PART))
    chosen = text(as_dana.get(url, {"drug": "amoxicillin"}, headers=PART))
    assert ("青霉素" in chosen, 'name="reason"' in chosen) == (True, True)
    refused = as_dana.post(url, AMOXICILLIN, headers=PART)
    assert (refused.status_code, PrescribedDrug.objects.count()) == (422, 0)
    assert "青霉素" in text(refused)

    done = as_dana.post(url, {**AMOXICILLIN, "reason": "皮试阴性"}, headers=PART)

    made = PrescribedDrug.objects.get()
    assert (done.status_code, made.reason) == (200, "皮试阴性")
    assert address("drug-off", visit.pk, made.pk) in done.headers["HX-Trigger"]


def test_drug_goes_off_and_back(as_dana, visit):
    as_dana.post(address("drugs", visit.pk), AMOXICILLIN)
    made = PrescribedDrug.objects.get()

    off = as_dana.post(address("drug-off", visit.pk, made.pk), headers={**PART, "HX-Target": "drugs-card"})
    assert (off.status_code, queries.drugs_of(visit)) == (200, [])
    back = as_dana.post(address("drug-back", visit.pk, made.pk), headers=PART)
    assert (back.status_code, len(queries.drugs_of(visit))) == (204, 1)
    assert "drugs-changed" in back.headers["HX-Trigger"]
    plain = as_dana.post(address("drug-off", visit.pk, made.pk))
    assert (plain.status_code, queries.drugs_of(visit)) == (303, [])


def test_free_drug_and_impossible_one(as_dana, visit):
    url = address("drugs", visit.pk)

    assert 'value="板蓝根"' in text(as_dana.get(url, {"name": "板蓝根"}, headers=PART))
    assert "板蓝根" in text(as_dana.get(address("find-drugs", visit.pk), {"q": "板蓝根"}, headers=PART))
    for wrong in ({"dose": ""}, {"days": 100}, {"name": ""}):
        assert as_dana.post(url, {**AMOXICILLIN, **wrong}, headers=PART).status_code == 422
    as_dana.post(url, AMOXICILLIN, headers=PART)
    assert as_dana.post(url, AMOXICILLIN, headers=PART).status_code == 422


def test_files_are_kept_each_for_itself(as_dana, visit):
    paper = SimpleUploadedFile("牙片2.jpg", b"%PDF-1.7", content_type="image/jpeg")

    answer = as_dana.post(
        address("attachments", visit.pk), {"files": [picture(), paper], "kind": "xray", "teeth": "36"}, headers=PART
    )

    made = Attachment.objects.get()
    assert (answer.status_code, made.kind, made.teeth, made.file_name) == (422, "xray", [36], "牙片.jpg")
    assert "牙片2.jpg" in text(answer)
    for size, kind in (("thumbnail", "image/jpeg"), ("shown", "image/jpeg"), ("original", "image/jpeg")):
        sent = as_dana.get(address("attachment-file", visit.pk, made.pk, size))
        assert (sent.headers["Content-Type"], sent.headers["Cache-Control"]) == (kind, "no-store")
    assert sent.content == store.read(made.original)
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert Entry.objects.filter(what="visit.attachment_seen", is_look=True).count() == 2


def test_too_large_too_many_none_and_no_tooth(as_dana, visit, monkeypatch):
    url = address("attachments", visit.pk)
    monkeypatch.setattr("incisor.visits.adapters.brought.TAKEN_AT_MOST", 100)
    assert as_dana.post(url, {"files": [picture()]}, headers=PART).status_code == 422
    monkeypatch.undo()
    monkeypatch.setattr(import_module("incisor.visits.views.attachments"), "MOST_AT_ONCE", 1)
    assert as_dana.post(url, {"files": [picture(), picture()], "teeth": "99"}, headers=PART).status_code == 422
    assert as_dana.post(url, {}).status_code == 422
    assert (Attachment.objects.count(), Attachment.objects.get().teeth) == (1, [])
    assert as_dana.post(url, {"files": [picture()]}).status_code == 303
    pdf = SimpleUploadedFile("a.pdf", b"%PDF-1.7")
    assert as_dana.post(url, {"files": [pdf]}, headers=PART).status_code == 200
    assert Attachment.objects.filter(kind="report").count() == 1
    assert text(as_dana.get(url)).count("<figure>") == 3
    assert text(as_dana.get(address("patient-attachments", visit.patient_id), headers=PART)).count("<figure>") == 3


def test_attachment_out_and_back(as_dana, visit):
    as_dana.post(address("attachments", visit.pk), {"files": [picture()]}, headers=PART)
    made = Attachment.objects.get()

    out = as_dana.post(address("attachment-out", visit.pk, made.pk), headers={**PART, "HX-Target": "attachments-card"})
    assert (out.status_code, queries.attachments_of(visit)) == (200, [])
    back = as_dana.post(address("attachment-back", visit.pk, made.pk), headers=PART)
    assert (back.status_code, len(queries.attachments_of(visit))) == (204, 1)
    assert as_dana.post(address("attachment-out", visit.pk, made.pk)).status_code == 303


def test_desk_sees_no_picture(as_rosa, visit, dana_user, at):
    made = services.attach(
        by=dana_user, visit=visit, kind="xray", at=at,
        file=checked_file(name="a.jpg", content=picture().read()),
    )  # fmt: skip

    assert as_rosa.get(address("attachment-file", visit.pk, made.pk, "shown")).status_code == 403
    for name in ("attachment-out", "attachment-back"):
        assert as_rosa.post(address(name, visit.pk, made.pk)).status_code == 403
    assert "attachments-card" not in text(as_rosa.get(address("note", visit.pk)))


@pytest.mark.parametrize("fields", [[], ["attachments"]])
def test_assistant_takes_out_only_what_she_sees(client, visit, clinic, mona, dana_user, at, fields):
    made = services.attach(
        by=dana_user, visit=visit, kind="xray", at=at,
        file=checked_file(name="a.jpg", content=picture().read()),
    )  # fmt: skip
    client.force_login(make_user(username="nan", name="小南", roles=["nurse"], clinic=clinic))
    role = Role.objects.get(key="nurse")
    services.choose_fields(by=mona, clinic=clinic, role=role, fields=fields, version=0, at=at)

    statuses = [
        client.post(address(name, visit.pk, made.pk), headers=PART).status_code
        for name in ("attachment-out", "attachment-back")
    ]

    assert statuses == ([204, 204] if fields else [403, 403])


def test_size_that_there_is_not_is_not_found(as_dana, visit, dana_user, at):
    made = services.attach(
        by=dana_user, visit=visit, kind="xray", at=at,
        file=checked_file(name="a.jpg", content=picture().read()),
    )  # fmt: skip

    assert as_dana.get(address("attachment-file", visit.pk, made.pk, "huge")).status_code == 404


@pytest.mark.parametrize(("key", "part"), [("teeth", "teeth"), ("documents", "attachments")])
def test_tab_stands_for_who_reads_the_part(client, clinic, pia, mona, at, key, part):
    def panels(role, fields):
        client.force_login(make_user(username=role, name="小南", roles=[role], clinic=clinic))
        row = Role.objects.get(key=role)
        services.choose_fields(by=mona, clinic=clinic, role=row, fields=fields, version=0, at=at)
        page = text(client.get(reverse("patients:patient", args=[pia.pk]), {"tab": key}))
        return reverse(f"visits:patient-{part}", args=[pia.pk]) in page

    # whoever may read notes reads what the clinic leaves them; whoever may not, what the clinic gives them
    assert (panels("nurse", ["advice"]), panels("receptionist", [part])) == (False, True)
    assert (panels("supervisor", ["advice"]), panels("manager", [part])) == (False, True)


def test_health_is_asked_and_stands_at_the_chair(as_rosa, client, visit, pia, dana_user):
    url = address("health-check", pia.pk)
    assert text(as_rosa.get(url, headers=PART)).count("check-question") > 4

    empty = as_rosa.post(url, {"way": "desk"}, headers=PART)
    done = as_rosa.post(url, {"way": "desk", "q_unwell": "yes", "note": "发烧"}, headers=PART)

    made = HealthCheck.objects.get()
    assert (empty.status_code, done.status_code, made.visit) == (422, 204, visit)
    assert "health-changed" in done.headers["HX-Trigger"]
    assert "发烧" in text(as_rosa.get(url, headers=PART)) or "tag-alert" in text(as_rosa.get(url, headers=PART))
    client.force_login(dana_user)
    assert "发烧" in text(client.get(address("note", visit.pk)))
    assert "发烧" in text(client.get(address("visit-health", visit.pk), headers=PART))
    assert client.get(address("visit-health", visit.pk)).status_code == 303
    assert client.post(url, {"way": "chair", "q_unwell": "no"}).status_code == 303
    latest = HealthCheck.objects.get(ended_at=None)
    assert client.post(address("health-check-back", pia.pk, latest.pk), headers=PART).status_code == 204
    assert client.post(address("health-check-back", pia.pk, latest.pk)).status_code == 303
    assert HealthCheck.objects.filter(ended_at=None).count() == 0


def test_tooth_history_is_fetched_for_the_chosen_teeth(as_dana, visit, pia, dana_user, at):
    services.set_tooth_findings(by=dana_user, visit=visit, teeth=[36], on={36: "mo"}, state="caries", text="深", at=at)
    url = address("tooth-history", pia.pk)

    assert "36 MO" in text(as_dana.get(url, {"teeth": "36 MO"}, headers=PART))
    for other in ("", "11", "99", "36x"):
        assert "深" not in text(as_dana.get(url, {"teeth": other}, headers=PART))
    whole = text(as_dana.get(address("patient-teeth", pia.pk), {"dentition": "mixed"}))
    assert ("tooth-link" in whole, "36 MO" in whole) == (True, True)


def test_surfaces_typed_with_the_teeth_are_recorded(as_dana, visit):
    url = address("teeth", visit.pk)

    as_dana.post(url, {"teeth": "36 mo, 37", "surfaces": ["B"], "state": "caries"}, headers=PART)
    wrong = as_dana.post(url, {"teeth": "36x", "state": "caries"}, headers=PART)

    assert [(row.tooth, row.surfaces) for row in queries.findings_of(visit)] == [(36, "MO"), (37, "B")]
    assert wrong.status_code == 422


def test_manager_decides_who_reads_what_and_undoes_it(as_mona, clinic, rosa):
    role = Role.objects.get(key="receptionist")
    assert f'id="role-{role.pk}"' in text(as_mona.get(address("record-fields")))
    url = address("record-fields-role", role.pk)

    first = as_mona.post(url, {"fields_read": ["teeth"], "version": 0}, headers=PART)
    second = as_mona.post(url, {"fields_read": [], "version": 1}, headers=PART)
    late = as_mona.post(url, {"fields_read": [], "version": 1}, headers=PART)

    assert (first.status_code, second.status_code, late.status_code) == (200, 200, 422)
    assert address("record-fields-forget", role.pk) in first.headers["HX-Trigger"]
    undo = json.loads(second.headers["HX-Trigger"])["toast"]["undo_url"]
    as_mona.post(undo, headers=PART)
    assert RecordReading.objects.get().fields == ["teeth"]
    as_mona.post(address("record-fields-forget", role.pk), headers=PART)
    assert RecordReading.objects.count() == 0
    for wrong in ({"fields_read": ["money"], "version": 0}, {"fields_read": []}):
        assert as_mona.post(url, wrong, headers=PART).status_code == 422
    assert as_mona.post(address("record-fields-back", role.pk), headers=PART).status_code == 422
    assert as_mona.post(url, {"fields_read": ["advice"], "version": 0}).status_code == 303
    assert as_mona.post(url, {"fields_read": ["advice"], "version": 0}).status_code == 409


def test_desk_decides_nothing(as_rosa):
    assert as_rosa.get(address("record-fields")).status_code == 403
    assert as_rosa.get(address("note-templates")).status_code == 403


def test_ready_text_is_written_and_undone(as_dana, clinic):
    with translation.override("zh-hans"):
        shown = text(as_dana.get(address("note-template", "caries")))
    assert ("*" in shown, "{teeth}" in shown) == (True, True)
    given = {
        "name_zh": "补牙",
        "version": 0,
        "advice_zh": "*两小时后进食。\r\n勿咬硬物。",
        "advice_en": "*Eat in two hours.",
    }

    saved = as_dana.post(address("note-template", "caries"), given)

    row = NoteTemplate.objects.get()
    assert (saved.status_code, row.sentences["advice"]) == (303, [
        {"zh": "两小时后进食。", "en": "Eat in two hours.", "usual": True}, {"zh": "勿咬硬物。", "en": ""},
    ])  # fmt: skip
    assert as_dana.post(address("note-template", "caries"), given).status_code == 422
    assert as_dana.post(address("note-template", "caries"), {**given, "name_zh": ""}).status_code == 422
    as_dana.post(address("note-template-use", "caries"), {"is_active": 0, "version": 1})
    assert NoteTemplate.objects.get().is_active is False
    assert "caries" in text(as_dana.get(address("note-templates")))
    as_dana.post(address("note-template-undo", "caries") + "?version=2")
    assert NoteTemplate.objects.get().is_active is True
    as_dana.post(address("note-template-shipped", "caries"), {"version": 3})
    assert NoteTemplate.objects.get().name_zh != "补牙"
    as_dana.post(address("note-template-new"), {**given, "name_zh": "本院"})
    assert NoteTemplate.objects.filter(name_zh="本院").count() == 1
    assert as_dana.get(address("note-template", "nothing")).status_code == 404


def test_phrases_without_any_template(as_dana, visit, clinic, dana_user, at):
    for one in queries.templates(clinic):
        services.set_template_in_use(
            by=dana_user, clinic=clinic, key=one.key, is_active=False, version=one.version, at=at
        )

    assert as_dana.get(address("note", visit.pk)).status_code == 200
    assert as_dana.get(address("phrases", visit.pk), headers=PART).status_code == 200


@pytest.fixture
def full(visit, dana_user, cleaning, pia, system, at):
    PatientAlert.objects.create(
        clinic=pia.clinic,
        patient=pia,
        kind="allergy",
        code="penicillin",
        text="青霉素",
        recorded_by=system,
        recorded_at=at,
    )
    note = make_note(
        visit=visit, by=dana_user, at=at, next_procedure=cleaning, next_after_days=7, diagnosis_codes=["K05.1"]
    )
    services.add_treatment(by=dana_user, visit=visit, procedure=cleaning, teeth=[36], quantity=2, at=at)
    services.set_tooth_findings(by=dana_user, visit=visit, teeth=[36], on={36: "mo"}, state="caries", at=at)
    dosage = services.Dosage(
        name="布洛芬", dose="0.3 g", route="oral", frequency="bid", days=3, amount="1盒", note="饭后"
    )
    services.prescribe(by=dana_user, visit=visit, dosage=dosage, at=at)
    services.attach(
        by=dana_user, visit=visit, kind="xray", at=at, teeth=[36],
        file=checked_file(name="a.jpg", content=picture().read()),
    )  # fmt: skip
    services.sign_note(by=dana_user, visit=visit, version=note.version, at=at)
    services.add_addendum(by=dana_user, visit=visit, text="补充一句", at=at)
    return visit


def test_sheet_says_everything_in_chinese(full, at):
    found = queries.record_of(full, ALL_FIELDS)

    with translation.override("zh-hans"):
        content = record_sheet.record_content(found, chart_svg="", sees_health=True, at=at)
        recipe = record_sheet.prescription_content(found, sees_health=True, at=at)

    told = json.dumps(content, ensure_ascii=False)
    for words in (
        "口腔门诊病历",
        "皮亚",
        "青霉素",
        "全口超声洁治",
        "36 MO",
        "K05.1",
        "× 2",
        "布洛芬",
        "补充一句",
        "丹娜",
    ):
        assert words in told, words
    assert content["words"]["part"] == ""
    assert (recipe["title"], recipe["drugs"][0]["amount"]) == ("处方笺", "1盒")
    found.values["diagnosis"] = "牙龈红肿。"
    with translation.override("zh-hans"):
        recipe = record_sheet.prescription_content(found, sees_health=True, at=at)
    assert recipe["diagnosis"] == ["诊断", "牙龈红肿；慢性龈炎"]


def test_part_of_a_record_is_called_one(full, at):
    found = queries.record_of(full, {"advice"})
    content = record_sheet.record_content(found, chart_svg="", sees_health=True, at=at)

    assert [section["lines"] for section in content["sections"]] == [["每天用牙线"]]
    assert content["words"]["part"] != ""


@pytest.mark.parametrize("sees_health", [True, False])
def test_sheet_tells_readings_and_what_was_asked_only_to_readers_of_the_background(
    visit, dana_user, pia, system, at, sees_health
):
    make_note(visit=visit, by=dana_user, at=at)
    record_reading(
        by=dana_user, patient=pia, kind="blood_pressure", figures=Figures(148, 92), measured_at=at, at=at, moment=""
    )

    def told():
        found = queries.record_of(queries.visit(visit.clinic, visit.pk), ALL_FIELDS)
        content = record_sheet.record_content(found, chart_svg="", sees_health=sees_health, at=at)
        recipe = record_sheet.prescription_content(found, sees_health=sees_health, at=at)
        assert content["allergies"] == recipe["allergies"]
        return bool(content["readings"]), content["allergies"][1]

    with translation.override("zh-hans"):
        assert told() == ((True, "未询问") if sees_health else (False, ""))
        PatientAlert.objects.create(
            clinic=pia.clinic, patient=pia, kind="allergy", code="penicillin", text="青霉素", recorded_by=system,
            recorded_at=at,
        )  # fmt: skip
        assert told() == (sees_health, "青霉素类")


def test_prescription_tells_the_diagnosis_only_to_who_reads_it(client, full, clinic, rosa, mona, at, monkeypatch):
    printed = []
    monkeypatch.setattr(record_sheet, "_set", lambda name, content: printed.append(content) or b"%PDF-")
    role = Role.objects.get(key="receptionist")
    client.force_login(rosa)
    for version, fields in enumerate((["prescription"], ["prescription", "diagnosis"])):
        services.choose_fields(by=mona, clinic=clinic, role=role, fields=fields, version=version, at=at)
        assert client.get(address("prescription-pdf", full.pk)).status_code == 200

    assert ["慢性龈炎" in json.dumps(one, ensure_ascii=False) for one in printed] == [False, True]
    assert all("布洛芬" in json.dumps(one, ensure_ascii=False) for one in printed)


def test_sheets_are_pdf(as_dana, full):
    for name, query in (("record-pdf", ""), ("record-pdf", "?lang=en"), ("prescription-pdf", "")):
        sent = as_dana.get(address(name, full.pk) + query)
        assert (sent.headers["Content-Type"], sent.content[:5]) == ("application/pdf", b"%PDF-")
    assert Entry.objects.filter(what="visit.record_printed").count() == 2


def test_draft_and_desk_print_too(as_rosa, visit, dana_user, at):
    make_note(visit=visit, by=dana_user, at=at)

    assert as_rosa.get(address("record-pdf", visit.pk)).content[:5] == b"%PDF-"
    assert as_rosa.get(address("prescription-pdf", visit.pk)).status_code == 403


def test_sheet_without_fonts_is_refused(as_dana, visit, monkeypatch, tmp_path):
    monkeypatch.setattr(record_sheet, "FONTS", tmp_path)

    assert as_dana.get(address("record-pdf", visit.pk)).status_code == 503


def test_reading_page_costs_the_same_with_one_and_three(as_mona, visit, clinic, pia, dana_user, cleaning, at):
    def add(number):
        earlier = make_visit(clinic=clinic, patient=pia, at=at - timedelta(days=number), status="done")
        for where in (visit, earlier):
            services.set_tooth_findings(by=dana_user, visit=where, teeth=[10 + number], state="caries", at=at)
        services.add_treatment(by=dana_user, visit=visit, procedure=cleaning, teeth=[36], at=at)
        dosage = services.Dosage(name=f"药{number}", dose="1", route="oral", frequency="bid")
        services.prescribe(by=dana_user, visit=visit, dosage=dosage, at=at)
        file = checked_file(name="a.pdf", content=b"%PDF-1.7")
        services.attach(by=dana_user, visit=visit, kind="report", at=at, file=file)

    make_note(visit=visit, by=dana_user, at=at)
    pages = [address("note", visit.pk), address("patient-teeth", pia.pk), address("patient-attachments", pia.pk)]
    add(1)
    for page in pages:
        as_mona.get(page)
    counts = []
    for more in ((), (2, 3)):
        for number in more:
            add(number)
        with CaptureQueriesContext(connection) as asked:
            for page in pages:
                as_mona.get(page)
        counts.append(len(asked))

    assert counts[0] == counts[1]
