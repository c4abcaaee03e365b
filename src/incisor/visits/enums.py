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
    REORDER = "reorder", pgettext_lazy("step", "another place in the queue")
    REDIRECT = "redirect", pgettext_lazy("step", "goes to another dentist")
    STAGE = "stage", pgettext_lazy("step", "stage of the treatment")
    CHAIR = "chair", pgettext_lazy("step", "to another chair")
    TRIAGE = "triage", pgettext_lazy("step", "urgency judged anew")


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
    DECLINED = "declined", pgettext_lazy("a plan", "Declines")
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


class RecordField(TextChoices):
    """A part of a visit's record that a role may read or not. The order is that of the page and of the paper."""

    COMPLAINT = "complaint", _("Complaint")
    FINDINGS = "findings", _("Findings")
    TEETH = "teeth", _("Tooth chart")
    DIAGNOSIS = "diagnosis", _("Diagnosis")
    TREATMENT = "treatment", _("Treatment")
    PROCEDURES = "procedures", _("Procedures done")
    PRESCRIPTION = "prescription", _("Prescription")
    ADVICE = "advice", _("Advice")
    NEXT_VISIT = "next_visit", _("Next visit wanted")
    ATTACHMENTS = "attachments", _("Pictures and papers")
    ADDENDA = "addenda", _("Addenda")


# What the desk reads unless a clinic says otherwise: what it needs for paying, booking and explaining.
DESK_FIELDS = frozenset(
    {
        RecordField.COMPLAINT,
        RecordField.TREATMENT,
        RecordField.PROCEDURES,
        RecordField.ADVICE,
        RecordField.NEXT_VISIT,
    }
)
# What callers read unless a clinic says otherwise: they ask how it went after what was done.
CALLER_FIELDS = frozenset({RecordField.PROCEDURES})


class DrugRoute(TextChoices):
    ORAL = "oral", _("by mouth")
    RINSE = "rinse", _("as a mouth rinse")
    TOPICAL = "topical", _("on the spot")
    POCKET = "pocket", _("into the gum pocket")
    INHALED = "inhaled", _("inhaled")
    INJECTION = "injection", _("by injection")


class DrugFrequency(TextChoices):
    ONCE = "once", _("once only")
    DAILY = "qd", _("once a day")
    TWICE = "bid", _("twice a day")
    THRICE = "tid", _("three times a day")
    FOUR_TIMES = "qid", _("four times a day")
    EVERY_SIX_HOURS = "q6h", _("every 6 hours")
    EVERY_EIGHT_HOURS = "q8h", _("every 8 hours")
    EVERY_TWELVE_HOURS = "q12h", _("every 12 hours")
    BEFORE_SLEEP = "qn", _("before going to sleep")
    AT_NEED = "prn", _("when it hurts")


class AttachmentKind(TextChoices):
    XRAY = "xray", _("X-ray")
    PHOTO = "photo", pgettext_lazy("attachment", "Photo")
    CONSENT = "consent", _("Signed paper")
    REPORT = "report", _("Report")
    OTHER = "other", pgettext_lazy("attachment", "Other")


class CheckWay(TextChoices):
    """How the health check before a visit was done (VIS-4)."""

    PHONE = "phone", _("By phone")
    DESK = "desk", _("At the desk")
    CHAIR = "chair", _("At the chair")


class CheckAnswer(TextChoices):
    NO = "no", pgettext_lazy("health check", "No")
    YES = "yes", pgettext_lazy("health check", "Yes")
    UNKNOWN = "unknown", pgettext_lazy("health check", "Does not know")
