"""Whether a name typed at the kiosk is that of a file: by its characters, or by its pinyin for who cannot type them."""

import unicodedata


def _plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def same_name(typed: str, name: str, pinyin: str) -> bool:
    """Tell whether the whole name was typed, in characters or in pinyin. Initials do not do: two people share them."""
    wanted = _plain(typed)
    return bool(wanted) and wanted in {_plain(name), _plain(pinyin)} - {""}
