"""The gRPC face of the provider: requests opened, and answers wrapped as the engine expects them."""

from __future__ import annotations

import grpc  # type: ignore[import-untyped] # it ships no type information
from google.protobuf import empty_pb2  # type: ignore[import-untyped] # likewise
from pulumi.runtime.proto import provider_pb2 as proto
from typing_extensions import override

from local.providers.kubernetes import VERSION, configuration, lifecycle
from local.providers.kubernetes.answers import answer, refuse
from local.providers.kubernetes.checking import Autonaming, Difference, Judge
from local.providers.kubernetes.cluster import Cluster
from local.providers.kubernetes.configuration import Settings
from local.providers.kubernetes.failures import Refusal, Unreachable
from local.providers.kubernetes.kinds import Urn
from local.providers.kubernetes.operation import Operation
from local.providers.messages import Engine
from local.providers.plugin import Plugin
from local.providers.values import Object, decode, encode, plain

_KINDS = {
    ("add", False): proto.PropertyDiff.ADD,
    ("add", True): proto.PropertyDiff.ADD_REPLACE,
    ("update", False): proto.PropertyDiff.UPDATE,
    ("update", True): proto.PropertyDiff.UPDATE_REPLACE,
    ("delete", False): proto.PropertyDiff.DELETE,
    ("delete", True): proto.PropertyDiff.DELETE_REPLACE,
}
_OFFICIAL_ONLY = (
    "{what} is not supported by the offline provider: only the official kubernetes plugin does that. Install it with "
    "`pulumi plugin install resource kubernetes`, or write the objects as resources of their own"
)
_UNREACHABLE = (
    "the cluster is unreachable: {why}\nNothing was changed. If the cluster is gone for good, set `deleteUnreachable` "
    "on the provider, or PULUMI_K8S_DELETE_UNREACHABLE=true, and run again: its resources then leave the state"
)


class Servicer(Plugin):
    """One provider plugin: configured once, then asked from many threads."""

    name, version = "kubernetes", VERSION

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._settings = Settings()
        self._cluster: Cluster | None = None
        self._trouble = "the provider is not configured"

    @override
    def stop(self) -> None:
        """End every wait: the plugin is about to go."""
        if self._cluster is not None:
            self._cluster.stop()

    @override
    def CheckConfig(self, request: proto.CheckRequest, context: grpc.ServicerContext) -> proto.CheckResponse:
        """Refuse provider inputs that contradict each other."""
        news = decode(request.news)
        found = [proto.CheckFailure(property=key, reason=why) for key, why in configuration.failures(news)]
        return proto.CheckResponse(inputs=request.news, failures=found)

    @override
    def DiffConfig(self, request: proto.DiffRequest, context: grpc.ServicerContext) -> proto.DiffResponse:
        """Replace everything under the provider when it moves to another cluster."""
        changed, replaces = configuration.difference(plain(decode(request.olds)), plain(decode(request.news)))
        some = proto.DiffResponse.DIFF_SOME if changed else proto.DiffResponse.DIFF_NONE
        return proto.DiffResponse(changes=some, diffs=changed, replaces=replaces)

    @override
    def Configure(self, request: proto.ConfigureRequest, context: grpc.ServicerContext) -> proto.ConfigureResponse:
        """Take the settings; a kubeconfig that can't be used is told when a resource needs the cluster."""

        def act() -> proto.ConfigureResponse:
            self._settings = configuration.read(dict(request.variables))
            try:
                self._cluster = Cluster(self._settings)
                self._trouble = ""
            except Unreachable as error:
                self._trouble = str(error)
            return proto.ConfigureResponse(
                acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
            )

        return answer(context, act)

    @override
    def Check(self, request: proto.CheckRequest, context: grpc.ServicerContext) -> proto.CheckResponse:
        """Normalize, name and place the inputs."""
        urn, olds, news = Urn(request.urn), decode(request.olds), decode(request.news)

        def act() -> proto.CheckResponse:
            voice = self._engine.voice(request.urn, olds, news)
            if self._settings.skip_update_unreachable and self._why_unreachable():
                voice.warn("the cluster is unreachable; skipUpdateUnreachable is set, so the resource stays as it was")
                return proto.CheckResponse(inputs=request.olds)
            asked = request.autonaming
            disabled = request.HasField("autonaming") and asked.mode == proto.CheckRequest.AutonamingOptions.DISABLE
            autonaming = Autonaming(request.randomSeed, asked.proposed_name, disabled)
            checked = Judge(self._settings, self._cluster).check(urn, voice, olds, news, autonaming)
            return proto.CheckResponse(inputs=encode(checked))

        return answer(context, act, olds, news)

    @override
    def Diff(self, request: proto.DiffRequest, context: grpc.ServicerContext) -> proto.DiffResponse:
        """What the new inputs change, and what they replace."""
        olds, news = decode(request.olds), decode(request.news)

        def act() -> proto.DiffResponse:
            judge, voice = Judge(self._settings, self._cluster), self._engine.voice(request.urn, olds, news)
            return _diff_response(judge.diff(Urn(request.urn), voice, olds, news, list(request.ignoreChanges)))

        return answer(context, act, olds, news)

    @override
    def Create(self, request: proto.CreateRequest, context: grpc.ServicerContext) -> proto.CreateResponse:
        """Make an object."""
        news = decode(request.properties)

        def act() -> proto.CreateResponse:
            if request.preview and self._cluster is None:
                return proto.CreateResponse(properties=request.properties)
            operation = self._operation(request.urn, request.timeout, news, preview=request.preview)
            identifier, state = lifecycle.create(operation, news)
            return proto.CreateResponse(id=identifier, properties=encode(state))

        return answer(context, act, news)

    @override
    def Read(self, request: proto.ReadRequest, context: grpc.ServicerContext) -> proto.ReadResponse:
        """Look an object up; an unreachable cluster is an error, never a deletion, unless asked for."""
        olds, inputs = decode(request.properties), decode(request.inputs)

        def act() -> proto.ReadResponse:
            why = self._why_unreachable()
            if why and self._settings.delete_unreachable:
                self._engine.voice(request.urn).warn("dropped from the state: the cluster is unreachable")
                return proto.ReadResponse()
            if why and self._settings.skip_update_unreachable:
                return proto.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)
            operation = self._operation(request.urn, 0, olds, inputs)
            found = lifecycle.read(operation, request.id, olds, inputs)
            if found is None:
                return proto.ReadResponse()
            return proto.ReadResponse(id=found.identifier, properties=encode(found.state), inputs=encode(found.inputs))

        return answer(context, act, olds, inputs)

    @override
    def Update(self, request: proto.UpdateRequest, context: grpc.ServicerContext) -> proto.UpdateResponse:
        """Change an object."""
        olds, news = decode(request.olds), decode(request.news)

        def act() -> proto.UpdateResponse:
            if request.preview and self._cluster is None:
                return proto.UpdateResponse(properties=request.news)
            operation = self._operation(request.urn, request.timeout, olds, news, preview=request.preview)
            state = lifecycle.update(operation, olds, news, list(request.ignoreChanges))
            return proto.UpdateResponse(properties=encode(state))

        return answer(context, act, olds, news)

    @override
    def Delete(self, request: proto.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Delete an object and wait until it is gone."""
        olds = decode(request.properties)

        def act() -> empty_pb2.Empty:
            if self._settings.delete_unreachable and self._why_unreachable():
                self._engine.voice(request.urn).warn("dropped from the state: the cluster is unreachable")
                return empty_pb2.Empty()
            lifecycle.delete(self._operation(request.urn, request.timeout, olds), request.id, olds)
            return empty_pb2.Empty()

        return answer(context, act, olds)

    @override
    def Invoke(self, request: proto.InvokeRequest, context: grpc.ServicerContext) -> proto.InvokeResponse:
        """Refused: rendering YAML, Helm and Kustomize is the official plugin's."""
        refused: proto.InvokeResponse = refuse(context, _OFFICIAL_ONLY.format(what=request.tok))
        return refused

    @override
    def Construct(self, request: proto.ConstructRequest, context: grpc.ServicerContext) -> proto.ConstructResponse:
        """Refused: ConfigFile, ConfigGroup, Chart and Directory are the official plugin's."""
        refused: proto.ConstructResponse = refuse(context, _OFFICIAL_ONLY.format(what=request.type))
        return refused

    def _why_unreachable(self) -> str:
        return self._trouble or (self._cluster.unreachable() if self._cluster else "")

    def _operation(self, urn: str, timeout: float, *bags: Object, preview: bool = False) -> Operation:
        why = "" if preview else self._why_unreachable()
        if why or self._cluster is None:
            raise Refusal(_UNREACHABLE.format(why=why or self._trouble))
        return Operation(self._cluster, self._settings, Urn(urn), self._engine.voice(urn, *bags), preview, timeout)


def _diff_response(difference: Difference) -> proto.DiffResponse:
    return proto.DiffResponse(
        changes=proto.DiffResponse.DIFF_SOME if difference.some else proto.DiffResponse.DIFF_NONE,
        replaces=difference.replaces,
        deleteBeforeReplace=difference.delete_before_replace,
        detailedDiff={
            path: proto.PropertyDiff(kind=_KINDS[change.kind, change.replaces], inputDiff=change.input_only)
            for path, change in difference.changes.items()
        },
        hasDetailedDiff=True,
    )
