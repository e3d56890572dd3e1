"""Kept answers: what is the same for all clients of a release is made once.

The application calls `may_be_kept` for such an answer; nothing else is kept. `KeepingMiddleware`
takes the bytes, adds the content codings, and answers from then on, conditional and partial
requests included. A server with an event loop asks the `AnswerStore` itself, before any thread.

An answer belongs to one opening of a release: none is found once another has been opened.

Compressed answers and secrets do not go together (the attack called BREACH): here everything that
is kept is public, and no answer holds a secret or a cookie.
"""

from partyline.web.kept.keeper import Keeper
from partyline.web.kept.marking import is_marked, mark, may_be_kept
from partyline.web.kept.middleware import KeepingMiddleware
from partyline.web.kept.recorder import KeptRecorder
from partyline.web.kept.store import AnswerStore

__all__ = [
    "AnswerStore",
    "Keeper",
    "KeepingMiddleware",
    "KeptRecorder",
    "is_marked",
    "mark",
    "may_be_kept",
]
