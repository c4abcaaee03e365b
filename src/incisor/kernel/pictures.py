"""Pictures that people bring: looked at by their first bytes, never by their name; made smaller and rid of what a phone adds.

A file is told by its own bytes: a page or a PDF that calls itself .jpg is refused. The size in pixels is read before the
picture is unpacked, so that a small file that unpacks to gigabytes is refused too. What is kept is written anew: upright,
without place and time of the camera.
"""

import io
import warnings
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from incisor.kernel.errors import Refused

MEGABYTE = 1024 * 1024
PIXELS_AT_MOST = 60_000_000
FRAMES_AT_MOST = 1
PICTURES = frozenset({"jpeg", "png", "webp"})
CONTENT_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif", "pdf": "application/pdf"}  # fmt: skip
ENDINGS = {"jpeg": "jpg", "png": "png", "webp": "webp", "gif": "gif", "pdf": "pdf"}
NAMES = {"jpeg": "JPEG", "png": "PNG", "webp": "WebP", "gif": "GIF", "pdf": "PDF"}
QUALITY = 85


@dataclass(frozen=True)
class Picture:
    """What was brought. kind: jpeg, png …; width and height as it is looked at (a turned photo counts as turned)."""

    kind: str
    width: int
    height: int

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.kind]


class PictureRefused(Refused):
    """The file is no picture that can be taken. codes: too_large, not_a_picture, wrong_kind, too_many_pixels, damaged."""

    code = "picture_refused"


def kind_of(content: bytes) -> str:
    """Return what the first bytes say: jpeg, png, webp, gif, pdf, heic; empty for anything else."""
    head = content[:16]
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"):
        return "heic"
    return ""


def checked_picture(content: bytes, *, max_bytes: int, kinds: Collection[str] = PICTURES) -> Picture:
    """Return kind and size of a picture that may be kept. kinds: of jpeg, png, webp, gif. Raises PictureRefused."""
    kind = checked_kind(content, max_bytes=max_bytes, kinds=kinds)
    with _opened(content, kind) as picture:
        width, height = picture.size
        if width * height > PIXELS_AT_MOST or getattr(picture, "n_frames", 1) > FRAMES_AT_MOST:
            raise PictureRefused(
                _("The picture has too many pixels, or it moves. Take the photo again with a lower resolution."),
                code="too_many_pixels",
            )
        try:
            picture.load()
            width, height = ImageOps.exif_transpose(picture).size
        except (OSError, ValueError, SyntaxError, EOFError) as failure:
            raise _damaged() from failure
    return Picture(kind=kind, width=width, height=height)


def checked_kind(content: bytes, *, max_bytes: int, kinds: Collection[str]) -> str:
    """Return what the file is when it is one of the kinds (also pdf) and no larger than allowed. Raises PictureRefused."""
    if len(content) > max_bytes:
        raise PictureRefused(
            _("The file has %(have)s MB; at most %(limit)s MB can be taken. Choose a smaller one.")
            % {"have": f"{len(content) / MEGABYTE:.1f}", "limit": f"{max_bytes / MEGABYTE:.3g}"},
            code="too_large",
        )
    kind = kind_of(content)
    wanted = _(", ").join(NAMES[one] for one in NAMES if one in kinds)
    if not kind:
        raise PictureRefused(
            _("This is no file of a kind that can be taken, whatever its name says. Choose %(kinds)s.")
            % {"kinds": wanted},
            code="not_a_picture",
        )
    if kind not in kinds:
        raise PictureRefused(
            _("This is a %(kind)s file. Choose %(kinds)s; an iPhone makes JPEG when set to “Most Compatible”.")
            % {"kind": NAMES.get(kind, kind.upper()), "kinds": wanted},
            code="wrong_kind",
        )
    return kind


def smaller(content: bytes, *, side: int) -> bytes:
    """Return the checked picture as JPEG, upright, no side longer than that, without what the camera wrote into it."""
    return _as_jpeg(content, side=side, is_square=False)


def thumbnail(content: bytes, *, side: int = 96) -> bytes:
    """Return a square cut from the middle of the checked picture as JPEG, for lists and headers."""
    return _as_jpeg(content, side=side, is_square=True)


def _as_jpeg(content: bytes, *, side: int, is_square: bool) -> bytes:
    with _opened(content, kind_of(content)) as picture:
        try:
            if not is_square:
                picture.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(picture)
            if upright.mode in ("RGBA", "LA", "P", "PA"):
                paper = Image.new("RGB", upright.size, "white")
                layer = upright.convert("RGBA")
                paper.paste(layer, mask=layer.getchannel("A"))
                upright = paper
            flat = upright.convert("RGB")
            if is_square:
                flat = ImageOps.fit(flat, (side, side), method=Image.Resampling.LANCZOS, centering=(0.5, 0.4))
            else:
                flat.thumbnail((side, side), Image.Resampling.LANCZOS)
        except (OSError, ValueError, SyntaxError, EOFError) as failure:
            raise _damaged() from failure
        clean = Image.new("RGB", flat.size)
        clean.paste(flat)
        out = io.BytesIO()
        clean.save(out, "JPEG", quality=QUALITY, optimize=True)
        return out.getvalue()


def _opened(content: bytes, kind: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is looked at before unpacking
            return Image.open(io.BytesIO(content), formats=[kind.upper()])
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as failure:
        raise _damaged() from failure


def _damaged() -> PictureRefused:
    return PictureRefused(_("The picture is damaged and cannot be opened. Take or send it once more."), code="damaged")
