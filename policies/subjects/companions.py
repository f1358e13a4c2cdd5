"""Resources that belong to another one: settings of their own that point to it, and the KMS key that it names.

pulumi-aws keeps many settings apart from what they are about: a bucket's versioning is a resource that names the
bucket. Before the bucket is made its id is unknown, and the engine's list of dependencies tells what is meant; a
resource that depends on two buckets leaves open which of them it sets up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from policies.findings import Finding, Unjudged, Violation
from policies.rule import Resource, Stack
from policies.subjects.typed import Typed, typed, typed_in
from policies.unknowns import ABSENT, UNKNOWN

_IDENTITIES = ("id", "arn", "bucket", "name")


class Companions(NamedTuple):
    """The resources that point to a target: those that surely do, and those that may."""

    sure: tuple[Typed, ...]
    unsure: tuple[Typed, ...]


def companions(stack: Stack, target: Resource, key: str, tokens: tuple[str, ...]) -> Companions:
    """The resources of these types whose property `key` names the target, by a known value or a dependency."""
    answers = [(each, _points(stack, each, key, target)) for each in typed_in(stack, *tokens)]
    return Companions(
        tuple(each for each, answer in answers if answer is True),
        tuple(each for each, answer in answers if answer is None),
    )


def demanded(stack: Stack, targets: tuple[str, ...], key: str, token: str, lack: str) -> Iterator[Finding]:
    """Finds every resource of the target types that no resource of another type points to. `lack` says so."""
    for target in stack.of_type(*targets):
        found = companions(stack, target, key, (token,))
        if not found.sure:
            yield lacking(target, found, lack)


def lacking(target: Resource, found: Companions, lack: str) -> Finding:
    """The finding for a target that nothing surely points to."""
    if not found.unsure:
        return Violation(lack, urn=target.urn)
    names = ", ".join(sorted({each.type.rpartition(":")[2] for each in found.unsure}))
    return Unjudged(f"whether a {names} that depends on several resources is meant for this one", target.urn)


def is_customer_key(key: str) -> bool:
    """Whether an id, ARN or alias of a KMS key is not that of a key which AWS manages."""
    return key != "" and "alias/aws/" not in key


def _points(stack: Stack, companion: Typed, key: str, target: Resource) -> bool | None:
    """Whether the companion's property names the target; None if that can't be told."""
    named = companion.at(key).value
    if named is ABSENT or not (named is UNKNOWN or isinstance(named, str)):
        return False
    if named is not UNKNOWN and named in _identities(target):
        return True
    return _depends(stack, companion, target) if named is UNKNOWN or not _settled(target) else False


def _depends(stack: Stack, companion: Typed, target: Resource) -> bool | None:
    depended = companion.resource.dependencies
    if _settled(target) or target.urn not in depended:
        return False
    others = (stack.by_urn.get(urn) for urn in depended if urn != target.urn)
    return None if any(each and _alike(each, target) and not _settled(each) for each in others) else True


def _alike(one: Resource, other: Resource) -> bool:
    """Whether two types name the same kind of thing, as Bucket and BucketV2 or Vpc and DefaultVpc do."""
    return _kind(one) == _kind(other)


def _kind(resource: Resource) -> str:
    module, _, name = resource.type.rpartition(":")
    return f"{module.partition('/')[0]}:{name.removesuffix('V2').removeprefix('Default')}"


def _settled(resource: Resource) -> bool:
    """Whether the resource's id is known, so that a value that is unknown can't be it."""
    return isinstance(typed(resource).at("id").value, str)


def _identities(resource: Resource) -> tuple[object, ...]:
    values = (typed(resource).at(key).value for key in _IDENTITIES)
    return tuple(value for value in values if isinstance(value, str))
