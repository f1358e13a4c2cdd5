"""Decoded properties in the wire form of the engine: marks become what they are decoded from."""

from typing import Any

from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]
from pulumi_policy import proxy

from policies.unknowns import SECRET_MARK, SIGNATURE, UNKNOWN, Opaque, Secret

_ASSET = "c44067f5952c0a294b673a41bacd8c17"


def plain(value: Any) -> Any:
    """A decoded value as JSON with marks."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET_MARK, "value": plain(value.value)}
    if isinstance(value, Opaque):
        return {SIGNATURE: _ASSET, "text": ""}
    return proxy.UNKNOWN_STRING_VALUE if value is UNKNOWN else value


def struct_of(properties: Any) -> Any:
    """Properties as a protobuf Struct."""
    struct = Struct()
    struct.update(plain(properties))
    return struct
