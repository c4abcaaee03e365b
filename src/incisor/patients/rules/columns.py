"""Which column of a table is which field."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

LOOK_AT = 10


def heading_key(heading: str) -> str:
    """Return a heading as it is compared: usual forms, lower case, without brackets and their content, marks, spaces."""
    flat = unicodedata.normalize("NFKC", heading).casefold()
    flat = re.sub(r"[(\[【].*?[)\]】]", "", flat)
    return "".join(character for character in flat if character.isalnum())[:80]


def header_row(rows: Sequence[Sequence[str]], known: Iterable[str]) -> int:
    """Return the index of the row that holds the headings: of the first rows the one that knows most, else the first filled.

    known: heading_keys of all synonyms. Tables often begin with a title.
    """
    keys = set(known)
    best, most = -1, 0
    for index, row in enumerate(rows[:LOOK_AT]):
        count = len({heading_key(cell) for cell in row} & keys)
        if count > most:
            best, most = index, count
    if best >= 0:
        return best
    return next((index for index, row in enumerate(rows) if any(row)), 0)


def match_columns(
    headings: Sequence[str], synonyms: Mapping[str, Sequence[str]], *, memory: Mapping[str, str]
) -> list[str]:
    """Return for each heading the field that it means, "" for none; no field twice.

    synonyms: field → headings by which it is known. memory: heading_key → field ("" too) as chosen last time: it wins.
    """
    keys = [heading_key(heading) for heading in headings]
    found = [memory[key] if key in memory and memory[key] in {"", *synonyms} else None for key in keys]
    taken = {field for field in found if field}
    exact = {heading_key(word): field for field, words in synonyms.items() for word in (field, *words)}
    for index, key in enumerate(keys):
        field = exact.get(key)
        if found[index] is None and field and field not in taken:
            found[index] = field
            taken.add(field)
    for index, key in enumerate(keys):
        if found[index] is None:
            inside = [
                (len(word), field)
                for word, field in exact.items()
                if len(word) > 1 and word in key and field not in taken
            ]
            if inside:
                longest = max(inside)[1]
                found[index] = longest
                taken.add(longest)
    seen: set[str] = set()
    result = []
    for field in found:
        result.append(field if field and field not in seen else "")
        seen.add(field or "")
    return result


def column_letter(index: int) -> str:
    """Return the name of a column as Excel shows it: 0 is A, 27 is AB."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
