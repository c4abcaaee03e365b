"""The waitlist: who would like an earlier time, which times came free, and to whom they were offered."""

from django.db import models
from django.db.models import F, Q

from incisor.accounts.models import User
from incisor.clinics.enums import Specialty
from incisor.clinics.models import Chair, Clinic, Procedure
from incisor.kernel.fields import EncryptedTextField
from incisor.kernel.models import Row
from incisor.patients.models import Patient
from incisor.scheduling.enums import (
    FreedBy,
    FreedState,
    LeaveReason,
    OfferChannel,
    OfferState,
    WishPriority,
    WishState,
)
from incisor.scheduling.models.appointments import Appointment
from incisor.scheduling.models.holding import Hold
from incisor.staff.models import StaffMember


class WaitlistRules(Row):
    """How a clinic offers freed times. Minutes: to answer, when the time is near (within a day), and least ahead."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    is_automatic = models.BooleanField(default=True)
    answer_minutes = models.PositiveSmallIntegerField(default=60)
    near_answer_minutes = models.PositiveSmallIntegerField(default=20)
    least_ahead_minutes = models.PositiveSmallIntegerField(default=90)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic"], name="waitlist_rules_are_unique"),
            models.CheckConstraint(
                condition=Q(answer_minutes__gte=5, near_answer_minutes__gte=5),
                name="waitlist_rules_leave_time_to_answer",
            ),
        ]


class WaitlistWish(Row):
    """What a patient waits for. appointment: the booking that would be moved earlier, null for a visit not yet booked.

    dentist null and specialty empty: anybody. weekdays (0 Monday), parts (minutes of the day): empty for any.
    notice_minutes: how long before a time the patient must know.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+", null=True)
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    specialty = models.CharField(max_length=20, choices=Specialty.choices, blank=True)
    minutes = models.PositiveSmallIntegerField()
    need = models.CharField(max_length=200, blank=True)
    note = EncryptedTextField(blank=True)
    first_on = models.DateField()
    until_on = models.DateField(null=True)
    weekdays = models.JSONField(default=list)
    parts = models.JSONField(default=list)
    notice_minutes = models.PositiveSmallIntegerField(default=120)
    channel = models.CharField(max_length=8, choices=OfferChannel.choices)
    priority = models.CharField(max_length=8, choices=WishPriority.choices, default=WishPriority.NORMAL)
    state = models.CharField(max_length=10, choices=WishState.choices, default=WishState.WAITING)
    leave_reason = models.CharField(max_length=12, choices=LeaveReason.choices, blank=True)
    served_as = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+", null=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(specialty__in=["", *Specialty.values]), name="waitlist_wish_specialty_is_known"
            ),
            models.CheckConstraint(condition=Q(channel__in=OfferChannel.values), name="waitlist_wish_channel_is_known"),
            models.CheckConstraint(
                condition=Q(priority__in=WishPriority.values), name="waitlist_wish_priority_is_known"
            ),
            models.CheckConstraint(condition=Q(state__in=WishState.values), name="waitlist_wish_state_is_known"),
            models.CheckConstraint(
                condition=Q(leave_reason__in=["", *LeaveReason.values]), name="waitlist_wish_leave_reason_is_known"
            ),
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(state=WishState.WAITING), name="waitlist_wish_appointment_is_once"
            ),
        ]
        indexes = [
            # only who still waits: the list does not grow with what was settled
            models.Index(
                fields=["clinic", "created_at"], condition=Q(state=WishState.WAITING), name="waitlist_waiting"
            ),
            models.Index(fields=["patient", "state"], name="waitlist_by_patient"),
        ]


class WaitlistItem(Row):
    """A procedure that the wish is for."""

    wish = models.ForeignKey(WaitlistWish, on_delete=models.PROTECT, related_name="items")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)


class FreedSlot(Row):
    """A time that came free. appointment: what stood there; filled_by: what stands there now, when the list filled it."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    freed_by = models.CharField(max_length=10, choices=FreedBy.choices)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=10, choices=FreedState.choices, default=FreedState.OPEN)
    filled_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+", null=True)
    freed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(freed_by__in=FreedBy.values), name="freed_slot_cause_is_known"),
            models.CheckConstraint(condition=Q(state__in=FreedState.values), name="freed_slot_state_is_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="freed_slot_ends_after_it_starts"),
        ]
        indexes = [
            models.Index(fields=["clinic", "starts_at"], condition=Q(state=FreedState.OPEN), name="freed_slot_open"),
            models.Index(fields=["clinic", "freed_at"], name="freed_slot_by_time"),
            models.Index(fields=["appointment"], condition=Q(state=FreedState.OPEN), name="freed_slot_by_appointment"),
        ]


class SlotOffer(Row):
    """One offer of a freed slot to one who waits. hold: what keeps the time while they think."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    slot = models.ForeignKey(FreedSlot, on_delete=models.PROTECT, related_name="offers")
    wish = models.ForeignKey(WaitlistWish, on_delete=models.PROTECT, related_name="offers")
    # of the slot once more, so that the database itself keeps anybody from being asked twice
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=8, choices=OfferChannel.choices)
    state = models.CharField(max_length=10, choices=OfferState.choices)
    hold = models.ForeignKey(Hold, on_delete=models.SET_NULL, related_name="+", null=True)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=OfferChannel.values), name="slot_offer_channel_is_known"),
            models.CheckConstraint(condition=Q(state__in=OfferState.values), name="slot_offer_state_is_known"),
            models.UniqueConstraint(fields=["wish", "dentist", "starts_at"], name="slot_offer_asks_nobody_twice"),
            models.UniqueConstraint(
                fields=["slot"], condition=Q(state=OfferState.OPEN), name="slot_offer_is_open_once_a_slot"
            ),
            models.UniqueConstraint(
                fields=["wish"], condition=Q(state=OfferState.OPEN), name="slot_offer_is_open_once_a_wish"
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "expires_at"], condition=Q(state=OfferState.OPEN), name="slot_offer_open"),
        ]
