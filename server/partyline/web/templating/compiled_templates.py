"""What templates compile to, kept for all applications of a process."""

from collections.abc import Callable
from types import CodeType

from jinja2 import BytecodeCache, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context


class CompiledTemplates(BytecodeCache):
    """The code of templates, by their files.

    A switch of releases makes a new application, which need not compile the same templates again.
    What they compile to depends on the text of the template alone, because `on_each_page` keeps
    Jinja from computing the filters that differ.
    """

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give *bucket* the code of its template, unless that has changed."""
        checksum, code = self._codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code that is in *bucket*."""
        if bucket.code is not None:
            self._codes[bucket.key] = bucket.checksum, bucket.code


#: Of this process: each template is a file of the program or of the publisher, and its code is a
#: function of its text.
COMPILED = CompiledTemplates()


def on_each_page(function: Callable[[str], str]) -> Callable[[Context, str], str]:
    """Return *function* as a filter that is called whenever a page is written.

    Without the context, Jinja would call it once for a constant, when it compiles the template.
    """

    @pass_context
    def called(_: Context, value: str) -> str:
        return function(value)

    return called
