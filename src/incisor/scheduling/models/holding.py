"""Holds: times kept free for a while."""

from django.db import models
from django.db.models import F, Q

from incisor.accounts.models import User
from incisor.clinics.models import Chair, Clinic
from incisor.kernel.fields import SpansField
from incisor.kernel.models import Row
from incisor.patients.models import Patient
from incisor.scheduling.enums import HoldPurpose
from incisor.scheduling.models.appointments import Appointment
from incisor.staff.models import StaffMember


class Hold(Row):
    """A time kept free for a while, for somebody who is about to book it: it occupies like an appointment.

    It ends by itself: every reader compares expires_at with the moment of asking. ended_at: released, or booked.
    patient: None while unknown. label: for whom, in words, when the patient is not yet in the files.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", null=True)
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, related_name="+")
    assistant = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    blocked_from = models.DateTimeField()
    blocked_until = models.DateTimeField()
    busy = models.JSONField(default=list)
    dentist_spans = SpansField(default=tuple)
    purpose = models.CharField(max_length=8, choices=HoldPurpose.choices)
    label = models.CharField(max_length=80, blank=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+", null=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=HoldPurpose.values), name="hold_purpose_is_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="hold_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="hold_by_expiry", condition=Q(ended_at__isnull=True))]
