"""Pin the dependencies anew: requirements/run.txt and requirements/dev.txt, with hashes and without addresses."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = {"run.txt": ["build"], "dev.txt": ["dev"]}
ADDRESS = re.compile(r"://|index-url|find-links|trusted-host")


def main() -> int:
    for name, extras in FILES.items():
        target = ROOT / "requirements" / name
        words = [
            "--universal",
            "--python-version",
            "3.11",
            "--generate-hashes",
            "--no-header",
            "--no-annotate",
            "--quiet",
        ]
        for extra in extras:
            words += ["--extra", extra]
        words += ["--upgrade", "--output-file", str(target), "pyproject.toml"]
        subprocess.run([sys.executable, "-m", "uv", "pip", "compile", *words], cwd=ROOT, check=True)
        addresses = [line for line in target.read_text().splitlines() if ADDRESS.search(line)]
        if addresses:
            print(f"{target} holds an address: {addresses[0]}", file=sys.stderr)
            return 1
        print(f"requirements/{name}: {sum('==' in line for line in target.read_text().splitlines())} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
