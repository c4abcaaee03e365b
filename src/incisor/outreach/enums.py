"""Words for follow-up."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TaskStatus(TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Not needed any more")


class TaskKind(TextChoices):
    PROTOCOL = "protocol", _("Follow-up of a treatment")
    AGAIN = "again", _("Call again")
    QUESTION = "question", _("Question to the dentist")
    UNWELL = "unwell", _("Unwell after treatment")
    DISSATISFIED = "dissatisfied", _("Dissatisfied")


class StepContact(TextChoices):
    """How a step of a protocol is done."""

    CALL = "call", _("By telephone")
    DESK = "desk", _("In person, before leaving")
    RECORD = "record", _("Written down only")


class CallOutcome(TextChoices):
    """In the order of the digits on the call screen."""

    NO_ANSWER = "no_answer", _("No answer")
    WELL = "well", _("Well")
    UNWELL = "unwell", _("Unwell")
    QUESTION = "question", _("Question for the dentist")
    REFUSED = "refused", _("Wants no calls")
    WRONG_NUMBER = "wrong_number", _("Wrong number")


class Satisfaction(TextChoices):
    """FUP-4."""

    A = "a", _("Dissatisfied")
    B = "b", _("Fair")
    C = "c", _("Satisfied")
    D = "d", _("Very satisfied")
