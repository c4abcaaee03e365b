"""Values of a file as people read them."""

from typing import Any

from django.utils.formats import date_format

from incisor.patients.enums import SpecialNeed
from incisor.patients.forms import SECTIONS
from incisor.patients.models import Patient


def shown(patient: Patient, field: str) -> Any:
    """Return a field's value in words; empty when nothing is noted. Sealed ones are masked by the template."""
    value = getattr(patient, field)
    if field == "special_needs":
        return "、".join(str(SpecialNeed(need).label) for need in value if need in SpecialNeed.values)
    if field == "tags":
        return "、".join(value)
    if field == "born_on":
        return date_format(value, "Y-m-d") if value else ""
    display = getattr(patient, f"get_{field}_display", None)
    if display is not None:
        return display() if value else ""
    if field == "language":
        return dict(SECTIONS["contact"].base_fields["language"].choices).get(value, value)  # type: ignore[attr-defined]
    return value
