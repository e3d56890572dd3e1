"""One exchange of the protocol: a request of WSGI is answered by the transport of the SDK.

The transport is an application of ASGI, stateless and with JSON answers. It lives as long as the
request, in an event loop of its own: a tool may block it, as nobody else waits there.
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

Message = dict[str, Any]


def exchange(
    server: Server[Any], headers: Iterable[tuple[str, str]], body: bytes, most: int
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return status, header fields and body of the answer to a POST of at most *most* bytes."""
    answer = _exchange(server, headers, body, most)
    if not _has_loop():
        return asyncio.run(answer)
    # The caller's thread runs an event loop, and a thread can have one only. Another thread costs
    # half a millisecond, so the calls of threads without a loop, as of most servers, go without.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(copy_context().run, asyncio.run, answer).result()


def _has_loop() -> bool:
    """Tell whether an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _exchange(
    server: Server[Any], headers: Iterable[tuple[str, str]], body: bytes, most: int
) -> tuple[int, list[tuple[str, str]], bytes]:
    scope: Message = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/mcp",
        "raw_path": b"/mcp",
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
    }
    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Message] = []

    async def receive() -> Message:
        if unread:
            return unread.pop()
        await asyncio.Event().wait()  # until the exchange ends: the client is still there
        raise AssertionError

    async def send(message: Any) -> None:  # noqa: ANN401  ASGI
        sent.append(dict(message))

    manager = StreamableHTTPSessionManager(
        server, json_response=True, stateless=True, max_request_body_size=most
    )
    async with manager.run():
        await manager.handle_request(scope, receive, send)
    start = next(row for row in sent if row["type"] == "http.response.start")
    content = b"".join(row.get("body", b"") for row in sent if row["type"] == "http.response.body")
    fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
    return start["status"], fields, content
