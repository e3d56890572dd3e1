"""Settings, checks, builds and releases, as functions for Python programs."""

from pathlib import Path

from partyline import releases, settings, validation
from partyline.releases import Release
from partyline.settings import Settings
from partyline.validation import CheckReport

#: Settings that are read already, the path of a settings file, or None for the default file.
Configured = Settings | Path | str | None


def read_settings(path: Path | str | None = None) -> Settings:
    """Read a settings file.

    Without *path*, read ``partyline.toml`` of the current folder, or where there is none, the
    settings of the built-in knowledge base. The environment is not read.

    Raises SettingsError, which names the file and the key.
    """
    here = Path("partyline.toml")
    if path is None and here.is_file():
        path = here
    return settings.read_settings(None if path is None else Path(path))


def check(configured: Configured = None, *, engine: str = "auto") -> CheckReport:
    """Check the sources: syntax, SHACL shapes, dates, quotations and consistency.

    Returns a report with all ``findings`` at once; its ``violations`` are those that stop a build.
    Raises SettingsError, and SourceError where a folder cannot be read at all.
    """
    return validation.run_checks(_settings(configured), engine)


def build(configured: Configured = None, *, engine: str = "auto") -> Release:
    """Check, materialise and seal a release, and make it the current one.

    Raises ChecksFailed with all findings, SettingsError, SourceError, or ReleaseError where the
    folder of the releases cannot be written.
    """
    return releases.build(_settings(configured), engine).release


def open_release(path: Path | str | Settings | None = None) -> Release:
    """Open a release and verify its checksums.

    *path* is the folder of one release, a folder of releases (its current one is opened), or
    settings; without it, the current release of the default settings is opened.

    Raises ReleaseError where there is no release, or a damaged one.
    """
    if path is None or isinstance(path, Settings):
        return releases.current_release(_settings(path).releases)
    folder = Path(path)
    if (folder / releases.MANIFEST).is_file():
        return releases.open_release(folder)
    return releases.current_release(folder)


def _settings(configured: Configured) -> Settings:
    return configured if isinstance(configured, Settings) else read_settings(configured)
