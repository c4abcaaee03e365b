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
    CONFIRM = "confirm", _("Confirm an appointment")
    REBOOK = "rebook", _("Find another time")
    MISSED = "missed", _("Did not come")
    NUMBER = "number", _("Find the right number")


# Calls about an appointment; the others are about how somebody is after a treatment.
ABOUT_APPOINTMENTS = frozenset({TaskKind.CONFIRM, TaskKind.REBOOK, TaskKind.MISSED})


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
    COMES = "comes", _("Will come")
    REBOOKED = "rebooked", _("Booked another time")
    WAITS = "waits", _("Gets back to us")
    CANCELS = "cancels", _("Cancels")
    CORRECTED = "corrected", _("Number corrected")
    UNKNOWN = "unknown", _("Cannot be found out")


# Which answers are offered for which kind of call, in the order of the digits.
OUTCOMES = {
    TaskKind.CONFIRM: ("no_answer", "comes", "cancels", "rebooked", "waits", "refused", "wrong_number"),
    TaskKind.REBOOK: ("no_answer", "rebooked", "comes", "cancels", "waits", "refused", "wrong_number"),
    TaskKind.MISSED: ("no_answer", "rebooked", "waits", "cancels", "refused", "wrong_number"),
    TaskKind.NUMBER: ("corrected", "unknown"),
}
AFTER_TREATMENT = ("no_answer", "well", "unwell", "question", "refused", "wrong_number")


class WhyMissed(TextChoices):
    """Why somebody did not come, as told on the phone."""

    FORGOT = "forgot", _("Forgot")
    WORK = "work", _("Work or school")
    ILL = "ill", _("Ill")
    BETTER = "better", _("Pain is gone")
    FEAR = "fear", _("Afraid of the treatment")
    PRICE = "price", pgettext_lazy("why missed", "Price")
    ELSEWHERE = "elsewhere", _("Went elsewhere")
    LATE = "late", _("Traffic, too late")
    NOT_TOLD = "not_told", _("Did not know of it")
    OTHER = "other", pgettext_lazy("why missed", "Another reason")


class Moment(TextChoices):
    """When a message about an appointment is due."""

    BOOKED = "booked", _("When it is booked")
    REQUESTED = "requested", _("When it is requested")
    MOVED = "moved", _("When it is moved")
    CANCELLED = "cancelled", _("When it is cancelled")
    DAYS_BEFORE = "days_before", _("Days before")
    HOURS_BEFORE = "hours_before", _("Hours before")


AT_ONCE = frozenset({Moment.BOOKED, Moment.REQUESTED, Moment.MOVED, Moment.CANCELLED})


class Way(TextChoices):
    """How a patient is told, in the order in which a rule tries."""

    WECHAT = "wechat", _("WeChat")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")
    CALL = "call", _("Call by the desk")


class NoticeState(TextChoices):
    DUE = "due", pgettext_lazy("notice", "Due")
    WRITTEN = "written", pgettext_lazy("notice", "Message written")
    CALL = "call", pgettext_lazy("notice", "To be called")
    NONE = "none", pgettext_lazy("notice", "Not told")
    OFF = "off", pgettext_lazy("notice", "Switched off by hand")


class WhyNone(TextChoices):
    """Why somebody gets no message."""

    NO_CONTACT = "no_contact", _("wishes no contact")
    NO_ADDRESS = "no_address", _("no number on file")
    NO_WAY = "no_way", _("none of the rule's channels suits the patient")
    JUST_BOOKED = "just_booked", _("booked shortly before, and told then")
    TOO_LATE = "too_late", _("quiet hours leave no time for it")
    OLD_RULE = "old_rule", _("was due before the rule was switched on")
    NO_TEXT = "no_text", _("the text of the message is switched off")
    OFF = "off", _("switched off by hand")


class Satisfaction(TextChoices):
    """FUP-4."""

    A = "a", _("Dissatisfied")
    B = "b", pgettext_lazy("patient", "Fair")
    C = "c", pgettext_lazy("patient", "Satisfied")
    D = "d", _("Very satisfied")
