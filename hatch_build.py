"""Bundle what runs in browsers when the package is built, where there is Node."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_PACKAGE = Path("server", "partyline")
#: The sources of each bundle, a file that is made of them, and what is missing without it.
_BUNDLES = (
    (_PACKAGE / "web/editor", _PACKAGE / "web/static/editor.js", "the query page is a plain form"),
    (
        _PACKAGE / "export/browser",
        _PACKAGE / "export/assets/search.js",
        "sites of files have neither search nor queries",
    ),
)
_QUIET = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")


class BundlingHook(BuildHookInterface[Any]):
    """Writes the bundles; without them, the program works with less."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the bundles that are not newer than their sources."""
        for sources, bundle, loss in _BUNDLES:
            self._bundle(Path(self.root) / sources, Path(self.root) / bundle, loss)

    def _bundle(self, sources: Path, bundle: Path, loss: str) -> None:
        if not sources.is_dir():  # from a package, which has the bundles already
            return
        newest = max(path.stat().st_mtime for path in sources.iterdir() if path.is_file())
        if bundle.is_file() and bundle.stat().st_mtime >= newest:
            return
        npm = shutil.which("npm")
        if npm is None:
            self.app.display_warning(f"no npm here: {loss}")
            return
        for arguments in (("ci", *_QUIET), ("run", "--silent", "build")):
            if subprocess.run([npm, *arguments], cwd=sources, check=False).returncode:
                self.app.display_warning(f"npm {arguments[0]} failed: {loss}")
                return
