"""Sealed files: kept whole or not at all, unreadable on the disk, sealed anew, removed only when nobody names them."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from incisor.kernel import crypto, store
from incisor.kernel.organisation import organisation

LIMIT = 1000


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.INCISOR_ATTACHMENTS = tmp_path / "attachments"
    settings.INCISOR_KEYS = tmp_path / "keys.json"
    crypto.write_ring(crypto.new_ring(), settings.INCISOR_KEYS)


def on_disk():
    return [path for path in store.folder().rglob("*") if path.is_file()]


def test_file_is_sealed_on_the_disk_and_opens_again():
    kept = store.keep("张三的照片".encode(), limit=LIMIT)

    (file,) = on_disk()
    assert file == store.folder() / kept.key[:2] / kept.key[2:4] / kept.key
    assert "张三".encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert store.read(kept.key) == "张三的照片".encode()
    assert (kept.size, len(kept.sha256)) == (15, 64)


def test_too_large_is_refused_and_leaves_nothing():
    with pytest.raises(store.TooLarge) as refusal:
        store.keep(b"x" * (LIMIT + 1), limit=LIMIT)

    assert refusal.value.details == {"size": LIMIT + 1, "limit": LIMIT}
    assert not store.folder().exists()


def test_full_disk_is_refused_in_words(monkeypatch):
    def full(*_given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(store.CannotKeep, match="No space left"):
        store.keep(b"x", limit=LIMIT)

    assert on_disk() == []


@pytest.mark.parametrize("key", ["", "../../keys.json", "0" * 31, "G" * 32, "0" * 32])
def test_what_is_no_key_or_not_there_cannot_be_read(key):
    with pytest.raises(store.CannotRead):
        store.read(key)
    assert not store.is_there(key)
    assert not store.is_whole(key)


def test_altered_file_does_not_open():
    kept = store.keep(b"content", limit=LIMIT)
    (file,) = on_disk()
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(bytes(content))

    with pytest.raises(store.CannotRead):
        store.read(kept.key)
    assert store.is_there(kept.key)
    assert not store.is_whole(kept.key)


def test_file_does_not_open_under_another_name():
    one, other = store.keep(b"one", limit=LIMIT), store.keep(b"other", limit=LIMIT)
    first, second = (store.folder() / kept.key[:2] / kept.key[2:4] / kept.key for kept in (one, other))
    second.write_bytes(first.read_bytes())

    with pytest.raises(store.CannotRead):
        store.read(other.key)


def test_other_organisation_has_other_files():
    kept = store.keep(b"ours", limit=LIMIT)

    with organisation("org_other"):
        assert list(store.keys()) == []
        with pytest.raises(store.CannotRead):
            store.read(kept.key)


def test_rotation_seals_anew_and_goes_on_after_an_interruption(settings):
    old = store.keep(b"old", limit=LIMIT)
    crypto.write_ring(crypto.ring().rotated(), settings.INCISOR_KEYS)
    new = store.keep(b"new", limit=LIMIT)

    assert store.seal_anew() == 1
    assert store.seal_anew() == 0

    crypto.write_ring(crypto.ring().without({"k1"}), settings.INCISOR_KEYS)
    assert (store.read(old.key), store.read(new.key)) == (b"old", b"new")
    assert {crypto.key_name(file.read_bytes()) for file in on_disk()} == {"k2"}


def test_file_without_its_key_cannot_be_read(settings):
    kept = store.keep(b"x", limit=LIMIT)
    crypto.write_ring(crypto.ring().rotated().without({"k1"}), settings.INCISOR_KEYS)

    with pytest.raises(store.CannotRead):
        store.read(kept.key)


def test_put_back_from_a_backup():
    kept = store.keep(b"x", limit=LIMIT)
    ((key, sealed),) = store.sealed_files()
    on_disk()[0].unlink()

    store.put_back(key, sealed)

    assert (key, store.read(key)) == (kept.key, b"x")


def test_orphans_go_when_old_and_named_files_stay(monkeypatch):
    named, orphan, fresh = (store.keep(text, limit=LIMIT) for text in (b"named", b"orphan", b"fresh"))
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    for kept in (named, orphan):
        path = store.folder() / kept.key[:2] / kept.key[2:4] / kept.key
        os.utime(path, (long_ago.timestamp(),) * 2)
    monkeypatch.setattr(store, "wanted_keys", lambda: {named.key})

    assert store.remove_orphans(before=long_ago + timedelta(days=1)) == 1
    assert store.remove_orphans(before=long_ago + timedelta(days=1)) == 0

    assert set(store.keys()) == {named.key, fresh.key}
