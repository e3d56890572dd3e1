"""What one client may cost the server, in connections, bytes and seconds."""

import resource
from dataclasses import dataclass

from partyline.settings import Settings
from partyline.web.protocol import address_length

#: Seconds after the limit of a query in which its answer should have left.
_GRACE = 5.0
_MEBIBYTE = 1 << 20
#: Threads that one address leaves to others. Queries alone cannot have all of them: the pool
#: refuses those that it has no room for, and settings demand more threads than it has room.
_FOR_OTHERS = 8
#: Descriptors that the process needs besides those of connections.
_OWN_DESCRIPTORS = 256
#: Descriptors of a connection: its socket, a file that is sent, a temporary file.
_PER_CONNECTION = 3


@dataclass(frozen=True)
class FrontLimits:
    """Limits of the server; sizes in bytes, times in seconds."""

    connections: int = 4096
    #: Connections of one address (IPv6: of one customer's network).
    per_address: int = 256
    #: Requests of one address that the application works on at the same time.
    at_work: int = 56
    #: Length of the request target.
    target: int = 262_144
    #: Length of all header fields, and their number.
    header: int = 65_536
    fields: int = 100
    body: int = 524_288
    #: Bytes of all temporary files together, for answers that clients do not take yet.
    spool: int = 1 << 30
    threads: int = 64
    #: From the first byte of a request to its last.
    request: float = 15.0
    #: Between two requests of a connection.
    idle: float = 60.0
    #: In which a client must take a part of its answer (some 200 kB).
    stalled: float = 60.0
    #: For the requests that are being answered when the server is stopped.
    drain: float = 15.0
    #: For an idle connection then: a request may be on its way.
    linger: float = 1.0

    @classmethod
    def of(cls, settings: Settings) -> "FrontLimits":
        """Derive the limits from *settings*, and raise the limit of open files as far as allowed.

        A target or a body may be longer than the application reads, which says so better.
        """
        longest = address_length(settings.limits.query_length)
        return cls(
            connections=min(cls.connections, _descriptors() // _PER_CONNECTION),
            target=longest + cls.header,
            body=2 * longest,
            spool=20 * settings.limits.answer_size * _MEBIBYTE,
            threads=settings.server.threads,
            at_work=max(1, settings.server.threads - _FOR_OTHERS),
            drain=settings.limits.query_seconds + _GRACE,
        )


def _descriptors() -> int:
    """Return how many descriptors connections may have, after raising the soft limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FrontLimits.connections * _PER_CONNECTION + _OWN_DESCRIPTORS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else max(soft - _OWN_DESCRIPTORS, 64)
