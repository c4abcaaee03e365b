"""`incisor import`: the same import as in the browser, told line by line."""

from collections.abc import Callable
from pathlib import Path

from django.utils import translation

from incisor.accounts.models import User
from incisor.accounts.queries import system_user
from incisor.clinics.models import Clinic
from incisor.config import readiness
from incisor.kernel.clock import now
from incisor.kernel.errors import NotReady
from incisor.patients import queries, services
from incisor.patients.models import ImportBatch

Say = Callable[[str], object]
TOLD_AT_MOST = 50


def run(*, kind: str, file: Path, clinic_code: str, write: bool, username: str, say: Say) -> int:
    """Check the file, name every wrong cell, and write the rows that are right when told to; returns the exit code.

    Without write nothing is written and nothing is kept. Raises NotReady and the import's own refusals.
    """
    readiness.require_ready()
    if not file.is_file():
        raise NotReady(f"There is no file {file}.")
    clinic, by = _clinic(clinic_code), _user(username)
    with translation.override(by.language):
        batch = services.upload_import(
            by=by, clinic=clinic, kind=kind, file_name=file.name, content=file.read_bytes(), at=now()
        )
        wrong = _tell(batch, say)
        if not write:
            services.discard_import(by=by, batch=batch, at=now())
            say("Nothing was written. Put right what is named, then run it again with --yes.")
            return 1 if wrong else 0
        batch = services.confirm_import(by=by, batch=batch, at=now())
        while batch.is_running:
            batch = services.run_import(by=by, batch=batch, at=now())
            say(f"  {batch.percent} %")
    say(
        f"{batch.created_count} created, {batch.updated_count} updated, {batch.unchanged_count} unchanged, "
        f"{batch.refused_count} refused. To take it back: Import in the browser, “{batch.file_name}”."
    )
    return 0


def _tell(batch: ImportBatch, say: Say) -> int:
    counts = queries.planned_counts(batch)
    wrong = queries.wrong_rows(batch)
    rows = list(wrong[:TOLD_AT_MOST])
    say(f"{batch.row_count} rows: " + ", ".join(f"{count} {name}" for name, count in counts.items() if count))
    if batch.problem:
        say(str(batch.problem))
    for cell in queries.wrong_cells(batch, rows):
        say(f"  row {cell.row}, {cell.heading}: “{cell.value}” – {cell.what} {cell.to_do}")
    count = wrong.count()
    if count > len(rows):
        say(f"  … and {count - len(rows)} more rows")
    return count


def _clinic(code: str) -> Clinic:
    clinics = list(Clinic.objects.filter(is_active=True).order_by("code"))
    found = [clinic for clinic in clinics if clinic.code == code] if code else clinics
    if len(found) == 1:
        return found[0]
    codes = ", ".join(f"{clinic.code} ({clinic.name})" for clinic in clinics)
    raise NotReady(f"Say which clinic with --clinic: {codes}.")


def _user(username: str) -> User:
    if not username:
        return system_user()
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise NotReady(f"There is no account “{username}”.")
    return found
