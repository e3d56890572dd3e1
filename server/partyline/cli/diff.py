"""Show what changed between two releases: for people, as JSON, or as an RDF patch."""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from partyline.display import visible
from partyline.errors import ReleaseError
from partyline.settings import Settings

EXAMPLE = "partyline diff previous current --format patch > changes.rdfp"

_NOTHING = "nothing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    named = "its identifier or the beginning of it, its folder, 'current' or 'previous'"
    parser.add_argument("older", help=f"a release: {named}; or 'nothing'")
    parser.add_argument("newer", nargs="?", default="current", help="the same; default: current")
    parser.add_argument("--format", choices=("text", "json", "patch"), default="text")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print the changes."""
    # Here and not above: every command would wait for NumPy.
    from partyline.history import LabelledTable, as_json, as_patch, as_text, changes_between
    from partyline.rdf.curies import PrefixMap
    from partyline.releases.release import open_unsealed

    newer = open_unsealed(_folder(settings.releases, options.newer))
    older = None
    if options.older != _NOTHING:
        older = open_unsealed(_folder(settings.releases, options.older))
    changes = changes_between(
        LabelledTable(older.table) if older else None, LabelledTable(newer.table)
    )
    names = newer.path.name, older.path.name if older else ""
    if options.format == "patch":
        _write(as_patch(changes, newer.manifest.base, *names))
    elif options.format == "json":
        table = {"older": names[1] or None, "newer": names[0], **as_json(changes)}
        _write([json.dumps(table, indent=1, ensure_ascii=False) + "\n"])
    else:
        lines = as_text(changes, PrefixMap.of(newer.manifest.prefixes))
        _write(visible(line) + "\n" for line in lines)
    return 0


def _write(parts: Iterable[str]) -> None:
    for part in parts:
        sys.stdout.write(part)


def _folder(releases: Path, name: str) -> Path:
    """Return the folder of the release that *name* means. Raises ReleaseError."""
    from partyline.releases.history.publication_log import PublicationLog
    from partyline.releases.release import MANIFEST

    if (Path(name) / MANIFEST).is_file():
        return Path(name).resolve()
    log = PublicationLog.read(releases)
    kept = [row.release for row in log.rows if log.is_kept(row.release)]
    special = {"current": kept[-1:], "previous": kept[-2:-1]}
    found = special.get(name) or sorted({row for row in kept if row.startswith(name)})
    if name in special and not special[name]:
        raise ReleaseError(f"{releases}: there is no {name} release; run 'partyline build'")
    if len(found) != 1:
        several = f"means {', '.join(found)}" if found else "is not a release that is kept"
        raise ReleaseError(f"{releases}: {name!r} {several}; kept are {', '.join(kept) or 'none'}")
    return releases / found[0]
