"""The versions of a dataset in DCAT 3 (section 11): one for each release that is kept.

https://www.w3.org/TR/vocab-dcat-3/#dataset-versions

A dcat:DatasetSeries (section 12) has datasets that complete each other, such as one for each year.
A release replaces the one before, so releases are versions.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pyoxigraph import Literal, NamedNode, Triple

from partyline.releases import PublishedRelease
from partyline.vocabulary import DCAT, DCT, RDF, XSD

#: Versions that are listed, the last ones; /releases/ has all.
_MOST = 100


def version_triples(
    dataset: NamedNode, base: str, releases: Sequence[PublishedRelease]
) -> Iterator[Triple]:
    """Yield what leads from *dataset* to its versions, and what they are.

    *releases* are those that are kept, the current one last. The description of a version is at
    its IRI, which the server derives from that of *dataset*.
    """
    versions = [
        (NamedNode(f"{base}releases/{row.release}/dataset"), row) for row in releases[-_MOST:]
    ]
    for version, row in versions:
        yield Triple(dataset, DCAT.hasVersion, version)
        yield Triple(version, RDF.type, DCAT.Dataset)
        yield Triple(version, DCAT.isVersionOf, dataset)
        yield Triple(version, DCAT.version, Literal(row.release))
        yield Triple(version, DCT.issued, Literal(row.published, datatype=XSD.dateTime))
        files = NamedNode(f"{base}releases/{row.release}/dumps/")
        yield Triple(version, DCAT.landingPage, files)
    for (before, _), (after, _) in pairwise(versions):
        yield Triple(after, DCAT.previousVersion, before)
    for version, _ in versions[-1:]:
        yield Triple(dataset, DCAT.hasCurrentVersion, version)
