"""The files that declare pages: beside the ontology, checked at a build, kept in the release."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from partyline.errors import SourceError
from partyline.releases.page_plans.model import PagePlan
from partyline.releases.page_plans.reading import read_page_plan
from partyline.sources import read_text_file


@dataclass(frozen=True, slots=True)
class PageFiles:
    """The files that declare the pages of a release, and what they declare."""

    #: The text of each file, by its name.
    texts: Mapping[str, str]
    plan: PagePlan


def read_page_files(folders: Iterable[Path]) -> PageFiles:
    """Return the Turtle files in *folders*.

    Raises SourceError where a folder or a file cannot be read, where two files have the same name,
    or where a declaration is not valid.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        paths = sorted(folder.glob("*.ttl"))
        if not paths:
            raise SourceError(
                f"{folder}: no Turtle files; declare pages there, or take the folder out of the"
                " setting knowledge.pages"
            )
        for path in paths:
            if path.name in found:
                raise SourceError(f"{path}: {found[path.name]} has this name, too; rename one")
            found[path.name] = path
    texts = {name: read_text_file(path) for name, path in found.items()}
    plan = read_page_plan((str(found[name]), text) for name, text in texts.items())
    return PageFiles(texts, plan)
