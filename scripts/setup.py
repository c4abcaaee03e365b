"""Make this checkout ready: `setup.py run|dev|assets`. Runs on the machine's Python alone, quick when nothing changed.

run: environment with the pinned dependencies of the product, front end, catalogues.
dev: the same with what tests and checks need. assets: front end and catalogues only.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
FRONTEND = ROOT / "frontend"
STATIC = ROOT / "src" / "incisor" / "kernel" / "static" / "incisor"
FONTS = ROOT / "src" / "incisor" / "kernel" / "fonts"
PYTHON_NEEDED = (3, 11)
NODE_NEEDED = 20


class Missing(Exception):
    """This machine lacks something; the message says what and how to get it."""


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in {"run", "dev", "assets"}:
        print(__doc__)
        return 2
    try:
        environment("dev" if arguments[0] == "dev" else "run")
        front_end()
        catalogues()
    except Missing as missing:
        print(f"\n{missing}\n", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failed:
        print(f"\nThis failed: {' '.join(map(str, failed.cmd))}\n", file=sys.stderr)
        return 1
    return 0


def environment(kind: str) -> None:
    """Make .venv with the pins of requirements/<kind>.txt and the `incisor` command of this checkout."""
    if sys.version_info < PYTHON_NEEDED:
        raise Missing(
            f"Incisor needs Python {PYTHON_NEEDED[0]}.{PYTHON_NEEDED[1]} or newer; this is {sys.version.split()[0]}. "
            "Say which one to use: make run PYTHON=python3.12"
        )
    wanted = fingerprint([ROOT / "requirements" / f"{kind}.txt", ROOT / "pyproject.toml"], sys.version, str(VENV))
    if is_stamped(VENV / f".ready-{kind}", wanted) and (BIN / "python").exists():
        return
    pip = pip_of_venv()
    say(f"Installing the pinned dependencies ({kind}) …")
    pins = ROOT / "requirements" / f"{kind}.txt"
    run([*pip, "install", "--quiet", "--require-hashes", "--disable-pip-version-check", "-r", pins])
    run([*pip, "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "-e", ROOT])
    (VENV / f".ready-{kind}").write_text(wanted)


def pip_of_venv() -> list[str | Path]:
    """Return the command that installs into .venv, which is made when it is not there or does not work."""
    python = BIN / "python"
    if VENV.exists() and not (python.exists() and works([python, "-c", "import sys"])):
        shutil.rmtree(VENV)
    own_pip = importlib.util.find_spec("ensurepip") is not None
    if not VENV.exists():
        say("Making the environment in .venv …")
        if not own_pip and not works([sys.executable, "-m", "pip", "--version"]):
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise Missing(
                f"Python's venv module is not complete on this machine. On Debian and Ubuntu it is a package of its "
                f"own:\n\n    sudo apt-get install python3-venv      (or python{version}-venv)\n\nThen try again."
            )
        run([sys.executable, "-m", "venv", *([] if own_pip else ["--without-pip"]), VENV])
    if works([python, "-m", "pip", "--version"]):
        return [python, "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", python]


def front_end() -> None:
    """Install the front end's pinned packages and build it, where its sources changed."""
    lock = FRONTEND / "package-lock.json"
    built = ROOT / "var" / "make" / "front-end"
    wanted = fingerprint(front_end_sources())
    if is_stamped(built, wanted) and has_files(STATIC) and has_files(FONTS):
        return
    npm = find_npm()
    packages = FRONTEND / "node_modules" / ".ready"
    locked = fingerprint([lock])
    if not is_stamped(packages, locked):
        say("Installing the pinned front-end packages …")
        run([npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], FRONTEND)
        packages.write_text(locked)
    say("Building the front end …")
    run([npm, "run", "--silent", "build"], FRONTEND)
    if not (has_files(STATIC) and has_files(FONTS)):
        raise Missing(f"`npm run build` left nothing in {STATIC} or {FONTS}.")
    built.parent.mkdir(parents=True, exist_ok=True)
    built.write_text(wanted)


def front_end_sources() -> list[Path]:
    """Return all files that the build reads; templates and modules among them, because they name the icons in use."""
    own = [path for path in files_of(FRONTEND) if "node_modules" not in path.parts]
    product = [path for path in files_of(ROOT / "src") if path.suffix in {".html", ".py"}]
    return own + product


def find_npm() -> str:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise Missing(
            f"Building the front end needs Node {NODE_NEEDED} or newer with npm, which were not found. "
            "(Debian: sudo apt-get install nodejs npm. An installed wheel of Incisor needs neither.)"
        )
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(re.findall(r"\d+", version)[0]) < NODE_NEEDED:
        raise Missing(f"Building the front end needs Node {NODE_NEEDED} or newer; {node} is {version.strip()}.")
    return npm


def catalogues() -> None:
    run([BIN / "python", ROOT / "scripts" / "translations.py", "compile"])


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    total = hashlib.sha256("\0".join(words).encode())
    for path in paths:
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_stamped(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def has_files(folder: Path) -> bool:
    return any(path.is_file() for path in folder.rglob("*"))


def works(words: list[str | Path]) -> bool:
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def run(words: list[str | Path], folder: Path = ROOT) -> None:
    subprocess.run(words, check=True, cwd=folder)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
