"""Functions (invokes) that can be answered for certain: from the settings, from their arguments, from the inventory."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from local.providers.aws.failures import AwsError, Refusal
from local.providers.aws.inventory import Inventory
from local.providers.aws.kind import Object
from local.providers.aws.lifecycle import HIDDEN
from local.providers.aws.settings import Settings
from local.providers.values import Secret

_DNS_SUFFIX = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}
_REHEARSED_USER = "AIDAREHEARSALREHEARSA"
_SIDES = (
    ("actions", "Action"),
    ("notActions", "NotAction"),
    ("resources", "Resource"),
    ("notResources", "NotResource"),
)
_PRINCIPALS = (("principals", "Principal"), ("notPrincipals", "NotPrincipal"))
_VERSIONS = ("2008-10-17", "2012-10-17")


def call(token: str, arguments: Object, settings: Settings, inventory: Inventory) -> Object:
    """The answer of a function; a refusal that names it for one that is not among them."""
    function = _FUNCTIONS.get(token)
    if function is None:
        known = ", ".join(sorted(_FUNCTIONS))
        raise Refusal(
            f"{token} asks AWS what only AWS knows, and the offline aws provider does not make answers up. "
            "Pass the value "
            f"in the stack's configuration, or take it from a resource's outputs. Answered offline are {known}"
        )
    return function(arguments, settings, inventory)


def _caller(_: Object, settings: Settings, __: Inventory) -> Object:
    return {
        "accountId": settings.account,
        "arn": f"arn:{settings.partition}:iam::{settings.account}:user/rehearsal",
        "id": settings.account,
        "userId": _REHEARSED_USER,
    }


def _region(arguments: Object, settings: Settings, _: Inventory) -> Object:
    region = arguments.get("region") or arguments.get("name") or settings.region
    endpoint = f"ec2.{region}.{_DNS_SUFFIX[settings.partition]}"
    return {"id": region, "name": region, "region": region, "endpoint": endpoint, "description": region}


def _partition(_: Object, settings: Settings, __: Inventory) -> Object:
    suffix = _DNS_SUFFIX[settings.partition]
    return {
        "id": settings.partition,
        "partition": settings.partition,
        "dnsSuffix": suffix,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def _default_tags(_: Object, settings: Settings, __: Inventory) -> Object:
    return {"id": settings.partition, "tags": settings.default_tags}


def _parameter(arguments: Object, settings: Settings, inventory: Inventory) -> Object:
    name = arguments["name"]
    with inventory.transaction() as transaction:
        row = transaction.get("aws:ssm/parameter:Parameter", name)
    if row is None or row.account != settings.account:
        raise AwsError("ParameterNotFound", f"no parameter {name} in this inventory: bring up the stack that makes it")
    value = row.state.get("value") or row.state.get("insecureValue") or ""
    if value == HIDDEN:
        raise Refusal(f"the parameter {name} is a SecureString, and the inventory keeps no secrets")
    keys = ("arn", "name", "type", "version")
    insecure = value if row.state.get("type") != "SecureString" else ""
    return {
        **{key: row.state[key] for key in keys if key in row.state},
        "id": name,
        "region": row.region,
        "value": Secret(value),
        "insecureValue": insecure,
        "withDecryption": arguments.get("withDecryption", True),
    }


def _policy_document(arguments: Object, _: Settings, __: Inventory) -> Object:
    """A policy document of statements, with source documents before and overrides after them, merged by `Sid`."""
    version = arguments.get("version") or "2012-10-17"
    if version not in _VERSIONS:
        raise Refusal(f"a policy document's version is one of {', '.join(_VERSIONS)}; got {version!r}")
    document: Object = {"Version": version}
    if arguments.get("policyId"):
        document["Id"] = arguments["policyId"]
    statements: list[Object] = []
    for source in arguments.get("sourcePolicyDocuments") or []:
        statements += _statements_of(source)
    _no_doubles(statements)
    statements = _overridden(statements, [_statement(each) for each in arguments.get("statements") or []])
    for override in arguments.get("overridePolicyDocuments") or []:
        statements = _overridden(statements, _statements_of(override))
    if statements:
        document["Statement"] = statements
    text = json.dumps(document, indent=2)
    return {
        **{key: arguments[key] for key in ("policyId", "statements") if arguments.get(key)},
        "version": version,
        "id": str(sum(text.encode())),
        "json": text,
        "minifiedJson": json.dumps(document, separators=(",", ":")),
    }


def _statement(given: Object) -> Object:
    made: Object = {}
    if given.get("sid"):
        made["Sid"] = given["sid"]
    made["Effect"] = given.get("effect") or "Allow"
    for name, key in _SIDES:
        if given.get(name):
            made[key] = _one_or_many(sorted(given[name], reverse=True) if len(given[name]) > 1 else given[name])
    for name, key in _PRINCIPALS:
        if given.get(name):
            made[key] = _principals(given[name])
    conditions: Object = {}
    for condition in given.get("conditions") or []:
        conditions.setdefault(condition["test"], {})[condition["variable"]] = _one_or_many(list(condition["values"]))
    if conditions:
        made["Condition"] = conditions
    return made


def _principals(given: list[Object]) -> Any:
    found: dict[str, list[str]] = {}
    for principal in given:
        if principal["type"] == "*" and principal["identifiers"] == ["*"]:
            return "*"
        found.setdefault(principal["type"], []).extend(principal["identifiers"])
    return {kind: _one_or_many(sorted(names, reverse=True)) for kind, names in found.items()}


def _one_or_many(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values


def _statements_of(text: str) -> list[Object]:
    found = json.loads(text).get("Statement") or []
    return found if isinstance(found, list) else [found]


def _overridden(statements: list[Object], overrides: list[Object]) -> list[Object]:
    """Statements of the same `Sid` take the place of earlier ones; the others are added."""
    by_sid = {each["Sid"]: each for each in overrides if each.get("Sid")}
    kept = [by_sid.pop(each["Sid"]) if each.get("Sid") in by_sid else each for each in statements]
    return kept + [each for each in overrides if not each.get("Sid") or each["Sid"] in by_sid]


def _no_doubles(statements: list[Object]) -> None:
    sids = [each["Sid"] for each in statements if each.get("Sid")]
    doubles = sorted({sid for sid in sids if sids.count(sid) > 1})
    if doubles:
        raise Refusal(f"sourcePolicyDocuments have more than one statement of sid {', '.join(doubles)}")


_FUNCTIONS: Mapping[str, Callable[[Object, Settings, Inventory], Object]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getDefaultTags:getDefaultTags": _default_tags,
    "aws:ssm/getParameter:getParameter": _parameter,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
}
