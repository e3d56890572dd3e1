"""The official client of the Model Context Protocol, over what the tests have.

To import the SDK takes two seconds: only the tests that call tools do, when they do.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx2
from flask.testing import FlaskClient
from mcp.client.session import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

Result = TypeVar("Result")


def run(use: Coroutine[Any, Any, Result]) -> Result:
    """Return what *use* returns, run in a thread of its own.

    The thread of the tests may have an event loop: Playwright's is there until its browser ends.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, use).result()


class _Application(httpx2.AsyncBaseTransport):
    """The application as what the client of the SDK sends its requests to, without a socket."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        content = await request.aread()
        # As in a server: a thread without an event loop of its own.
        found = await asyncio.to_thread(
            self._client.open,
            request.url.path,
            method=request.method,
            data=content,
            headers=dict(request.headers),
        )
        return httpx2.Response(found.status_code, headers=[*found.headers], content=found.data)


@asynccontextmanager
async def connected(url: str, client: FlaskClient | None = None) -> AsyncIterator[ClientSession]:
    """Give a session over HTTP; with *client*, that is the application, without a socket."""
    transport = _Application(client) if client else None
    async with (
        httpx2.AsyncClient(transport=transport, timeout=30) as http,
        streamable_http_client(url, http_client=http) as (read, write),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        yield session


@asynccontextmanager
async def on_stdio(*arguments: str) -> AsyncIterator[ClientSession]:
    """Give a session with the command of these *arguments*."""
    parameters = StdioServerParameters(
        command=sys.executable, args=["-m", "partyline", *arguments], env=dict(os.environ)
    )
    async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        yield session
