"""Characters that mean trouble: what to write in their place, and the byte order mark."""

from codecs import BOM_UTF8
from pathlib import Path

import pytest

from partyline.rdf.byte_order_mark import open_behind_byte_order_mark, without_byte_order_mark
from partyline.rdf.characters import remedy


@pytest.mark.parametrize(
    ("character", "advice"),
    [
        ("\u201c", "write a straight quotation mark"),
        ("\u201e", "write a straight quotation mark"),
        ("\u00b4", "write a straight quotation mark"),
        ("\u00a0", "write a space"),
        ("\u2003", "write a space"),
        ("\ufeff", "remove it"),
        ("\u200b", "remove it"),
    ],
)
def test_the_remedy_fits_the_character(character: str, advice: str) -> None:
    assert remedy(character) == advice


@pytest.mark.parametrize("content", [b"", b"a", b"@prefix", BOM_UTF8, BOM_UTF8 + b"@prefix"])
def test_a_file_is_read_behind_its_byte_order_mark(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.ttl"
    path.write_bytes(content)
    with open_behind_byte_order_mark(path) as file:
        assert file.read() == content.removeprefix(BOM_UTF8) == without_byte_order_mark(content)
