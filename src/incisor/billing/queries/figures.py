"""What a patient has paid, for the patient's page (PAT-12)."""

from datetime import datetime
from typing import Any

from django.db.models import Sum

from incisor.billing.models import LedgerEntry
from incisor.clinics.models import Clinic
from incisor.kernel.money import as_text


def paid_in_all(clinic: Clinic, patient: Any) -> int:
    """Return what the patient has paid here in fen, payments that were reversed left out."""
    paid = LedgerEntry.objects.filter(clinic=clinic, patient=patient, payment__isnull=False)
    total: int = paid.aggregate(total=Sum("amount_minor"))["total"] or 0
    return -total


def paid_in_words(clinic: Clinic, patient: Any, _at: datetime) -> str:
    """Return the sum as it is written, empty when nothing was paid."""
    paid = paid_in_all(clinic, patient)
    return as_text(paid) if paid else ""
