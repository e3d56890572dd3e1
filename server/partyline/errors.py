"""Everything that can go wrong on purpose.

PublisherError
    SettingsError           the settings file cannot be used            CLI: exit 2
    SourceError             a source file or folder cannot be read      CLI: exit 1
    ChecksFailed            findings that stop a build, all at once     CLI: exit 1
    ReleaseError            no release to serve, or a damaged one       CLI: exit 1
    DatasetError            a table of statements cannot be made or read CLI: exit 1
    ExportError             a site cannot be written as files           CLI: exit 1
    MirrorError             a site does not send a release that can be copied  CLI: exit 1
    EngineError             an engine does not start or does not answer CLI: exit 1
        ClosureTooLarge     too much follows to materialise it          CLI: exit 1
        EndpointRefused     a remote endpoint answers with an error     CLI: exit 1
            EndpointLate    it does not answer in time                  CLI: exit 1
    TooComplex              blank nodes have no canonical names in time the release has no such hash
    RequestError            the client asked for ...
        BadQuery            ... something that is not SPARQL, or not allowed   400
        UnknownResource     ... an IRI that no triple describes                404
        UnknownStatement    ... the proof of a triple that does not hold       404
        NotAcceptable       ... a format that we do not write                  406
        NotSerialisable     ... a graph in a format that cannot represent it   406
        QueryTooLong        ... more than the endpoint reads                   413
        AddressTooLong      ... with an address longer than the endpoint reads 414
        UnsupportedMedia    ... with a body that is not a query                415
        TooManyRequests     ... more than one client's share                   429
        EngineBusy          ... more than the engine has workers for           503
        EndpointUnavailable ... and the engine elsewhere is down or lies       503
            EndpointTimeout ... and the engine elsewhere is too slow           504
        ClientDisconnected  ... and disconnected before there was an answer    503
        QueryTimeout        ... something that takes longer than the limit     503
        QueryTooLarge       ... something that needs more memory or output     503
        DamagedDump         ... a file that was changed on the disk            500
        StaleCursor         ... a page of a list of another release            410
        RemovedRelease      ... a release that is no longer kept               410
        ReleaseUnreadable   ... a release of another version of the program    500
        ReleaseBusy         ... one more earlier release than may be read      503
"""

import re
from collections.abc import Sequence
from http import HTTPStatus

from partyline.findings import Finding

_PLACE = re.compile(r"line (?P<line>\d+), column (?P<column>\d+): ")


class PublisherError(Exception):
    """Base of the errors that a user of this package may want to catch."""


class SettingsError(PublisherError):
    """The settings file is missing, is not TOML, or holds a value that makes no sense."""


class SourceError(PublisherError):
    """A source file or folder is missing, unreadable or empty."""


class ChecksFailed(PublisherError):
    """The sources have findings that stop a build; the message lists them all."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))

    def __reduce__(self) -> tuple[type["ChecksFailed"], tuple[Sequence[Finding]]]:
        """Return what pickle needs: a build process sends the findings to its parent."""
        return type(self), (self.findings,)


class ReleaseError(PublisherError):
    """There is no release to serve, or the one there does not match its checksums."""


class DatasetError(PublisherError):
    """Statements do not go into a table, or the file of a table is missing or damaged."""


class ExportError(PublisherError):
    """A site cannot be written as files: the folder is in use, or an address has no file name."""


class MirrorError(PublisherError):
    """A site does not send a release as it should, or sends one that cannot be copied.

    *status* is that of HTTP, or 0. *is_passing* tells whether another attempt may succeed, and
    *retry_after* after how many seconds, where the site says it.
    """

    def __init__(
        self,
        message: str,
        status: int = 0,
        *,
        is_passing: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.is_passing, self.retry_after = status, is_passing, retry_after


class EngineError(PublisherError):
    """An engine does not start, or a remote endpoint does not answer as it should."""


class ClosureTooLarge(EngineError):
    """More follows from the sources than can be materialised.

    *statements* are triples ``(s, p, o)`` that the excess follows from, axioms first.
    """

    def __init__(
        self, message: str, remedy: str, statements: Sequence[tuple[object, object, object]]
    ) -> None:
        self.message = message
        self.remedy = remedy
        self.statements = tuple(statements)
        super().__init__(f"{message}\n    remedy: {remedy}")

    def __reduce__(self) -> tuple[type["ClosureTooLarge"], tuple[object, ...]]:
        """Return what pickle needs: all parts."""
        return type(self), (self.message, self.remedy, self.statements)


class TooComplex(PublisherError):
    """So many blank nodes look alike that finding canonical names would take too long."""


class EndpointRefused(EngineError):
    """A remote endpoint answers with a status of HTTP that is an error.

    *status* is 0 where it does not answer in time, or its answer ends in the middle. *retry_after*
    are the seconds that it asks to wait; None where it does not.
    """

    def __init__(self, message: str, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class EndpointLate(EndpointRefused):
    """A remote endpoint does not answer in time."""


class RequestError(PublisherError):
    """A request that cannot be answered; the message is written for the client."""

    status = HTTPStatus.BAD_REQUEST
    #: Seconds after which the same request may succeed, or None.
    retry_after: int | None = None


class BadQuery(RequestError):
    """The query is not SPARQL 1.1, or asks for what this endpoint does not do."""

    @property
    def place(self) -> tuple[int, int] | None:
        """Return line and column where the message begins with them.

        >>> BadQuery("line 1, column 10: the prefix ex: is not declared").place
        (1, 10)
        """
        match = _PLACE.match(str(self))
        return (int(match["line"]), int(match["column"])) if match else None


class UnknownResource(RequestError):
    """No triple has this IRI as its subject or object.

    *similar* are names and paths of resources that may be meant.
    """

    status = HTTPStatus.NOT_FOUND

    def __init__(self, message: str, similar: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.similar = tuple(similar)


class WithdrawnResource(RequestError):
    """A resource that was withdrawn without another one in its place."""

    status = HTTPStatus.GONE


class UnknownStatement(RequestError):
    """Nothing asserts this triple, and it does not follow."""

    status = HTTPStatus.NOT_FOUND


class DamagedDump(RequestError):
    """A dump was changed on the disk after its release was sealed; it is not sent."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR


class RemovedRelease(RequestError):
    """A release that was published and is no longer kept."""

    status = HTTPStatus.GONE


class StaleCursor(RequestError):
    """A cursor of another release than the one that is served."""

    status = HTTPStatus.GONE


class ReleaseUnreadable(RequestError):
    """An earlier release that is damaged, or that this version of the program does not read."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR


class ReleaseBusy(RequestError):
    """As many earlier releases are open, or being compared, as may be."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 2


class NotAcceptable(RequestError):
    """None of our formats is among those the client accepts."""

    status = HTTPStatus.NOT_ACCEPTABLE


class NotSerialisable(RequestError):
    """The format cannot represent the graph; nothing has been written.

    The message names the term, the reason and, where there is one, a format that can.
    """

    status = HTTPStatus.NOT_ACCEPTABLE


class QueryTooLong(RequestError):
    """The request is longer than the endpoint reads."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class AddressTooLong(RequestError):
    """The address of the request is longer than the endpoint reads; a body may be longer."""

    status = HTTPStatus.REQUEST_URI_TOO_LONG


class UnsupportedMedia(RequestError):
    """The body has a media type that the SPARQL protocol does not send queries in."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class TooManyRequests(RequestError):
    """The client has had its share of the engine; others have a share too."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class EngineBusy(RequestError):
    """Every worker of the engine has a query."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 1


class EndpointUnavailable(RequestError):
    """The engine elsewhere does not answer, or answers what cannot be.

    The message is for the client; *reason*, which may name the engine, for the log.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, message: str, reason: str = "", retry_after: int = 1) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after = retry_after


class EndpointTimeout(EndpointUnavailable):
    """The engine elsewhere did not answer in time."""

    status = HTTPStatus.GATEWAY_TIMEOUT


class ClientDisconnected(RequestError):
    """The client disconnected before there was an answer; the error ends its query."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class QueryTimeout(RequestError):
    """The query took longer than the limit and was ended."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class QueryTooLarge(RequestError):
    """The query needed more memory, or gave a longer answer, than the limit allows."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
