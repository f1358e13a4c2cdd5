"""The bridge between the engine's analyzer protocol and the dispatcher.

The SDK decodes a resource anew for every policy. This servicer replaces that loop by one decode and one dispatch, and
leaves the rest (metadata, levels, stack policies) to the SDK's servicer, whose private class it extends: this
module is the only one that touches the SDK's insides.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from pulumi_policy import EnforcementLevel, Policy
from pulumi_policy import policy as sdk

from policies.config import ConfigError, parse
from policies.dispatcher import Dispatcher
from policies.rule import AnyRule, Resource
from policies.unknowns import WireStruct, decode_struct

_WIRE = vars(sdk)["proto"]
_STATUS = vars(sdk)["grpc"].StatusCode


class _Request(Protocol):
    """The part of AnalyzeRequest that is read here."""

    type: str
    urn: str
    name: str
    properties: WireStruct


class _Context(Protocol):
    """The part of the call's context that is used here."""

    def abort(self, code: object, details: str, /) -> None: ...


class Servicer(sdk._PolicyAnalyzerServicer):  # noqa: SLF001 - the SDK has no public door to its analyze loop
    """Answers the engine's calls. `rules` is set by `serve_with` before the SDK makes the instance."""

    rules: Sequence[AnyRule] = ()

    def __init__(self, name: str, version: str, policies: list[Policy], *rest: Any) -> None:
        super().__init__(name, version, policies, *rest)
        self._policies = {policy.name: policy for policy in policies}
        self._dispatcher = Dispatcher(self.rules)
        self._remediates = False

    def Configure(self, request: Any, _context: _Context) -> object:  # noqa: N802 - protocol's name
        """Takes levels, options and exemptions; a configuration with errors ends the run with all of them."""
        answer: object = super().Configure(request, _context)  # type: ignore[no-untyped-call]
        config: Mapping[str, Mapping[str, object]] = {
            name: self._get_policy_config(name) or {} for name in request.policyConfig
        }
        levels = {name: self._get_enforcement_level(policy) for name, policy in self._policies.items()}
        self._remediates = EnforcementLevel.REMEDIATE in levels.values()
        try:
            settings = parse(config, self.rules, today=datetime.datetime.now(datetime.UTC).date())
        except ConfigError as error:
            _context.abort(_STATUS.INVALID_ARGUMENT, str(error))
            raise
        self._dispatcher = Dispatcher(self.rules, settings, levels)
        return answer

    def Analyze(self, request: _Request, _context: object) -> object:  # noqa: N802 - protocol's name
        """Judges one resource by all rules."""
        response = _WIRE.AnalyzeResponse()
        if not self._dispatcher.concerns(request.type):
            return response
        resource = Resource(request.type, request.urn, request.name, decode_struct(request.properties))
        for rule, level, message in self._dispatcher.evaluate(resource):
            self._create_report_violation(response, rule.name, rule.description, level, rule.severity)(message, None)
        return response

    def Remediate(self, request: object, _context: object) -> object:  # noqa: N802 - protocol's name
        """Spares the decode where no rule remediates."""
        if self._remediates:
            return super().Remediate(request, _context)  # type: ignore[no-untyped-call]
        return _WIRE.RemediateResponse()


def serve_with(rules: Sequence[AnyRule], policies: list[Policy], name: str) -> None:
    """Answers the engine until it ends the process."""
    Servicer.rules = rules
    sdk._PolicyAnalyzerServicer = Servicer  # type: ignore  # noqa: SLF001
    sdk.PolicyPack(name, policies)
