"""Zstandard (RFC 8878): the module of the standard library, or its backport before Python 3.14."""

import sys

if sys.version_info >= (3, 14):
    from compression.zstd import (
        ZstdCompressor,
        ZstdError,
        ZstdFile,
        compress,
        decompress,
        zstd_version,
    )
else:
    from backports.zstd import (
        ZstdCompressor,
        ZstdError,
        ZstdFile,
        compress,
        decompress,
        zstd_version,
    )

__all__ = ["ZstdCompressor", "ZstdError", "ZstdFile", "compress", "decompress", "zstd_version"]
