"""Runs the real command in a process of its own, on a home of its own; on PostgreSQL in schemas of its own."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

MADE: list["Site"] = []
SOURCE = Path(__file__).resolve().parents[2] / "src"


@dataclass
class Site:
    """One installation: `site("backup")` runs `incisor backup` there."""

    home: Path
    url: str = ""

    def environment(self, **more):
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("INCISOR_", "DATABASE_URL"))}
        clean.pop("DATABASE_URL", None)
        more = {name: value for name, value in more.items() if value is not None}
        database = {"DATABASE_URL": self.url} if self.url else {}
        return {
            **clean,
            "PYTHONPATH": str(SOURCE),
            "INCISOR_HOME": str(self.home),
            "INCISOR_POOL": "0",
            **database,
            **more,
        }

    def run(self, *words, **more):
        return subprocess.run(
            [sys.executable, "-m", "incisor", *map(str, words)],
            env=self.environment(**more), capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip

    def __call__(self, *words, **more):
        done = self.run(*words, **more)
        assert done.returncode == 0, f"incisor {' '.join(map(str, words))}: {done.stdout}{done.stderr}"
        return done.stdout

    def install(self):
        """Make an installation with one clinic, 晨光口腔; on SQLite as a copy of one made before, which is quicker."""
        if self.url:
            self("init", "--clinic", "晨光口腔")
            return self
        if not MADE:
            template = Site(Path(tempfile.mkdtemp(prefix="incisor-made-")) / "home")
            template("init", "--clinic", "晨光口腔")
            atexit.register(shutil.rmtree, template.home.parent, ignore_errors=True)
            MADE.append(template)
        shutil.copytree(MADE[0].home, self.home)
        return self

    def refused(self, *words, **more):
        """Return the one sentence with which the command was refused."""
        done = self.run(*words, **more)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        lines = done.stderr.strip().splitlines()
        assert len(lines) == 1, done.stderr
        return lines[0]

    def python(self, code):
        """Run a few lines inside the installation and return what they put into `answer`."""
        whole = (
            "import json, django; django.setup()\n"
            "from django.conf import settings\n"
            "from incisor.kernel.organisation import organisation\n"
            "with organisation(settings.INCISOR_ORGANISATION):\n"
            + "".join(f"    {line}\n" for line in code.strip().splitlines())
            + "    print(json.dumps(answer, default=str))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", whole], env=self.environment(DJANGO_SETTINGS_MODULE="incisor.config.settings"),
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])

    def sums(self):
        """Return count and hash of every table."""
        return self.python(
            "from dataclasses import asdict\n"
            "from django.db import connection\n"
            "from incisor.config import archive\n"
            "answer = {name: asdict(found) for name, found in archive.sums(connection).items()}"
        )


@pytest.fixture
def sqlite_site(tmp_path):
    return Site(tmp_path / "home")


@pytest.fixture
def new_site(tmp_path):
    """Make sites: on SQLite each a folder; on PostgreSQL each a schema of one database that is dropped afterwards."""
    made = []
    dsn = os.environ.get("TEST_PG_DSN", "") if os.environ.get("INCISOR_TEST_DATABASE") == "postgresql" else ""
    name = f"site_{uuid.uuid4().hex[:12]}"
    if dsn:
        with psycopg.connect(dsn, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}"')
    url = urlunsplit(urlsplit(dsn)._replace(path=f"/{name}")) if dsn else ""

    def make(schema="desk"):
        made.append(schema)
        home = tmp_path / f"home{len(made)}"
        glue = "&" if "?" in url else "?"
        return Site(home, f"{url}{glue}schema={schema}" if url else "")

    yield make
    if dsn:
        with psycopg.connect(dsn, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
