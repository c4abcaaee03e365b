"""What a plan says, what a signature under it stands for, and whether that is still so."""

import json
from typing import Any

from incisor.forms.rules import canonical, digest_of_bytes, moment_text
from incisor.visits.enums import DecisionKind
from incisor.visits.models import PlanDecision, PlanItem, TreatmentPlan


def content_of(of: TreatmentPlan) -> dict[str, Any]:
    """Return everything that a plan says, as plain values. The plan comes from `plan`."""
    return {
        "title": of.title,
        "problem": of.problem,
        "dentist": str(of.dentist_id) if of.dentist_id else None,
        "options": [
            {
                "id": str(option.pk),
                "title": option.title,
                "explanation": option.explanation,
                "is_recommended": option.is_recommended,
                "stages": [
                    {
                        "id": str(stage.pk),
                        "title": stage.title,
                        "after_days": stage.after_days,
                        "items": [_item_content(item) for item in stage.rows],
                    }
                    for stage in option.rows
                ],
            }
            for option in of.rows  # type: ignore[attr-defined]  # prefetched
        ],
    }


def _item_content(item: PlanItem) -> dict[str, Any]:
    return {
        "id": str(item.pk),
        "procedure": str(item.procedure_id),
        "code": item.procedure.code,
        "name": item.procedure.name_zh,
        "teeth": list(item.teeth),
        "quantity": item.quantity,
        "unit_minor": item.unit_minor,
        "note": item.note,
    }


def signed_facts(of: TreatmentPlan, decision: PlanDecision) -> dict[str, Any]:
    """Return everything that a patient's signature under a plan stands for."""
    return {
        "clinic": str(of.clinic_id),
        "patient": str(of.patient_id),
        "plan": str(of.pk),
        "content": content_of(of),
        "currency": of.clinic.currency,
        "option": str(decision.option_id),
        "kind": decision.kind,
        "words": decision.words,
        "name": decision.name,
        "relation": decision.relation,
        "mark": decision.mark,
        "strokes": decision.strokes,
        "at": moment_text(decision.at),
        "by": str(decision.by_id),
    }


def is_whole(of: TreatmentPlan, decision: PlanDecision) -> bool:
    """Tell whether a plan that was signed is still what was signed."""
    if not decision.digest:
        return decision.kind != DecisionKind.ACCEPTED
    is_text = digest_of_bytes(decision.sealed.encode()) == decision.digest
    return is_text and _compared(json.loads(decision.sealed)) == _compared(signed_facts(of, decision))


def _compared(facts: dict[str, Any]) -> str:
    """Return what of the signed facts is compared with today: not what a merge of files or a new name may change later.

    That stays in the sealed text as it was.
    """
    options = [
        {
            **option,
            "stages": [
                {**stage, "items": [{key: one[key] for key in one if key != "name"} for one in stage["items"]]}
                for stage in option["stages"]
            ],
        }
        for option in facts["content"]["options"]
    ]
    kept = {key: value for key, value in facts.items() if key != "patient"}
    return canonical({**kept, "content": {**facts["content"], "options": options}})
