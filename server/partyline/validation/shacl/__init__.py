"""SHACL: read shapes, validate against them, and report results as findings."""

from partyline.validation.shacl.shapes import check_shapes

__all__ = ["check_shapes"]
