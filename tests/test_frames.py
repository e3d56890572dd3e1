"""Frames between the server and its workers, and parameters of a request: both at random."""

import random
import socket
import struct
from urllib.parse import unquote_to_bytes

from partyline.errors import BadQuery
from partyline.sparql.workers.wire_protocol import Channel, Kind, QueryRequest
from partyline.web.protocol import read_operation


def test_frames_arrive_whole_and_in_order_however_they_are_cut() -> None:
    drawn = random.Random(1)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        receiver = Channel(theirs)
        sent, found = [], []
        for _ in range(200):
            kind, content = drawn.choice(list(Kind)), drawn.randbytes(drawn.choice([0, 1, 9, 900]))
            sent.append((kind, content))
            frame = struct.pack("!BI", kind, len(content)) + content
            while frame:
                size = drawn.randrange(1, 400)
                ours.sendall(frame[:size])
                frame = frame[size:]
                receiver.take_arrived()
            last = receiver.last_frame()
            assert last == (sent[-1] if kind in (Kind.END, Kind.FAILURE) else None)
            while receiver.has_frame and drawn.random() < 0.7:
                found.append(receiver.receive())
        while receiver.has_frame:
            found.append(receiver.receive())
        assert found == sent
        assert receiver.size == 0


def test_a_frame_is_received_once_when_a_part_of_the_next_comes_with_it() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        receiver, found = Channel(theirs), []
        both = b"".join(struct.pack("!BI", Kind.DATA, len(row)) + row for row in (b"one", b"two"))
        for part in (both[:14], both[14:]):  # the second header, and a letter
            ours.sendall(part)
            receiver.take_arrived()
            while receiver.has_frame:
                found.append(receiver.receive())
        assert found == [(Kind.DATA, b"one"), (Kind.DATA, b"two")]


def test_a_request_to_a_worker_is_read_as_it_was_written() -> None:
    for text in ("ASK {}", "\0 \ud800 ខ្មែរ"):
        request = QueryRequest(text, "a/b", "c/d", ("urn:a",), ("urn:b", "urn:c"), 2)
        assert QueryRequest.unpack(request.pack()) == request


def test_parameters_are_decoded_byte_by_byte_or_refused() -> None:
    drawn = random.Random(2)
    for _ in range(3000):
        written = "".join(drawn.choices("%%%%00112233AaBbCcDdEeFf5F257B +\u00e9{}<x", k=12))
        try:
            expected = unquote_to_bytes(written.replace("+", " ").encode()).decode()
        except UnicodeDecodeError:
            expected = None
        address = {
            "REQUEST_METHOD": "GET",
            "QUERY_STRING": f"query={written}".encode().decode("latin-1"),
        }
        try:
            operation = read_operation(address, 1000)
        except BadQuery:
            assert expected is None
        else:
            assert operation is not None
            assert operation.query == expected
