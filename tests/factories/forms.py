"""Forms: a small design, a form being filled in, a signature, a signed form."""

import json

from incisor.forms import queries, services
from incisor.forms.models import DesignProcedure, FormDesign, FormRule, FormVersion
from incisor.forms.rules import Given
from incisor.forms.rules.designing import in_shape
from tests.factories.accounts import make_system_user

STROKES = json.dumps([[[100, 100, 0], [300, 200, 40], [500, 100, 90]], [[200, 300, 200], [600, 300, 260]]])


def field(kind, key, label="问题", **more):
    return in_shape({"kind": kind, "label_zh": label, "label_en": f"{label} (en)", **more}) | {"key": key}


def small_content(*extra, guardian=False, staff=False):
    """A name, an allergy, a statement and the patient's signature."""
    fields = [
        field("text", "name", "姓名", is_required=True, source="name"),
        field("phone", "phone", "电话", is_required=True, source="phone"),
        field(
            "many",
            "allergies",
            "过敏",
            source="allergy",
            options=[
                {"key": "penicillin", "label_zh": "青霉素", "label_en": "Penicillin"},
                {"key": "lidocaine", "label_zh": "利多卡因", "label_en": "Lidocaine"},
            ],
        ),
        field("consent", "true", "以上属实", is_required=True),
        *extra,
        field("signature", "sign_patient", "患者签名", is_required=True, signer="patient"),
    ]
    if guardian:
        fields.append(field("signature", "sign_guardian", "监护人签名", signer="guardian"))
    if staff:
        fields.append(field("signature", "sign_staff", "医生签名", is_required=True, signer="staff"))
    return {"sections": [{"key": "s1", "title_zh": "基本信息", "title_en": "Basics", "fields": fields}]}


def make_design(*, clinic, by=None, at, key="small", purpose="registration", content=None, published=True, **over):
    by = by or make_system_user()
    titles = {"title_zh": over.pop("title_zh", "登记表"), "title_en": over.pop("title_en", "Registration")}
    procedures = over.pop("procedures", ())
    design = FormDesign.objects.create(
        clinic=clinic, key=key, purpose=purpose, created_by=by, created_at=at, **titles, **over
    )
    FormVersion.objects.create(
        design=design,
        number=1,
        state="published" if published else "draft",
        content=content or small_content(),
        saved_by=by,
        saved_at=at,
        published_by=by if published else None,
        published_at=at if published else None,
        **titles,
    )
    for procedure in procedures:
        DesignProcedure.objects.create(design=design, procedure=procedure)
    return queries.design(clinic, design.pk)


def make_rule(*, design, occasion="first_visit", since, **over):
    return FormRule.objects.create(clinic=design.clinic, design=design, occasion=occasion, since=since, **over)


def make_filled(*, patient, design, by, at, **over):
    return services.begin_form(by=by, clinic=patient.clinic, patient=patient, design=design, at=at, **over)


def given(field="sign_patient", **over):
    return Given(field=field, **{"strokes": STROKES, **over})


ANSWERS = {"name": "皮娅", "phone": "", "allergies": ["penicillin"], "true": True}


def make_signed(*, patient, design, by, at, answers=None, **over):
    filled = make_filled(patient=patient, design=design, by=by, at=at, **over)
    return services.sign_form(
        by=by,
        filled=filled,
        answers=ANSWERS | {"name": patient.name} | (answers or {}),
        revision=filled.revision,
        signatures=[given()],
        language="zh-hans",
        place="前台",
        at=at,
    )
