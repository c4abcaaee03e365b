"""Decisions about people: names, numbers, ages, masks, likeness."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.patients import rules
from incisor.patients.rules import LIKELY, Person, cells, columns
from incisor.patients.rules.id_cards import CHECKS, WEIGHTS

# ---- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  张　三 ", "张三"),
        ("Ａｎｎａ  Schmidt", "Anna Schmidt"),
        ("买买提•艾力", "买买提·艾力"),
        ("王 Tom", "王 Tom"),
        ("王\u200b小\n明", "王小明"),
        ("", ""),
    ],
)
def test_clean_name(typed, kept):
    assert rules.clean_name(typed) == kept


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("王", True),
        ("O'Neil", True),
        ("买买提·艾力", True),
        ("", False),
        ("138", False),
        ("王1", False),
        ("·", False),
        ("x" * 61, False),
    ],
)
def test_is_readable(name, readable):
    assert rules.is_readable(name) is readable


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("王小明", "wang xiao ming"),
        ("单雄信", "shan xiong xin"),
        ("曾国藩", "zeng guo fan"),
        ("仇英", "qiu ying"),
        ("解晓东", "xie xiao dong"),
        ("查良镛", "zha liang yong"),
        ("区乐乐", "ou le le"),
        ("尉迟恭", "yu chi gong"),
        ("万俟雪", "mo qi xue"),
        ("欧阳娜娜", "ou yang na na"),
        ("吕布", "lv bu"),
        ("李", "li"),
        ("乐乐", "yue le"),
        ("买买提·艾力", "mai mai ti ai li"),
        ("Anna Schmidt", "anna schmidt"),
        ("Jürgen Groß", "jurgen gross"),
        ("王 Tom", "wang tom"),
        ("", ""),
        ("?!", ""),
    ],
)
def test_pinyin_of(name, pinyin):
    assert rules.pinyin_of(name) == pinyin


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("单雄信", "danxiongxin"),
        ("单雄信", "dxx"),
        ("曾小乐", "zengxiaoyue"),
        ("翟天临", "ditianlin"),
        ("吕布", "lubu"),
        ("尉迟恭", "weichigong"),
        ("王小明", "wangxm"),
        ("Anna Schmidt", "schmidtanna"),
        ("区乐", "qule"),
    ],
)
def test_every_usual_reading_is_a_key(name, key):
    assert key in set().union(*(rules.reading_keys(reading) for reading in rules.readings(name)))


@pytest.mark.parametrize(
    ("typed", "sounds"),
    [("wxm", True), ("wangxm", True), ("wxiaom", True), ("wangxiaoming", True), ("wangxiaomin", True), ("wx", True),
     ("xm", False), ("wangm", False), ("wxmm", False), ("", True)],
)  # fmt: skip
def test_sounds_like(typed, sounds):
    assert rules.sounds_like(typed=typed, syllables=["wang", "xiao", "ming"]) is sounds


@pytest.mark.parametrize(
    ("typed", "initials"),
    [
        ("wxiaom", "wxm"),
        ("zhangsan", "zs"),
        ("wangxiaoming", "wxm"),
        ("ouyang", "oy"),
        ("liangan", "lg"),
        ("xqz", "xqz"),
        ("12", ""),
        ("", ""),
    ],
)
def test_initials_of_typed(typed, initials):
    assert rules.initials_of_typed(typed) == initials


HAN_NAMES = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=6)


@given(st.one_of(HAN_NAMES, st.text(max_size=30)))
def test_any_text_is_read_without_harm(name):
    for reading in rules.readings(name):
        assert reading
        assert all(reading)
        for key in rules.reading_keys(reading):
            assert key


@given(HAN_NAMES)
def test_beginning_of_the_pinyin_always_sounds_like_the_name(name):
    syllables = rules.readings(name)[0]
    whole = "".join(syllables)

    assert whole in rules.reading_keys(syllables)
    assert all(rules.sounds_like(typed=whole[:length], syllables=syllables) for length in range(len(whole) + 1))
    assert rules.sounds_like(typed="".join(syllable[0] for syllable in syllables), syllables=syllables)


@given(st.text(max_size=40))
def test_clean_name_is_stable(text):
    once = rules.clean_name(text)

    assert rules.clean_name(once) == once


# ---- phones --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800001111", "13800001111"),
        ("138 0000 1111", "13800001111"),
        ("138-0000-1111", "13800001111"),
        ("+86 138 0000 1111", "13800001111"),
        ("0086 13800001111", "13800001111"),
        ("8613800001111", "13800001111"),
        ("１３８００００１１１１", "13800001111"),
        ("13800001111转23", "13800001111"),
        ("13800001111/13900002222", "13800001111"),
        ("010-62345678", "01062345678"),
        ("(0571) 8765 4321", "057187654321"),
        ("62345678", "62345678"),
        ("400-800-1234", "4008001234"),
        ("+49 30 123456", "+4930123456"),
        ("+1 (212) 555-0100", "+12125550100"),
        ("123", ""),
        ("123456", ""),
        ("", ""),
        ("电话", ""),
        ("1+2", ""),
        ("1380000111122223333", ""),
        ("+999123456789", ""),
        ("0000000", ""),
        ("12345678901234", ""),
    ],
)
def test_clean_phone(typed, kept):
    assert rules.clean_phone(typed) == kept


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["{}", "+86 {}", "0086{}", " {} ", "{}转1"]))
def test_mobile_is_the_same_number_however_written(number, way):
    spaced = f"{number[:3]} {number[3:7]}-{number[7:]}"

    assert rules.clean_phone(way.format(number)) == rules.clean_phone(way.format(spaced)) == number
    assert rules.phone_key(way.format(number)) == number


@given(st.text(max_size=40))
def test_clean_phone_is_stable(text):
    once = rules.clean_phone(text)

    assert rules.clean_phone(once) == once


def test_phones_of_another_region():
    assert rules.clean_phone("030 123456", region="DE") == "30123456"


@pytest.mark.parametrize(("text", "four"), [("13800001234", "1234"), ("12", ""), ("a1b2c3d4", "1234")])
def test_last_four(text, four):
    assert rules.last_four(text) == four


def test_shown_phone():
    assert rules.shown_phone("13800001111") == "138 0000 1111"
    assert rules.shown_phone("01062345678") == "01062345678"


# ---- identity cards ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "born_on", "sex"),
    [
        ("11010519491231002X", date(1949, 12, 31), "female"),  # example of GB 11643-1999
        ("440524188001010014", date(1880, 1, 1), "male"),  # example of GB 11643-1999
        ("110105 19491231 002x", date(1949, 12, 31), "female"),
        ("１１０１０５１９４９１２３１００２Ｘ", date(1949, 12, 31), "female"),
    ],
)
def test_id_card(text, born_on, sex):
    card = rules.id_card(text)

    assert card is not None
    assert (card.born_on, card.sex) == (born_on, sex)


@pytest.mark.parametrize(
    "text", ["", "110105194912310021", "110105491331002", "11010519491331002X", "X" * 18, "E12345678"]
)
def test_what_is_no_id_card(text):
    assert rules.id_card(text) is None


@given(
    st.integers(100000, 999999), st.dates(date(1900, 1, 1), date(2030, 1, 1)), st.integers(0, 999), st.integers(0, 10)
)
def test_only_the_right_check_digit_passes(region, born_on, order, wrong):
    body = f"{region}{born_on:%Y%m%d}{order:03d}"
    right = CHECKS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
    card = rules.id_card(body + right)

    assert card is not None
    assert card.born_on == born_on
    assert (card.sex == "male") == bool(order % 2)
    assert (rules.id_card(body + CHECKS[wrong]) is None) == (CHECKS[wrong] != right)


# ---- ages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born_on", "day", "years", "months"),
    [
        (date(1990, 5, 17), date(2026, 5, 16), 35, 431),
        (date(1990, 5, 17), date(2026, 5, 17), 36, 432),
        (date(2024, 2, 29), date(2025, 2, 28), 0, 11),
        (date(2024, 2, 29), date(2025, 3, 1), 1, 12),
        (date(2026, 3, 2), date(2026, 3, 2), 0, 0),
    ],
)
def test_age_on(born_on, day, years, months):
    assert rules.age_on(born_on=born_on, day=day) == rules.Age(years=years, months=months)


def test_id_card_with_an_impossible_date():
    body = "11010519491331002"
    check = CHECKS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]

    assert rules.id_card(body + check) is None


def test_age_is_unknown():
    assert rules.age_on(born_on=None, day=date(2026, 1, 1)) is None
    assert rules.age_on(born_on=date(2026, 1, 2), day=date(2026, 1, 1)) is None


def test_groups_of_age():
    day = date(2026, 3, 2)
    ages = [
        rules.age_on(born_on=day - timedelta(days=round(years * 365.25) + 1), day=day) for years in (1, 13, 14, 64, 65)
    ]

    assert [(age.is_told_in_months, age.is_child, age.is_elderly) for age in ages if age] == [
        (True, True, False),
        (False, True, False),
        (False, False, False),
        (False, False, False),
        (False, False, True),
    ]


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 40000))
def test_age_never_falls(born_on, days):
    one = rules.age_on(born_on=born_on, day=born_on + timedelta(days=days))
    next_day = rules.age_on(born_on=born_on, day=born_on + timedelta(days=days + 1))

    assert one is not None
    assert next_day is not None
    assert one.months <= next_day.months <= one.months + 1
    assert one.years == one.months // 12


# ---- masks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("欧阳小雪", "欧**雪"),
        ("张", "*"),
        ("Anna Schmidt", "A*** S***"),
        ("", ""),
    ],
)
def test_mask_name(name, mask):
    assert rules.mask_name(name) == mask


def test_masks_of_numbers():
    assert rules.mask_phone("13800001111") == "138****1111"
    assert rules.mask_phone("") == ""
    assert rules.mask_id("11010519491231002X") == "110***********002X"
    assert rules.mask_id("E123") == "E***"
    assert rules.mask_email("pia@example.org") == "p***@example.org"
    assert rules.mask_email("") == ""
    assert rules.mask_address("北京市海淀区幸福路1号") == "北京市海淀区****"
    assert rules.mask_address("") == ""


@given(st.from_regex(r"\+?[0-9]{5,15}", fullmatch=True))
def test_mask_of_a_phone_hides_at_least_a_third(phone):
    mask = rules.mask_phone(phone)

    assert mask != phone
    assert sum(character.isdigit() for character in mask) <= len(phone) * 2 / 3


# ---- likeness ------------------------------------------------------------------------------------------------------

PIA = Person(name="皮亚", reading="piya", phone="13800001111", born_on=date(1990, 5, 17), id_number="", sex="female")


@pytest.mark.parametrize(
    ("other", "is_shown", "is_certain"),
    [
        ({}, True, True),
        ({"born_on": None, "sex": "unknown"}, True, True),
        ({"name": "皮雅", "born_on": None}, True, True),  # sounds the same, same phone
        ({"phone": "1", "name": "皮亚"}, True, False),  # name and birth date
        ({"phone": "1", "born_on": None}, False, False),  # the name alone says nothing
        ({"phone": "1", "name": "李四", "reading": "lisi"}, False, False),  # the birth date alone neither
        ({"name": "皮大", "reading": "pida", "born_on": None}, True, False),  # one phone in a family
        (
            {"name": "皮大", "reading": "pida", "born_on": date(2015, 1, 1)},
            False,
            False,
        ),  # the child on the mother's phone
        ({"phone": "", "name": "", "reading": "", "born_on": None}, False, False),
    ],
)
def test_likeness(other, is_shown, is_certain):
    alike = rules.likeness(PIA, Person(**{**vars(PIA), **other}))

    assert (alike.score >= LIKELY) is is_shown
    assert (alike.score >= rules.CERTAIN - 5) is is_certain


def test_likeness_by_id_number():
    card = {"id_number": "11010519491231002X"}
    same = rules.likeness(Person(**card), Person(name="别名", phone="1", **card))
    other = rules.likeness(Person(**{**vars(PIA), **card}), Person(**{**vars(PIA), "id_number": "440524188001010014"}))

    assert same.score >= rules.CERTAIN
    assert other.score < rules.CERTAIN


PEOPLE = st.builds(
    Person,
    name=st.sampled_from(["", "皮亚", "李四"]),
    reading=st.sampled_from(["", "piya", "lisi"]),
    phone=st.sampled_from(["", "1", "2"]),
    born_on=st.sampled_from([None, date(1990, 1, 1), date(1991, 1, 1)]),
    id_number=st.sampled_from(["", "a", "b"]),
    sex=st.sampled_from(["female", "male", "unknown"]),
)


@given(PEOPLE, PEOPLE)
def test_likeness_does_not_depend_on_the_order(one, other):
    assert rules.likeness(one, other) == rules.likeness(other, one)


# ---- what is typed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "digits"),
    [
        ("王小明 138 0000 1111", "王小明", "13800001111"),
        ("王小明13800001111", "王小明", "13800001111"),
        ("13800001111 王小明", "王小明", "13800001111"),
        ("王小明 138", "王小明", "138"),
        ("王小明，138", "王小明", "138"),
        ("Anna Schmidt", "Anna Schmidt", ""),
        ("1234", "", "1234"),
        ("", "", ""),
    ],
)
def test_typed_is_parted(text, name, digits):
    parts = rules.typed(text)

    assert (parts.name, parts.digits) == (name, digits)


def test_typed_digits_are_what_they_can_be():
    assert rules.typed("19900517").born_on == date(1990, 5, 17)
    assert rules.typed("19901317").born_on is None
    assert rules.typed("199005").born_on is None
    assert rules.typed("1234").last_four == "1234"
    assert rules.typed("138 0000 1111").phone == "13800001111"
    assert rules.typed("138").phone_as_typed == "138"
    assert rules.typed("11010519491231002x").id_number == "11010519491231002X"
    assert rules.typed("wang'xiao").letters == "wangxiao"
    assert rules.typed("lü bu").letters == "lvbu"
    assert rules.typed("王x").letters == ""


@given(st.text(max_size=100))
def test_any_text_can_be_typed(text):
    parts = rules.typed(text)

    assert len(parts.text) <= 80
    _ = (
        parts.letters,
        parts.phone,
        parts.last_four,
        parts.born_on,
        parts.id_number,
        parts.phone_as_typed,
        parts.has_han,
    )


# ---- tables --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1990-05-17", date(1990, 5, 17)),
        ("1990/5/17", date(1990, 5, 17)),
        ("1990.5.17", date(1990, 5, 17)),
        ("1990年5月17日", date(1990, 5, 17)),
        ("１９９０－０５－１７", date(1990, 5, 17)),
        ("19900517", date(1990, 5, 17)),
        ("1990-05-17 00:00:00", date(1990, 5, 17)),
        ("33010", date(1990, 5, 17)),
        ("1990-02-30", None),
        ("17.5.1990", None),
        ("90-05-17", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_date_of(text, day):
    assert cells.date_of(text) == day


def test_words_of_a_list():
    assert cells.sex_of("男") == "male"
    assert cells.sex_of("F") == "female"
    assert cells.sex_of("") == "unknown"
    assert cells.sex_of("公") is None
    assert cells.words_of("青霉素、花生，海鲜/ 头孢") == ["青霉素", "花生", "海鲜", "头孢"]
    assert cells.is_nothing(" 无 ")
    assert not cells.is_nothing("青霉素")
    assert cells.choice_of("微信", {"wechat": ("微信",)}) == "wechat"
    assert cells.choice_of("信鸽", {"wechat": ("微信",)}) is None
    assert cells.is_formula("=SUM(A1)")
    assert cells.is_formula("#REF!")
    assert not cells.is_formula("张三")


SYNONYMS = {"name": ("姓名", "full name"), "phone": ("手机号", "电话"), "born_on": ("出生日期",)}


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (["姓名", "手机号"], ["name", "phone"]),
        (["患者姓名*", "联系电话（必填）"], ["name", "phone"]),
        (["Full Name", "ＰＨＯＮＥ"], ["name", "phone"]),
        (["电话", "手机号"], ["phone", ""]),
        (["序号", ""], ["", ""]),
    ],
)
def test_match_columns(headings, fields):
    assert columns.match_columns(headings, SYNONYMS, memory={}) == fields


def test_memory_of_columns_wins():
    memory = {"姓名": "", "谁": "name", "号": "gone"}

    assert columns.match_columns(["姓名", "谁", "号"], SYNONYMS, memory=memory) == ["", "name", ""]


@given(
    st.lists(st.text(max_size=10), max_size=8),
    st.dictionaries(st.text(max_size=5), st.sampled_from(["", "name", "phone"])),
)
def test_no_field_is_given_to_two_columns(headings, memory):
    found = columns.match_columns(headings, SYNONYMS, memory=memory)

    assert len(found) == len(headings)
    assert len([field for field in found if field]) == len({field for field in found if field})


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (701, "ZZ"), (702, "AAA")])
def test_column_letter(index, letter):
    assert columns.column_letter(index) == letter


def test_header_row_is_the_one_that_knows_most():
    known = {"姓名", "手机号"}

    assert columns.header_row([["名单"], ["姓名", "手机号"], ["姓名", "x"]], known) == 1
    assert columns.header_row([[""], ["a", "b"]], known) == 1
    assert columns.header_row([], known) == 0


def test_number_of_no_country_is_no_phone():
    assert rules.clean_phone("+210 1234567") == ""
    assert rules.clean_phone("+123456789") == ""
