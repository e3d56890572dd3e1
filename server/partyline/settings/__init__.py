"""Settings: one TOML file that says what is published, read once and passed down as a value."""

from partyline.settings.iri_patterns import is_published
from partyline.settings.model import (
    NO_ENDPOINT,
    Build,
    Checks,
    Dumps,
    History,
    Knowledge,
    Limits,
    Reasoning,
    Remote,
    Server,
    Settings,
    Site,
)
from partyline.settings.reading import read_settings, shipped_settings

__all__ = [
    "NO_ENDPOINT",
    "Build",
    "Checks",
    "Dumps",
    "History",
    "Knowledge",
    "Limits",
    "Reasoning",
    "Remote",
    "Server",
    "Settings",
    "Site",
    "is_published",
    "read_settings",
    "shipped_settings",
]
