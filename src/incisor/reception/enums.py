"""Words of the desk."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ScreenNames(TextChoices):
    """What the screen in the waiting room shows of a patient."""

    MASKED = "masked", pgettext_lazy("screen", "Number and masked name")
    NUMBER = "number", pgettext_lazy("screen", "Number only")


class WaitWord(TextChoices):
    """What was said to somebody who waits too long."""

    TOLD = "told", pgettext_lazy("wait", "Told how long, apologised")
    OFFERED = "offered", pgettext_lazy("wait", "Offered something")
    NOTED = "noted", pgettext_lazy("wait", "Noted")


class Situation(TextChoices):
    """How somebody comes, against what is booked. The words are whole sentences for the desk."""

    ON_TIME = "on_time", _("Comes on time.")
    EARLY = "early", _("Comes early.")
    LATE = "late", _("Comes late, without a word.")
    LATE_TOLD = "late_told", _("Comes late, as announced.")
    MISSED = "missed", _("Was noted as not come, and is here after all.")
    CANCELLED = "cancelled", _("This appointment was cancelled.")
    CUT = "cut", _("This appointment has lost its time and waits for another one.")
    COMING_DAY = "coming_day", _("The appointment is on a later day.")
    PAST_DAY = "past_day", _("The appointment was on an earlier day.")
    OTHER_CLINIC = "other_clinic", _("The appointment is in another clinic.")
    HERE = "here", _("Is checked in already.")
    OVER = "over", _("This visit is over.")


class Act(TextChoices):
    """What the desk can do at once with somebody who does not come as booked."""

    CHECK_IN = "check_in", _("Check in")
    RESTORE = "restore", _("Comes after all: take the old time again and check in")
    GAP = "gap", _("Take a free time of today")
    QUEUE = "queue", _("Into the queue without appointment")
    BOOK = "book", _("Book another time")


class CareDecision(TextChoices):
    """What the dentist decided about a warning before an operation."""

    GO_ON = "go_on", pgettext_lazy("care", "Go on as planned")
    CAREFULLY = "carefully", pgettext_lazy("care", "Go on with precautions")
    PUT_OFF = "put_off", pgettext_lazy("care", "Put it off")


class HelpKind(TextChoices):
    """What is needed at a chair, in the order of the buttons."""

    HAND = "hand", pgettext_lazy("help", "A hand")
    DENTIST = "dentist", pgettext_lazy("help", "A dentist")
    DESK = "desk", pgettext_lazy("help", "Somebody of the desk")
    EMERGENCY = "emergency", pgettext_lazy("help", "Emergency")


class TellWay(TextChoices):
    """How somebody booked later was told of a delay."""

    MESSAGE = "message", pgettext_lazy("told by", "Message")
    CALL = "call", pgettext_lazy("told by", "To be called")
    SAID = "said", pgettext_lazy("told by", "Told already")


class Matter(TextChoices):
    """What is settled before a patient leaves, in the order in which the desk settles it."""

    MONEY = "money", pgettext_lazy("leaving", "Payment")
    NEXT_VISIT = "next_visit", pgettext_lazy("leaving", "Next visit")
    AFTERCARE = "aftercare", pgettext_lazy("leaving", "Aftercare sheet")
    FORMS = "forms", pgettext_lazy("leaving", "Forms to sign")


class LeaveReason(TextChoices):
    """Why something stays open."""

    WILL_CALL = "will_call", pgettext_lazy("leaving", "Will call")
    THINKS = "thinks", pgettext_lazy("leaving", "Thinks it over")
    NOT_WANTED = "not_wanted", pgettext_lazy("leaving", "Does not want it")
    TOLD = "told", pgettext_lazy("leaving", "Told in person")
    HAS_IT = "has_it", pgettext_lazy("leaving", "Has it already")
    NEXT_TIME = "next_time", pgettext_lazy("leaving", "Next time")
    ON_PAPER = "on_paper", pgettext_lazy("leaving", "Signed on paper")
    PAYS_LATER = "pays_later", pgettext_lazy("leaving", "Pays later")
    OTHER = "other", pgettext_lazy("leaving", "Another reason")


OWN_SHEET = "own"  # beside clinics.AftercareKey: words for this patient only
