"""Bundle the editor of the query page when the package is built, where there is Node."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_WEB = Path("server", "partyline", "web")


class EditorHook(BuildHookInterface[Any]):
    """Writes ``static/editor.js``; without it, the query page is a plain form."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle the editor unless the bundle is newer than its sources."""
        web = Path(self.root) / _WEB
        sources, bundle = web / "editor", web / "static" / "editor.js"
        newest = max(path.stat().st_mtime for path in sources.iterdir() if path.is_file())
        if bundle.is_file() and bundle.stat().st_mtime >= newest:
            return
        npm = shutil.which("npm")
        if npm is None:
            self.app.display_warning("no npm here: the query page will be a plain form")
            return
        quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        for arguments in (("ci", *quiet), ("run", "--silent", "build")):
            if subprocess.run([npm, *arguments], cwd=sources, check=False).returncode:
                self.app.display_warning(
                    f"npm {arguments[0]} failed: the query page will be a plain form"
                )
                return
