"""How the words of a sheet are laid out: plain lines as people type them."""

from dataclasses import dataclass

LONGEST_TITLE, LONGEST_BODY = 60, 4000


@dataclass(frozen=True)
class Part:
    """A piece of a sheet. kind: "heading", "points" or "text"; lines: one or more of them."""

    kind: str
    lines: tuple[str, ...]


def parts_of(body: str) -> list[Part]:
    """Return the pieces of a text: “# ” begins a heading, “- ” a point; points that follow each other are one list."""
    parts: list[Part] = []
    for line in (raw.strip() for raw in body.splitlines()):
        if not line:
            continue
        if line.startswith("#"):
            parts.append(Part("heading", (line.lstrip("#").strip(),)))
        elif line.startswith("-"):
            point = line.lstrip("-").strip()
            if parts and parts[-1].kind == "points":
                parts[-1] = Part("points", (*parts[-1].lines, point))
            else:
                parts.append(Part("points", (point,)))
        else:
            parts.append(Part("text", (line,)))
    return parts
