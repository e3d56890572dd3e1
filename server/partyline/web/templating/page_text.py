"""What templates write: text that cannot change the direction or the characters around it."""

from collections.abc import Mapping, MutableMapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask import Flask
from flask.templating import Environment

from partyline.web.kept.static_files import StaticFiles
from partyline.web.public_address import here
from partyline.web.templating.compiled_templates import COMPILED, on_each_page
from partyline.web.templating.template_output import Exact, prepare_output


class PageEnvironment(Environment):
    """Templates that all have the same globals, which each page therefore copies at once."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template; Jinja would chain them with those of its own in *d*."""
        return super().make_globals(d) if d else self.globals


def prepare_templates(app: Flask, files: Mapping[str, bytes] = MappingProxyType({})) -> StaticFiles:
    """Have the templates of *app* write such text only, and know the filters of this package.

    Returns the static files, which pages name: those of the program and the publisher's *files*.
    """
    static_files = StaticFiles(Path(app.root_path) / "static", files)
    static_files.register(app)
    app.jinja_environment = PageEnvironment
    environment = app.jinja_env
    environment.bytecode_cache = COMPILED
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update(
        here=on_each_page(here), static=on_each_page(static_files.address), exact=Exact
    )
    prepare_output(environment)
    return static_files
