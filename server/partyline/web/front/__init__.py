"""An HTTP/1.1 server for one WSGI application, on asyncio and llhttp (`httptools`).

It is our own because no maintained server can be protected against hostile and slow clients
without changes of its internals. As measured, waitress has no deadline for a request that arrives
slowly, stops accepting at its limit of connections (its health page included) and loses requests
at SIGTERM; uvicorn and granian accept two Host headers and have no deadline for a body; granian
under WSGI hides a broken body, or that the client disconnected. The parser, where mistakes are
dangerous, is llhttp, which Node and uvicorn use.

- One event loop reads requests and writes answers; the application runs in threads. A slow client
  holds neither a thread nor memory: what it does not take yet waits in a temporary file.
- Answers that are kept (`partyline.web.kept`) leave from the event loop, and so do those to queries
  that find a free worker and are quick: a thread costs more than such a query.
- A request has a deadline as a whole. One address may have so many connections, and so many
  requests at work; the one that has waited longest for its client makes room for a new one.
  Addresses of trusted proxies have no such limit.
- Health pages have threads of their own.
- SIGTERM loses nothing: the queue of the kernel is emptied, keep-alive clients have a moment for
  the request that is on its way and read ``Connection: close`` with the answer.
"""

from partyline.web.front.limits import FrontLimits
from partyline.web.front.quick_queries import QuickQueries
from partyline.web.front.ready import KeptReplies
from partyline.web.front.server import HttpServer

__all__ = ["FrontLimits", "HttpServer", "KeptReplies", "QuickQueries"]
