"""The words of the health check's questions and answers."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from incisor.visits.rules.health_check import GRAVE, Worry


def question_words() -> dict[str, str]:
    """Return what is asked, by the key of the question."""
    return {
        "changed": _("Has anything changed since the last visit: a new illness, allergy or medicine?"),
        "unwell": _("Fever, cough, a cold or any inflammation today?"),
        "chest": _("Chest pain, short breath or fainting in the last weeks?"),
        "medicine": _("Any medicine taken today?"),
        "blood_thinner": _("Does the patient take aspirin or anything else that thins the blood?"),
        "alcohol": _("Alcohol in the last 24 hours?"),
        "pregnant": _("Is the patient pregnant, or could she be?"),
        "menstruation": _("Is she menstruating?"),
        "eaten": _("Has the patient eaten today?"),
    }


def worry_words(found: Iterable[Worry]) -> list[dict[str, Any]]:
    """Return what the dentist should hear, in few words: text and whether it is grave."""
    told = {
        "changed": _("health has changed since last time"),
        "unwell": _("unwell today"),
        "chest": _("chest pain, short breath or fainting lately"),
        "medicine": _("took medicine today"),
        "blood_thinner": _("takes a blood thinner"),
        "alcohol": _("drank alcohol"),
        "pregnant": _("pregnant or maybe pregnant"),
        "menstruation": _("menstruating"),
        "eaten": _("has not eaten"),
    }
    unsure = _("%(what)s: does not know")
    questions = question_words()
    return [
        {
            "text": told[one.key] if one.is_known else unsure % {"what": questions[one.key]},
            "is_grave": one.level == GRAVE,
        }
        for one in found
    ]
