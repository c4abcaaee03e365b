"""The telephone log, what callers want and who settles it, enquiries of new people, answers at hand."""

from django.db import models
from django.db.models import Q

from incisor.accounts.models import User
from incisor.clinics.models import Clinic, Device, Procedure
from incisor.enquiries.enums import (
    AnswerKind,
    CallState,
    LeadStage,
    LostReason,
    Matter,
    NoteStatus,
    NoteStepKind,
    Situation,
)
from incisor.kernel.fields import EncryptedTextField, KeyTextField
from incisor.kernel.models import Row
from incisor.patients.enums import Source
from incisor.patients.models import Patient
from incisor.scheduling.models import Appointment


class PhoneCall(Row):
    """One incoming call. line_id: the telephone system's own number of it; empty when it was noted by hand."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+", null=True)
    line_id = models.CharField(max_length=60, blank=True)
    number = EncryptedTextField(blank=True)
    number_index = KeyTextField(max_length=40, blank=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=10, choices=CallState.choices)
    began_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CallState.values), name="phone_call_state_is_known"),
            models.UniqueConstraint(
                fields=["device", "line_id"], condition=~Q(line_id=""), name="phone_call_is_reported_once"
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "-began_at"], name="phone_call_by_time"),
            models.Index(
                fields=["clinic", "state"], condition=Q(state__in=["ringing", "taken"]), name="phone_call_open"
            ),
            models.Index(fields=["patient", "-began_at"], name="phone_call_by_patient"),
        ]


class CallNote(Row):
    """What a caller wanted and who settles it by when. The first person asked stays responsible until then (REC-8).

    owner: who is to do it now. due_at: by when; None when nothing is left to do. result: what came of it.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    call = models.ForeignKey(PhoneCall, on_delete=models.PROTECT, related_name="notes", null=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", null=True)
    caller_name = models.CharField(max_length=60, blank=True)
    number = EncryptedTextField(blank=True)
    matter = models.CharField(max_length=10, choices=Matter.choices, default=Matter.OTHER)
    text = EncryptedTextField()
    first_asked = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=6, choices=NoteStatus.choices)
    result = EncryptedTextField(blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(matter__in=Matter.values), name="call_note_matter_is_known"),
            models.CheckConstraint(condition=Q(status__in=NoteStatus.values), name="call_note_status_is_known"),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "due_at"], condition=Q(status="open", undone_at=None), name="call_note_to_do"
            ),
            models.Index(fields=["clinic", "-created_at"], name="call_note_by_time"),
            models.Index(fields=["patient", "-created_at"], name="call_note_by_patient"),
        ]


class CallNoteStep(Row):
    """What happened to a note: written, handed on, settled, opened again."""

    note = models.ForeignKey(CallNote, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=NoteStepKind.choices)
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    text = EncryptedTextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NoteStepKind.values), name="call_note_step_kind_is_known")
        ]
        indexes = [models.Index(fields=["note", "at"], name="call_note_step_by_time")]


class Lead(Row):
    """Somebody who is interested and has not been treated here yet for what they want (REC-10)."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    number = EncryptedTextField(blank=True)
    number_index = KeyTextField(max_length=40, blank=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", null=True)
    wanted = models.CharField(max_length=200)
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+", null=True)
    source = models.CharField(max_length=20, choices=Source.choices)
    source_detail = models.CharField(max_length=80, blank=True)
    consultant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=10, choices=LeadStage.choices, default=LeadStage.NEW)
    next_on = models.DateField(null=True)
    lost_reason = models.CharField(max_length=12, choices=LostReason.choices, blank=True)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+", null=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=LeadStage.values), name="lead_stage_is_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="lead_source_is_known"),
            models.CheckConstraint(
                condition=Q(lost_reason__in=["", *LostReason.values]), name="lead_lost_reason_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "stage", "next_on"], name="lead_by_stage"),
            models.Index(fields=["clinic", "-created_at"], name="lead_by_time"),
            models.Index(fields=["clinic", "number_index"], name="lead_by_number"),
            models.Index(fields=["patient"], name="lead_by_patient"),
        ]


class LeadStep(Row):
    """One step of an enquiry: who, when, from, to, what was said."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="steps")
    from_stage = models.CharField(max_length=10, blank=True)
    to_stage = models.CharField(max_length=10, choices=LeadStage.choices)
    text = EncryptedTextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_stage__in=LeadStage.values), name="lead_step_stage_is_known")
        ]
        indexes = [models.Index(fields=["lead", "at"], name="lead_step_by_time")]


class Answer(Row):
    """Words at hand: a frequent question with its answer, or what to say in a situation. words: further search words."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=AnswerKind.choices)
    situation = models.CharField(max_length=10, choices=Situation.choices)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160)
    text_zh = models.TextField()
    text_en = models.TextField()
    words = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AnswerKind.values), name="answer_kind_is_known"),
            models.CheckConstraint(condition=Q(situation__in=Situation.values), name="answer_situation_is_known"),
        ]
        indexes = [models.Index(fields=["clinic", "kind", "situation", "position"], name="answer_by_situation")]
