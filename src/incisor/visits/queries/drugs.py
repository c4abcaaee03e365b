"""Drugs to choose from, and what the patient's file says about them."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from incisor.patients.enums import AlertKind
from incisor.patients.models import Patient
from incisor.patients.rules.ages import age_on
from incisor.patients.rules.health import health_code, health_label
from incisor.visits.queries.library import initials_of
from incisor.visits.rules.drugs import AGE, ALLERGY, CROSS, Clash, Drug, Known, conditions_named, drugs

MOST_FOUND = 12
NOT_ILLNESSES = frozenset({AlertKind.ALLERGY, AlertKind.WARNING})


def known_of(patient: Patient, day: Any) -> Known:
    """Return what the file says that bears on drugs. Free when the patient's alerts are loaded."""
    alerts = patient.current_alerts
    age = age_on(born_on=patient.born_on, day=day)
    conditions = {"pregnancy" for alert in alerts if alert.kind == AlertKind.PREGNANCY}
    for alert in alerts:
        if alert.kind not in NOT_ILLNESSES:
            conditions |= {alert.code or health_code(kind=AlertKind.CONDITION, text=alert.text)}
            conditions |= conditions_named(alert.text)
    return Known(
        allergies=tuple((alert.code, alert.text) for alert in alerts if alert.kind == AlertKind.ALLERGY),
        conditions=frozenset(conditions - {""}),
        age=age.years if age else None,
    )


def find_drugs(text: str) -> list[Drug]:
    """Return drugs by name, group or initials, those whose name begins so first; with nothing typed the usual ones."""
    words = text.strip().casefold()
    everything = list(drugs().values())
    if not words:
        return everything[:MOST_FOUND]

    def rank(drug: Drug) -> int:
        names = (drug.zh.casefold(), drug.en.casefold(), initials_of(drug.zh), drug.key)
        if any(name.startswith(words) for name in names):
            return 0
        return 1 if any(words in name for name in names) else 9

    ranked = sorted(((rank(drug), place, drug) for place, drug in enumerate(everything)), key=lambda one: one[:2])
    return [drug for order, _place, drug in ranked if order < 9][:MOST_FOUND]


def clash_words(clash: Clash) -> str:
    """Return the name of what speaks against a drug, in the language of the page."""
    language = get_language() or ""
    kind = "allergy" if clash.kind in {"allergy", "cross"} else "condition"
    return health_label(kind=kind, code=clash.key, language=language) or clash.words or clash.key


def clash_message(name: str, against: list[Clash]) -> str:
    """Return in words what speaks against the drug, and what to do."""
    separator = "；" if (get_language() or "").startswith("zh") else "; "
    told = separator.join(clash_line(clash) for clash in against)
    return _("%(drug)s: %(why)s. Choose another drug, or write why it is prescribed all the same.") % {
        "drug": name,
        "why": told,
    }


def clash_line(clash: Clash) -> str:
    """Return one thing that speaks against a drug, in words."""
    words = {"what": clash_words(clash)}
    if clash.kind == ALLERGY:
        return _("the patient is allergic to %(what)s") % words
    if clash.kind == CROSS:
        return _("people allergic to %(what)s may react to it too") % words
    if clash.kind == AGE:
        return _("not before the age of %(years)s") % {"years": clash.key}
    if clash.is_refused:
        return _("not to be taken with: %(what)s") % words
    return _("with care: %(what)s") % words
