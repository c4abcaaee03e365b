"""Words for follow-up."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TaskStatus(TextChoices):
    OPEN = "open", pgettext_lazy("task", "Open")
    DONE = "done", pgettext_lazy("task", "Done")
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
    B = "b", pgettext_lazy("patient", "Fair")
    C = "c", pgettext_lazy("patient", "Satisfied")
    D = "d", _("Very satisfied")
