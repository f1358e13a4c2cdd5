"""The guardrails in force at a real API server, and what it says about an object that is put to it."""

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from kubernetes import client, config

from components.guardrails import policies
from components.guardrails.policy import binding
from components.manifest import Manifest

_ADMISSION = "/apis/admissionregistration.k8s.io/v1"
_RULE = re.compile(r"ValidatingAdmissionPolicy '([^']+)' with binding '[^']+'(?: denied request)?: (.*)", re.DOTALL)
WARNED = "agent-platform.dev/warned"
"""The label of namespaces in which every guardrail warns: all that is wrong is said, not the first finding alone."""


class Answer(NamedTuple):
    """What the API server said: its status, its sentence where it refused, and its warnings."""

    status: int
    message: str
    warnings: tuple[str, ...]

    @property
    def admitted(self) -> bool:
        return self.status < 300

    @property
    def rules(self) -> frozenset[str]:
        """The rules that guardrails warned of or refused by."""
        said = [match[2] for text in (self.message, *self.warnings) if (match := _RULE.search(text))]
        return frozenset(text.partition(": ")[0] for text in said)

    @property
    def pod_security(self) -> bool:
        """Whether Pod Security warned."""
        return any("would violate PodSecurity" in text for text in self.warnings)


class Api:
    """The API server, asked over HTTP: a test asks hundreds of times, and a kubectl takes a tenth of a second."""

    def __init__(self, kubeconfig: Path) -> None:
        settings = client.Configuration()
        config.load_kube_config(str(kubeconfig), client_configuration=settings)  # type: ignore[no-untyped-call]
        settings.proxy = None
        self._client = client.ApiClient(settings)
        self._pool = self._client.rest_client.pool_manager
        self._host = settings.host

    def close(self) -> None:
        self._pool.clear()
        self._client.close()  # type: ignore[no-untyped-call]

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, kind: str = "json", user: str = ""
    ) -> Answer:
        headers = {"Accept": "application/json", "Content-Type": f"application/{kind}"}
        if user:
            headers |= {"Impersonate-User": user, "Impersonate-Group": "system:masters"}
        content = None if body is None else json.dumps(body)
        answer = self._pool.request(method, f"{self._host}{path}", body=content, headers=headers, retries=False)
        warnings = tuple(_unquoted(each) for each in answer.headers.getlist("Warning"))
        message = json.loads(answer.data).get("message", "") if answer.status >= 300 else ""
        return Answer(answer.status, message, warnings)

    def apply(self, manifest: Manifest, *, dry: bool = False, subresource: str = "", user: str = "") -> Answer:
        """Apply an object on the server's side, as another user if one is named."""
        query = f"?fieldManager=guardrails&force=true{'&dryRun=All' if dry else ''}"
        path = f"{_path(manifest)}{'/' if subresource else ''}{subresource}"
        return self.ask("PATCH", f"{path}{query}", manifest, "apply-patch+yaml", user)

    def delete(self, manifest: Manifest) -> Answer:
        return self.ask("DELETE", _path(manifest))


def _unquoted(header: str) -> str:
    text = header.partition('"')[2].rpartition('"')[0]
    return text.replace('\\"', '"').replace("\\\\", "\\")


def _path(manifest: Manifest) -> str:
    version, kind = manifest["apiVersion"], manifest["kind"]
    metadata = manifest["metadata"]
    start = f"/apis/{version}" if "/" in version else f"/api/{version}"
    within = f"/namespaces/{metadata['namespace']}" if "namespace" in metadata else ""
    return f"{start}{within}/{_plural(kind.lower())}/{metadata['name']}"


def _plural(kind: str) -> str:
    if kind.endswith("y"):
        return f"{kind[:-1]}ies"
    return f"{kind}es" if kind.endswith("s") else f"{kind}s"


def objects() -> list[Manifest]:
    """Return the guardrails and their bindings; each policy with a second binding that only warns."""
    made: list[Manifest] = []
    for action, policy in policies.everything():
        made.append(_typed("ValidatingAdmissionPolicy", policy))
        warned = binding(policy, "Warn")
        warned["metadata"]["name"] += "-warned"
        warned["spec"]["matchResources"]["namespaceSelector"]["matchExpressions"][0]["key"] = WARNED
        bindings = [binding(policy, action), warned]
        made += [_typed("ValidatingAdmissionPolicyBinding", each) for each in bindings]
    return made


def _typed(kind: str, manifest: Manifest) -> Manifest:
    return {"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, **manifest}


@contextmanager
def in_force(kubeconfig: Path, *others: Manifest) -> Iterator[Api]:
    """Put the guardrails into force and make other objects; remove all at the end."""
    api = Api(kubeconfig)
    made = [*others, *objects()]
    try:
        for manifest in made:
            answer = api.apply(manifest)
            assert answer.admitted, answer
        yield api
    finally:
        for manifest in reversed(made):
            api.delete(manifest)
        _wait_until_gone(api, [manifest for manifest in made if manifest["kind"] == "Namespace"])
        api.close()


def _wait_until_gone(api: Api, namespaces: list[Manifest], seconds: float = 60) -> None:
    """Wait for the ends of namespaces, so that others of the run can make them anew."""
    deadline = time.monotonic() + seconds
    while any(api.ask("GET", _path(each)).admitted for each in namespaces):
        assert time.monotonic() < deadline, "namespaces do not go"
        time.sleep(0.2)


def wait_for(api: Api, broken: Iterable[Manifest], seconds: float = 30) -> None:
    """Wait for the API server to watch new policies: until a rule is named for each of these."""
    deadline = time.monotonic() + seconds
    waiting = list(broken)
    while waiting := [each for each in waiting if not api.apply(each, dry=True).rules]:
        assert time.monotonic() < deadline, f"guardrails did not come into force; nothing is said of {waiting}"
        time.sleep(0.2)
