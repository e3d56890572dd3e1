"""The Model Context Protocol, with the official SDK: over HTTP without sessions, and on stdio.

The SDK is an extra, and takes a second to import: nothing here does before the first request.
"""
