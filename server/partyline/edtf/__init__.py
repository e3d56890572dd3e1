"""Dates in the Extended Date/Time Format: parse, bounds, words."""
