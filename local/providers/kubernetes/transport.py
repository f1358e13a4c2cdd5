"""Requests to one API server over the official client library's connections: credentials, limits, errors, watches."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import urllib3
from kubernetes.client.configuration import Configuration
from kubernetes.client.rest import RESTClientObject

from local.providers.kubernetes.failures import ApiError, Unreachable
from local.providers.values import Object

JSON = "application/json"
APPLY = "application/apply-patch+yaml"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"

_CONNECTIONS = 256
_RETRIES = 6
_AGENT = "pulumi-kubernetes-offline"
_WARNING = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')

Headers = dict[str, str]


class Limiter:
    """At most `qps` requests a second on average, and `burst` at once; no limit when `qps` is 0."""

    def __init__(self, qps: float = 0, burst: int = 0) -> None:
        self._qps = qps
        self._burst = max(burst, 1)
        self._tokens = float(self._burst)
        self._last = time.monotonic()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Sleep until the next request may go."""
        if self._qps <= 0:
            return
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._last) * self._qps) - 1
            self._last = now
            pause = -self._tokens / self._qps
        if pause > 0:
            time.sleep(pause)


class Transport:
    """One cluster's HTTP."""

    def __init__(self, configuration: Configuration, limiter: Limiter, timeout: float | None = None) -> None:
        configuration.connection_pool_maxsize = _CONNECTIONS
        self._configuration = configuration
        self._limiter = limiter
        self._timeout = urllib3.Timeout(connect=10, read=timeout)
        self._pool = RESTClientObject(configuration).pool_manager
        self.host = str(configuration.host)
        self._ears = threading.local()

    def request(
        self, method: str, path: str, body: Any = None, content_type: str = JSON, **query: str | None
    ) -> Object:
        """The answer as JSON. ApiError when the server refuses, Unreachable when it can't be talked to."""
        payload = None if body is None else json.dumps(body).encode()
        for attempt in range(_RETRIES):
            self._limiter.wait()
            response = self._send(method, self._url(path, query), payload, self._headers(content_type))
            pause = _pause(response, attempt)
            if pause is None:
                self._pass_on(response)
                return _answer(response)
            time.sleep(pause)
        return _answer(response)

    @contextmanager
    def listening(self, hear: Callable[[str], None]) -> Iterator[None]:
        """Within the block, what the server warns of in answers to this thread goes to `hear`."""
        self._ears.hear = hear
        try:
            yield
        finally:
            self._ears.hear = None

    def _pass_on(self, response: urllib3.BaseHTTPResponse) -> None:
        hear: Callable[[str], None] | None = getattr(self._ears, "hear", None)
        if hear is None:
            return
        for warning in response.headers.getlist("Warning"):
            match = _WARNING.match(warning)
            hear(match[1].replace('\\"', '"') if match else warning)

    @contextmanager
    def watch(self, path: str, **query: str | None) -> Iterator[Watch]:
        """A running watch, closed at the end of the block."""
        url = self._url(path, {**query, "watch": "true", "allowWatchBookmarks": "true"})
        response = self._send("GET", url, None, self._headers(JSON), stream=True)
        try:
            if response.status >= 400:
                _answer(response)
            yield Watch(response)
        finally:
            response.close()

    def _send(
        self, method: str, url: str, payload: bytes | None, headers: Headers, *, stream: bool = False
    ) -> urllib3.BaseHTTPResponse:
        retries = urllib3.Retry(connect=2, read=2 if method == "GET" else 0, status=0, redirect=0, backoff_factor=0.2)
        timeout = urllib3.Timeout(connect=10, read=330) if stream else self._timeout
        try:
            return self._pool.request(
                method,
                url,
                body=payload,
                headers=headers,
                timeout=timeout,
                retries=retries,
                preload_content=not stream,
            )
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"{self.host} does not answer: {_cause(error)}") from error

    def _url(self, path: str, query: dict[str, str | None]) -> str:
        given = {key: value for key, value in query.items() if value is not None}
        return f"{self.host}{path}" + (f"?{urlencode(given)}" if given else "")

    def _headers(self, content_type: str) -> Headers:
        headers = {"Accept": JSON, "Content-Type": content_type, "User-Agent": _AGENT}
        if "BearerToken" in self._configuration.api_key:
            headers["authorization"] = str(self._configuration.get_api_key_with_prefix("BearerToken"))
        return headers


class Watch:
    """The events of one watch."""

    def __init__(self, response: urllib3.BaseHTTPResponse) -> None:
        self._response = response

    def events(self) -> Iterator[Object]:
        """Each event as it comes, until the server or `stop` ends the watch."""
        rest = b""
        try:
            for chunk in self._response.stream(65536):
                *lines, rest = (rest + chunk).split(b"\n")
                yield from (json.loads(line) for line in lines if line)
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"the watch broke off: {_cause(error)}") from error

    def stop(self) -> None:
        """End the watch from another thread."""
        self._response.shutdown()


def _cause(error: BaseException) -> str:
    """The innermost reason of a failed request: the rest names pools and retries."""
    inner = getattr(error, "reason", None)
    if isinstance(inner, BaseException):
        return _cause(inner)
    return str(error).rsplit(": ", 1)[-1] if ": " in str(error) else str(error)


def _pause(response: urllib3.BaseHTTPResponse, attempt: int) -> float | None:
    """How long to wait before trying again: only when the server asks for it."""
    if response.status not in (429, 503) or "Retry-After" not in response.headers:
        return None
    asked = response.headers["Retry-After"]
    return min(float(asked) if asked.isdigit() else 1.0, 2.0**attempt)


def _answer(response: urllib3.BaseHTTPResponse) -> Object:
    data = response.data
    try:
        answer = json.loads(data) if data else {}
    except ValueError:
        answer = {"message": f"HTTP {response.status}: {data[:200].decode(errors='replace')}"}
    if response.status >= 400:
        raise ApiError(response.status, answer)
    return answer if isinstance(answer, dict) else {}
