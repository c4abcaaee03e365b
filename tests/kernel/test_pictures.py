"""Pictures are told by their bytes, refused when they are too much, and kept without what the camera wrote."""

import io

import pytest
from PIL import Image

from incisor.kernel import pictures
from incisor.kernel.pictures import PictureRefused, checked_kind, checked_picture, kind_of, smaller, thumbnail

LIMIT = 2 * 1024 * 1024


def picture(kind="JPEG", *, size=(40, 20), mode="RGB", colour="navy", **more):
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **more)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "expected"), [("JPEG", "jpeg"), ("PNG", "png"), ("WEBP", "webp"), ("GIF", "gif")])
def test_kind_is_told_by_the_bytes(kind, expected):
    assert kind_of(picture(kind)) == expected


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 ...", "pdf"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "heic"),
        (b"<html>", ""),
        (b"", ""),
        (b"MZ\x90\x00", ""),
    ],
)
def test_kind_of_what_is_no_picture(content, kind):
    assert kind_of(content) == kind


def test_picture_has_its_size():
    found = checked_picture(picture("PNG"), max_bytes=LIMIT)

    assert (found.kind, found.width, found.height, found.content_type) == ("png", 40, 20, "image/png")


def test_turned_photo_counts_as_turned():
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright
    found = checked_picture(picture(exif=exif), max_bytes=LIMIT)

    assert (found.width, found.height) == (20, 40)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7 which calls itself a photo", "wrong_kind"),
        (picture("GIF"), "wrong_kind"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "wrong_kind"),
        (b"<script>", "not_a_picture"),
        (b"\xff\xd8\xff" + b"x" * LIMIT, "too_large"),
        (b"\xff\xd8\xff but no photo", "damaged"),
        (picture(size=(600, 600), colour="red")[:-300], "damaged"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
    ],
)
def test_what_is_no_picture_is_refused(content, code):
    with pytest.raises(PictureRefused) as refusal:
        checked_picture(content, max_bytes=LIMIT)

    assert refusal.value.code == code


def test_small_file_with_too_many_pixels_is_refused_before_it_is_unpacked(monkeypatch):
    bomb = picture("PNG", size=(9000, 9000), mode="1", colour=0)
    assert len(bomb) < LIMIT
    monkeypatch.setattr(Image.Image, "load", lambda _self: pytest.fail("unpacked"))

    with pytest.raises(PictureRefused) as refusal:
        checked_picture(bomb, max_bytes=LIMIT)

    assert refusal.value.code == "too_many_pixels"


def test_huge_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)

    with pytest.raises(PictureRefused) as refusal:
        checked_picture(picture("PNG"), max_bytes=LIMIT)

    assert refusal.value.code == "damaged"


def test_paper_may_be_allowed_besides():
    assert checked_kind(b"%PDF-1.7", max_bytes=LIMIT, kinds={"pdf", "jpeg"}) == "pdf"


def test_smaller_is_upright_small_and_without_the_camera_words():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home"
    photo = picture(size=(400, 200), exif=exif)
    assert b"taken at home" in photo

    small = smaller(photo, side=100)

    assert b"taken at home" not in small
    with Image.open(io.BytesIO(small)) as opened:
        assert (opened.format, opened.size) == ("JPEG", (50, 100))


def test_transparent_becomes_white_paper():
    small = smaller(picture("PNG", mode="RGBA", colour=(0, 0, 0, 0)), side=100)

    with Image.open(io.BytesIO(small)) as opened:
        assert opened.getpixel((5, 5)) == (255, 255, 255)


def test_thumbnail_is_square():
    with Image.open(io.BytesIO(thumbnail(picture(size=(400, 200)), side=96))) as opened:
        assert opened.size == (96, 96)


def test_broken_pixels_are_refused_when_made_smaller():
    broken = picture(size=(600, 600), colour="red")[:-300]

    for make in (smaller, thumbnail):
        with pytest.raises(PictureRefused):
            make(broken, side=50)


def test_kinds_have_types_and_endings():
    assert set(pictures.CONTENT_TYPES) == set(pictures.ENDINGS) == set(pictures.NAMES)
