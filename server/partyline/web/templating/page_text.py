"""What templates write: text that cannot change the direction or the characters around it."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context

from partyline.web.kept.static_files import StaticFiles
from partyline.web.public_address import here
from partyline.web.templating.template_output import Exact, prepare_output


@pass_context
def here_in_template(_: Context, path: str) -> str:
    """Return what `here` does: without the context, Jinja would ask once, when it compiles."""
    return here(path)


def prepare_templates(app: Flask, files: Mapping[str, bytes] = MappingProxyType({})) -> StaticFiles:
    """Have the templates of *app* write such text only, and know the filters of this package.

    Returns the static files, which pages name: those of the program and the publisher's *files*.
    """
    static_files = StaticFiles(Path(app.root_path) / "static", files)
    static_files.register(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(here=here_in_template, exact=Exact)
    prepare_output(app.jinja_env)
    return static_files
