"""Tables as other programs write them: known by their headings, several columns joined into one field."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from incisor.patients.rules.columns import heading_key

Join = Callable[[list[str]], str]


def fits(headings: Iterable[str], needs: Collection[str]) -> bool:
    """Tell whether all needed headings are there."""
    return {heading_key(heading) for heading in needs} <= {heading_key(heading) for heading in headings}


def columns_of(
    headings: Sequence[str], columns: Mapping[str, str], *, joined: Collection[str], memory: Mapping[str, str]
) -> list[str]:
    """Return for each heading the field that it means in that layout, "" for none; only joined fields more than once.

    memory: heading_key → field as a person chose it last time: it wins.
    """
    by_key = {heading_key(heading): field for heading, field in columns.items()}
    keys = [heading_key(heading) for heading in headings]
    found = [memory.get(key, by_key.get(key, "")) for key in keys]
    seen: set[str] = set()
    for index, field in enumerate(found):
        if field in seen and field not in joined:
            found[index] = ""
        seen.add(field)
    return found


def order_of(headings: Sequence[str], columns: Mapping[str, str]) -> list[int]:
    """Return the places of the headings in the order in which the layout names them; others after, as they stand."""
    rank = {heading_key(heading): number for number, heading in enumerate(columns)}
    return sorted(range(len(headings)), key=lambda index: (rank.get(heading_key(headings[index]), len(rank)), index))


def cells_of(
    texts: Sequence[str],
    columns: Sequence[str],
    *,
    order: Sequence[int],
    joins: Mapping[str, Join],
    values: Mapping[str, Callable[[str], str]],
) -> dict[str, str]:
    """Return field → text of a row. A field of several columns is joined, then its code is put into words."""
    parts: dict[str, list[str]] = {}
    for index in order:
        field = columns[index]
        if field:
            parts.setdefault(field, []).append(texts[index] if index < len(texts) else "")
    cells = {}
    for field, found in parts.items():
        text = joins[field](found) if field in joins and len(found) > 1 else found[0]
        cells[field] = values[field](text) if field in values else text
    return cells
