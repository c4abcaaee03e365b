"""Words for visits."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class VisitStatus(TextChoices):
    WAITING = "waiting", _("Waiting")
    CALLED = "called", _("Called")
    IN_CHAIR = "in_chair", _("In chair")
    TO_PAY = "to_pay", pgettext_lazy("visit", "To pay")
    DONE = "done", _("Done")
    LEFT = "left", _("Left without treatment")
    WITHDRAWN = "withdrawn", _("Checked in by mistake")


QUEUED = frozenset({VisitStatus.WAITING, VisitStatus.CALLED})
PRESENT = frozenset({VisitStatus.WAITING, VisitStatus.CALLED, VisitStatus.IN_CHAIR, VisitStatus.TO_PAY})


class VisitStage(TextChoices):
    """How far the treatment is while the patient sits in the chair; empty outside it."""

    SEATED = "seated", pgettext_lazy("stage", "Seated")
    ANAESTHESIA = "anaesthesia", pgettext_lazy("stage", "Anaesthesia")
    WAITING = "waiting", pgettext_lazy("stage", "Waiting for it to work")
    TREATING = "treating", pgettext_lazy("stage", "Treating")
    FINISHING = "finishing", pgettext_lazy("stage", "Finishing")


class ArrivalChannel(TextChoices):
    """By what way the patient said: I am here."""

    DESK = "desk", pgettext_lazy("arrival", "At the desk")
    KIOSK = "kiosk", pgettext_lazy("arrival", "At the kiosk")
    LINK = "link", pgettext_lazy("arrival", "By the link on the phone")
    QR = "qr", pgettext_lazy("arrival", "By the code of the confirmation")


class StepVerb(TextChoices):
    """What a step did that leaves the status as it is; empty for a step from one status to the next."""

    CALL_AGAIN = "call_again", pgettext_lazy("step", "called again")
    PARK = "park", pgettext_lazy("step", "was not there when called")
    RETURN = "return", pgettext_lazy("step", "back in the queue")
    REDIRECT = "redirect", pgettext_lazy("step", "goes to another dentist")
    STAGE = "stage", pgettext_lazy("step", "stage of the treatment")


class VisitKind(TextChoices):
    """PAT-5."""

    FIRST = "first", _("First visit")
    RETURN = "return", _("Return visit")
    CONSULTATION = "consultation", _("Consultation")
    CHECK_UP = "check_up", _("Check-up")
    NO_CHARGE = "no_charge", _("No charge")
    ORTHODONTIC = "orthodontic", _("Orthodontic")


class Urgency(TextChoices):
    EMERGENCY = "emergency", _("Emergency")
    URGENT = "urgent", _("Urgent")
    ROUTINE = "routine", _("Routine")


class ToothState(TextChoices):
    """A finding on one tooth."""

    CARIES = "caries", _("Caries")
    FILLED = "filled", _("Filled")
    ROOT_TREATED = "root_treated", _("Root canal treated")
    CROWN = "crown", _("Crown")
    IMPLANT = "implant", pgettext_lazy("tooth", "Implant")
    MISSING = "missing", pgettext_lazy("tooth", "Missing")
    IMPACTED = "impacted", _("Impacted")
    LOOSE = "loose", _("Loose")
    FRACTURED = "fractured", _("Fractured")
    OTHER = "other", _("Other finding")


class PlanStatus(TextChoices):
    """VIS-2. A plan is put away before the patient has agreed, and stopped afterwards."""

    DRAFT = "draft", pgettext_lazy("plan", "Draft")
    OFFERED = "offered", pgettext_lazy("plan", "Awaiting a decision")
    ACCEPTED = "accepted", pgettext_lazy("plan", "Agreed")
    DECLINED = "declined", pgettext_lazy("plan", "Declined")
    FINISHED = "finished", pgettext_lazy("plan", "Finished")
    STOPPED = "stopped", pgettext_lazy("plan", "Stopped")
    PUT_AWAY = "put_away", pgettext_lazy("plan", "Put away")


class DecisionKind(TextChoices):
    """What a patient says to a plan."""

    ACCEPTED = "accepted", _("Agrees")
    DECLINED = "declined", _("Declines")
    LATER = "later", _("Wants to think about it")


class DecisionMark(TextChoices):
    """How a decision was given."""

    DRAWN = "drawn", _("Signed")
    TYPED = "typed", _("Name typed before a witness")
    SAID = "said", pgettext_lazy("decision", "Said")


class ItemSettled(TextChoices):
    """Why something planned will not be done here."""

    ELSEWHERE = "elsewhere", _("Done elsewhere")
    NOT_NEEDED = "not_needed", _("No longer needed")
