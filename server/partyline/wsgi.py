"""What a WSGI server imports: ``granian --interface wsgi --factory partyline.wsgi:create``."""

import os

from flask import Flask

from partyline.engines import QueryPool
from partyline.publishing import Publication
from partyline.releases import current_release
from partyline.settings import read_settings
from partyline.web import create_app


def create() -> Flask:
    """Open the current release and build the application around it.

    Raises PublisherError at start-up rather than serve less.
    """
    settings = read_settings(environ=os.environ)
    release = current_release(settings.releases)
    pool = QueryPool(
        release.store,
        settings.limits,
        release.manifest.prefixes,
        settings.knowledge.base + "sparql",
    )
    return create_app(Publication.of(release, settings.knowledge), pool, settings)
