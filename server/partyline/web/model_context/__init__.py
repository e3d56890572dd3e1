"""The Model Context Protocol, with the official SDK: over HTTP without sessions, and on stdio.

The SDK is an extra, and takes a second to import: nothing here does before the first request.
"""

from importlib.util import find_spec


def has_mcp() -> bool:
    """Tell whether the SDK is installed, which is the extra ``mcp``."""
    return find_spec("mcp") is not None
