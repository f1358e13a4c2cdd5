"""The provider as the engine sees it, without the wire: requests in, answers or failures out."""

import json
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto import status_pb2

from local.providers.kubernetes.servicer import Servicer
from local.providers.messages import Engine
from local.providers.values import decode, encode

Bag = dict[str, Any]


class CallFailedError(Exception):
    """A call that ended in a failure; `kept` is what the engine is to keep of the resource."""

    def __init__(self, message: str, kept: proto.ErrorResourceInitFailed | None = None) -> None:
        super().__init__(message)
        self.kept = kept


class Context:
    """Stands in for gRPC's context."""

    def abort(self, code: Any, message: str) -> None:
        raise CallFailedError(message)

    def abort_with_status(self, status: Any) -> None:
        found = status_pb2.Status.FromString(dict(status.trailing_metadata)["grpc-status-details-bin"])
        kept = proto.ErrorResourceInitFailed()
        found.details[0].Unpack(kept)
        raise CallFailedError(status.details, kept)


def urn(token: str, name: str = "it") -> str:
    return f"urn:pulumi:s::p::kubernetes:{token}::{name}"


class Plugin:
    """One configured provider."""

    def __init__(self, kubeconfig: str | Path, **settings: Any) -> None:
        variables = {"kubeconfig": str(kubeconfig), **settings}
        text = {key: item if isinstance(item, str) else json.dumps(item) for key, item in variables.items()}
        self.servicer = Servicer(Engine(None))
        request = proto.ConfigureRequest(variables={f"kubernetes:config:{key}": text[key] for key in text})
        self.servicer.Configure(request, Context())

    def check(self, token: str, news: Bag, olds: Bag | None = None) -> Bag:
        request = proto.CheckRequest(urn=urn(token), news=encode(news), olds=encode(olds or {}))
        return decode(self.servicer.Check(request, Context()).inputs)

    def create(self, token: str, news: Bag, *, preview: bool = False, timeout: float = 0) -> tuple[str, Bag]:
        inputs = encode(self.check(token, news))
        request = proto.CreateRequest(urn=urn(token), properties=inputs, preview=preview, timeout=timeout)
        answer = self.servicer.Create(request, Context())
        return str(answer.id), decode(answer.properties)

    def update(
        self,
        token: str,
        identifier: str,
        state: Bag,
        news: Bag,
        *,
        preview: bool = False,
        ignored: tuple[str, ...] = (),
    ) -> Bag:
        inputs = encode(self.check(token, news, state["__inputs"]))
        request = proto.UpdateRequest(
            id=identifier, urn=urn(token), olds=encode(state), news=inputs, preview=preview, ignoreChanges=ignored
        )
        return decode(self.servicer.Update(request, Context()).properties)

    def diff(self, token: str, state: Bag, news: Bag) -> proto.DiffResponse:
        request = proto.DiffRequest(urn=urn(token), olds=encode(state), news=encode(self.check(token, news)))
        return self.servicer.Diff(request, Context())

    def read(
        self, token: str, identifier: str, state: Bag | None = None, inputs: Bag | None = None
    ) -> proto.ReadResponse:
        request = proto.ReadRequest(
            id=identifier, urn=urn(token), properties=encode(state or {}), inputs=encode(inputs or {})
        )
        return self.servicer.Read(request, Context())

    def delete(self, token: str, identifier: str, state: Bag, *, timeout: float = 0) -> None:
        request = proto.DeleteRequest(id=identifier, urn=urn(token), properties=encode(state), timeout=timeout)
        self.servicer.Delete(request, Context())
