"""The provider as the engine sees it, without the wire: requests in, answers or failures out."""

import json
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import provider_pb2 as proto

from local.providers.aws.inventory import Inventory, Row
from local.providers.aws.servicer import Servicer
from local.providers.messages import Engine
from local.providers.values import decode, encode
from tests.local.providers.plugin import CallFailedError, Context

Bag = dict[str, Any]
REGION, ACCOUNT = "eu-central-1", "111122223333"


def urn(token: str, name: str = "it") -> str:
    return f"urn:pulumi:s::p::aws:{token}::{name}"


class RefusedInputsError(Exception):
    """What Check found, by property."""

    def __init__(self, failures: dict[str, str]) -> None:
        super().__init__(str(failures))
        self.failures = failures


class Made:
    """A resource that was created: its id, outputs and checked inputs."""

    def __init__(self, token: str, name: str, identifier: str, state: Bag, inputs: Bag) -> None:
        self.token, self.name, self.id, self.state, self.inputs = token, name, identifier, state, inputs

    def __getitem__(self, key: str) -> Any:
        return self.state[key]


class Plugin:
    """One configured provider with an inventory of its own."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        given = {"region": REGION, "allowedAccountIds": [ACCOUNT], **settings}
        text = {key: value if isinstance(value, str) else json.dumps(value) for key, value in given.items()}
        self.folder = folder
        self.servicer = Servicer(Engine(None))
        variables = {f"aws:config:{key}": value for key, value in text.items()}
        self.servicer.Configure(proto.ConfigureRequest(variables=variables), Context())

    def check(self, token: str, news: Bag, olds: Bag | None = None, name: str = "it", **more: Any) -> Bag:
        request = proto.CheckRequest(
            urn=urn(token, name), news=encode(news), olds=encode(olds or {}), randomSeed=name.encode(), **more
        )
        answer = self.servicer.Check(request, Context())
        if answer.failures:
            raise RefusedInputsError({failure.property: failure.reason for failure in answer.failures})
        return decode(answer.inputs)

    def preview(self, token: str, news: Bag, name: str = "it") -> Bag:
        inputs = encode(self.check(token, news, name=name))
        request = proto.CreateRequest(urn=urn(token, name), properties=inputs, preview=True)
        return decode(self.servicer.Create(request, Context()).properties)

    def make(self, token: str, news: Bag | None = None, name: str = "it") -> Made:
        inputs = self.check(token, news or {}, name=name)
        request = proto.CreateRequest(urn=urn(token, name), properties=encode(inputs))
        answer = self.servicer.Create(request, Context())
        return Made(token, name, str(answer.id), decode(answer.properties), inputs)

    def diff(self, made: Made, news: Bag, **more: Any) -> proto.DiffResponse:
        checked = self.check(made.token, news, made.inputs, made.name)
        request = proto.DiffRequest(
            id=made.id,
            urn=urn(made.token, made.name),
            olds=encode(made.state),
            old_inputs=encode(made.inputs),
            news=encode(checked),
            **more,
        )
        return self.servicer.Diff(request, Context())

    def update(self, made: Made, news: Bag, *, preview: bool = False) -> Made:
        checked = self.check(made.token, news, made.inputs, made.name)
        request = proto.UpdateRequest(
            id=made.id,
            urn=urn(made.token, made.name),
            olds=encode(made.state),
            old_inputs=encode(made.inputs),
            news=encode(checked),
            preview=preview,
        )
        state = decode(self.servicer.Update(request, Context()).properties)
        return Made(made.token, made.name, made.id, state, checked)

    def read(self, token: str, identifier: str, state: Bag | None = None, inputs: Bag | None = None) -> Made | None:
        request = proto.ReadRequest(
            id=identifier, urn=urn(token), properties=encode(state or {}), inputs=encode(inputs or {})
        )
        answer = self.servicer.Read(request, Context())
        return Made(token, "it", answer.id, decode(answer.properties), decode(answer.inputs)) if answer.id else None

    def delete(self, made: Made) -> None:
        request = proto.DeleteRequest(id=made.id, urn=urn(made.token, made.name), properties=encode(made.state))
        self.servicer.Delete(request, Context())

    def call(self, token: str, arguments: Bag | None = None) -> Bag:
        request = proto.InvokeRequest(tok=token, args=encode(arguments or {}))
        return decode(getattr(self.servicer.Invoke(request, Context()), "return"))

    def inventory(self) -> list[Row]:
        with Inventory(self.folder).transaction() as transaction:
            return transaction.live()


def refused(error: CallFailedError) -> str:
    """The error code that a failure begins with."""
    return str(error).partition(":")[0]
