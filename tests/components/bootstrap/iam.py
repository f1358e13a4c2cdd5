"""IAM's decision on one request, as far as the bootstrap's documents need it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html. An operator that is not known
here is an error, so that no document is judged by half.
"""

import fnmatch
from collections.abc import Iterable, Mapping
from typing import Any

Context = Mapping[str, str]


def allows(document: Mapping[str, Any], action: str, resource: str, context: Context | None = None) -> bool:
    """Whether a document allows a request: some statement does, and none denies it.

    Args:
        document: the policy.
        action: the action, as `s3:PutObject`.
        resource: the ARN that it is for; `*` for actions that have none.
        context: condition keys and their values.
    """
    matching = [each for each in document["Statement"] if _matches(each, action, resource, context or {})]
    return bool(matching) and all(each["Effect"] == "Allow" for each in matching)


def all_allow(documents: Iterable[Mapping[str, Any]], action: str, resource: str, **context: str) -> bool:
    """Whether each document allows a request, as a role's permissions and its boundary both must."""
    keys = {key.replace("__", ":"): value for key, value in context.items()}
    return all(allows(each, action, resource, keys) for each in documents)


def _matches(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    return (
        _any(statement["Action"], action.lower(), lower=True)
        and _any(statement.get("Resource", "*"), resource)
        and all(
            _holds(operator, wanted, context.get(key))
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _holds(operator: str, wanted: str | list[str], value: str | None) -> bool:
    operator = operator.removeprefix("ForAnyValue:")
    patterns = [wanted] if isinstance(wanted, str) else wanted
    if operator in ("StringNotEquals", "ArnNotEquals"):
        return value is None or value not in patterns
    if operator in ("StringEquals", "Bool"):
        return value is not None and value in patterns
    if operator in ("StringLike", "ArnLike"):
        return value is not None and _any(patterns, value)
    raise AssertionError(f"this matcher does not know {operator}")


def _any(patterns: str | list[str], text: str, *, lower: bool = False) -> bool:
    listed = [patterns] if isinstance(patterns, str) else patterns
    return any(fnmatch.fnmatchcase(text, (each.lower() if lower else each).replace("[", "[[]")) for each in listed)
