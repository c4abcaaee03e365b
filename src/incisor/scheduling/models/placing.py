"""Visits without a time: cancelled, missed or cut out of the calendar, kept with all that was typed."""

from django.db import models
from django.db.models import Q

from incisor.accounts.models import User
from incisor.clinics.models import Clinic, Procedure
from incisor.kernel.fields import EncryptedTextField
from incisor.kernel.models import Row
from incisor.patients.models import Patient
from incisor.scheduling.enums import (
    BookingChannel,
    ContactOutcome,
    GiveUpReason,
    UnplacedOrigin,
    UnplacedState,
    reason_words,
)
from incisor.scheduling.models.appointments import Appointment
from incisor.scheduling.models.series import SeriesVisit
from incisor.staff.models import StaffMember


class Unplaced(Row):
    """A visit to be booked again. appointment: the one that lost its time; placed_as: what it became.
    series_visit: of a series, while it has no appointment.

    dentist: wished, null for any. due_on: when it should be (series), null for soon. since_at: when it lost its time.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+", null=True)
    series_visit = models.ForeignKey(SeriesVisit, on_delete=models.PROTECT, related_name="+", null=True)
    origin = models.CharField(max_length=10, choices=UnplacedOrigin.choices)
    why = models.CharField(max_length=200, blank=True)
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    channel = models.CharField(max_length=10, choices=BookingChannel.choices, default=BookingChannel.PHONE)
    need = models.CharField(max_length=200, blank=True)
    note = EncryptedTextField(blank=True)
    deposit_minor = models.PositiveIntegerField(default=0)
    due_on = models.DateField(null=True)
    since_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=UnplacedState.choices, default=UnplacedState.OPEN)
    contact_count = models.PositiveSmallIntegerField(default=0)
    contacted_at = models.DateTimeField(null=True)
    contact_outcome = models.CharField(max_length=12, choices=ContactOutcome.choices, blank=True)
    placed_as = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+", null=True)
    give_up_reason = models.CharField(max_length=12, choices=GiveUpReason.choices, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=UnplacedOrigin.values), name="unplaced_origin_is_known"),
            models.CheckConstraint(condition=Q(channel__in=BookingChannel.values), name="unplaced_channel_is_known"),
            models.CheckConstraint(condition=Q(state__in=UnplacedState.values), name="unplaced_state_is_known"),
            models.CheckConstraint(
                condition=Q(contact_outcome__in=["", *ContactOutcome.values]), name="unplaced_contact_outcome_is_known"
            ),
            models.CheckConstraint(
                condition=Q(give_up_reason__in=["", *GiveUpReason.values]), name="unplaced_give_up_reason_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=UnplacedState.GIVEN_UP) | ~Q(give_up_reason=""),
                name="unplaced_is_given_up_with_reason",
            ),
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(state=UnplacedState.OPEN), name="unplaced_appointment_is_open_once"
            ),
        ]
        indexes = [
            # only what is open: the list does not grow with what was settled
            models.Index(fields=["clinic", "since_at"], condition=Q(state=UnplacedState.OPEN), name="unplaced_open"),
            models.Index(fields=["patient", "state"], name="unplaced_by_patient"),
        ]

    @property
    def why_words(self) -> str:
        """Why it lost its time, for people."""
        return reason_words(self.why)


class UnplacedItem(Row):
    """A procedure that the visit is for."""

    unplaced = models.ForeignKey(Unplaced, on_delete=models.PROTECT, related_name="items")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+")
    teeth = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)
