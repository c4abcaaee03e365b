"""What a receipt says: its number, and the amount in Chinese capitals."""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
SECTIONS = ("", "万", "亿", "兆")


def receipt_number(*, clinic_code: str, year: int, number: int) -> str:
    """Return "A-2026-000123": the clinic, the year of the business date, the running number of both."""
    return f"{clinic_code}-{year}-{number:06d}"


def in_capitals(minor: int) -> str:
    """Return an amount in Chinese capitals, 1234.05: 壹仟贰佰叁拾肆元零伍分.

    Source: 《会计基础工作规范》 article 52 and 《支付结算办法》 annex 1 (1997): 整 after yuan or jiao without fen;
    one 零 for a gap of zeros.
    """
    sign = "负" if minor < 0 else ""
    yuan, cents = divmod(abs(minor), 100)
    jiao, fen = divmod(cents, 10)
    if not yuan and not cents:
        return "零元整"
    text = sign + (f"{_whole(yuan)}元" if yuan else "")
    if not cents:
        return text + "整"
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif yuan:
        text += "零"
    return text + (f"{DIGITS[fen]}分" if fen else "整")


def _whole(number: int) -> str:
    """Return a whole number above zero in capitals, in sections of four digits."""
    sections: list[int] = []
    while number:
        number, section = divmod(number, 10_000)
        sections.append(section)
    text = ""
    for place in range(len(sections) - 1, -1, -1):
        section = sections[place]
        if not section:
            continue
        is_gap = bool(text) and (section < 1000 or (place + 1 < len(sections) and sections[place + 1] == 0))
        text += ("零" if is_gap else "") + _section(section) + SECTIONS[place]
    return text


def _section(number: int) -> str:
    """Return 1 to 9999 in capitals, one 零 for each gap inside."""
    text, is_gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if not digit:
            is_gap = bool(text)
            continue
        text += ("零" if is_gap else "") + DIGITS[digit] + PLACES[place]
        is_gap = False
    return text
