"""What a clinic starts with: the shipped forms, published, and the rules that ask for them."""

import json
from datetime import datetime
from importlib import resources
from typing import Any

from incisor.accounts.models import User
from incisor.clinics.models import Clinic, Procedure
from incisor.forms.enums import Occasion, VersionState
from incisor.forms.models import DesignProcedure, FormDesign, FormRule, FormVersion
from incisor.forms.rules.designing import in_shape
from incisor.kernel.clock import local

HEALTH_MONTHS = 12


def shipped_forms() -> list[dict[str, Any]]:
    """Return the shipped forms in the order in which they are listed."""
    folder = resources.files("incisor.forms.data")
    names = sorted(one.name for one in folder.iterdir() if one.name.endswith(".json"))
    return [json.loads(folder.joinpath(name).read_text(encoding="utf-8")) for name in names]


def content_of(shipped: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a shipped form, with every name that a field has."""
    sections = []
    for number, section in enumerate(shipped["sections"], start=1):
        fields = [in_shape(field) for field in section["fields"]]
        for field, given in zip(fields, section["fields"], strict=True):
            field["key"] = given["key"]
        sections.append(
            {
                "key": f"s{number}",
                "title_zh": section.get("title_zh", ""),
                "title_en": section.get("title_en", ""),
                "fields": fields,
            }
        )
    return {"sections": sections}


def load_forms(*, clinic: Clinic, by: User, at: datetime) -> int:
    """Write the shipped forms that the clinic does not have, and their rules; returns how many."""
    have = set(FormDesign.objects.filter(clinic=clinic).values_list("key", flat=True))
    fresh = [one for one in shipped_forms() if one["key"] not in have]
    procedures = {one.code: one for one in Procedure.objects.all()}
    position = FormRule.objects.filter(clinic=clinic).count()
    for number, one in enumerate(fresh):
        titles = {"title_zh": one["title_zh"], "title_en": one["title_en"]}
        design = FormDesign.objects.create(
            clinic=clinic, key=one["key"], purpose=one["purpose"], valid_months=one.get("valid_months", 0),
            created_by=by, created_at=at, **titles,
        )  # fmt: skip
        FormVersion.objects.create(
            design=design, number=1, state=VersionState.PUBLISHED, content=content_of(one),
            saved_by=by, saved_at=at, published_by=by, published_at=at, **titles,
        )  # fmt: skip
        DesignProcedure.objects.bulk_create(
            DesignProcedure(design=design, procedure=procedures[code])
            for code in one.get("procedures", [])
            if code in procedures
        )
        if one.get("rule"):
            FormRule.objects.create(
                clinic=clinic, design=design, occasion=Occasion(one["rule"]),
                months=HEALTH_MONTHS if one["rule"] == Occasion.EVERY else 0,
                since=local(at, clinic.zone).date(), position=position + number,
            )  # fmt: skip
    return len(fresh)
