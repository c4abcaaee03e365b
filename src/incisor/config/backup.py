"""Backups: online, of one moment, encrypted for the recovery key, proven by restoring them.

A backup is a tar of JSON lines (one file a table), the attachments, the keys file and a manifest, encrypted as one age
file. Opening it takes the recovery key that `incisor init` wrote and the clinic keeps somewhere else.
"""

import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pyrage
from django.conf import settings
from django.db import connection, connections, transaction

from incisor.config import archive, readiness, setup
from incisor.kernel import jobs, store
from incisor.kernel.clock import now
from incisor.kernel.errors import NotReady
from incisor.kernel.organisation import current, organisation

Say = Callable[[str], object]
KEEP_DAILY, KEEP_WEEKLY, KEEP_MONTHLY = 14, 8, 24
PROOF_FILE = "proof.json"


class BackupRefused(NotReady):
    """The file is not a backup of ours, does not open with this key, or is damaged."""

    code = "backup_refused"


def make_backup(*, folder: Path | None = None) -> Path:
    """Write a backup of this moment; returns its file. It appears under its name only when it is complete."""
    folder = Path(folder or settings.INCISOR_BACKUPS)
    folder.mkdir(parents=True, exist_ok=True)
    recipient_file = Path(settings.INCISOR_HOME) / setup.RECIPIENT_FILE
    if not recipient_file.exists():
        raise NotReady(f"{recipient_file} is missing: it says for which recovery key backups are encrypted.")
    recipient = pyrage.x25519.Recipient.from_str(recipient_file.read_text(encoding="ascii").strip())
    stamp = now().strftime("%Y%m%dT%H%M%S%fZ")
    target = folder / f"incisor-{current()}-{stamp}.tar.age"
    draft = target.with_suffix(".part")
    with tempfile.TemporaryDirectory(dir=folder, prefix=".backup-") as scratch:
        plain = Path(scratch) / "backup.tar"
        try:
            _write_tar(plain)
            pyrage.encrypt_file(str(plain), str(draft), [recipient])
        except OSError as failure:
            draft.unlink(missing_ok=True)
            raise NotReady(
                f"The backup could not be written to {folder}: {failure.strerror or failure}. Make room, or name "
                "another folder with --to. Older backups are untouched."
            ) from failure
    with draft.open("rb+") as written:
        os.fsync(written.fileno())
    os.replace(draft, target)
    return target


def _write_tar(path: Path) -> None:
    manifest: dict[str, Any] = {
        "format": 1,
        "version": settings.INCISOR_VERSION,
        "organisation": current(),
        "made_at": now().isoformat(),
        "database": connection.vendor,
        "tables": {},
        "attachments": {},
    }
    with tarfile.open(path, "w") as tar, archive.snapshot(connection):
        manifest["migrations"] = archive.migrations_of(connection)
        for model in archive.tables():
            table = model._meta.db_table
            digest, count = hashlib.sha256(), 0
            with tempfile.TemporaryFile(dir=path.parent) as rows:
                with gzip.GzipFile(fileobj=rows, mode="wb", compresslevel=4, mtime=0) as packed:
                    for line in archive.lines(connection, model):
                        packed.write(line)
                        digest.update(line)
                        count += 1
                _add(tar, f"tables/{table}.jsonl.gz", rows)
            manifest["tables"][table] = asdict(archive.TableSum(count, digest.hexdigest()))
        for key, content in store.sealed_files():
            manifest["attachments"][key] = hashlib.sha256(content).hexdigest()
            _add(tar, f"attachments/{key}", io.BytesIO(content))
        with Path(settings.INCISOR_KEYS).open("rb") as keys:
            _add(tar, "keys.json", keys)
        _add(tar, "manifest.json", io.BytesIO(json.dumps(manifest, indent=1).encode()))


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    content.seek(0, os.SEEK_END)
    entry.size = content.tell()
    entry.mode = 0o600
    content.seek(0)
    tar.addfile(entry, content)


def identity_of(file: Path) -> Any:
    """Return the recovery key in a file. Raises BackupRefused."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        raise BackupRefused(f"The recovery key {file} cannot be read.") from failure
    for line in text.splitlines():
        if line.startswith("AGE-SECRET-KEY-"):
            try:
                return pyrage.x25519.Identity.from_str(line.strip())
            except pyrage.IdentityError as failure:
                raise BackupRefused(f"{file} holds a damaged recovery key.") from failure
    raise BackupRefused(f"{file} holds no recovery key (a line that begins with AGE-SECRET-KEY-).")


def restore(*, file: Path, identity_file: Path, say: Say) -> None:
    """Restore a backup into an empty place: an empty data folder, or an empty schema. Raises BackupRefused, NotReady."""
    if not file.is_file():
        raise BackupRefused(f"There is no file {file}.")
    identity = identity_of(identity_file)
    readiness.require_folder()
    if Path(settings.INCISOR_KEYS).exists():
        raise NotReady(f"{settings.INCISOR_HOME} is not empty: it holds a keys file. Name an empty folder with --home.")
    if _has_tables():
        raise NotReady("The database is not empty. Restore into an empty one, then switch over.")
    with tempfile.TemporaryDirectory(dir=settings.INCISOR_HOME, prefix=".restore-") as scratch:
        tar_path = _open(file, identity, Path(scratch))
        with tarfile.open(tar_path) as tar:
            manifest = _manifest(tar)
            _write_home(tar, manifest, identity, identity_file)
            setup.migrate(say=lambda _line: None)
            _check_version(manifest)
            _write_rows(tar, manifest, say)
    with archive.snapshot(connection):
        found = archive.sums(connection)
    _compare(manifest, found)
    say(
        f"Restored {sum(table.count for table in found.values())} rows of {manifest['made_at'][:16]}; counts and hashes equal."
    )


def _has_tables() -> bool:
    if connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists():
        return False
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM sqlite_master")
        else:
            cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = %s", [current()])
        return bool(cursor.fetchone()[0])


def _open(file: Path, identity: Any, folder: Path) -> Path:
    plain = folder / "backup.tar"
    try:
        pyrage.decrypt_file(str(file), str(plain), [identity])
    except (pyrage.DecryptError, OSError) as failure:
        raise BackupRefused(
            f"{file.name} does not open: it is damaged, or this recovery key is not its own."
        ) from failure
    return plain


def _manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    try:
        manifest = json.loads(_read(tar, "manifest.json").read())
    except (KeyError, ValueError, tarfile.TarError) as failure:
        raise BackupRefused("The backup is not complete: it has no readable manifest.") from failure
    if manifest.get("format") != 1:
        raise BackupRefused(
            f"The backup was made by a newer version ({manifest.get('version')}). Restore with that one."
        )
    return manifest


def _read(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    content = tar.extractfile(name)
    if content is None:
        raise KeyError(name)
    return content


def _write_home(tar: tarfile.TarFile, manifest: dict[str, Any], identity: Any, identity_file: Path) -> None:
    home = Path(settings.INCISOR_HOME)
    setup.write_private(Path(settings.INCISOR_KEYS), _read(tar, "keys.json").read().decode())
    (home / setup.RECIPIENT_FILE).write_text(f"{identity.to_public()}\n", encoding="ascii")
    if identity_file.resolve() != (home / setup.IDENTITY_FILE).resolve():
        shutil.copyfile(identity_file, home / setup.IDENTITY_FILE)
    for name, digest in manifest["attachments"].items():
        if not store.is_key(name):
            raise BackupRefused(f"The backup names an attachment outside its folder: {name}")
        content = _read(tar, f"attachments/{name}").read()
        if hashlib.sha256(content).hexdigest() != digest:
            raise BackupRefused(f"The attachment {name} is damaged in this backup.")
        store.put_back(name, content)


def _check_version(manifest: dict[str, Any]) -> None:
    unknown = set(manifest["migrations"]) - set(archive.migrations_of(connection))
    if unknown:
        raise BackupRefused(
            f"The backup was made by a newer version of Incisor ({max(unknown)}). Restore with that one."
        )


def _write_rows(tar: tarfile.TarFile, manifest: dict[str, Any], say: Say) -> None:
    with transaction.atomic():
        for model in archive.tables():
            table = model._meta.db_table
            if table in manifest["tables"]:
                count = archive.write_table(connection, model, _rows(tar, table))
                if count:
                    say(f"  {table}: {count}")


def _rows(tar: tarfile.TarFile, table: str) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=_read(tar, f"tables/{table}.jsonl.gz")) as rows:
        yield from rows


def _compare(manifest: dict[str, Any], found: dict[str, archive.TableSum]) -> None:
    for table, wanted in manifest["tables"].items():
        have = found.get(table)
        if have is None or asdict(have) != wanted:
            raise BackupRefused(
                f"After restoring, the table {table} is not equal to the backup. Do not use this place."
            )


def backups() -> list[Path]:
    """Return the backups of this organisation, newest first."""
    return sorted(Path(settings.INCISOR_BACKUPS).glob(f"incisor-{current()}-*.tar.age"), reverse=True)


def keep(files: list[Path]) -> set[Path]:
    """Return which backups are kept: the newest of each of 14 days, 8 weeks and 24 months."""
    kept: set[Path] = set()
    for count, form in ((KEEP_DAILY, "%Y-%m-%d"), (KEEP_WEEKLY, "%G-%V"), (KEEP_MONTHLY, "%Y-%m")):
        newest: dict[str, Path] = {}
        for file in sorted(files, reverse=True):
            newest.setdefault(made_at(file).strftime(form), file)
        kept |= {newest[period] for period in sorted(newest, reverse=True)[:count]}
    return kept


def made_at(file: Path) -> datetime:
    """Return when the backup was made, from its name."""
    return datetime.strptime(file.name.split("-")[-1].removesuffix(".tar.age"), "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)


def prove_newest() -> str:
    """Restore the newest backup into a scratch SQLite file, compare every count and hash; returns what was proven.

    Needs the recovery key in the data folder; where the clinic has taken it away, the seal of the file is checked only.
    Raises BackupRefused when the backup is not whole.
    """
    files = backups()
    if not files:
        raise BackupRefused("There is no backup yet.")
    identity_file = Path(settings.INCISOR_HOME) / setup.IDENTITY_FILE
    if not identity_file.exists():
        raise BackupRefused(
            f"The recovery key is not in {identity_file}, so the backup could not be tried. Put it there for the proof, "
            "or try it by hand: incisor restore."
        )
    with tempfile.TemporaryDirectory(dir=settings.INCISOR_HOME, prefix=".proof-") as scratch:
        tar_path = _open(files[0], identity_of(identity_file), Path(scratch))
        with tarfile.open(tar_path) as tar:
            manifest = _manifest(tar)
            rows = _prove_rows(tar, manifest, Path(scratch) / "proof.sqlite3")
            for name, digest in manifest["attachments"].items():
                if hashlib.sha256(_read(tar, f"attachments/{name}").read()).hexdigest() != digest:
                    raise BackupRefused(f"The attachment {name} is damaged in {files[0].name}.")
    result = {"file": files[0].name, "at": now().isoformat(), "rows": rows, "tables": len(manifest["tables"])}
    (Path(settings.INCISOR_BACKUPS) / PROOF_FILE).write_text(json.dumps(result), encoding="utf-8")
    return f"{files[0].name}: {rows} rows in {result['tables']} tables restored and equal."


def _prove_rows(tar: tarfile.TarFile, manifest: dict[str, Any], path: Path) -> int:
    alias = "proof"
    connections.databases[alias] = {
        **connections.databases["default"],
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {},
        "CONN_MAX_AGE": 0,
        "TEST": {},
    }
    scratch = connections[alias]
    try:
        with scratch.schema_editor() as editor:
            for model in archive.tables():
                editor.create_model(model)
        total = 0
        with transaction.atomic(using=alias):
            scratch.cursor().execute("PRAGMA defer_foreign_keys=ON")
            for model in archive.tables():
                total += archive.write_table(scratch, model, _rows(tar, model._meta.db_table))
        _compare(manifest, archive.sums(scratch))
        return total
    except sqlite3.Error as failure:
        raise BackupRefused(f"The backup could not be restored: {failure}") from failure
    finally:
        scratch.close()
        del connections[alias]
        del connections.databases[alias]


def last_proof() -> dict[str, Any] | None:
    """Return what the last proof found, None when there was none."""
    try:
        return json.loads((Path(settings.INCISOR_BACKUPS) / PROOF_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


@jobs.job("backup.nightly", every=timedelta(days=1), at_hour=2)
def nightly(_at: datetime) -> str:
    """Write a backup each night and remove those that the retention does not keep."""
    with organisation(current()):
        target = make_backup()
        files = backups()
        for file in set(files) - keep(files):
            file.unlink()
    return f"{target.name}, {target.stat().st_size} bytes"


@jobs.job("backup.weekly_proof", every=timedelta(days=1), at_hour=3, weekday=6)
def weekly_proof(_at: datetime) -> str:
    """Restore the newest backup into a scratch place each Sunday and compare it."""
    return prove_newest()
