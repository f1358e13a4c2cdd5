"""Policy documents from few words."""

from collections.abc import Sequence
from typing import Any


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(sid: str, actions: Sequence[str], resources: Any, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a statement that allows actions on resources; ARNs may be outputs."""
    return _statement(sid, "Allow", actions, resources, condition)


def deny(sid: str, actions: Sequence[str], resources: Any, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a statement that denies them, whatever else allows them."""
    return _statement(sid, "Deny", actions, resources, condition)


def _statement(
    sid: str, effect: str, actions: Sequence[str], resources: Any, condition: dict[str, Any] | None
) -> dict[str, Any]:
    statement = {"Sid": sid, "Effect": effect, "Action": list(actions), "Resource": resources}
    return {**statement, **({"Condition": condition} if condition else {})}
