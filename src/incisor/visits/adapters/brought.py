"""Files that people bring: looked at by their bytes, made small for showing, before anything is written."""

from dataclasses import dataclass
from pathlib import PurePath

from django.utils.translation import gettext as _

from incisor.kernel import pictures
from incisor.kernel.pictures import MEGABYTE, PICTURES, PictureRefused

TAKEN_AT_MOST = 20 * MEGABYTE
SHOWN_SIDE, THUMBNAIL_SIDE = 1600, 240
PAPERS = frozenset({*PICTURES, "pdf"})
PICTURE_ENDINGS = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".webp", ".gif", ".bmp", ".heic", ".tif", ".tiff"})


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A file that may be kept. original: as it was brought; shown, thumbnail: JPEG, empty for a PDF."""

    name: str
    content: str
    original: bytes
    shown: bytes = b""
    thumbnail: bytes = b""
    width: int | None = None
    height: int | None = None


def checked_file(*, name: str, content: bytes, size: int | None = None) -> Checked:
    """Return the file ready to be kept; call it before the action, for it takes a moment.

    size: as announced, so that a file that is too large need not be read. Raises PictureRefused with the file's name.
    """
    short = PurePath(name.replace("\\", "/")).name[:120] or _("The file")
    length = len(content) if size is None else max(size, len(content))
    try:
        if length > TAKEN_AT_MOST:
            raise PictureRefused(
                _("The file has %(have)s MB; at most %(limit)s MB can be taken. Choose a smaller one.")
                % {"have": f"{length / MEGABYTE:.1f}", "limit": f"{TAKEN_AT_MOST / MEGABYTE:.3g}"},
                code="too_large",
            )
        kind = pictures.checked_kind(content, max_bytes=TAKEN_AT_MOST, kinds=PAPERS)
        calls_itself_picture = PurePath(short).suffix.casefold() in PICTURE_ENDINGS
        if kind == "pdf":
            if calls_itself_picture:
                raise PictureRefused(
                    _("It calls itself a picture, but it is a PDF. Save it as .pdf, or bring the picture itself."),
                    code="pretends",
                )
            return Checked(name=short, content=kind, original=content)
        picture = pictures.checked_picture(content, max_bytes=TAKEN_AT_MOST)
        return Checked(
            name=short,
            content=kind,
            original=content,
            shown=pictures.smaller(content, side=SHOWN_SIDE),
            thumbnail=pictures.thumbnail(content, side=THUMBNAIL_SIDE),
            width=picture.width,
            height=picture.height,
        )
    except PictureRefused as refusal:
        raise PictureRefused(
            _("%(file)s was not taken. %(why)s") % {"file": short, "why": refusal}, code=refusal.code
        ) from refusal
