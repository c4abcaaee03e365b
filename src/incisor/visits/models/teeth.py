"""What was seen on teeth, and what was done."""

from django.db import models
from django.db.models import Q

from incisor.clinics.models import Procedure
from incisor.kernel.models import Row
from incisor.patients.models import Patient
from incisor.staff.models import StaffMember
from incisor.visits.enums import ToothState
from incisor.visits.models.visit import Visit


class ToothFinding(Row):
    """What was seen on a tooth at a visit. tooth: FDI (ISO 3950), 11 to 48 and milk teeth 51 to 85."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="tooth_findings")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    tooth = models.PositiveSmallIntegerField()
    surfaces = models.CharField(max_length=5, blank=True)
    state = models.CharField(max_length=15, choices=ToothState.choices)
    text = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ToothState.values), name="tooth_finding_state_is_known"),
            models.CheckConstraint(condition=Q(tooth__gte=11, tooth__lte=85), name="tooth_is_an_fdi_number"),
            models.UniqueConstraint(fields=["visit", "tooth", "state"], name="tooth_finding_is_recorded_once"),
        ]
        indexes = [models.Index(fields=["patient", "tooth"], name="tooth_finding_by_patient")]


class TreatmentDone(Row):
    """A procedure that was done at a visit: what charges and follow-ups are made from.

    surfaces: by tooth number (as text, it is JSON), "MO"; teeth without are done as a whole.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="treatments")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+")
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    teeth = models.JSONField(default=list)
    surfaces = models.JSONField(default=dict)
    quantity = models.PositiveSmallIntegerField(default=1)
    note = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    external_id = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gte=1), name="treatment_was_done_at_least_once")]
        indexes = [
            models.Index(fields=["visit"], name="treatment_done_by_visit"),
            models.Index(fields=["external_id"], condition=~Q(external_id=""), name="treatment_by_old_number"),
        ]
