"""Pages of visits: the note with its chart, and a patient's visits and teeth."""

from incisor.visits.views.consents import consent_overrule, consent_overrule_undo, consents
from incisor.visits.views.note import addendum, diagnoses, note, note_print, phrases
from incisor.visits.views.patient import patient_teeth, patient_visits
from incisor.visits.views.plan_deciding import (
    plan_answer,
    plan_copy,
    plan_item_settle,
    plan_offer,
    plan_put_away,
    plan_redraft,
    plan_resume,
    plan_sign,
    plan_stop,
    plan_take_back,
)
from incisor.visits.views.plan_editing import (
    option_add,
    option_change,
    plan_about,
    plan_item_add,
    plan_item_change,
    plan_procedures,
    plan_undo,
    stage_add,
    stage_change,
)
from incisor.visits.views.plans import patient_plans, plan, plan_new, plan_print, plans
from incisor.visits.views.teeth import teeth
from incisor.visits.views.treatments import find_procedures, treatment, treatments

__all__ = [
    "addendum",
    "consent_overrule",
    "consent_overrule_undo",
    "consents",
    "diagnoses",
    "find_procedures",
    "note",
    "note_print",
    "option_add",
    "option_change",
    "patient_plans",
    "patient_teeth",
    "patient_visits",
    "phrases",
    "plan",
    "plan_about",
    "plan_answer",
    "plan_copy",
    "plan_item_add",
    "plan_item_change",
    "plan_item_settle",
    "plan_new",
    "plan_offer",
    "plan_print",
    "plan_procedures",
    "plan_put_away",
    "plan_redraft",
    "plan_resume",
    "plan_sign",
    "plan_stop",
    "plan_take_back",
    "plan_undo",
    "plans",
    "stage_add",
    "stage_change",
    "teeth",
    "treatment",
    "treatments",
]
