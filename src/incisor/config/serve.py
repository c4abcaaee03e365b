"""Web server and worker in one: two processes, of which neither outlives the other."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from granian import Granian
from granian.constants import Interfaces

from incisor.kernel.errors import NotReady

THREADS = 4


def serve(*, host: str, port: int, certificate: Path | None, key: Path | None, with_worker: bool) -> int:
    """Serve until stopped; returns the exit code. Raises NotReady for a bad certificate or a taken port."""
    for file in (certificate, key):
        if file is not None and not file.is_file():
            raise NotReady(f"There is no file {file}. Name the certificate and its private key, both in PEM form.")
    if (certificate is None) != (key is None):
        raise NotReady("TLS needs both --certificate and --key.")
    _require_free_port(host, port)
    prepare_static()
    if certificate is not None:
        os.environ["INCISOR_HTTPS"] = "1"
    vendor = connection.vendor
    connection.close()
    if vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]  # else the forked web processes would share its sockets
    child = _start_worker() if with_worker else None
    try:
        Granian(
            "incisor.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=1 if vendor == "sqlite" else 2,
            blocking_threads=THREADS,
            websockets=False,
            log_level="warning",  # type: ignore[arg-type]
            ssl_cert=certificate,
            ssl_key=key,
            respawn_failed_workers=True,
        ).serve()
    finally:
        if child is not None:
            child.stdin.close()  # type: ignore[union-attr]
            try:
                child.wait(timeout=20)
            except subprocess.TimeoutExpired:
                child.terminate()
    return 0


def _start_worker() -> "subprocess.Popen[bytes]":
    """Start the worker as a child that ends when our end of its standard input closes, however we die."""
    return subprocess.Popen([sys.executable, "-m", "incisor", "work", "--with-parent"], stdin=subprocess.PIPE)


def _require_free_port(host: str, port: int) -> None:
    import socket  # noqa: PLC0415 -- only here

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as failure:
            raise NotReady(
                f"Port {port} on {host} cannot be used ({failure.strerror}). Is Incisor running already? Else choose "
                "another one with --port."
            ) from failure


def prepare_static() -> None:
    """Collect, hash and compress the front end, once for each version of its files."""
    stamp = hashlib.sha256()
    for finder in finders.get_finders():
        for path, storage in finder.list(None):
            stamp.update(f"{path}\0{storage.size(path)}\0{storage.get_modified_time(path).timestamp()}\n".encode())
    mark = Path(settings.STATIC_ROOT) / ".stamp"
    if mark.exists() and mark.read_text(encoding="ascii") == stamp.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    mark.write_text(stamp.hexdigest(), encoding="ascii")
