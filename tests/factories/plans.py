"""Treatment plans for tests: made by the services, as at the chair."""

import json

from incisor.forms.rules import Given
from incisor.visits import queries, services
from tests.factories.clinics import make_procedure

STROKES = json.dumps([[[100, 100, 0], [300, 200, 40], [500, 100, 90]], [[200, 300, 200], [600, 300, 260]]])
SIGNED = Given(field="patient", strokes=STROKES, name="皮娅")


def make_plan(*, patient, by, at, items=(), title="36缺失修复", **over):
    """Return a draft with one alternative; items: (procedure, teeth) or (procedure, teeth, quantity) of its one stage."""
    made = services.make_plan(by=by, clinic=patient.clinic, patient=patient, title=title, at=at, **over)
    plan = queries.plan(patient.clinic, made.pk)
    for procedure, teeth, *quantity in items:
        services.add_plan_item(
            by=by,
            stage=stage_of(plan),
            procedure=procedure,
            teeth=teeth,
            quantity=quantity[0] if quantity else 1,
            at=at,
        )
    return queries.plan(patient.clinic, made.pk)


def stage_of(plan, option=0, stage=0):
    """Return a stage of a plan."""
    return plan.rows[option].rows[stage]


def make_offered(*, patient, by, at, items=None, **over):
    """Return a plan that awaits a decision."""
    chosen = items if items is not None else [(make_procedure(code="crown", is_per_tooth=True), [36])]
    plan = make_plan(patient=patient, by=by, at=at, items=chosen, **over)
    services.offer_plan(by=by, plan=plan, at=at)
    return queries.plan(patient.clinic, plan.pk)


def make_agreed(*, patient, by, at, items=None, **over):
    """Return a plan to which the patient has agreed."""
    plan = make_offered(patient=patient, by=by, at=at, items=items, **over)
    services.decide_plan(by=by, plan=plan, kind="accepted", option=plan.rows[0], signature=SIGNED, at=at)
    return queries.plan(patient.clinic, plan.pk)
