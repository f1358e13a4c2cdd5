"""A recorded graph, asked for its edges and for what nothing uses.

Of the edges those count that `depends_on` adds, by role, so that a table can say why each is there. A role is the
component that makes a resource and what it is: `EksCluster Cluster`. Where a resource waits for all that a component
made, it waits for the component.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from tests.components.aws_recording import Cloud, Registered

Edge = tuple[str, str]
"""What waits, and what for."""


def edges(cloud: Cloud) -> set[Edge]:
    """Return all edges that no input makes."""
    graph = _Graph(cloud.registered)
    return {(graph.role(each), graph.role(other)) for each in cloud.registered for other in graph.waited_for(each)}


def implied(cloud: Cloud) -> set[Edge]:
    """Return those of them that say nothing new, since the resource waits for the same on another way."""
    graph = _Graph(cloud.registered)
    return {
        (graph.role(each), graph.role(other))
        for each in cloud.registered
        for other in graph.waited_for(each)
        if other.custom and graph.waits_otherwise(each, other)
    }


def unused(
    cloud: Cloud, outputs: Mapping[str, Any], parts: Mapping[str, Collection[str]], ends: Collection[str]
) -> list[str]:
    """Return the names of what is made in AWS and used by nothing.

    Args:
        cloud: what a stack registers.
        outputs: what it exports.
        parts: types that only say more of a resource of others, and are no use of it; without `aws:`, as all types.
        ends: types that need nobody who uses them.
    """
    told = json.dumps(outputs, default=str)
    users: dict[str, set[str]] = {}
    for each in cloud.registered:
        for urn in each.dependencies:
            users.setdefault(urn, set()).add(_kind(each))
    return [
        each.name
        for each in cloud.registered
        if each.type.startswith("aws:") and _kind(each) not in {*parts, *ends}
        if all(_kind(each) in parts.get(user, ()) for user in users.get(each.urn, ()))
        if not any(str(each.outputs.get(key) or "-") in told for key in ("arn", "id"))
    ]


class Schedule:
    """When each resource of a stack begins and ends if everything is made as early as can be, in minutes.

    Args:
        cloud: what the stack registers.
        minutes: what types take, without `aws:`; all others take `SOON`.
    """

    SOON = 0.05

    def __init__(self, cloud: Cloud, minutes: Mapping[str, float]) -> None:
        self._by_urn = {each.urn: each for each in cloud.registered}
        self._minutes = minutes
        self._ends: dict[str, float] = {}

    def begins(self, each: Registered) -> float:
        """Return when nothing that it waits for is under way any more."""
        before = {*each.dependencies, each.parent, each.provider} & self._by_urn.keys()
        return max((self._end(urn) for urn in before), default=0.0)

    def ends(self, each: Registered) -> float:
        """Return when it is there."""
        return self._end(each.urn)

    @property
    def whole(self) -> float:
        """Return when all is there."""
        return max(map(self.ends, self._by_urn.values()))

    def path(self) -> list[str]:
        """Return the names of what the whole waits for, the last first."""
        found = [max(self._by_urn.values(), key=self.ends)]
        while before := {*found[-1].dependencies, found[-1].parent, found[-1].provider} & self._by_urn.keys():
            found.append(max((self._by_urn[urn] for urn in before), key=self.ends))
        return [each.name for each in found]

    def _end(self, urn: str) -> float:
        if urn not in self._ends:
            each = self._by_urn[urn]
            self._ends[urn] = self.begins(each) + self._minutes.get(_kind(each), self.SOON if each.custom else 0.0)
        return self._ends[urn]


def _kind(each: Registered) -> str:
    return each.type.removeprefix("aws:")


class _Graph:
    def __init__(self, registered: Iterable[Registered]) -> None:
        self._by_urn = {each.urn: each for each in registered}
        self._made: dict[str, set[str]] = {}
        for each in self._by_urn.values():
            if each.custom:
                for above in self._above(each):
                    self._made.setdefault(above.urn, set()).add(each.urn)

    def role(self, each: Registered) -> str:
        parent = self._by_urn.get(each.parent)
        return " ".join(part.type.rpartition(":")[2] for part in (parent, each) if part)

    def waited_for(self, each: Registered) -> Iterator[Registered]:
        """Yield what a resource waits for by `depends_on` alone: whole components first, then single resources."""
        left = {urn for urn in each.only_after if urn in self._by_urn}
        for urn, made in sorted(self._made.items(), key=lambda item: -len(item[1])):
            if len(made) > 1 and made <= left:
                yield self._by_urn[urn]
                left -= made
        yield from (self._by_urn[urn] for urn in sorted(left))

    def waits_otherwise(self, each: Registered, other: Registered) -> bool:
        """Return whether a resource waits for another one even without the edge between them."""
        seen: set[str] = set()
        left = [urn for urn in self._before(each) if urn != other.urn]
        while left:
            urn = left.pop()
            if urn in self._by_urn and urn not in seen:
                seen.add(urn)
                left += self._before(self._by_urn[urn])
        return other.urn in seen

    def _before(self, each: Registered) -> list[str]:
        return [*each.dependencies, each.parent, each.provider]

    def _above(self, each: Registered) -> Iterator[Registered]:
        parent = self._by_urn.get(each.parent)
        while parent:
            yield parent
            parent = self._by_urn.get(parent.parent)
