"""Series of visits: templates that say how far apart, and the series that were booked."""

from django.db import models
from django.db.models import F, Q

from incisor.accounts.models import User
from incisor.clinics.models import Clinic, Procedure
from incisor.kernel.models import Row
from incisor.patients.models import Patient
from incisor.scheduling.models.appointments import Appointment


class SeriesTemplate(Row):
    """A course of visits that the clinic books as one. code: of the shipped ones, empty for the clinic's own."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=30, blank=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    is_same_dentist = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "code"], condition=~Q(code=""), name="series_template_code_is_unique"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "position"], name="series_template_by_position")]

    def __str__(self) -> str:
        return self.name_zh


class SeriesStep(Row):
    """A visit of the course. Days: since the visit before it, all 0 for the first. minutes: null for the usual length."""

    template = models.ForeignKey(SeriesTemplate, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField(null=True)
    min_days = models.PositiveSmallIntegerField(default=0)
    ideal_days = models.PositiveSmallIntegerField(default=0)
    max_days = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "position"], name="series_step_position_is_unique"),
            models.CheckConstraint(
                condition=Q(min_days__lte=F("ideal_days")) & Q(ideal_days__lte=F("max_days")),
                name="series_step_days_are_in_order",
            ),
        ]


class Series(Row):
    """A course of visits that was booked for a patient. name: as the template was called then."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(SeriesTemplate, on_delete=models.PROTECT, related_name="+", null=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    is_same_dentist = models.BooleanField(default=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["patient", "-created_at"], name="series_by_patient")]


class SeriesVisit(Row):
    """A visit of a booked series, with the days that were asked for then. appointment: null while it has no time."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="visits")
    position = models.PositiveSmallIntegerField()
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    min_days = models.PositiveSmallIntegerField(default=0)
    ideal_days = models.PositiveSmallIntegerField(default=0)
    max_days = models.PositiveSmallIntegerField(default=0)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "position"], name="series_visit_position_is_unique"),
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(appointment__isnull=False),
                name="series_visit_appointment_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(min_days__lte=F("ideal_days")) & Q(ideal_days__lte=F("max_days")),
                name="series_visit_days_are_in_order",
            ),
        ]
