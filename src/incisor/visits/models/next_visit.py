"""The next visit that the chair wants."""

from django.db import models

from incisor.accounts.models import User
from incisor.clinics.models import Clinic, Procedure
from incisor.kernel.models import Row
from incisor.visits.models.visit import Visit


class NextVisit(Row):
    """What the chair wants for the patient's next visit, said while no note need be written yet; stands before the note's.

    is_none: no further visit is wanted. procedure, after_days: None where the desk is free to choose.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="+")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+", null=True)
    after_days = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    is_none = models.BooleanField(default=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
