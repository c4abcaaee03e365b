"""Permissions and the roles that are shipped (REQUIREMENTS ORG-2)."""

from enum import IntEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Permission(TextChoices):
    """What a role may do in a clinic. Values are stored; never change one that was released."""

    DESK_USE = "desk.use", _("Use the desk: search, today's board, calendar")
    PATIENT_SEE = "patient.see", _("See patient files")
    PATIENT_EDIT = "patient.edit", _("Register and change patients")
    PATIENT_HEALTH = "patient.health", _("See and record medical background")
    PATIENT_UNMASK = "patient.unmask", _("See whole phone and ID numbers")
    PATIENT_IMPORT = "patient.import", _("Import patients and appointments")
    PATIENT_EXPORT = "patient.export", _("Export lists")
    PATIENT_PHOTO = "patient.photo", _("See and take patients' photos")
    PATIENT_STANDING = "patient.standing", _("Give membership levels, points and restrictions")
    PATIENT_MERGE = "patient.merge", _("Decide on likely duplicates, merge files and undo it")
    PATIENT_PRIVACY = "patient.privacy", _("Privacy: data requests, restricted files, review of looks, consent texts")
    APPOINTMENT_SEE = "appointment.see", _("See appointments")
    APPOINTMENT_BOOK = "appointment.book", _("Book, move and cancel appointments")
    APPOINTMENT_OVERBOOK = "appointment.overbook", _("Book in spite of a conflict, with a reason")
    RECEPTION_WORK = "reception.work", _("Check in, triage, call and close visits")
    CHAIR_WORK = "chair.work", _("Work at the chair: start and end treatment")
    NOTE_SEE = "note.see", _("Read visit notes")
    NOTE_WRITE = "note.write", _("Write and sign visit notes")
    PLAN_SEE = "plan.see", _("See treatment plans and their estimates")
    PLAN_EDIT = "plan.edit", _("Make treatment plans")
    RECORD_FIELDS = "record.fields", _("Decide who reads what of a record")
    MONEY_SEE = "money.see", _("See charges and payments")
    MONEY_TAKE = "money.take", _("Make charge sheets and take payments")
    MONEY_DISCOUNT = "money.discount", _("Give discounts")
    MONEY_REVERSE = "money.reverse", _("Reverse payments")
    PRICE_EDIT = "price.edit", _("Change the price list")
    FORM_SEE = "form.see", _("See filled and signed forms")
    FORM_FILL = "form.fill", _("Have forms filled in and signed")
    FORM_EDIT = "form.edit", _("Design forms and say when they are asked for")
    FOLLOW_UP_SEE = "follow_up.see", _("See follow-up tasks")
    FOLLOW_UP_CALL = "follow_up.call", _("Make follow-up calls")
    PROTOCOL_EDIT = "protocol.edit", _("Change follow-up protocols")
    LEAD_SEE = "lead.see", _("See enquiries")
    LEAD_WORK = "lead.work", _("Work on enquiries")
    ANSWER_EDIT = "answer.edit", _("Change answers and scripts")
    MESSAGE_SEE = "message.see", _("See messages sent and waiting")
    MESSAGE_EDIT = "message.edit", _("Change message templates")
    CLINIC_EDIT = "clinic.edit", _("Change rooms, chairs, hours, closures, procedures")
    STAFF_SEE = "staff.see", _("See staff and rosters")
    STAFF_EDIT = "staff.edit", _("Change staff, rosters and leave")
    USER_EDIT = "user.edit", _("Change accounts and roles")
    AUDIT_SEE = "audit.see", _("Search the audit trail")
    SYSTEM_CARE = "system.care", _("See the state of the system, backups and jobs")


AREAS: dict[str, object] = {
    "desk": _("Desk"),
    "patient": _("Patients"),
    "appointment": _("Appointments"),
    "reception": _("Reception and treatment"),
    "chair": _("Reception and treatment"),
    "note": _("Reception and treatment"),
    "plan": _("Reception and treatment"),
    "record": _("Reception and treatment"),
    "money": _("Money"),
    "price": _("Money"),
    "form": _("Patients"),
    "follow_up": _("Follow-up and messages"),
    "protocol": _("Follow-up and messages"),
    "message": _("Follow-up and messages"),
    "lead": _("Follow-up and messages"),
    "answer": _("Follow-up and messages"),
    "clinic": _("Clinic and staff"),
    "staff": _("Clinic and staff"),
    "user": _("Administration"),
    "audit": _("Administration"),
    "system": _("Administration"),
}


class RoleKey(TextChoices):
    """The shipped roles. An administrator can change what each may do."""

    RECEPTIONIST = "receptionist", _("Receptionist")
    SUPERVISOR = "supervisor", _("Front-desk supervisor")
    MANAGER = "manager", _("Clinic manager")
    DENTIST = "dentist", _("Dentist")
    NURSE = "nurse", _("Nurse or assistant")
    PHONE_CONSULTANT = "phone_consultant", _("Phone and online consultant")
    SITE_CONSULTANT = "site_consultant", _("On-site consultant")
    FOLLOW_UP_AGENT = "follow_up_agent", _("Follow-up agent")
    CASHIER = "cashier", _("Cashier")
    FINANCE = "finance", _("Finance")
    EQUIPMENT_KEEPER = "equipment_keeper", _("Equipment keeper")
    ADMINISTRATOR = "administrator", _("Administrator")
    HEAD_OFFICE = "head_office", _("Head office")


P, R = Permission, RoleKey
_DESK = frozenset(
    {
        P.DESK_USE,
        P.PATIENT_SEE,
        P.PATIENT_EDIT,
        P.PATIENT_HEALTH,
        P.PATIENT_PHOTO,
        P.APPOINTMENT_SEE,
        P.APPOINTMENT_BOOK,
        P.LEAD_SEE,
        P.LEAD_WORK,
    }
)
_RECEPTION = _DESK | {
    P.PATIENT_UNMASK, P.RECEPTION_WORK, P.MONEY_SEE, P.MONEY_TAKE, P.FOLLOW_UP_SEE, P.FOLLOW_UP_CALL, P.STAFF_SEE, P.MESSAGE_SEE,
    P.FORM_SEE, P.FORM_FILL, P.PLAN_SEE,
}  # fmt: skip
_SUPERVISOR = _RECEPTION | {
    P.APPOINTMENT_OVERBOOK, P.MONEY_DISCOUNT, P.MONEY_REVERSE, P.PATIENT_IMPORT, P.PATIENT_EXPORT, P.MESSAGE_EDIT,
    P.PATIENT_STANDING,
    P.PATIENT_MERGE,
    P.ANSWER_EDIT,
    P.FORM_EDIT,
}  # fmt: skip
_CLINICAL = frozenset(
    {P.DESK_USE, P.PATIENT_SEE, P.PATIENT_HEALTH, P.PATIENT_PHOTO, P.APPOINTMENT_SEE, P.CHAIR_WORK, P.NOTE_SEE, P.FOLLOW_UP_SEE,
     P.FOLLOW_UP_CALL, P.STAFF_SEE, P.FORM_SEE, P.FORM_FILL, P.PLAN_SEE, P.PLAN_EDIT}
)  # fmt: skip
_CASHIER = frozenset({P.DESK_USE, P.PATIENT_SEE, P.APPOINTMENT_SEE, P.MONEY_SEE, P.MONEY_TAKE})

SHIPPED: dict[str, frozenset[str]] = {
    R.RECEPTIONIST: _RECEPTION,
    R.SUPERVISOR: _SUPERVISOR,
    R.MANAGER: frozenset(P) - {P.USER_EDIT, P.SYSTEM_CARE, P.NOTE_WRITE},
    R.DENTIST: _CLINICAL | {P.NOTE_WRITE, P.APPOINTMENT_BOOK, P.PATIENT_EDIT},
    R.NURSE: _CLINICAL | {P.APPOINTMENT_BOOK, P.RECEPTION_WORK},
    R.PHONE_CONSULTANT: _DESK
    | {P.FOLLOW_UP_SEE, P.FOLLOW_UP_CALL, P.PATIENT_UNMASK, P.FORM_SEE, P.FORM_FILL, P.PLAN_SEE},
    R.SITE_CONSULTANT: _DESK
    | {
        P.MONEY_SEE,
        P.FOLLOW_UP_SEE,
        P.FOLLOW_UP_CALL,
        P.FORM_SEE,
        P.FORM_FILL,
        P.PLAN_SEE,
        P.PLAN_EDIT,
    },
    R.FOLLOW_UP_AGENT: frozenset(
        {
            P.DESK_USE,
            P.PATIENT_SEE,
            P.PATIENT_UNMASK,
            P.APPOINTMENT_SEE,
            P.APPOINTMENT_BOOK,
            P.FOLLOW_UP_SEE,
            P.FOLLOW_UP_CALL,
            P.LEAD_SEE,
            P.LEAD_WORK,
        }
    ),
    R.CASHIER: _CASHIER,
    R.FINANCE: _CASHIER - {P.MONEY_TAKE} | {P.MONEY_REVERSE, P.PRICE_EDIT, P.PATIENT_EXPORT, P.AUDIT_SEE},
    R.EQUIPMENT_KEEPER: frozenset({P.DESK_USE, P.CLINIC_EDIT}),
    R.ADMINISTRATOR: frozenset(P) - {P.NOTE_WRITE},
    R.HEAD_OFFICE: frozenset(
        {
            P.DESK_USE,
            P.PATIENT_SEE,
            P.APPOINTMENT_SEE,
            P.MONEY_SEE,
            P.FOLLOW_UP_SEE,
            P.LEAD_SEE,
            P.STAFF_SEE,
            P.AUDIT_SEE,
            P.PATIENT_EXPORT,
        }
    ),
}
NEEDS_SECOND_FACTOR = frozenset({P.USER_EDIT, P.SYSTEM_CARE})


class Step(IntEnum):
    """What stands between a request and a page, in the order in which it is asked for."""

    SIGN_IN = 1
    UNLOCK = 2
    CODE = 3
    PASSWORD = 4
    SECOND_FACTOR = 5
    DONE = 6
