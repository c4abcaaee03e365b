"""The `incisor` command. Each subcommand is a small function; the work is done in config/ and in the apps' services."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from incisor import __version__

Command = Callable[[argparse.Namespace], int | None]


def main(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 done, 1 refused with a sentence, 2 wrong words."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.home:
        os.environ["INCISOR_HOME"] = str(Path(chosen.home).absolute())
    if getattr(chosen, "is_demo", False) and not chosen.home and "INCISOR_HOME" not in os.environ:
        import platformdirs

        os.environ["INCISOR_HOME"] = platformdirs.user_data_dir("incisor-demo", appauthor=False)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incisor.config.settings")
    os.umask(0o077)  # whatever is written holds patients' data: nobody else on this computer reads it
    raise SystemExit(_run(chosen))


def _run(chosen: argparse.Namespace) -> int:
    import django
    from django.conf import settings
    from django.db import DatabaseError, OperationalError

    from incisor.kernel.errors import Refused
    from incisor.kernel.organisation import enter

    try:
        django.setup()
        from incisor.audit.services import origin

        enter(getattr(chosen, "organisation", None) or settings.INCISOR_ORGANISATION)
        with origin("command line"):
            return int(chosen.command(chosen) or 0)
    except Refused as refusal:
        print(f"incisor: {refusal}", file=sys.stderr)
    except KeyboardInterrupt:
        print("incisor: stopped.", file=sys.stderr)
    except OperationalError as failure:
        text = str(failure).strip().splitlines()[0] if str(failure) else type(failure).__name__
        print(f"incisor: the database cannot be used: {text}", file=sys.stderr)
    except (DatabaseError, OSError) as failure:
        print(f"incisor: {failure}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="incisor", description="Incisor 门牙: a dental clinic's front desk.")
    parser.add_argument("--version", action="version", version=f"incisor {__version__}")
    parser.add_argument("--home", help="data folder (default: $INCISOR_HOME, else the user's data folder)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, text: str, **defaults: Any) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(command=command, **defaults)
        return one

    one = add(
        "init", _init, "Make a new, empty installation: database, keys, roles, the first clinic and administrator."
    )
    one.add_argument("--organisation-name", default="")
    one.add_argument("--clinic", default="", help="name of the first clinic")
    one.add_argument("--username", default="admin", help="account of the first administrator")

    one = add("serve", _serve, "Run the web server and the worker.")
    _add_server_options(one)

    one = add("demo", _demo, "Make the demo clinic (once) and run it.", is_demo=True)
    one.add_argument("--no-serve", action="store_true", help="only make the data")
    one.add_argument("--patients", type=int, default=3000, help="how many patients (default: 3000)")
    one.add_argument("--seed", type=int, default=20260101)
    one.add_argument("--zone", default="Asia/Shanghai", help="time zone of the demo clinics (default: Asia/Shanghai)")
    one.add_argument("--again", action="store_true", help="throw the old demo data away first")
    _add_server_options(one)

    one = add("work", _work, "Run the worker alone: messages, nightly jobs, imports.")
    one.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)
    one.add_argument("--once", action="store_true", help="do what is due now and stop")

    one = add("migrate", _migrate, "Bring the database to this version.")
    one.add_argument(
        "--all", action="store_true", help="every organisation on this PostgreSQL server, going on after a failure"
    )

    one = add("import", _import, "Import patients or appointments from .xlsx or .csv.")
    one.add_argument("kind", choices=["patients", "appointments"])
    one.add_argument("file", type=Path)
    one.add_argument("--clinic", default="", help="code of the clinic (needed when there are several)")
    one.add_argument("--yes", action="store_true", help="write at once what the check found right")
    one.add_argument("--user", default="", help="account in whose name (default: the system's)")

    one = add("backup", _backup, "Write an encrypted backup of everything.")
    one.add_argument("--to", type=Path, help="folder (default: backups in the data folder)")

    one = add("restore", _restore, "Restore a backup into an empty place.")
    one.add_argument("file", type=Path)
    one.add_argument("--identity", type=Path, required=True, help="the recovery key file written by init")

    one = add("prove-backup", _prove, "Restore the newest backup into a scratch place and compare it.")

    one = add("doctor", _doctor, "Check everything: audit chain, schema, keys, backups, disk, clock.")

    one = add("keys", _keys, "Rotate the encryption keys.")
    one.add_argument("verb", choices=["rotate", "show"])

    one = add("move", _move, "Carry a SQLite installation into PostgreSQL (DATABASE_URL says where to).")
    one.add_argument("file", type=Path, help="the SQLite file")
    return parser


def _add_server_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other computers of the clinic in")
    one.add_argument("--port", type=int, default=8000)
    one.add_argument("--certificate", type=Path, help="TLS certificate (PEM)")
    one.add_argument("--key", type=Path, help="its private key (PEM)")
    one.add_argument("--no-worker", action="store_true")


def _init(chosen: argparse.Namespace) -> int:
    from incisor.config import setup

    made = setup.init(
        organisation_name=chosen.organisation_name or chosen.clinic or "口腔诊所",
        clinic_name=chosen.clinic or chosen.organisation_name or "口腔诊所",
        username=chosen.username,
    )
    print(f"Data folder: {made.home}")
    print(f"Sign in as {made.username} with the one-time password {made.password}")
    print(f"Recovery key for backups: {made.identity} (copy it to a safe place outside this computer, now)")
    return 0


def _serve(chosen: argparse.Namespace) -> int:
    from incisor.config import readiness, serve

    readiness.require_ready()
    return serve.serve(
        host=chosen.host, port=chosen.port, certificate=chosen.certificate, key=chosen.key,
        with_worker=not chosen.no_worker,
    )  # fmt: skip


def _demo(chosen: argparse.Namespace) -> int:
    os.environ["INCISOR_DEMO_ZONE"] = chosen.zone
    os.environ["INCISOR_DEMO_ADDRESS"] = f"http://localhost:{chosen.port}"
    from incisor.config.demo import build

    build.make_demo(patient_count=chosen.patients, seed=chosen.seed, again=chosen.again, say=print)
    for line in build.sign_ins(f"http://{'127.0.0.1' if chosen.host == '0.0.0.0' else chosen.host}:{chosen.port}"):
        print(line)
    sys.stdout.flush()
    return 0 if chosen.no_serve else _serve(chosen)


def _work(chosen: argparse.Namespace) -> int:
    from incisor.config import readiness, worker

    readiness.require_ready()
    return worker.work(with_parent=chosen.with_parent, once=chosen.once)


def _migrate(chosen: argparse.Namespace) -> int:
    from incisor.config import setup

    behind = setup.migrate_all(say=print) if chosen.all else setup.migrate(say=print)
    return 1 if behind else 0


def _import(chosen: argparse.Namespace) -> int:
    from incisor.config import importing

    return importing.run(
        kind=chosen.kind, file=chosen.file, clinic_code=chosen.clinic, write=chosen.yes, username=chosen.user, say=print
    )


def _backup(chosen: argparse.Namespace) -> int:
    from incisor.config import backup, readiness

    readiness.require_ready()
    print(backup.make_backup(folder=chosen.to))
    return 0


def _restore(chosen: argparse.Namespace) -> int:
    from incisor.config import backup

    backup.restore(file=chosen.file, identity_file=chosen.identity, say=print)
    return 0


def _prove(chosen: argparse.Namespace) -> int:
    from incisor.config import backup

    print(backup.prove_newest())
    return 0


def _doctor(chosen: argparse.Namespace) -> int:
    from incisor.config import doctor

    return doctor.report(say=print)


def _keys(chosen: argparse.Namespace) -> int:
    from incisor.config import keys

    return keys.rotate(say=print) if chosen.verb == "rotate" else keys.show(say=print)


def _move(chosen: argparse.Namespace) -> int:
    from incisor.config import move

    move.move(file=chosen.file, say=print)
    return 0
