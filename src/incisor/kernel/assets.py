"""Static files under names that carry their hash, so that browsers keep them for ever."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """A file that the build did not make is served under its plain name: a test names it, the page still opens."""

    manifest_strict = False

    def hashed_name(self, name: str, *given: Any, **more: Any) -> str:
        """Return the name with its hash, the plain one where there is no such file."""
        try:
            return str(super().hashed_name(name, *given, **more))
        except ValueError:
            return name
