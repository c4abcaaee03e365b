"""Look whether a built wheel is whole: `wheel.py DIST` fails when front end, fonts or catalogues are missing."""

import sys
import zipfile
from pathlib import Path

NEEDED = {
    "front end": ("incisor/kernel/static/incisor/", (".js", ".css")),
    "fonts": ("incisor/kernel/fonts/", (".ttf",)),
    "catalogues": ("incisor/", (".mo",)),
    "templates": ("incisor/kernel/templates/", (".html",)),
}


def main(folder: str) -> int:
    wheels = list(Path(folder).glob("incisor-*.whl"))
    if len(wheels) != 1:
        print(f"{folder} holds {len(wheels)} wheels instead of one.", file=sys.stderr)
        return 1
    names = zipfile.ZipFile(wheels[0]).namelist()
    missing = []
    for what, (place, suffixes) in NEEDED.items():
        missing += [
            f"{what} ({suffix} in {place})"
            for suffix in suffixes
            if not any(name.startswith(place) and name.endswith(suffix) for name in names)
        ]
    if missing:
        print(f"{wheels[0]} is not whole: {', '.join(missing)}.", file=sys.stderr)
        return 1
    print(f"{wheels[0]}: {len(names)} files, {wheels[0].stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
