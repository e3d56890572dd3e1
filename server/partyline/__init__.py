"""Publish an ontology and its data as linked data, with a reason for every triple.

``docs/how-to/python.md`` has an example of each name. They are imported when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from partyline.version import __version__

if TYPE_CHECKING:
    from partyline.edtf import as_of
    from partyline.errors import PublisherError
    from partyline.findings import Finding
    from partyline.library.explanation import why
    from partyline.library.publication import build, check, open_release, read_settings
    from partyline.library.querying import query
    from partyline.library.rdflib_store import ReleaseStore
    from partyline.library.reasoning import materialise

#: The module that has each public name.
_MODULES = {
    "Finding": "findings",
    "PublisherError": "errors",
    "ReleaseStore": "library.rdflib_store",
    "as_of": "edtf",
    "build": "library.publication",
    "check": "library.publication",
    "materialise": "library.reasoning",
    "open_release": "library.publication",
    "query": "library.querying",
    "read_settings": "library.publication",
    "why": "library.explanation",
}

__all__ = [
    "Finding",
    "PublisherError",
    "ReleaseStore",
    "__version__",
    "as_of",
    "build",
    "check",
    "materialise",
    "open_release",
    "query",
    "read_settings",
    "why",
]


def __getattr__(name: str) -> object:
    """Import a public name from its module (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module 'partyline' has no attribute {name!r}")
    value: object = getattr(import_module(f"partyline.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
