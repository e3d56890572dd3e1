"""The listening socket: opened, emptied, and closed so that no client in its queue is lost."""

import contextlib
import ctypes
import errno
import socket
import struct
from collections.abc import Iterator

#: Clients that wait to be accepted; the kernel allows no more than net.core.somaxconn. Where the
#: queue is full, a client tries again after a second, and 1,100 half-open ones fill a short queue.
_BACKLOG = 4096
#: Attaches a classic BPF program (socket(7), SO_ATTACH_FILTER on Linux).
_SO_ATTACH_FILTER = 26
#: Drop a segment of TCP whose flags (byte 13) have SYN set, and take any other.
_DROP_SYN = ((0x30, 0, 0, 13), (0x45, 0, 1, 0x02), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFFFFFF))
_NO_ROOM = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class NoDescriptors(OSError):
    """The process may open no further file: a connection has to be closed first."""


def listen(host: str, port: int) -> socket.socket:
    """Open a socket that listens on *host* and *port*, 0 for a free one. Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
        listening.setblocking(False)
    except BaseException:
        listening.close()
        raise
    return listening


def accept_all(listening: socket.socket, most: int) -> Iterator[socket.socket]:
    """Yield at most *most* clients that wait in the queue of the kernel.

    Raises NoDescriptors where there are more, and the process may not open another file.
    """
    for _ in range(most):
        try:
            connected, _ = listening.accept()
        except BlockingIOError:
            return
        except ConnectionAbortedError:
            continue  # this client has gone; the next one may be there
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise NoDescriptors(error.errno, "no file descriptor is left") from error
            return
        connected.setblocking(False)
        with contextlib.suppress(OSError):
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connected


def stop_new_clients(listening: socket.socket) -> None:
    """Have the kernel ignore new clients, and still finish the handshakes that have begun.

    A new client sends its SYN again after a second: it is refused by then, or answered by the next
    server. Without this, a client whose handshake ends between the last accept and the close of
    the socket would be reset.
    """
    program = b"".join(struct.pack("HBBI", *row) for row in _DROP_SYN)
    held = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("HP", len(_DROP_SYN), ctypes.addressof(held))
    with contextlib.suppress(OSError):  # a kernel without it closes as others do
        listening.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, described)
