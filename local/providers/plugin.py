"""What all offline providers answer alike: who they stand in for, and that they bring no schema and no mappings."""

from __future__ import annotations

import json

import grpc  # type: ignore[import-untyped] # it ships no type information
from google.protobuf import empty_pb2  # type: ignore[import-untyped] # likewise
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as proto
from typing_extensions import override

from local.providers.messages import Engine


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """A plugin by its name and the version of the official one that it stands in for."""

    name: str
    version: str

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def stop(self) -> None:
        """End every wait: the plugin is about to go."""

    @override
    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """The version of the official plugin this one stands in for."""
        return plugin_pb2.PluginInfo(version=self.version)

    @override
    def GetSchema(self, request: proto.GetSchemaRequest, context: grpc.ServicerContext) -> proto.GetSchemaResponse:
        """Name and version: the SDK brings the types."""
        return proto.GetSchemaResponse(schema=json.dumps({"name": self.name, "version": self.version}))

    @override
    def GetMapping(self, request: proto.GetMappingRequest, context: grpc.ServicerContext) -> proto.GetMappingResponse:
        """No mappings from other tools."""
        return proto.GetMappingResponse()

    @override
    def GetMappings(
        self, request: proto.GetMappingsRequest, context: grpc.ServicerContext
    ) -> proto.GetMappingsResponse:
        """No mappings from other tools."""
        return proto.GetMappingsResponse()

    @override
    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Talk to the engine that attaches to this running plugin."""
        self._engine.attach(request.address)
        return empty_pb2.Empty()

    @override
    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Stop waiting: each operation under way ends with what it has."""
        self.stop()
        return empty_pb2.Empty()
