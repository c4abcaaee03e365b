"""What a clinic starts with: the shipped series of visits."""

import json
from importlib.resources import files

from incisor.clinics.models import Clinic, Procedure
from incisor.scheduling.models import SeriesStep, SeriesTemplate


def load_series(*, clinic: Clinic) -> int:
    """Write the shipped series that the clinic does not have; returns how many. One without its procedures is left out."""
    rows = json.loads(files("incisor.scheduling").joinpath("data/series.json").read_text(encoding="utf-8"))
    have = set(SeriesTemplate.objects.filter(clinic=clinic).values_list("code", flat=True))
    procedures = {row.code: row for row in Procedure.objects.filter(is_active=True)}
    added = 0
    for position, row in enumerate(rows):
        if row["code"] in have or any(step["procedure"] not in procedures for step in row["steps"]):
            continue
        made = SeriesTemplate.objects.create(
            clinic=clinic, code=row["code"], name_zh=row["name_zh"], name_en=row["name_en"],
            is_same_dentist=row["same_dentist"], position=position,
        )  # fmt: skip
        SeriesStep.objects.bulk_create(
            SeriesStep(
                template=made, position=number, procedure=procedures[step["procedure"]],
                min_days=step["days"][0], ideal_days=step["days"][1], max_days=step["days"][2],
            )
            for number, step in enumerate(row["steps"])
        )  # fmt: skip
        added += 1
    return added
