"""Words for the telephone, enquiries, questions and answers."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CallState(TextChoices):
    """ringing → taken → ended, or ringing → missed."""

    RINGING = "ringing", _("Ringing")
    TAKEN = "taken", _("On the line")
    ENDED = "ended", pgettext_lazy("call", "Ended")
    MISSED = "missed", pgettext_lazy("call", "Missed")


class Matter(TextChoices):
    """What a caller wants (REC-8), in the order of the digits in the note."""

    BOOKING = "booking", _("Wants an appointment")
    CHANGE = "change", _("Change or cancel an appointment")
    PRICE = "price", pgettext_lazy("matter", "Price")
    QUESTION = "question", _("Question about a treatment")
    MESSAGE = "message", _("Message for somebody")
    COMPLAINT = "complaint", pgettext_lazy("matter", "Complaint")
    EMERGENCY = "emergency", pgettext_lazy("matter", "Emergency")
    OTHER = "other", pgettext_lazy("matter", "Other")


class NoteStatus(TextChoices):
    OPEN = "open", pgettext_lazy("call note", "To do")
    DONE = "done", pgettext_lazy("call note", "Settled")


class NoteStepKind(TextChoices):
    WRITTEN = "written", _("Written down")
    HANDED_ON = "handed_on", _("Handed on")
    DONE = "done", pgettext_lazy("call note", "Settled")
    REOPENED = "reopened", _("Opened again")


class LeadStage(TextChoices):
    """How far an enquiry has come (REC-10)."""

    NEW = "new", pgettext_lazy("lead", "New")
    CONTACTED = "contacted", _("Contacted")
    BOOKED = "booked", pgettext_lazy("lead", "Booked")
    ARRIVED = "arrived", pgettext_lazy("lead", "Arrived")
    WON = "won", _("Treated")
    LOST = "lost", pgettext_lazy("lead", "Lost")


class LostReason(TextChoices):
    PRICE = "price", _("Too expensive")
    FAR = "far", _("Too far")
    ELSEWHERE = "elsewhere", _("Went elsewhere")
    UNREACHABLE = "unreachable", _("Cannot be reached")
    NOT_NOW = "not_now", _("Not now")
    OTHER = "other", pgettext_lazy("reason", "Other")


class AnswerKind(TextChoices):
    FAQ = "faq", _("Question and answer")
    SCRIPT = "script", _("What to say")


class Situation(TextChoices):
    """When the words are needed (REC-11)."""

    GREETING = "greeting", _("Greeting")
    PHONE = "phone", _("On the phone")
    PRICE = "price", pgettext_lazy("situation", "Price")
    WAITING = "waiting", pgettext_lazy("situation", "Waiting")
    COMPLAINT = "complaint", pgettext_lazy("situation", "Complaint")
    CHILD = "child", _("Child")
    ELDERLY = "elderly", _("Elderly")
    EMERGENCY = "emergency", pgettext_lazy("situation", "Emergency")
    FAREWELL = "farewell", _("Farewell")
    TREATMENT = "treatment", pgettext_lazy("situation", "Treatment")
    CLINIC = "clinic", _("About the clinic")
