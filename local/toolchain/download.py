"""Downloads over HTTPS: quick to give up where there is no network, and believed only with a matching checksum."""

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

CONNECT_SECONDS = 5.0
CHUNK = 1 << 18


class DownloadError(Exception):
    """Why a file could not be had; the message is one line, and says the address."""


def text(url: str) -> str:
    """A small text file."""
    try:
        with urllib.request.urlopen(url, timeout=CONNECT_SECONDS) as response:  # noqa: S310 - callers pass https bases
            return str(response.read().decode())
    except (OSError, http.client.HTTPException, UnicodeDecodeError, ValueError) as error:
        raise DownloadError(f"{url}: {_reason(error)}") from None


def exists(url: str) -> None:
    """Raise unless the address answers a HEAD request."""
    try:
        request = urllib.request.Request(url, method="HEAD")  # noqa: S310 - callers pass https bases
        urllib.request.urlopen(request, timeout=CONNECT_SECONDS).close()  # noqa: S310 - callers pass https bases
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise DownloadError(f"{url}: {_reason(error)}") from None


def file(url: str, target: Path, sha256: str, detail: Callable[[str], None]) -> None:
    """Save a file whose SHA-256 is known; a file with another one is not left on disk."""
    digest = hashlib.sha256()
    done = 0
    try:
        with (
            urllib.request.urlopen(url, timeout=CONNECT_SECONDS) as response,  # noqa: S310 - callers pass https bases
            target.open("wb") as output,
        ):
            total = int(response.headers.get("Content-Length") or 0)
            while chunk := response.read(CHUNK):
                output.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                detail(f"downloading {done >> 20} of {total >> 20} MB" if total else f"downloading {done >> 20} MB")
    except (OSError, http.client.HTTPException, ValueError) as error:
        target.unlink(missing_ok=True)
        raise DownloadError(f"{url}: {_reason(error)}") from None
    if digest.hexdigest() != sha256:
        target.unlink(missing_ok=True)
        raise DownloadError(f"{url}: its SHA-256 is {digest.hexdigest()}, the release publishes {sha256}")


def published_sha256(checksums: str, name: str) -> str:
    """The checksum of a file in `sha256sum` output."""
    for line in checksums.splitlines():
        digest, _, listed = line.strip().partition(" ")
        if listed.strip().lstrip("*") == name:
            return digest.lower()
    raise DownloadError(f"the release publishes no SHA-256 for {name}")


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        error = error.reason if isinstance(error.reason, Exception) else error
    if isinstance(error, TimeoutError):
        return f"no answer within {CONNECT_SECONDS:g} s"
    return str(error) or type(error).__name__
