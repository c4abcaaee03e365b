"""The list of patients as a file: what is on the screen, or, for whoever may see them, with whole numbers."""

from collections.abc import Iterable
from operator import attrgetter

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from incisor.accounts.access import require
from incisor.accounts.enums import Permission
from incisor.kernel.exports import Column, export
from incisor.patients.enums import FIELD_LABELS
from incisor.patients.models import Patient
from incisor.patients.rules import mask_phone

LABELS = FIELD_LABELS
LISTED = (
    Column(_("File number"), lambda row: row.file_number),
    Column(LABELS["name"], lambda row: row.name),
    Column(LABELS["sex"], lambda row: row.get_sex_display()),
    Column(LABELS["born_on"], lambda row: row.born_on),
    Column(LABELS["phone"], lambda row: mask_phone(row.phone)),
    Column(LABELS["tags"], lambda row: row.tags),
    Column(_("Allergies"), lambda row: [alert.label for alert in row.allergies]),
    Column(_("Last visit"), lambda row: row.last_seen_on),
    Column(_("File since"), lambda row: row.created_at),
)
WHOLE_FIELDS = ("phone_owner", "id_number", "email", "address", "insurance_number", "card_number", "occupation")
WHOLE = (
    *LISTED[:4],
    Column(LABELS["phone"], attrgetter("phone")),
    *(Column(LABELS[field], attrgetter(field)) for field in WHOLE_FIELDS),
    *LISTED[5:8],
    Column(LABELS["note"], attrgetter("note")),
)


def export_patients(request: HttpRequest, rows: Iterable[Patient], file_format: str) -> HttpResponseBase:
    """Return the files as a list to save. whole=1: with whole numbers, as they can be imported again."""
    if request.GET.get("whole") == "1":
        require(request.user, Permission.PATIENT_UNMASK, request.clinic.pk)  # type: ignore[arg-type,attr-defined]
        return export(request, "patients", WHOLE, rows, file_format)
    return export(request, "patients", LISTED, rows, file_format)
