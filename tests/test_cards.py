"""Cards: pictures as PNG, which networks show beside a link."""

import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from xml.etree import ElementTree as ET

from flask.testing import FlaskClient

from partyline.publishing.lineage.card import card, card_svg
from partyline.releases import Release

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" width="100" height="50"/>'
PAGE = "/doc/organisation/funcinpec.html"


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def ink(png: bytes) -> int:
    """The number of bytes of the compressed image that are not those of an empty one."""
    data, place = b"", 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += length + 12
    rows = zlib.decompress(data)
    return len(rows) - rows.count(0)


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(svg).iter() if node.tag.endswith("text")]


def test_a_picture_is_a_card_of_the_size_that_networks_ask_for(client: FlaskClient) -> None:
    found = client.get("/lineage/funcinpec.png")
    asked = client.get("/lineage/funcinpec", headers={"Accept": "image/png"})

    assert (found.status_code, found.mimetype) == (200, "image/png")
    assert size(found.data) == (1200, 630)
    assert asked.data == found.data
    assert asked.headers["Content-Location"] == "/lineage/funcinpec.png"
    assert size(client.get("/timeline.png").data) == (1200, 630)
    assert client.get("/lineage/nobody.png").status_code == 404


def test_a_page_names_its_card(client: FlaskClient) -> None:
    page = client.get(PAGE).text

    address = "https://w3id.org/partyline/lineage/funcinpec.png"
    assert f'<meta property="og:image" content="{address}">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page


def test_letters_are_drawn_with_the_fonts_of_the_program_in_every_script() -> None:
    empty = ink(card("", "", PICTURE))

    for title in ("FUNCINPEC", "គណបក្ស"):
        assert ink(card(title, "", PICTURE)) > empty + 1000, title
    assert ink(card("", "a note", PICTURE)) > empty


def test_a_long_title_has_two_lines_and_says_that_it_goes_on() -> None:
    lines = texts(card_svg("National United Front " * 9, "x", PICTURE))
    assert lines[-1] == "x"
    assert len(lines) == 3
    assert lines[1].endswith(" …")
    assert texts(card_svg("A & B <C>", "", PICTURE))[0] == "A & B <C>"


def test_a_picture_keeps_its_proportions_between_title_and_note() -> None:
    (placed,) = (
        node for node in ET.fromstring(card_svg("T", "n", PICTURE)) if node.tag.endswith("svg")
    )
    x, y, width, height = (float(placed.attrib[name]) for name in ("x", "y", "width", "height"))
    assert abs(width / height - 2) < 0.01
    assert x >= 56
    assert x + width <= 1144
    assert y > 62
    assert y + height < 560


WITHOUT = """
import json, sys
from pathlib import Path
sys.modules["resvg_py"] = None
from partyline.publishing import Publication
from partyline.releases import open_release
from partyline.settings import read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app
settings = read_settings(environ={})
release = open_release(Path(sys.argv[1]))
with QueryPool(release.store, settings.limits, {}) as pool:
    app = create_app(Publication.of(release, settings.knowledge), pool, settings).test_client()
    found = app.get("/lineage/funcinpec.png", headers={"Accept": "text/plain"})
    negotiated = app.get("/lineage/funcinpec", headers={"Accept": "image/png"})
    page = app.get("PAGE").text
    print(json.dumps([found.status_code, found.text, negotiated.status_code, page]))
"""


def test_without_the_renderer_the_address_says_what_to_install(release: Release) -> None:
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT.replace("PAGE", PAGE), str(Path(release.path))],
        capture_output=True,
        text=True,
        check=True,
    )
    status, said, negotiated, page = json.loads(run.stdout.splitlines()[-1])

    assert (status, negotiated) == (404, 406)
    assert "pip install 'partyline[cards]'" in said
    assert 'content="https://w3id.org/partyline/lineage/funcinpec.svg?size=small">' in page
    assert "twitter:card" not in page
