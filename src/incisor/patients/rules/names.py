"""Names: how they are written, how they are read, and the keys by which they are found."""

import itertools
import json
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

SURNAMES = Path(__file__).resolve().parent.parent / "data" / "surnames.json"
LENGTH = 60
READINGS_AT_MOST = 6
# Characters of given names that are read in two ways in daily life; the rare and ancient readings of a dictionary
# (明 as meng) would only make the search worse. The usual one comes from pypinyin.
TWO_READINGS = {
    "乐": "le yue", "行": "xing hang", "长": "chang zhang", "朝": "chao zhao", "重": "chong zhong", "茜": "qian xi",
    "娜": "na nuo", "晟": "sheng cheng", "盛": "sheng cheng", "传": "chuan zhuan", "藏": "zang cang", "殷": "yin yan",
    "奇": "qi ji", "强": "qiang jiang", "栖": "qi xi", "宿": "su xiu", "贾": "jia gu", "柏": "bai bo", "伯": "bo bai",
    "蔓": "man wan", "澄": "cheng deng", "颉": "jie xie", "翟": "zhai di", "都": "du dou", "曾": "zeng ceng",
    "单": "dan shan", "解": "jie xie", "瞿": "qu ju", "蕃": "fan bo", "莘": "shen xin", "曲": "qu", "参": "shen can",
    "好": "hao", "会": "hui kuai", "给": "gei ji", "车": "che ju", "巷": "xiang hang", "卓": "zhuo", "纶": "lun guan",
    "圳": "zhen", "厘": "li", "芮": "rui", "炅": "jiong gui", "逄": "pang", "琢": "zhuo zuo", "畜": "xu chu",
    "熨": "yun yu", "祭": "ji zhai", "识": "shi zhi", "胜": "sheng", "提": "ti di", "吾": "wu", "洗": "xi xian",
    "率": "lv shuai", "弹": "tan dan", "校": "xiao jiao", "假": "jia", "咸": "xian", "缪": "miao mou", "尉": "wei yu",
    "蔚": "wei yu", "郇": "xun huan", "隽": "juan jun", "俊": "jun", "浚": "jun xun", "婼": "ruo chuo", "樾": "yue",
}  # fmt: skip
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_WORDS = re.compile(r"[^\W\d_]+", re.UNICODE)
_DOT = str.maketrans({"•": "·", "・": "·", "●": "·", "．": "·", "‧": "·", "∙": "·", "․": "·"})


def clean_name(text: str) -> str:
    """Return the name as it is kept: usual forms of the characters, single spaces, none between Chinese characters."""
    flat = unicodedata.normalize("NFKC", text).translate(_DOT)
    flat = "".join(
        " " if character.isspace() else character
        for character in flat
        if character.isprintable() or character.isspace()
    )
    flat = " ".join(flat.split())
    han = HAN.pattern
    return re.sub(rf"(?<={han}) (?={han})", "", flat)


def is_readable(name: str) -> bool:
    """Tell whether the text can be a name: at least one letter or character, no digits, no more than LENGTH."""
    flat = clean_name(name)
    return bool(_WORDS.search(flat)) and not any(character.isdigit() for character in flat) and len(flat) <= LENGTH


def name_key(name: str) -> str:
    """Return the name as it is compared: lower case, without marks, dots and spaces."""
    return "".join(_WORDS.findall(_plain(clean_name(name))))


@lru_cache(maxsize=1)
def _surnames() -> tuple[dict[str, list[list[str]]], frozenset[str]]:
    raw = json.loads(SURNAMES.read_text(encoding="utf-8"))
    table = {row["surname"]: [reading.split() for reading in row["readings"]] for row in raw["readings"]}
    return table, frozenset(raw["compound"])


@lru_cache(maxsize=20_000)
def _syllables(character: str) -> tuple[str, ...]:
    """Return the readings of one character in names, the usual one first; v for ü."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 -- 54 MB that most commands never need

    usual = lazy_pinyin(character)[0]
    known = [usual, *(other for other in TWO_READINGS.get(character, "").split() if other != usual)]
    return tuple(syllable for syllable in known if syllable.isascii() and syllable.isalpha()) or (character,)


@lru_cache(maxsize=20_000)
def _surname_length(han: str) -> int:
    table, compound = _surnames()
    return 2 if len(han) > 2 and (han[:2] in compound or han[:2] in table) else 1


def surname_of(name: str) -> str:
    """Return the surname of a Chinese name (欧阳 of 欧阳雪), empty for one of another kind: whose it is, nobody can tell."""
    flat = clean_name(name)
    is_han = len(flat) > 1 and all(HAN.fullmatch(character) for character in flat)
    return flat[: _surname_length(flat)] if is_han else ""


def _plain(text: str) -> str:
    """Return the text in lower case without accents: é as e, ß as ss, ü as u."""
    split = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in split if not unicodedata.combining(character))


@lru_cache(maxsize=50_000)
def _given(characters: str) -> tuple[str, ...]:
    """Return the usual syllables of a given name, read as a phrase (the phrase decides: 长 in 长江)."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 -- 54 MB that most commands never need

    found = lazy_pinyin(list(characters)) if len(characters) == 1 else lazy_pinyin(characters)
    if len(found) != len(characters) or not all(syllable.isascii() and syllable.isalpha() for syllable in found):
        return tuple(_syllables(character)[0] for character in characters)
    return tuple(found)


def readings(name: str) -> list[list[str]]:
    """Return every way to read the name, as lists of syllables or words; the most likely first, at most READINGS_AT_MOST.

    Chinese: the surname by the table of surnames (单 is Shan), the given name by its characters. Latin words as they are;
    beside Chinese (李Tom, Maria 王) they may come first or last. Names with a dot (阿依古丽·买买提) have no surname.
    """
    clean = clean_name(name)
    tokens = re.findall(rf"{HAN.pattern}+|(?:(?!{HAN.pattern})[^\W\d_])+", clean, re.UNICODE)
    han_count = sum(1 for token in tokens if HAN.match(token))
    is_mixed = 0 < han_count < len(tokens)
    parts: list[list[list[str]]] = []
    is_first = "·" not in clean
    for token in tokens:
        if HAN.match(token):
            parts.append(_han_readings(token, is_first=is_first, is_mixed=is_mixed))
            is_first = False
        else:
            parts.append([[_plain(token)]])
    found: list[list[str]] = []
    for choice in itertools.islice(_by_likelihood(parts), READINGS_AT_MOST * 4):
        reading = [syllable for part in choice for syllable in part]
        if reading and reading not in found:
            found.append(reading)
        if len(found) == READINGS_AT_MOST:
            break
    if len(found) == 1 and 1 < len(found[0]) < 4 and not HAN.search(clean):
        found.append([found[0][-1], *found[0][:-1]])  # Schmidt Anna: the surname first, as many say it
    if is_mixed and found:
        chinese = [HAN.match(token) is not None for token in tokens]
        best = [part[0] for part in parts]
        for wanted in (True, False):
            order = sorted(range(len(best)), key=lambda place: chinese[place] is not wanted)
            turned = [syllable for place in order for syllable in best[place]]
            if turned not in found:
                found.append(turned)
    return found


def _by_likelihood(parts: list[list[list[str]]]):  # type: ignore[no-untyped-def]
    """Yield one choice of each part; those with the fewest unlikely readings first."""
    ranges = [range(len(part)) for part in parts]
    for choice in sorted(
        itertools.islice(itertools.product(*ranges), 512), key=lambda numbers: (sum(numbers), numbers)
    ):
        yield [part[number] for part, number in zip(parts, choice, strict=True)]


def _han_readings(han: str, *, is_first: bool, is_mixed: bool) -> list[list[str]]:
    """Return the readings of a run of characters. is_first: it begins with a surname; is_mixed: that may be all of it."""
    if not is_first:
        return _varied(han)
    table, compound = _surnames()
    length = _surname_length(han) if len(han) > 1 else 1
    if is_mixed and han in compound:
        length = 2
    surname, given = han[:length], han[length:]
    firsts = table.get(surname) or [[_syllables(character)[0] for character in surname]]
    rests: list[list[str]] = [[]]
    if given:
        rests = _varied(given)
    both = [
        (first_no + rest_no, first + rest)
        for first_no, first in enumerate(firsts)
        for rest_no, rest in enumerate(rests)
    ]
    return [reading for _, reading in sorted(both, key=lambda pair: pair[0])]


def _varied(han: str) -> list[list[str]]:
    """Return the usual reading of the characters, then those in which one character is read in its other way."""
    usual = list(_given(han))
    found = [usual]
    for place, character in enumerate(han[:3]):
        for other in _syllables(character):
            varied = [*usual[:place], other, *usual[place + 1 :]]
            if varied not in found:
                found.append(varied)
    return found


def pinyin_of(name: str) -> str:
    """Return how the name is read, syllables parted by spaces; empty when it has no letters."""
    found = readings(name)
    return " ".join(found[0])[:120] if found else ""


def reading_keys(syllables: list[str]) -> set[str]:
    """Return the keys of one reading: whole, initials, surname with initials (wangxm). v and u stand for ü."""
    keys: set[str] = set()
    for spelling in _spellings(syllables):
        keys.add("".join(spelling))
        if len(spelling) > 1:
            keys.add("".join(syllable[0] for syllable in spelling))
        if len(spelling) > 2:
            keys.add(spelling[0] + "".join(syllable[0] for syllable in spelling[1:]))
    return keys


def _spellings(syllables: list[str]) -> list[list[str]]:
    """Return the syllables as typed: lü as lv, and as lu, which many type."""
    if not any(syllable.startswith(("lv", "nv")) for syllable in syllables):
        return [syllables]
    return [syllables, [re.sub(r"^([ln])v", r"\1u", syllable) for syllable in syllables]]


def sounds_like(*, typed: str, syllables: list[str]) -> bool:
    """Tell whether the typed letters are beginnings of the syllables, in order: wxiaom, wangxm and wxm for wang xiao ming."""
    return any(_consumes(typed, 0, spelling, 0) for spelling in _spellings(syllables))


def _consumes(typed: str, at: int, syllables: list[str], index: int) -> bool:
    if at == len(typed):
        return True
    if index == len(syllables):
        return False
    syllable = syllables[index]
    longest = 0
    while longest < len(syllable) and at + longest < len(typed) and typed[at + longest] == syllable[longest]:
        longest += 1
    return any(_consumes(typed, at + taken, syllables, index + 1) for taken in range(longest, 0, -1))


_TOKEN = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])(?:[aeiouv]+(?:ng?(?![aeiouv])|r(?![aeiouv]))?)?|[aeo][aeiou]*(?:ng?(?![aeiouv]))?"
)


def initials_of_typed(letters: str) -> str:
    """Return the initials that the typed letters probably mean: wxm for wxiaom. Empty when they are no pinyin."""
    found = _TOKEN.findall(letters)
    return "".join(token[0] for token in found) if "".join(found) == letters else ""
