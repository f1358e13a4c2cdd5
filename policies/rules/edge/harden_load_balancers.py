"""lb-tls-logged-protected: load balancers drop odd requests, write access logs and can't be deleted by mistake, and
their listeners speak TLS of today or send to a listener that does.

Listeners that pass TCP through are let be on listed ports, where the target ends TLS. A gateway load balancer has
neither requests nor listeners' protocols. A classic load balancer holds its listeners itself, and can neither redirect
nor be protected from deletion.

What a listener rule does is as plain as its listener, so that only the whole stack shows it: it may do more than
redirect to HTTPS where its listener is one of TLS, here or by a listed ARN.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, TEXT, check, place, unless, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.options import text_list
from policies.rule import Options, References, Rule, Stack
from policies.subjects.companions import companions
from policies.subjects.security_groups import port_list
from policies.subjects.typed import Typed, of_type, typed_in
from policies.unknowns import ABSENT, UNKNOWN, Field

_BALANCERS: Final = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
_CLASSIC: Final = ("aws:elb/loadBalancer:LoadBalancer", "aws:elasticloadbalancing/loadBalancer:LoadBalancer")
_LISTENERS: Final = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
_RULES: Final = ("aws:lb/listenerRule:ListenerRule", "aws:alb/listenerRule:ListenerRule")
_ENDING_TLS: Final = ("HTTPS", "TLS")
_POLICY: Final = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
_MODERN: Final = re.compile(r"ELBSecurityPolicy-(TLS13-1-[23]|FS-1-2)(-Res)?(-FIPS)?(-PQ)?-\d{4}-\d{2}")
_FIX_LOGS: Final = "set accessLogs to {bucket, enabled: true}"
_FIX_CLASSIC: Final = "set lbProtocol to https or ssl, with a certificate"
_FIX_LISTENER: Final = "use HTTPS or TLS with a certificate, or redirect to HTTPS"
_FIX_RULE: Final = "redirect to HTTPS, or move the rule to a listener of HTTPS, since its own has no TLS"
_FIX_FOREIGN: Final = (
    "redirect to HTTPS, name a listener of this stack, or list its ARN in tlsListeners if it speaks HTTPS"
)
_FIX_POLICY: Final = f"set sslPolicy to {_POLICY} or another policy of TLS 1.2 and newer with forward secrecy"


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds what a load balancer or a listener lacks."""
    if subject.type in _CLASSIC:
        return _classic(subject, options)
    return _balancer(subject) if subject.type in _BALANCERS else _listener(subject, options)


def _classic(balancer: Typed, options: Options) -> Iterator[Finding]:
    logs, listeners = balancer.at("accessLogs"), balancer.at("listeners")
    if logs.value is ABSENT:
        yield Violation(f"{place(logs)} is not set. Fix: {_FIX_LOGS}.")
    else:
        yield from check(logs.at("bucket"), TEXT, lambda it: it != "", fix=_FIX_LOGS, required=True)
        yield from check(logs.at("enabled"), BOOLEAN, bool, fix=_FIX_LOGS, mend=True)
    yield from _resynced(balancer)
    if listeners.value is ABSENT:
        yield Violation(f"{place(listeners)} is not set. Fix: {_FIX_CLASSIC}.")
    for listener in listeners.items():
        yield from _classic_listener(listener.at("lbProtocol"), listener.at("lbPort"), options["passThroughPorts"])


def _classic_listener(protocol: Field, port: Field, passed: Sequence[int]) -> Iterator[Finding]:
    name = protocol.value.lower() if isinstance(protocol.value, str) else protocol.value
    if name == "tcp":
        if port.value not in passed:
            yield _plain(protocol, port)
    elif name == "http":
        text = f"{place(protocol)} is {protocol.text} on port {port.text}, which anybody on the way can read."
        yield Violation(f"{text} Fix: {_FIX_CLASSIC}.")
    else:
        yield from check(protocol, TEXT, lambda it: it.lower() in ("https", "ssl"), fix=_FIX_CLASSIC, required=True)


def _balancer(balancer: Typed) -> Iterator[Finding]:
    kind, protection = balancer.at("loadBalancerType"), balancer.at("enableDeletionProtection")
    fix = "set enableDeletionProtection to true"
    yield from check(protection, BOOLEAN, bool, fix=fix, required=True, mend=True)
    yield from unless(kind, "gateway", _logged(balancer.at("accessLogs")))
    yield from unless(kind, "gateway", unless(kind, "network", _strict(balancer)))


def _logged(logs: Field) -> Iterator[Finding]:
    mend = None if logs.value is ABSENT else True
    yield from check(logs.at("enabled"), BOOLEAN, bool, fix=_FIX_LOGS, required=True, mend=mend)
    yield from check(logs.at("bucket"), TEXT, lambda it: it != "", fix=_FIX_LOGS, required=logs.value is not ABSENT)


def _strict(balancer: Typed) -> Iterator[Finding]:
    drops = balancer.at("dropInvalidHeaderFields")
    yield from check(drops, BOOLEAN, bool, fix="set dropInvalidHeaderFields to true", required=True, mend=True)
    yield from _resynced(balancer)


def _resynced(balancer: Typed) -> Iterator[Finding]:
    fix, strict = "set desyncMitigationMode to defensive or strictest", ("defensive", "strictest")
    yield from check(balancer.at("desyncMitigationMode"), TEXT, lambda it: it in strict, fix=fix, mend="defensive")


def _listener(listener: Typed, options: Options) -> Iterator[Finding]:
    protocol, port = listener.at("protocol"), listener.at("port")
    name = protocol.value
    if name is ABSENT and port.value is ABSENT:
        return
    if name in _ENDING_TLS:
        yield from check(listener.at("sslPolicy"), TEXT, _is_modern, fix=_FIX_POLICY, required=True, mend=_POLICY)
    elif name is ABSENT or name == "HTTP":
        yield from _redirected(listener.at("defaultActions"), _FIX_LISTENER)
    elif isinstance(name, str):
        passed = options["passThroughPorts"]
        if name != "QUIC" and port.value not in passed:
            yield _plain(protocol, port)
    else:
        yield unreadable(protocol, "a string", _FIX_LISTENER)


def _plain(protocol: Field, port: Field) -> Finding:
    if port.value is UNKNOWN:
        return unreadable(port, "a number", _FIX_LISTENER)
    return Violation(
        f"{place(protocol)} is {protocol.text} on port {port.text}, which no TLS of ours protects. "
        f"Fix: {_FIX_LISTENER}, or list the port in passThroughPorts if the target ends TLS."
    )


def _is_modern(policy: str) -> bool:
    return _MODERN.fullmatch(policy) is not None


def _redirected(actions: Field, fix: str) -> Iterator[Finding]:
    if actions.value in (ABSENT, []):
        yield Violation(f"{place(actions)} is empty, so that nothing is redirected to HTTPS. Fix: {fix}.")
    for action in actions.items():
        kind = action.at("type")
        yield from check(kind, TEXT, lambda it: it == "redirect", fix=fix, required=True)
        if kind.value == "redirect":
            target = action.at("redirect", "protocol")
            yield from check(target, TEXT, lambda it: it == "HTTPS", fix=fix, required=True, mend="HTTPS")


def judge_stack(stack: Stack, options: Options) -> Iterator[Finding]:
    """Finds listener rules that do more than redirect to HTTPS where no TLS is."""
    sure: dict[str, list[Typed]] = {}
    unsure: dict[str, list[Typed]] = {}
    for listener in typed_in(stack, *_LISTENERS):
        found = companions(stack, listener.resource, "listenerArn", _RULES)
        for pointing, by_rule in ((found.sure, sure), (found.unsure, unsure)):
            for rule in pointing:
                by_rule.setdefault(rule.resource.urn, []).append(listener)
    for rule in typed_in(stack, *_RULES):
        urn = rule.resource.urn
        findings = tuple(_redirected(rule.at("actions"), _FIX_RULE))
        if findings:
            for finding in _plainly(rule, findings, sure.get(urn, []), unsure.get(urn, []), options["tlsListeners"]):
                yield finding._replace(urn=urn)


def _plainly(
    rule: Typed, findings: Sequence[Finding], sure: Sequence[Typed], unsure: Sequence[Typed], tls: Sequence[str]
) -> Iterator[Finding]:
    """The findings if the rule's listener is plain; that this can't be told if it may be."""
    arn = rule.at("listenerArn")
    protocols = [listener.at("protocol").value for listener in sure or unsure]
    plain = [protocol is not UNKNOWN and protocol not in _ENDING_TLS for protocol in protocols]
    if not protocols:
        yield from _on_a_foreign_listener(arn, findings, tls)
    elif any(plain) if sure else all(plain):
        yield from findings
    elif any(protocol not in _ENDING_TLS for protocol in protocols):
        yield Unjudged(f"whether the listener that {place(arn)} names speaks HTTPS")


def _on_a_foreign_listener(arn: Field, findings: Sequence[Finding], tls: Sequence[str]) -> Iterator[Finding]:
    """Finds a listener that isn't of the stack nor listed; what the rule does there may be what can't be judged."""
    if isinstance(arn.value, str) and arn.value in tls:
        return
    if all(isinstance(finding, Unjudged) for finding in findings):
        yield from findings
    elif isinstance(arn.value, str):
        text = f"{place(arn)} is {arn.text}, which no listener of this stack has, and the rule does more than"
        yield Violation(f"{text} redirect to HTTPS. Fix: {_FIX_FOREIGN}.")
    else:
        yield from check(arn, TEXT, bool, fix=_FIX_FOREIGN, required=True)


RULE = Rule(
    name="lb-tls-logged-protected",
    description="Load balancers must speak TLS, drop invalid headers, write access logs and be protected.",
    why="A load balancer is the way in: plain HTTP shows every prompt, odd requests smuggle others past it, and "
    "without its logs nobody knows who came.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        checkov=(
            *("CKV_AWS_2", "CKV_AWS_91", "CKV_AWS_131", "CKV_AWS_150", "CKV_AWS_328"),
            *("CKV_AWS_103", "CKV2_AWS_20", "CKV2_AWS_74"),
        )
    ),
    remediation="Listen by HTTPS or TLS with a modern sslPolicy, redirect HTTP, and set dropInvalidHeaderFields, "
    "accessLogs and enableDeletionProtection.",
    area=of_type(*_BALANCERS, *_CLASSIC, *_LISTENERS),
    judge=judge,
    judge_stack=judge_stack,
    mends=True,
    options={
        "passThroughPorts": port_list("Ports of TCP and UDP listeners whose targets end TLS.", [443]),
        "tlsListeners": text_list("ARNs of listeners of other stacks that speak HTTPS, for listener rules.", []),
    },
)
