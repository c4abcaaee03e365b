"""Everything that changes patients' files."""

from incisor.patients.services.family import link_family, unlink_family
from incisor.patients.services.files import (
    AlreadyRegistered,
    CannotUndo,
    ChangedBySomebodyElse,
    WrongValue,
    change_patient,
    note_look,
    register_patient,
    undo_registration,
    unmask,
)
from incisor.patients.services.health import add_alert, end_alert, resume_alert

__all__ = [
    "AlreadyRegistered",
    "CannotUndo",
    "ChangedBySomebodyElse",
    "WrongValue",
    "add_alert",
    "change_patient",
    "end_alert",
    "link_family",
    "note_look",
    "register_patient",
    "resume_alert",
    "undo_registration",
    "unlink_family",
    "unmask",
]
