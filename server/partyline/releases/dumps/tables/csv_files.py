"""Tables as CSV (RFC 4180): UTF-8, a head with the names of the columns, CR LF."""

import csv
import io
from collections.abc import Iterator

from partyline.releases.dumps.tables.columns import ClassTable

#: Rows that are made text of at once.
_CHUNK = 4096


def csv_parts(table: ClassTable) -> Iterator[bytes]:
    """Yield the file of *table*, part by part."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.name for column in table.columns])
    for number, row in enumerate(table.rows(), 1):
        writer.writerow(row)
        if not number % _CHUNK:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    content = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return content
