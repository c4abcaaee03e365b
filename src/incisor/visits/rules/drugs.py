"""Which drugs do not go with what is known of a patient. The desk and the program warn; the dentist decides and says why.

Groups are the keys of the list of allergies in patients, `avoid` and `caution` those of the list of conditions. Sources: the
package leaflets of the drugs as approved in China (NMPA) and 抗菌药物临床应用指导原则 (2015): tetracyclines not below 8 years,
quinolones not below 18; nitroimidazoles, NSAIDs, tetracyclines and quinolones not in pregnancy.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data" / "drugs.json"
ALLERGY, CROSS, CONDITION, AGE, CARE = "allergy", "cross", "condition", "age", "care"
# a clash of these kinds is refused until the dentist gives a reason; CARE is only shown
REFUSED = frozenset({ALLERGY, CROSS, CONDITION, AGE})
SHORTEST = 2  # letters of a typed name that may name a group: one sign alone is in everything


@dataclass(frozen=True)
class Drug:
    """A drug as dentists prescribe it. min_age: in years, None for none."""

    key: str
    zh: str
    en: str
    strength_zh: str
    strength_en: str
    dose_zh: str
    dose_en: str
    route: str
    frequency: str
    days: int | None
    amount_zh: str
    amount_en: str
    groups: tuple[str, ...]
    cross: tuple[str, ...]
    avoid: tuple[str, ...]
    caution: tuple[str, ...]
    min_age: int | None
    advice_zh: str
    advice_en: str

    def word(self, name: str, language: str) -> str:
        """Return one of its texts in the language: name, strength, dose, amount, advice."""
        ending = "zh" if language.startswith("zh") else "en"
        return str(getattr(self, ending if name == "name" else f"{name}_{ending}"))


@lru_cache(maxsize=1)
def drugs() -> dict[str, Drug]:
    """Return the shipped drugs by key."""
    rows = json.loads(DATA.read_text(encoding="utf-8"))
    lists = ("groups", "cross", "avoid", "caution")
    return {row["key"]: Drug(**{**row, **{name: tuple(row[name]) for name in lists}}) for row in rows}


# How people write the groups when they do not choose from a list: any of these in a free text means the group.
_GROUP_WORDS: dict[str, tuple[str, ...]] = {
    "penicillin": ("青霉素", "西林", "penicillin", "amoxicillin", "ampicillin", "cillin"),
    "cephalosporin": ("头孢", "cef", "ceph"),
    "metronidazole": ("硝唑", "nidazole"),
    "macrolide": ("红霉素", "阿奇", "罗红", "克拉霉素", "thromycin", "macrolide"),
    "clindamycin": ("克林霉素", "林可", "clindamycin", "lincomycin"),
    "tetracycline": ("四环素", "米诺环素", "多西环素", "cycline"),
    "quinolone": ("沙星", "floxacin", "quinolone"),
    "nsaid": ("布洛芬", "洛芬", "双氯芬酸", "芬必得", "塞来昔布", "nsaid", "profen", "diclofenac", "celecoxib"),
    "aspirin": ("阿司匹林", "aspirin"),
    "paracetamol": ("对乙酰氨基酚", "扑热息痛", "泰诺", "paracetamol", "acetaminophen"),
    "sulfonamide": ("磺胺", "sulfa", "sulfon"),
    "chlorhexidine": ("氯己定", "洗必泰", "chlorhexidine"),
    "iodine": ("碘", "iod"),
    "lidocaine": ("利多卡因", "lidocaine", "lignocaine"),
    "codeine": ("可待因", "曲马多", "codeine", "tramadol"),
}


def groups_named(text: str) -> frozenset[str]:
    """Return the groups that a free text names: a drug typed freely, or an allergy in the patient's own words."""
    words = text.casefold()
    return frozenset(group for group, signs in _GROUP_WORDS.items() if any(sign in words for sign in signs))


# Medicines that make an illness of the list of conditions, as people call them.
_CONDITION_WORDS: dict[str, tuple[str, ...]] = {
    "anticoagulants": (
        "华法林", "利伐沙班", "达比加群", "阿哌沙班", "氯吡格雷", "替格瑞洛", "肝素", "抗凝", "抗血小板", "阿司匹林",
        "拜阿司匹灵", "warfarin", "xaban", "dabigatran", "clopidogrel", "ticagrelor", "heparin", "aspirin",
    ),
    "bisphosphonates": ("膦酸", "地舒单抗", "dronate", "dronic", "denosumab"),
    "immunosuppressants": ("环孢素", "他克莫司", "甲氨蝶呤", "cyclosporin", "ciclosporin", "tacrolimus", "methotrexate"),
    "steroids_long_term": ("泼尼松", "强的松", "地塞米松", "prednis", "dexamethasone"),
}  # fmt: skip


def conditions_named(text: str) -> frozenset[str]:
    """Return the illnesses that a medicine in the patient's own words stands for: warfarin for anticoagulants."""
    words = text.casefold()
    return frozenset(key for key, signs in _CONDITION_WORDS.items() if any(sign in words for sign in signs))


def drug_named(text: str) -> Drug | None:
    """Return the shipped drug that a typed name means, None for any other."""
    words = text.strip().casefold()
    if len(words) < SHORTEST:
        return None
    return next((one for one in drugs().values() if words in (one.zh.casefold(), one.en.casefold(), one.key)), None)


@dataclass(frozen=True)
class Known:
    """What the file says of a patient. allergies: (key, text) as noted; conditions: keys; age: in years, None unknown."""

    allergies: tuple[tuple[str, str], ...] = ()
    conditions: frozenset[str] = frozenset()
    age: int | None = None


@dataclass(frozen=True)
class Clash:
    """Something that speaks against a drug. kind: ALLERGY, CROSS, CONDITION, AGE, CARE; key: of the list; words: as noted."""

    kind: str
    key: str
    words: str = ""

    @property
    def is_refused(self) -> bool:
        return self.kind in REFUSED


def _bears(key: str, text: str) -> frozenset[str]:
    """Return the groups that a noted allergy stands for."""
    return frozenset({key} - {""}) | groups_named(text)


def clashes(*, drug: Drug | None, name: str, known: Known) -> list[Clash]:
    """Return what speaks against the drug, the gravest first. drug: None for one that was typed freely as `name`."""
    groups = frozenset(drug.groups if drug else groups_named(name))
    crosses = frozenset(drug.cross) if drug else _crosses_of(groups)
    plain = name.strip().casefold()
    found: list[Clash] = []
    for key, text in known.allergies:
        bears = _bears(key, text)
        said = text.strip().casefold()
        is_same = bool(said) and len(said) >= SHORTEST and (said in plain or (bool(plain) and plain in said))
        if bears & groups or is_same:
            found.append(Clash(ALLERGY, key, text))
        elif bears & crosses:
            found.append(Clash(CROSS, key, text))
    if drug is not None:
        if drug.min_age is not None and known.age is not None and known.age < drug.min_age:
            found.append(Clash(AGE, str(drug.min_age)))
        found += [Clash(CONDITION, key) for key in drug.avoid if key in known.conditions]
        found += [Clash(CARE, key) for key in drug.caution if key in known.conditions]
    order = (ALLERGY, CROSS, AGE, CONDITION, CARE)
    return sorted(dict.fromkeys(found), key=lambda one: order.index(one.kind))


def _crosses_of(groups: Collection[str]) -> frozenset[str]:
    """Return the groups whose allergy may bear on these: as the shipped drugs of the same groups have it."""
    return frozenset(other for one in drugs().values() if set(one.groups) & set(groups) for other in one.cross)
