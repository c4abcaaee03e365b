"""What belongs to a person besides the file's fields: photo, readings, what was asked and denied (PAT-1, PAT-2)."""

from django.db import models
from django.db.models import Q

from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.fields import StoreKeyField
from incisor.kernel.models import Row
from incisor.patients.enums import AlertKind, ReadingKind, ReadingMoment
from incisor.patients.models.files import Patient


class PatientPhoto(Row):
    """A photo of the patient, sealed; the row without an end is shown. Replaced and removed ones stay."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    picture = StoreKeyField()
    thumbnail = StoreKeyField()
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    taken_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient"], condition=Q(ended_at=None), name="patient_photo_is_one"),
        ]
        indexes = [models.Index(fields=["patient", "-taken_at"], name="patient_photo_by_time")]


class HealthReading(Row):
    """Blood pressure or blood glucose, at its time. value and second: mmHg (systolic, diastolic), or tenths of mmol/l.

    is_told: the patient said it (measured at home); otherwise it was measured here. Ended: recorded by mistake."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=16, choices=ReadingKind.choices)
    value = models.PositiveSmallIntegerField()
    second = models.PositiveSmallIntegerField(null=True)
    moment = models.CharField(max_length=12, choices=ReadingMoment.choices, blank=True)
    is_told = models.BooleanField(default=False)
    measured_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ReadingKind.values), name="health_reading_kind_is_known"),
            models.CheckConstraint(
                condition=Q(moment__in=["", *ReadingMoment.values]), name="health_reading_moment_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=ReadingKind.GLUCOSE, second=None)
                | Q(kind=ReadingKind.BLOOD_PRESSURE, second__isnull=False),
                name="health_reading_has_its_values",
            ),
        ]
        indexes = [models.Index(fields=["patient", "kind", "-measured_at"], name="health_reading_by_time")]


class HealthDenial(Row):
    """The patient was asked and knows of none: not the same as never asked. Ended when something is noted after all."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=AlertKind.choices)
    said_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AlertKind.values), name="health_denial_kind_is_known"),
            models.UniqueConstraint(
                fields=["patient", "kind"], condition=Q(ended_at=None), name="health_denial_is_one_of_a_kind"
            ),
        ]
