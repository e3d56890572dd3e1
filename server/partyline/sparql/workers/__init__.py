"""Worker processes for untrusted queries: forked, sandboxed, killed and replaced."""

from partyline.sparql.workers.configuration import WorkerConfiguration
from partyline.sparql.workers.processes import WorkerProcess
from partyline.sparql.workers.wire_protocol import AnswerEnd, AnswerHead, Chunk, Kind, QueryRequest
from partyline.sparql.workers.worker_pool import WorkerPool

__all__ = [
    "AnswerEnd",
    "AnswerHead",
    "Chunk",
    "Kind",
    "QueryRequest",
    "WorkerConfiguration",
    "WorkerPool",
    "WorkerProcess",
]
