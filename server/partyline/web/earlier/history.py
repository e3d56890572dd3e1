"""What an application knows of the releases before and after its own."""

from dataclasses import dataclass

from flask import request

from partyline.releases import PublicationLog, PublishedRelease
from partyline.web.earlier.memento import target_of


@dataclass(frozen=True, slots=True)
class History:
    """The succession of releases that the one of an application belongs to."""

    #: All publications, where the application serves the current release.
    log: PublicationLog | None = None
    #: When its release was published, where another one has replaced it.
    earlier: PublishedRelease | None = None


def outer_root() -> str:
    """Return the prefix of the current release, for a request to one at ``/releases/``."""
    return request.script_root.rpartition("/releases/")[0]


def current_address() -> str:
    """Return the address of what an earlier release is asked for, in the current release."""
    return outer_root() + target_of(request.environ)
