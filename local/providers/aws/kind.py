"""What AWS knows of a type and the SDK does not tell: ids, ARNs, references, what is unique, what is immutable.

The tables are in `kinds/`. Sources, for all of them: forms of ids and ARNs are those of the Service Authorization
Reference (https://docs.aws.amazon.com/service-authorization/latest/reference/), error codes those of each service's
API reference, immutable properties the `createOnlyProperties` of the CloudFormation registry's schemas and what the
official provider is documented to replace.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local.providers.aws.inventory import Row, Transaction
    from local.providers.aws.making import Making

Object = dict[str, Any]
Rule = str | int | bool | list[Any] | dict[str, Any] | Callable[["Making"], Any]
"""How an output comes about: a template over the resource's values, a plain value, or a function."""


@dataclass(frozen=True)
class Kind:
    """One resource type.

    Templates are format strings over the resource's own inputs and outputs, `region`, `account`, `partition`, and
    made-up parts: `{hex17}` (that many hexadecimal digits), `{upper16}` (capitals and digits), `{digits12}`, `{uuid}`.
    """

    id: str | Callable[[Making], str] = "{hex17}"
    """The engine's id of the resource."""
    arn: str = ""
    """What follows `arn:<partition>:`; empty where the type has none. Up to the first part that varies, it is also how
    an ARN is known to be of this type."""
    replaces: str = ""
    """Properties, dotted where nested, whose change AWS answers with a new resource."""
    outputs: Mapping[str, Rule] = field(default_factory=dict)
    """Computed outputs, dotted where nested; made in order, so that one may use those before it."""
    empty: str = ""
    """Outputs that AWS leaves empty on such a resource unless they were given."""
    unique: tuple[str, ...] = ()
    """Properties that no two resources of a region (of an account, if global) may share; none given means no rule."""
    exists: str = "AlreadyExists: A resource with these values exists: {values}"
    """What AWS says of a second one. Some calls of AWS would let it silently take the first one's place; two resources
    that overwrite each other are refused all the same."""
    name: str = "name"
    """The property that is named after the resource when the program leaves it out."""
    name_start: str = ""
    """What such a name begins with."""
    name_limit: int = 255
    """Characters that a name may have, made up or given; 255 stands for no known limit."""
    is_global: bool = False
    """Whether it belongs to the account rather than to a region."""
    handles: tuple[str, ...] = ()
    """Templates of what others may refer to it by, beside id and ARN."""
    holds: Mapping[str, str] = field(default_factory=dict)
    """Outputs that are ids of other types, which come and go with this resource: output and type."""
    refers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Properties that must name a resource: dotted path and the types it may be; `()` lifts a general rule."""
    missing: str = "ResourceNotFoundException: {value} does not exist"
    """What AWS says when something refers to one that is not there."""
    in_use: str = ""
    """What AWS says when it is to be deleted and something refers to it; empty where AWS does not mind."""
    held_by: tuple[str, ...] = ()
    """The types that keep it from being deleted; none given means all but `lets`."""
    lets: tuple[str, ...] = ()
    """The types, or `type#property`, that refer to it and do not keep it."""
    protected: Mapping[str, str] = field(default_factory=dict)
    """Switches that keep it from being deleted while on, and what AWS says then."""
    released: str = ""
    """A switch that lets it be deleted in spite of `in_use`."""
    on_create: tuple[Callable[[Making], None], ...] = ()
    """Further rules of AWS; each raises AwsError."""
    on_update: Callable[[Making, Object], Object] | None = None
    """What an update changes by itself: given the old outputs, the outputs that differ."""
    changed_by_update: tuple[str, ...] = ()
    """The outputs that `on_update` may change: no preview knows them."""
    on_delete: Callable[[Making], None] | None = None
    """A further rule of AWS on deletion."""
    follow: Callable[[Transaction, Row | None, Row | None], None] | None = None
    """What comes of a change outside of the inventory, as part of it: given the resource before and after."""
    plain_secrets: Callable[[Object], bool] | None = None
    """Whether these inputs hold, in what the SDK always marks secret, what AWS itself keeps in clear."""


GENERIC = Kind(arn="{service}:{region}:{account}:{resource}/{id}", id="{resource}-{hex17}")
"""A type that no table has: made-up id and ARN, no rules of its own."""
