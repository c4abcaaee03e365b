"""Run every check that needs no test database; all of them, even when one fails. `check.py [name…]`."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
FOLDERS = [name for name in ("src", "tests", "scripts", "bench") if (ROOT / name).is_dir()]
DJANGO = [PYTHON, "-m", "django"]
SETTINGS = ["--settings", "incisor.config.settings"]
ON_A_DATABASE = ("test_foreign_ids", "test_urls")  # every address asked by every role: part of the suite
NO_DATABASE = [f"--ignore=tests/architecture/{name}.py" for name in ON_A_DATABASE]

CHECKS: dict[str, list[str]] = {
    "format": [PYTHON, "-m", "ruff", "format", "--check", "--quiet", *FOLDERS],
    "lint": [PYTHON, "-m", "ruff", "check", "--quiet", *FOLDERS],
    "types": [PYTHON, "-m", "mypy", "--no-error-summary"],
    "imports": [str(BIN / "lint-imports"), "--no-cache"],
    "django": [*DJANGO, "check", "--fail-level", "WARNING", *SETTINGS],
    "migrations": [*DJANGO, "makemigrations", "--check", "--dry-run", *SETTINGS],
    "translations": [PYTHON, "scripts/translations.py", "check"],
    "architecture": [PYTHON, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly", "tests/architecture", *NO_DATABASE],
    "documentation": [PYTHON, "scripts/documentation.py", "check"],
    "front end": [shutil.which("npm") or "npm", "--prefix", "frontend", "run", "--silent", "check"],
}


def main(wanted: list[str]) -> int:
    unknown = set(wanted) - set(CHECKS)
    if unknown:
        print(f"The checks are: {', '.join(CHECKS)}.", file=sys.stderr)
        return 2
    lines: list[str] = []
    is_good = True
    with tempfile.TemporaryDirectory(prefix="incisor-check-") as home:
        paths = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
        environment = os.environ | {"PYTHONPATH": paths, "INCISOR_HOME": home, "INCISOR_CHECK": "1"}
        for name in wanted or CHECKS:
            print(f"--- {name}", flush=True)
            begin = time.monotonic()
            code = subprocess.run(CHECKS[name], cwd=ROOT, env=environment, check=False).returncode
            is_good = is_good and code == 0
            lines.append(f"{'ok    ' if code == 0 else 'FAILED'} {name} ({time.monotonic() - begin:.1f} s)")
    print("\n" + "\n".join(lines))
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
