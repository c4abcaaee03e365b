"""Words for appointments."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AppointmentStatus(TextChoices):
    REQUESTED = "requested", _("Requested")
    CONFIRMED = "confirmed", _("Confirmed")
    ARRIVED = "arrived", pgettext_lazy("appointment", "Arrived")
    IN_TREATMENT = "in_treatment", _("In treatment")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    NO_SHOW = "no_show", _("No-show")
    RESCHEDULED = "rescheduled", _("Rescheduled")


# Statuses that take up the time of dentist, chair and patient; a request blocks too.
OCCUPYING = frozenset(
    {
        AppointmentStatus.REQUESTED,
        AppointmentStatus.CONFIRMED,
        AppointmentStatus.ARRIVED,
        AppointmentStatus.IN_TREATMENT,
        AppointmentStatus.COMPLETED,
    }
)
EXPECTED = frozenset({AppointmentStatus.REQUESTED, AppointmentStatus.CONFIRMED})
FREED = frozenset({AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW, AppointmentStatus.RESCHEDULED})


class BookingChannel(TextChoices):
    PHONE = "phone", _("Phone")
    ONLINE = "online", _("Online")
    DESK = "desk", _("At the desk")
    CHAIR = "chair", _("From the treatment room")
    WALK_IN = "walk_in", _("Walk-in")
    IMPORT = "import", _("Import")


class CancelReason(TextChoices):
    ILL = "ill", _("Patient is ill")
    NO_TIME = "no_time", _("Patient has no time")
    TREATED_ELSEWHERE = "treated_elsewhere", _("Treated elsewhere")
    PRICE = "price", pgettext_lazy("cancel reason", "Price")
    FEAR = "fear", _("Afraid")
    CLINIC = "clinic", _("The clinic cancelled")
    MISTAKE = "mistake", _("Booked by mistake")
    OTHER = "other", _("Other")


class PatientAnswer(TextChoices):
    """What the patient said about an appointment."""

    CONFIRMED = "confirmed", _("Patient will come")
    OTHER_TIME = "other_time", _("Patient wants another time")
    CANCEL = "cancel", _("Patient wants to cancel")


class AnswerWay(TextChoices):
    """How the answer came."""

    LINK = "link", _("by the link")
    CALL = "call", _("on the phone")
    DESK = "desk", _("told the desk")
    TEXT = "text", _("by message")


class Demand(TextChoices):
    """What is asked of a patient before an appointment stands."""

    NONE = "", _("Nothing")
    DOUBLE = "double", _("Confirm twice")
    DEPOSIT = "deposit", _("Deposit")


def reason_words(kept: str) -> str:
    """Return a kept reason for people: one of CancelReason by its label, what somebody typed as it is."""
    return str(CancelReason(kept).label) if kept in CancelReason.values else kept


class ChangeKind(TextChoices):
    BOOKED = "booked", _("Booked")
    MOVED = "moved", _("Moved")
    STATUS = "status", _("Status changed")
    KEPT = "kept", _("Kept as it is")
    EDITED = "edited", _("Edited")
    ANSWERED = "answered", _("Patient answered")
    DEPOSIT = "deposit", _("Deposit noted")


class BlockKind(TextChoices):
    LUNCH = "lunch", pgettext_lazy("block", "Lunch")
    MEETING = "meeting", pgettext_lazy("block", "Meeting")
    RESERVE = "reserve", pgettext_lazy("block", "Reserve for emergencies")
    ONLY = "only", pgettext_lazy("block", "Some treatments only")
    CLOSED = "closed", pgettext_lazy("block", "Closed")
    OTHER = "other", pgettext_lazy("block", "Other")


class HoldPurpose(TextChoices):
    """Why a time is kept free for a while."""

    FORM = "form", _("Somebody at the desk is booking it")
    OFFER = "offer", _("Offered to somebody on the waitlist")
    ONLINE = "online", _("A patient is booking it online")


class ColoursBy(TextChoices):
    """What the colours of the calendar tell."""

    STATUS = "status", _("Status")
    KIND = "kind", pgettext_lazy("treatment", "Kind")


class ConflictKind(TextChoices):
    """Why an appointment cannot stand at a time (APT-5). The words are whole sentences for the page."""

    PAST = "past", _("This time has passed.")
    GRID = "grid", _("Appointments begin and end on full five minutes.")
    LENGTH = "length", _("An appointment lasts from 5 minutes to 8 hours.")
    HOLIDAY = "holiday", _("The clinic is closed on this public holiday.")
    CLOSED = "closed", _("The clinic is not open at this time.")
    CLOSURE = "closure", _("The clinic or the chair is closed at this time.")
    CAPABILITY = "capability", _("The chair lacks what the treatment needs.")
    CHAIR = "chair", _("The chair is taken at this time.")
    LEAVE = "leave", _("The dentist is on leave.")
    ROSTER = "roster", _("The dentist does not work at this time.")
    LICENCE = "licence", _("The dentist's licence has expired by that day.")
    DENTIST = "dentist", _("The dentist is taken at this time.")
    HELD = "held", _("Somebody is booking this time right now.")
    BLOCK = "block", _("The time is blocked.")
    RESERVE = "reserve", _("The time is kept for emergencies.")
    ONLY = "only", _("The time is kept for other treatments.")
    LIMIT = "limit", _("The day has as many of these treatments as it may.")
    CHAIR_OUT = "chair_out", _("The chair is out of order or no longer in use.")
    STAFF_GONE = "staff_gone", _("The dentist no longer works here.")
    ASSISTANT = "assistant", _("The assistant is taken at this time.")
    ASSISTANT_AWAY = "assistant_away", _("The assistant does not work at this time.")
    PATIENT = "patient", _("The patient has another appointment at this time.")


class ProposalReason(TextChoices):
    """Why a time is proposed (APT-7)."""

    SOONEST = "soonest", _("soonest")
    OWN_DENTIST = "own_dentist", _("own dentist")
    PREFERRED_TIME = "preferred_time", _("usual time of day")
    FITS_GAP = "fits_gap", _("fills a gap")
    QUIET = "quiet", _("quiet day")
    SPECIALIST = "specialist", _("specialist")
    OTHER_CHAIR = "other_chair", _("other chair")
    SAME_TIME = "same_time", _("same time")
    SAME_DENTIST = "same_dentist", _("same dentist")
    SIDE_BY_SIDE = "side_by_side", _("side by side")
    ONE_AFTER_THE_OTHER = "one_after_the_other", _("one after the other")
    USES_RESERVE = "uses_reserve", _("uses the reserve for emergencies")


class UnplacedOrigin(TextChoices):
    """How a visit lost its time."""

    CANCELLED = "cancelled", pgettext_lazy("unplaced", "Cancelled")
    MISSED = "missed", pgettext_lazy("unplaced", "Did not come")
    CUT = "cut", pgettext_lazy("unplaced", "Taken out of the calendar")
    SERIES = "series", pgettext_lazy("unplaced", "Part of a series, no time found yet")


class UnplacedState(TextChoices):
    OPEN = "open", pgettext_lazy("unplaced", "To be placed")
    PLACED = "placed", pgettext_lazy("unplaced", "Booked again")
    RESTORED = "restored", pgettext_lazy("unplaced", "Back at its old time")
    GIVEN_UP = "given_up", pgettext_lazy("unplaced", "Given up")


class ContactOutcome(TextChoices):
    """What came of the last try to reach the patient about another time."""

    NO_ANSWER = "no_answer", pgettext_lazy("contact about a time", "No answer")
    CALLS_BACK = "calls_back", pgettext_lazy("contact about a time", "Calls back")
    LATER = "later", pgettext_lazy("contact about a time", "Ask again later")


class GiveUpReason(TextChoices):
    NOT_WANTED = "not_wanted", _("No longer wanted")
    ELSEWHERE = "elsewhere", _("Treated elsewhere")
    UNREACHABLE = "unreachable", _("Cannot be reached")
    DONE = "done", _("Done already")
    MISTAKE = "mistake", pgettext_lazy("give up", "By mistake on this list")


class WishState(TextChoices):
    WAITING = "waiting", pgettext_lazy("waitlist", "Waiting")
    SERVED = "served", pgettext_lazy("waitlist", "Got a time")
    LEFT = "left", pgettext_lazy("waitlist", "Taken off")
    LAPSED = "lapsed", pgettext_lazy("waitlist", "Too late")


class WishPriority(TextChoices):
    NORMAL = "normal", pgettext_lazy("waitlist", "In turn")
    URGENT = "urgent", pgettext_lazy("waitlist", "Urgent")


class LeaveReason(TextChoices):
    NO_NEED = "no_need", _("Keeps the time there is")
    ELSEWHERE = "elsewhere", pgettext_lazy("waitlist", "Went elsewhere")
    UNREACHABLE = "unreachable", pgettext_lazy("waitlist", "Never answers")
    MISTAKE = "mistake", pgettext_lazy("waitlist", "Entered by mistake")


class OfferChannel(TextChoices):
    MESSAGE = "message", pgettext_lazy("offer", "Message")
    CALL = "call", pgettext_lazy("offer", "Phone call")


class FreedBy(TextChoices):
    """How a time came free."""

    CANCELLED = "cancelled", pgettext_lazy("freed", "Cancelled")
    MOVED = "moved", pgettext_lazy("freed", "Moved")
    MISSED = "missed", pgettext_lazy("freed", "Did not come")


class FreedState(TextChoices):
    OPEN = "open", pgettext_lazy("freed", "Open")
    FILLED = "filled", pgettext_lazy("freed", "Filled from the waitlist")
    TAKEN = "taken", pgettext_lazy("freed", "Booked otherwise")
    RESTORED = "restored", pgettext_lazy("freed", "Taken back")
    LAPSED = "lapsed", pgettext_lazy("freed", "Stayed empty")


class OfferState(TextChoices):
    SKIPPED = "skipped", pgettext_lazy("offer", "Not asked, by decision of the desk")
    OPEN = "open", pgettext_lazy("offer", "Waiting for an answer")
    ACCEPTED = "accepted", pgettext_lazy("offer", "Accepted")
    REFUSED = "refused", pgettext_lazy("offer", "Refused")
    SILENT = "silent", pgettext_lazy("offer", "No answer in time")
    WITHDRAWN = "withdrawn", pgettext_lazy("offer", "Taken back")
