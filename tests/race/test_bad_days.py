"""Bad days: somebody else holds the database, the disk is full, the database server is started anew."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from scripts import postgres
from tests.config.conftest import Site
from tests.race.test_race import booking

IS_POSTGRESQL = os.environ.get("INCISOR_TEST_DATABASE") == "postgresql"
HELD_SECONDS, ROOM_BYTES = 5, 260 * 1024 * 1024


@pytest.mark.skipif(IS_POSTGRESQL, reason="locking the whole database is a matter of SQLite")
def test_clerks_wait_while_another_program_holds_the_database(opened, figures):
    place = opened()
    stage, crowd = place.stage, place.crowd(7)
    holder = sqlite3.connect(place.site.home / "incisor.sqlite3", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    letting_go = threading.Timer(HELD_SECONDS, holder.rollback)
    letting_go.start()

    answers = crowd.together(
        lambda clerk, browser: browser.post(
            f"/book/{stage['patients'][clerk]}/", booking(stage, stage["times"][0][clerk], f"held{clerk}")
        )
    )

    letting_go.join()
    holder.close()
    assert [one.status for one in answers] == [204] * 7, place.server.said()
    assert min(browser.waits[-1] for browser in crowd.browsers) > HELD_SECONDS - 1
    figures("database held by another program", seconds=round(time.monotonic() - began, 1), **crowd.waits())
    assert place.ask("inspection.problems()") == []


@pytest.fixture
def small_disk(tmp_path):
    """Give a disk of its own, so small that a test can fill it."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux may mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={ROOM_BYTES}", "tmpfs", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.skipif(IS_POSTGRESQL, reason="PostgreSQL keeps its files on a disk of its own")
def test_full_disk_is_said_and_leaves_nothing_half_saved(opened, sqlite_disk_site, figures):
    place = opened(site=sqlite_disk_site)
    stage, (browser,) = place.stage, place.crowd(1).browsers
    offered = [slot for slots in stage["times"] for slot in slots]
    people, filler = stage["patients"], place.site.home.parent / "filler"

    def book(number):
        return browser.post(f"/book/{people[number % len(people)]}/", booking(stage, offered[number], f"disk{number}"))

    assert book(0).status == 204
    with filler.open("wb") as out:
        out.write(b"x" * max(0, shutil.disk_usage(place.site.home).free - 16 * 1024))
    booked, refused = 1, None
    for number in range(1, 60):
        answer = book(number)
        if answer.status != 204:
            refused = answer
            break
        booked += 1
    assert refused is not None, "the disk did not get full"
    assert refused.status == 503, (refused.status, refused.text[:500], place.server.said())
    assert "Traceback" not in refused.text
    filler.unlink()

    assert book(number).status == 204, place.server.said()
    assert place.ask("inspection.counts()")["booked"] == booked + 1
    assert place.ask("inspection.problems()") == []
    figures("full disk", booked_before=booked, answer=refused.status)


@pytest.fixture
def sqlite_disk_site(small_disk):
    return Site(small_disk / "home").install()


class OwnCluster:
    """A PostgreSQL of this test alone, which it may stop and start."""

    def __init__(self, folder):
        self.folder, self.programs, self.user = folder, postgres.find_programs(), postgres.unprivileged_user()
        self.programs = postgres.readable(self.programs, self.user, folder)
        self.data, self.log, self.port = folder / "data", folder / "log", postgres.free_port()
        postgres.make_cluster(self.programs, self.user, folder, self.data, "restarted")
        self.dsn = f"postgresql://incisor:restarted@127.0.0.1:{self.port}/postgres"
        self.process = None
        self.start()

    def start(self):
        words = [str(postgres.program(self.programs.bin, "postgres")), "-D", str(self.data), "-p", str(self.port)]
        for name, value in postgres.OPTIONS.items():
            words += ["-c", f"{name}={value}"]
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self.folder,
                env=postgres.plain_environment(), **postgres.identity(self.user),
            )  # fmt: skip
        postgres.wait_until_ready(self.process, self.port, self.log)

    def stop(self):
        postgres.stop(self.process)


@pytest.fixture
def own_cluster():
    folder = Path(tempfile.mkdtemp(prefix="incisor-own-pg-", dir="/tmp" if os.name == "posix" else None))
    if postgres.unprivileged_user() is not None:
        shutil.chown(folder, postgres.unprivileged_user())
    made = OwnCluster(folder)
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has no server")
def test_next_request_works_after_the_database_server_was_started_anew(own_cluster, opened, tmp_path, figures):
    """A server of its own: the one of the suite serves others."""
    place = opened(site=Site(tmp_path / "home", f"{own_cluster.dsn}?schema=desk").install())
    stage, crowd = place.stage, place.crowd(7)
    offered = place.stage["times"]

    def book(number):
        return [
            one.status
            for one in crowd.together(
                lambda clerk, browser: browser.post(
                    f"/book/{stage['patients'][clerk]}/",
                    booking(stage, offered[number][clerk], f"pg{number}c{clerk}"),
                )
            )
        ]

    assert book(0) == [204] * 7
    own_cluster.stop()
    while_down = book(1)
    assert set(while_down) == {503}, (while_down, place.server.said())
    own_cluster.start()
    after = book(1)
    assert after == [204] * 7, (after, place.server.said())
    assert place.ask("inspection.counts()")["booked"] == 14
    assert place.ask("inspection.problems()") == []
    figures("database server started anew", while_down=while_down, after=after)
