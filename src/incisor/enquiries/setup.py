"""What a clinic starts with: the shipped answers and scripts."""

import json
from functools import cache
from importlib import resources
from typing import Any

from incisor.clinics.models import Clinic
from incisor.enquiries.models import Answer


@cache
def shipped() -> list[dict[str, Any]]:
    """Return the shipped answers, in their order."""
    text = resources.files("incisor.enquiries.data").joinpath("answers.json").read_text(encoding="utf-8")
    answers: list[dict[str, Any]] = json.loads(text)
    return answers


def write_shipped(clinic: Clinic) -> int:
    """Write the shipped answers whose Chinese title the clinic does not have, and return how many."""
    have = set(Answer.objects.filter(clinic=clinic).values_list("title_zh", flat=True))
    fresh = [(place, one) for place, one in enumerate(shipped(), start=1) if one["title_zh"] not in have]
    Answer.objects.bulk_create(Answer(clinic=clinic, position=place, **one) for place, one in fresh)
    return len(fresh)
