"""Settings: one TOML file that says what is published, read once and passed down as a value."""

from partyline.settings.model import (
    Build,
    Checks,
    Dumps,
    Knowledge,
    Limits,
    Reasoning,
    Server,
    Settings,
    Site,
)
from partyline.settings.reading import read_settings, shipped_settings

__all__ = [
    "Build",
    "Checks",
    "Dumps",
    "Knowledge",
    "Limits",
    "Reasoning",
    "Server",
    "Settings",
    "Site",
    "read_settings",
    "shipped_settings",
]
