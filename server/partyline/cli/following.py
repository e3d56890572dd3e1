"""Serve a copy of the releases of another site, and those that follow."""

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from partyline.cli.listening import listen
from partyline.cli.progress import progress
from partyline.cli.pull import report
from partyline.display import visible
from partyline.errors import MirrorError, ReleaseError
from partyline.settings import Settings

if TYPE_CHECKING:
    from partyline.mirroring import Mirror
    from partyline.wsgi import Assembly


def follow(settings: Settings, address: str, environ: Callable[[], Mapping[str, str]]) -> int:
    """Serve what the site at *address* publishes until a signal ends it. Return the exit code."""
    from partyline.mirroring import Follower, Mirror, Origin
    from partyline.wsgi import assemble

    mirror = Mirror(Origin(address), settings)
    problem = _first(mirror)
    if problem and not _has_release(settings):
        print("partyline: nothing is served: no release has been copied yet", file=sys.stderr)
        return 1
    with ExitStack() as ends:

        def assembled() -> "Assembly":
            assembly = assemble(environ())
            tell = partial(assembly.problems.set, "follow")
            tell(problem)
            follower = Follower(mirror, settings.history.follow_seconds, tell)
            ends.callback(follower.close)
            return assembly

        return listen(assembled, settings)


def _first(mirror: "Mirror") -> str:
    """Copy what there is, with progress; return what is wrong, or an empty text."""
    try:
        with progress() as step:
            mirror.step = step
            if pulled := mirror.pull():
                report(pulled)
    except (MirrorError, ReleaseError) as error:
        print(visible(f"partyline: {error}"), file=sys.stderr)
        return f"{mirror.origin.address} is not followed: {error}"
    finally:
        mirror.step = lambda text: None
    return ""


def _has_release(settings: Settings) -> bool:
    from partyline.releases import current_name

    return current_name(settings.releases) is not None
