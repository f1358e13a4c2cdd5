"""The bridge between the engine's analyzer protocol and the dispatcher.

The SDK decodes a resource anew for every policy. This servicer replaces that loop by one decode and one dispatch, and
leaves the rest (metadata, levels, stack policies) to the SDK's servicer, whose private class it extends: this
module is the only one that touches the SDK's insides.
"""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from pulumi_policy import Policy
from pulumi_policy import policy as sdk

from policies.config import ConfigError, parse
from policies.dispatcher import Diagnostic, Dispatcher
from policies.edits import apply
from policies.rule import AnyRule, Provider, Resource, ResourceOptions, Stack
from policies.unknowns import decode_struct

_WIRE = vars(sdk)["proto"]
_IDENTITY = ("id", "arn", "name", "bucket", "keyId")
_STATUS = vars(sdk)["grpc"].StatusCode
_DEFAULT_PROVIDER = re.compile(r"default(_.*)?", re.DOTALL)


class _Context(Protocol):
    """The part of the call's context that is used here."""

    def abort(self, code: object, details: str, /) -> None: ...


class Servicer(sdk._PolicyAnalyzerServicer):  # noqa: SLF001 - the SDK has no public door to its analyze loop
    """Answers the engine's calls. `rules` is set by `serve_with` before the SDK makes the instance."""

    rules: Sequence[AnyRule] = ()

    def __init__(self, name: str, version: str, policies: list[Policy], *rest: Any) -> None:
        super().__init__(name, version, policies, *rest)
        self._policies = {policy.name: policy for policy in policies}
        self._pack, self._version = name, version
        self._dispatcher = Dispatcher(self.rules)
        self._inputs: dict[str, object] = {}

    def Configure(self, request: Any, _context: _Context) -> object:  # noqa: N802 - protocol's name
        """Takes levels, options and exemptions; a configuration with errors ends the run with all of them."""
        answer: object = super().Configure(request, _context)  # type: ignore[no-untyped-call]
        config: Mapping[str, Mapping[str, object]] = {
            name: self._get_policy_config(name) or {} for name in request.policyConfig
        }
        levels = {name: self._get_enforcement_level(policy) for name, policy in self._policies.items()}
        try:
            settings = parse(config, self.rules, today=datetime.datetime.now(datetime.UTC).date())
        except ConfigError as error:
            _context.abort(_STATUS.INVALID_ARGUMENT, str(error))
            raise
        self._dispatcher = Dispatcher(self.rules, settings, levels)
        return answer

    def Analyze(self, request: Any, _context: object) -> object:  # noqa: N802 - protocol's name
        """Judges one resource by all rules."""
        response = _WIRE.AnalyzeResponse()
        resource = _resource(request)
        self._inputs[request.urn] = resource.properties
        self._tell(response, self._dispatcher.evaluate(resource))
        return response

    def AnalyzeStack(self, request: Any, _context: object) -> object:  # noqa: N802 - protocol's name
        """Judges all resources together.

        The engine tells their outputs, in which the cloud's own additions (a number of replicas, a default) can't be
        told from what the program asked for. So each is judged by its inputs, with the identity that it was given.
        """
        response = _WIRE.AnalyzeResponse()
        preview = os.environ.get("PULUMI_DRY_RUN") == "true"
        resources = (self._as_asked_for(_resource(each)) for each in request.resources)
        stack = Stack(resources, self._dispatcher.unjudged, preview=preview)
        self._tell(response, self._dispatcher.evaluate_stack(stack))
        return response

    def Remediate(self, request: Any, _context: object) -> object:  # noqa: N802 - protocol's name
        """Mends one resource by the rules that are set to."""
        response = _WIRE.RemediateResponse()
        rules = self._dispatcher.mending(request.type)
        if not rules:
            return response
        resource = _resource(request)
        for rule in rules:
            edits = self._dispatcher.edits(rule, resource)
            if edits:
                apply(request.properties, edits)
                resource = resource._replace(properties=decode_struct(request.properties))
                response.remediations.append(self._remediation(rule, request.properties))
        return response

    def _as_asked_for(self, resource: Resource) -> Resource:
        inputs, outputs = self._inputs.get(resource.urn), resource.properties
        if not isinstance(inputs, dict) or not isinstance(outputs, dict):
            return resource
        identity = {key: outputs[key] for key in _IDENTITY if key in outputs}
        return resource._replace(properties=identity | inputs)

    def _tell(self, response: Any, diagnostics: Iterable[Diagnostic]) -> None:
        for rule, level, message, urn in diagnostics:
            report = self._create_report_violation(response, rule.name, rule.description, level, rule.severity)
            report(message, urn)

    def _remediation(self, rule: AnyRule, properties: object) -> object:
        return _WIRE.Remediation(
            policyName=rule.name,
            policyPackName=self._pack,
            policyPackVersion=self._version,
            description=rule.description,
            properties=properties,
        )


def _resource(request: Any) -> Resource:
    options = ResourceOptions(request.options.protect, tuple(request.options.ignoreChanges), request.options.parent)
    return Resource(
        request.type,
        request.urn,
        request.name,
        decode_struct(request.properties),
        options,
        _provider(request.provider) if request.HasField("provider") else None,
        tuple(getattr(request, "dependencies", ())),
        secrecy=True,
    )


def _provider(message: Any) -> Provider:
    explicit = not _DEFAULT_PROVIDER.fullmatch(message.name)
    return Provider(message.type, message.name, decode_struct(message.properties), explicit)


def serve_with(rules: Sequence[AnyRule], policies: list[Policy], name: str) -> None:
    """Answers the engine until it ends the process."""
    Servicer.rules = rules
    sdk._PolicyAnalyzerServicer = Servicer  # type: ignore  # noqa: SLF001
    sdk.PolicyPack(name, policies)
