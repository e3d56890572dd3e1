"""Files of text beside the data: queries, and declarations of pages."""

from pathlib import Path

from partyline.errors import SourceError


def read_text_file(path: Path) -> str:
    """Return the text of the file *path*, which is UTF-8, without a byte order mark.

    Raises SourceError where the file cannot be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: is not UTF-8: {error.reason} at byte {error.start}") from error
