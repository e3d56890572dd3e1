"""Answer the tools of the Model Context Protocol on stdio, from the current release."""

import argparse
from collections.abc import Iterable
from importlib.util import find_spec

from partyline.errors import SettingsError
from partyline.releases import current_release
from partyline.settings import Settings
from partyline.sparql import QueryPool

EXAMPLE = "partyline mcp --settings partyline.toml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command: none."""


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Answer until the input ends. Raises SettingsError where MCP is not installed."""
    if find_spec("mcp") is None:
        raise SettingsError("MCP is not installed; run: pip install 'partyline[mcp]'")
    # Here and not above: every command would wait for them.
    import asyncio

    from mcp.server.stdio import stdio_server

    from partyline.publishing import ProofService, Publication
    from partyline.publishing.agents import Toolbox
    from partyline.publishing.lineage import Pictures
    from partyline.sparql.canonical_results import JSON, N_TRIPLES
    from partyline.web.model_context.mcp_server import mcp_server

    release = current_release(settings.releases)
    manifest, publication = release.manifest, Publication.of(release, settings.knowledge)
    with QueryPool(
        release.store,
        settings.limits,
        manifest.prefixes,
        f"{settings.knowledge.base}sparql",
        absent_graphs=release.absent_graphs,
    ) as pool:

        def ask(query: str, media_type: str) -> Iterable[bytes]:
            rows, graph = (JSON, media_type) if media_type == N_TRIPLES else (media_type, N_TRIPLES)
            return pool.query(query, rows=rows, graph=graph).chunks

        public = settings.server.address
        root = f"{public}/" if public else publication.addresses.published("/")
        proofs, lifetimes = ProofService(publication), Pictures(publication).lifetime
        server = mcp_server(Toolbox(publication, proofs, ask, lifetimes, root))

        async def answer() -> None:
            async with stdio_server() as (read, write):
                await server.run(read, write, server.create_initialization_options())

        asyncio.run(answer())
    return 0
