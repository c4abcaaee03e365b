"""Static files under names that carry their hash, so that browsers keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """A file that the build did not make is served under its plain name: a test names it, the page still opens."""

    manifest_strict = False
