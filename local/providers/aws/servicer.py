"""The gRPC face of the provider: requests opened, and answers wrapped as the engine expects them."""

from __future__ import annotations

import grpc  # type: ignore[import-untyped] # it ships no type information
from google.protobuf import empty_pb2  # type: ignore[import-untyped] # likewise
from pulumi.runtime.proto import provider_pb2 as proto
from typing_extensions import override

from local.providers.aws import VERSION, checking, existing, functions, kinds, lifecycle, settings
from local.providers.aws.answers import answer
from local.providers.aws.checking import Naming
from local.providers.aws.diff import Difference, difference
from local.providers.aws.failures import Refusal
from local.providers.aws.faults import Faults
from local.providers.aws.inventory import Inventory
from local.providers.aws.kind import Object
from local.providers.aws.lifecycle import Resource
from local.providers.messages import Engine
from local.providers.plugin import Plugin
from local.providers.values import UNKNOWN, decode, encode, has_unknown, plain

_KINDS = {
    ("add", False): proto.PropertyDiff.ADD,
    ("add", True): proto.PropertyDiff.ADD_REPLACE,
    ("update", False): proto.PropertyDiff.UPDATE,
    ("update", True): proto.PropertyDiff.UPDATE_REPLACE,
    ("delete", False): proto.PropertyDiff.DELETE,
    ("delete", True): proto.PropertyDiff.DELETE_REPLACE,
}


class Servicer(Plugin):
    """One provider plugin: configured once, then asked from many threads."""

    name, version = "aws", VERSION

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._settings: settings.Settings | None = None
        self._inventory: Inventory | None = None
        self._faults: Faults | None = None

    @override
    def CheckConfig(self, request: proto.CheckRequest, context: grpc.ServicerContext) -> proto.CheckResponse:
        """Refuse provider inputs that are wrong."""
        failures = settings.failures(plain(decode(request.news)))
        return proto.CheckResponse(inputs=request.news, failures=_failures(failures))

    @override
    def DiffConfig(self, request: proto.DiffRequest, context: grpc.ServicerContext) -> proto.DiffResponse:
        """Another region or account is another place: everything under the provider is replaced with a new region."""
        olds, news = plain(decode(request.olds)), plain(decode(request.news))
        changed = sorted(key for key in {**olds, **news} if key != "version" and olds.get(key) != news.get(key))
        some = proto.DiffResponse.DIFF_SOME if changed else proto.DiffResponse.DIFF_NONE
        replaces = [key for key in changed if key == "region" and news.get(key) is not UNKNOWN and olds.get(key)]
        return proto.DiffResponse(changes=some, diffs=changed, replaces=replaces)

    @override
    def Configure(self, request: proto.ConfigureRequest, context: grpc.ServicerContext) -> proto.ConfigureResponse:
        """Take the settings and open the inventory."""

        def act() -> proto.ConfigureResponse:
            self._settings = settings.read(dict(request.variables))
            self._inventory = Inventory(settings.folder())
            self._faults = Faults(self._inventory)
            existing.load(self._inventory, self._settings)
            return proto.ConfigureResponse(
                acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
            )

        return answer(context, act)

    @override
    def Check(self, request: proto.CheckRequest, context: grpc.ServicerContext) -> proto.CheckResponse:
        """Judge the inputs, and name what has no name."""
        olds, news = decode(request.olds), decode(request.news)

        def act() -> proto.CheckResponse:
            resource = self._resource(request.urn)
            if not kinds.is_known(resource.token):
                self._engine.voice(request.urn, olds, news).warn(
                    f"the rehearsal has no table for {resource.token}: its id and ARN are made up, and AWS's "
                    "rules for it "
                    "are not held. Add the type to local/providers/aws/kinds"
                )
            asked = request.autonaming
            disabled = request.HasField("autonaming") and asked.mode == proto.CheckRequest.AutonamingOptions.DISABLE
            naming = Naming(request.randomSeed, asked.proposed_name, disabled)
            checked, failures = checking.check(resource.kind, resource.shape, resource.name, olds, news, naming)
            return proto.CheckResponse(inputs=encode(checked), failures=_failures(failures))

        return answer(context, act, olds, news)

    @override
    def Diff(self, request: proto.DiffRequest, context: grpc.ServicerContext) -> proto.DiffResponse:
        """What the new inputs change, and what they replace."""
        olds, old_inputs, news = decode(request.olds), decode(request.old_inputs), decode(request.news)

        def act() -> proto.DiffResponse:
            resource = self._resource(request.urn)
            tags = None
            if "tagsAll" in resource.shape.outputs:
                own = plain(news.get("tags") or {})
                tags = own if own is UNKNOWN else {**resource.settings.default_tags, **own}
            found = difference(resource.kind, old_inputs, news, olds, tags, list(request.ignoreChanges))
            return _diff_response(found)

        return answer(context, act, olds, news)

    @override
    def Create(self, request: proto.CreateRequest, context: grpc.ServicerContext) -> proto.CreateResponse:
        """Make a resource."""
        news = decode(request.properties)

        def act() -> proto.CreateResponse:
            resource = self._resource(request.urn)
            if request.preview or has_unknown(news):
                return proto.CreateResponse(properties=encode(lifecycle.preview(resource, news)))
            identifier, state = lifecycle.create(resource, news)
            return proto.CreateResponse(id=identifier, properties=encode(state))

        return answer(context, act, news)

    @override
    def Read(self, request: proto.ReadRequest, context: grpc.ServicerContext) -> proto.ReadResponse:
        """Look a resource up."""
        olds, inputs = decode(request.properties), decode(request.inputs)

        def act() -> proto.ReadResponse:
            found = lifecycle.read(self._resource(request.urn), request.id, olds, inputs)
            if found is None:
                return proto.ReadResponse()
            identifier, state, now = found
            return proto.ReadResponse(id=identifier, properties=encode(state), inputs=encode(now))

        return answer(context, act, olds, inputs)

    @override
    def Update(self, request: proto.UpdateRequest, context: grpc.ServicerContext) -> proto.UpdateResponse:
        """Change a resource."""
        olds, old_inputs, news = decode(request.olds), decode(request.old_inputs), decode(request.news)

        def act() -> proto.UpdateResponse:
            resource = self._resource(request.urn)
            if request.preview:
                state = lifecycle.preview_update(resource, olds, old_inputs, news)
            else:
                state = lifecycle.update(resource, request.id, olds, old_inputs, news)
            return proto.UpdateResponse(properties=encode(state))

        return answer(context, act, olds, news)

    @override
    def Delete(self, request: proto.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Delete a resource."""

        def act() -> empty_pb2.Empty:
            lifecycle.delete(self._resource(request.urn), request.id)
            return empty_pb2.Empty()

        return answer(context, act, decode(request.properties))

    @override
    def Invoke(self, request: proto.InvokeRequest, context: grpc.ServicerContext) -> proto.InvokeResponse:
        """Answer a function, or refuse it."""
        arguments: Object = plain(decode(request.args))

        def act() -> proto.InvokeResponse:
            found = functions.call(request.tok, arguments, *self._ready()[:2])
            response = proto.InvokeResponse()
            getattr(response, "return").CopyFrom(encode(found))
            return response

        return answer(context, act)

    def _ready(self) -> tuple[settings.Settings, Inventory, Faults]:
        if self._settings is None or self._inventory is None or self._faults is None:
            raise Refusal("the provider is not configured")
        return self._settings, self._inventory, self._faults

    def _resource(self, urn: str) -> Resource:
        return Resource(urn, *self._ready())


def _failures(found: list[tuple[str, str]]) -> list[proto.CheckFailure]:
    return [proto.CheckFailure(property=path, reason=why) for path, why in found]


def _diff_response(found: Difference) -> proto.DiffResponse:
    return proto.DiffResponse(
        changes=proto.DiffResponse.DIFF_SOME if found.changes else proto.DiffResponse.DIFF_NONE,
        replaces=found.replaces,
        deleteBeforeReplace=found.delete_before_replace,
        detailedDiff={
            path: proto.PropertyDiff(kind=_KINDS[change.how, change.replaces], inputDiff=change.is_input)
            for path, change in found.changes.items()
        },
        hasDetailedDiff=True,
    )
