"""Every relative link and picture of our documents leads to something that is kept with them."""

import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
INLINE = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^\s)>]+)>?(?:\s+[\"'(][^)]*)?\)")
PICTURE = re.compile(r"!\[[^\[\]]*\]\(\s*<?([^\s)>]+)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?\s*$", re.MULTILINE)
HTML = re.compile(r"<(?:img|a)\b[^>]*\b(?:src|href)=\"([^\"]+)\"", re.IGNORECASE)
CODE = re.compile(r"^(```|~~~).*?^\1\s*$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//|#)", re.IGNORECASE)


def tracked(root: Path) -> set[Path]:
    lines = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True).stdout
    return {root / name.decode() for name in lines.split(b"\0") if name}


def targets(text: str) -> list[str]:
    text = CODE.sub("", text)
    patterns = (INLINE, PICTURE, REFERENCE, HTML)
    found = dict.fromkeys(match.group(1) for pattern in patterns for match in pattern.finditer(text))
    return [target for target in found if not ELSEWHERE.match(target)]


def broken(document: Path, known: set[Path]) -> list[str]:
    folders = {parent for path in known for parent in path.parents}
    wrong = []
    for target in targets(document.read_text(encoding="utf-8")):
        path = Path(document.parent, unquote(target.partition("#")[0])).resolve()
        if path not in known and path not in folders:
            wrong.append(target)
    return wrong


def test_every_relative_link_resolves() -> None:
    known = tracked(ROOT)
    documents = sorted(path for path in known if path.suffix == ".md" and path.exists())

    wrong = {str(document.relative_to(ROOT)): broken(document, known) for document in documents}

    assert ROOT / "README.md" in documents
    assert {name: links for name, links in wrong.items() if links} == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](gone.md)", ["gone.md"]),
        ("![a](img/gone.png)", ["img/gone.png"]),
        ("[![a](gone.png)](here.md)", ["gone.png"]),
        ('<img src="gone.png">', ["gone.png"]),
        ("[a]: gone.md", ["gone.md"]),
        ("[a](here.md#part) [b](#part) [c](https://example.org/gone.md) [d](../docs/here.md)", []),
        ("[a](lost.md)", ["lost.md"]),
        ("`[a](gone.md)`\n\n```\n[a](gone.md)\n```\n", []),
        ("[a](.)", []),
    ],
)
def test_a_broken_link_is_found(tmp_path: Path, text: str, expected: list[str]) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    document, here = folder / "page.md", folder / "here.md"
    document.write_text(text, encoding="utf-8")
    here.touch()
    (folder / "lost.md").touch()  # on this disk, but not kept with the others

    assert broken(document, {document, here}) == expected
