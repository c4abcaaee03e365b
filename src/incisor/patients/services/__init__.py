"""Everything that changes patients' files."""

from incisor.patients.services._import_kind import IMPORTED_PATIENTS
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
from incisor.patients.services.imports import (
    WrongStep,
    confirm_import,
    discard_import,
    fail_import,
    map_columns,
    reverse_import,
    run_import,
    upload_import,
)
from incisor.patients.services.seen import note_seen

__all__ = [
    "IMPORTED_PATIENTS",
    "AlreadyRegistered",
    "CannotUndo",
    "ChangedBySomebodyElse",
    "WrongStep",
    "WrongValue",
    "add_alert",
    "change_patient",
    "confirm_import",
    "discard_import",
    "end_alert",
    "fail_import",
    "link_family",
    "map_columns",
    "note_look",
    "note_seen",
    "register_patient",
    "resume_alert",
    "reverse_import",
    "run_import",
    "undo_registration",
    "unlink_family",
    "unmask",
    "upload_import",
]
