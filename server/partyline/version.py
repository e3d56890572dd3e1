"""The version of the program, which releases and the package metadata name."""

__version__ = "0.1.0"
