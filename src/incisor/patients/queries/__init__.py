"""Reading patients: one file, lists, the one search, likely duplicates, imports."""

from incisor.patients.queries.badges import badges_of
from incisor.patients.queries.files import (
    NoSuchPatient,
    alert,
    changes_of,
    family_of,
    last_seen,
    look_alikes,
    patient,
    patients,
    patients_of,
    recent_patients,
    with_badge,
)
from incisor.patients.queries.finding import Hit, find, search_keys_of
from incisor.patients.queries.imports import (
    columns,
    earlier_import,
    import_batch,
    import_batches,
    kept_rows,
    planned_counts,
    running_imports,
    wrong_cells,
    wrong_rows,
)
from incisor.patients.queries.naming import ids_by_file_number, names_of

__all__ = [
    "Hit",
    "NoSuchPatient",
    "alert",
    "badges_of",
    "changes_of",
    "columns",
    "earlier_import",
    "family_of",
    "find",
    "ids_by_file_number",
    "import_batch",
    "import_batches",
    "kept_rows",
    "last_seen",
    "look_alikes",
    "names_of",
    "patient",
    "patients",
    "patients_of",
    "planned_counts",
    "recent_patients",
    "running_imports",
    "search_keys_of",
    "with_badge",
    "wrong_cells",
    "wrong_rows",
]
