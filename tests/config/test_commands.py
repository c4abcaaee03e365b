"""The commands, run as a person runs them: what they do, and the one sentence with which they refuse."""

import json
import os
import socket
import sqlite3
from pathlib import Path

import pytest

RENAME = """
from django.db import connection
connection.cursor().execute('ALTER TABLE {table} RENAME TO {name}')
answer = 0
"""
BOOK_SOMETHING = """
from datetime import date
from django.db import transaction
from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.clock import now
from incisor.patients.models import Patient
from incisor.audit.services import record, recording
clinic, system = Clinic.objects.get(), User.objects.get(is_system=True)
with transaction.atomic(), recording(user_id=system.pk, user_name=system.name, clinic_id=clinic.pk, at=now()):
    for number in range(5):
        one = Patient.objects.create(clinic=clinic, name="王小明", file_number=f"T{number}", phone="15400000001",
            born_on=date(2016, 2, 29), tags=["VIP", "怕疼"], created_by=system, created_at=now())
        record("patient.registered", subject=one, patient_id=one.pk, after={"name": one.name})
answer = Patient.objects.count()
"""
KEEP_A_PHOTO = """
from incisor.accounts.models import User
from incisor.kernel import store
from incisor.kernel.clock import now
from incisor.patients.models import Patient
from incisor.patients.models.background import PatientPhoto
one, system = Patient.objects.first(), User.objects.get(is_system=True)
key = store.keep(b"\\x00scan\\xff", limit=100).key
PatientPhoto.objects.create(clinic_id=one.clinic_id, patient=one, picture=key, thumbnail=key, taken_by=system, taken_at=now())
answer = key
"""
LOOK = """
from incisor.audit.queries import broken_places
from incisor.patients.models import Patient
answer = [sorted(Patient.objects.values_list("name", "file_number")), [p.phone for p in Patient.objects.all()][:1],
    [place.problem for place in broken_places()]]
"""
SEEN = [[["王小明", f"T{number}"] for number in range(5)], ["15400000001"], []]


def test_init_makes_an_installation_once(new_site):
    site = new_site()

    said = site("init", "--clinic", "晨光口腔")

    assert "one-time password" in said
    assert site.python("from incisor.clinics.models import Clinic\nanswer = Clinic.objects.get().name") == "晨光口腔"
    assert "already. Nothing was changed." in site.refused("init")


def test_secrets_are_readable_by_their_owner_only(sqlite_site):
    if os.name == "nt":
        pytest.skip("Windows keeps rights in another way")
    sqlite_site("init")

    rights = {file.name: oct(file.stat().st_mode & 0o077) for file in sqlite_site.home.iterdir() if file.is_file()}

    assert set(rights.values()) == {"0o0"}, rights


def test_work_is_refused_before_init(sqlite_site):
    assert "Run “incisor init”" in sqlite_site.refused("work", "--once")


def test_work_is_refused_without_the_keys_file(new_site):
    site = new_site()
    site.install()
    (site.home / "keys.json").unlink()

    assert "keys.json is missing" in site.refused("work", "--once")


def test_work_is_refused_with_the_keys_of_another_installation(sqlite_site, tmp_path):
    other = type(sqlite_site)(tmp_path / "other")
    sqlite_site.install()
    other("init")
    (sqlite_site.home / "keys.json").write_bytes((other.home / "keys.json").read_bytes())

    assert "belongs to another installation" in sqlite_site.refused("work", "--once")


def test_work_is_refused_with_damaged_keys(sqlite_site):
    sqlite_site.install()
    (sqlite_site.home / "keys.json").write_text("{}", encoding="utf-8")

    assert "keys file is damaged" in sqlite_site.refused("work", "--once")


def test_work_is_refused_on_a_database_of_a_newer_version(sqlite_site):
    sqlite_site.install()
    with sqlite3.connect(sqlite_site.home / "incisor.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('patients', '9999_future', '2030-01-01')"
        )

    assert "newer version of Incisor (patients.9999_future)" in sqlite_site.refused("work", "--once")


def test_work_is_refused_on_a_file_that_is_no_database(sqlite_site):
    sqlite_site.install()
    (sqlite_site.home / "incisor.sqlite3").write_bytes(os.urandom(4096))

    assert "database" in sqlite_site.refused("work", "--once")


def test_home_that_cannot_be_written_is_named(sqlite_site, tmp_path):
    in_the_way = tmp_path / "a-file"
    in_the_way.write_text("x", encoding="ascii")
    site = type(sqlite_site)(in_the_way / "home")

    assert "cannot be written" in site.refused("init")


def test_backup_into_what_is_no_folder_is_refused_and_changes_nothing(sqlite_site):
    sqlite_site.install()
    before = sqlite_site.sums()

    assert "File exists" in sqlite_site.refused("backup", "--to", sqlite_site.home / "incisor.sqlite3")

    assert sqlite_site.sums() == before


def test_serve_names_a_taken_port(sqlite_site):
    sqlite_site.install()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        refusal = sqlite_site.refused("serve", "--port", taken.getsockname()[1])

    assert "Is Incisor running already?" in refusal


def test_serve_names_a_missing_certificate(sqlite_site):
    sqlite_site.install()

    assert "There is no file" in sqlite_site.refused("serve", "--certificate", "nowhere.pem", "--key", "nowhere.key")


def test_backup_restores_elsewhere_with_equal_rows(new_site):
    site, empty = new_site("org_a"), new_site("org_b")
    site.install()
    site.python(BOOK_SOMETHING)
    key = site.python(KEEP_A_PHOTO)
    file = site("backup").strip()

    said = empty("restore", file, "--identity", site.home / "recovery-key.txt")

    assert "counts and hashes equal" in said
    assert empty.sums() == site.sums()
    assert empty.python(LOOK) == SEEN
    assert (
        empty.python(f"from incisor.kernel import store\nanswer = store.read('{key}').hex()") == b"\x00scan\xff".hex()
    )
    empty("work", "--once")


def test_backup_holds_nothing_readable(new_site):
    site = new_site()
    site.install()
    site.python(BOOK_SOMETHING)

    content = Path(site("backup").strip()).read_bytes()

    assert "王小明".encode() not in content
    assert b"patient" not in content


def test_restore_is_refused_into_a_place_that_is_not_empty(new_site):
    site = new_site()
    site.install()
    file = site("backup").strip()
    before = site.sums()

    assert "is not empty" in site.refused("restore", file, "--identity", site.home / "recovery-key.txt")
    assert site.sums() == before


def test_restore_is_refused_with_another_key_or_a_damaged_file(sqlite_site, tmp_path):
    other, empty = type(sqlite_site)(tmp_path / "other"), type(sqlite_site)(tmp_path / "empty")
    sqlite_site.install()
    other("init")
    file = sqlite_site("backup").strip()
    damaged = tmp_path / "damaged.tar.age"
    content = bytearray(Path(file).read_bytes())
    content[-200] ^= 1
    damaged.write_bytes(content)

    key, wrong = sqlite_site.home / "recovery-key.txt", other.home / "recovery-key.txt"
    assert "does not open" in empty.refused("restore", file, "--identity", wrong)
    assert "does not open" in empty.refused("restore", damaged, "--identity", key)
    assert "holds no recovery key" in empty.refused("restore", file, "--identity", "/etc/hostname")
    assert not (empty.home / "keys.json").exists()


def test_proof_restores_the_newest_backup_and_remembers(new_site):
    site = new_site()
    site.install()
    assert "There is no backup yet" in site.refused("prove-backup")
    site("backup")

    said = site("prove-backup")

    assert "restored and equal" in said
    assert json.loads((site.home / "backups" / "proof.json").read_text())["rows"] > 400


def test_keys_rotate_and_old_values_open(new_site):
    site = new_site()
    site.install()
    site.python(BOOK_SOMETHING)

    said = site("keys", "rotate")

    assert "sealed with key k2" in said
    assert site.python(LOOK) == SEEN
    sealed = site.python(
        "from django.db import connection\ncursor = connection.cursor()\n"
        "cursor.execute('SELECT phone FROM patients_patient')\nanswer = sorted({row[0][:3] for row in cursor.fetchall()})"
    )
    assert sealed == ["k2:"]
    site("keys", "rotate")
    assert site("keys", "show").split() == ["k2", "only", "decrypts", "k3", "encrypts"]
    assert site.python(LOOK) == SEEN


def test_keys_rotate_in_every_organisation_that_they_seal(new_site):
    first, second = new_site("org_a"), new_site("org_b")
    if not first.url:
        pytest.skip("SQLite: each organisation is a file of its own")
    second.home = first.home  # one server, one keys file
    for site, name in ((first, "甲诊所"), (second, "乙诊所")):
        site("init", "--clinic", name)
    second.python(BOOK_SOMETHING)
    second.python(RENAME.format(table="patients_patient", name="away"))

    stopped = first.run("keys", "rotate")

    assert (stopped.returncode, "behind: org_b" in stopped.stdout) == (1, True)
    second.python(RENAME.format(table="away", name="patients_patient"))
    first("keys", "rotate")  # drops the first key: whoever stayed behind would lose everything
    assert first("keys", "show").split() == ["k2", "only", "decrypts", "k3", "encrypts"]
    assert second.python(LOOK) == SEEN


def test_two_organisations_in_one_database_do_not_see_each_other(new_site):
    first, second = new_site("org_a"), new_site("org_b")
    first("init", "--clinic", "甲诊所")
    second("init", "--clinic", "乙诊所")
    before = second.sums()
    first.python(BOOK_SOMETHING)

    assert second.sums() == before
    assert second.python(
        "from incisor.clinics.models import Clinic\nanswer = [c.name for c in Clinic.objects.all()]"
    ) == ["乙诊所"]
    assert first.python(LOOK) == SEEN
    assert "0 steps" not in first("migrate", "--all")


def test_move_carries_a_file_into_postgresql(new_site, tmp_path):
    target = new_site("org_moved")
    source = type(target)(tmp_path / "source")
    source.install()
    source.python(BOOK_SOMETHING)
    if not target.url:
        assert "set DATABASE_URL" in source.refused("move", source.home / "incisor.sqlite3")
        return
    target.home.mkdir()
    (target.home / "keys.json").write_bytes((source.home / "keys.json").read_bytes())

    said = target("move", source.home / "incisor.sqlite3")

    assert "counts and hashes equal" in said
    assert target.sums() == source.sums()
    assert target.python(LOOK) == SEEN
    assert "not empty" in target.refused("move", source.home / "incisor.sqlite3")


def test_worker_makes_the_nightly_backup_once(sqlite_site):
    sqlite_site.install()
    # the job is due from 02:00 on the organisation's clock: choose a zone in which it is noon now
    sqlite_site.python(
        "from datetime import UTC, datetime\nfrom incisor.clinics.models import Organisation\n"
        "offset = (12 - datetime.now(UTC).hour)\nname = f'Etc/GMT{-offset:+d}' if offset else 'Etc/GMT'\n"
        "Organisation.objects.update(zone=name)\nanswer = 1"
    )

    sqlite_site("work", "--once")
    sqlite_site("work", "--once")

    assert len(list((sqlite_site.home / "backups").glob("*.age"))) == 1
