"""`make rehearse`: an environment that is made in AWS, brought up and taken down on this machine, at no cost.

The real engine, the real program and the strict policy pack run on the environment's own stack files, layer by layer.
AWS is the offline provider's; its EKS cluster is a control plane of this machine, whose nodes are those of the node
groups, so that the real scheduler places the agents. Shown: a second `up` changes nothing, `destroy` leaves what is
protected and what that stands on, and with `deletionProtection: false` it leaves nothing.
"""

import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from components.config.eks import Eks
from components.config.environment import StacksOfEnvironment, read_environment
from components.config.problems import ConfigurationError
from local import commands, costs, gate, outside
from local.control_plane import ControlPlane, Topology
from local.control_plane.client import connect
from local.engine import Project
from local.failures import LocalError
from local.lock import exclusive
from local.paths import Checkout
from local.progress import Step, say
from local.providers.aws import references
from local.providers.aws.inventory import Inventory
from local.stack import LocalStack
from local.toolchain.provider_plugin import rehearsal

_NOT_THE_PROGRAM = {".git", ".local"}
_PACK = "PULUMI_OPTION_POLICY_PACK_CONFIG"
_PROTECTING = ("stack-protect-stateful", "eks-deletion-protection", "lb-tls-logged-protected")
"""The rules that hold production's protection; who deletes it for good has them lowered, in a reviewed change."""


def rehearse(checkout: Checkout, name: str, *, keep: bool) -> None:
    """Take an environment through `up`, a second `up` and `destroy`, each of its stacks in order.

    Args:
        checkout: whose program and stack files.
        name: the environment, as in `Pulumi.<name>.yaml`.
        keep: leave everything up after the second `up`, to look around.

    Raises:
        LocalError: something in it is not as promised.
    """
    environment = _read(checkout, name)
    home = checkout.state / f"rehearsal-{name}"
    with exclusive(home / "lock", f"another rehearsal of {name}", say):
        plane = ControlPlane(home)
        plane.remove()
        for part in ("aws", "program", "pulumi"):
            shutil.rmtree(home / part, ignore_errors=True)
        try:
            _play(checkout, home, plane, environment, keep=keep)
        finally:
            if not keep:
                plane.remove()
    if keep:
        say(f"\nleft up: KUBECONFIG={plane.kubeconfig}, inventory in {home / 'aws'}; `make down` stops it")


def _play(checkout: Checkout, home: Path, plane: ControlPlane, environment: StacksOfEnvironment, *, keep: bool) -> None:
    ready = commands.tools()
    cluster = environment.first.cluster
    with Step("control plane"):
        plane.start(ready, Topology(cluster.zones, ()), say)
    engine = commands.engine(checkout, ready)
    variables = _variables(checkout, home, plane, environment, engine.environment())
    if isinstance(cluster, Eks):
        there = outside.existing(cluster, [fleet for stack in environment.stacks for fleet in stack.fleets])
        (home / "aws" / references.OUTSIDE).write_text(json.dumps(there), encoding="utf-8")
    program = _program(checkout, home, environment)
    stacks = [
        LocalStack(Project(program, home / "pulumi", stack, {**variables, "PULUMI_STACK": stack}), stack)
        for stack in environment.names
    ]
    _bring_up(stacks, plane, environment)
    _show(home, plane, environment)
    _again(stacks)
    if not keep:
        if protecting := _spare_protected(stacks):
            needed = environment.with_uppers(protecting)
            _unprotect(program / f"Pulumi.{environment.name}.yaml", Path(variables[_PACK]))
            again = [stack for stack in stacks if stack.name in needed]
            for stack in again:
                stack.up()
            for stack in reversed(again):
                stack.destroy()
        _refuse_leftovers(stacks, home)
        say("nothing is left")


def _read(checkout: Checkout, name: str) -> StacksOfEnvironment:
    try:
        environment = read_environment(checkout.root, name)
    except ConfigurationError as error:
        raise LocalError("the configuration was refused.", "Correct the files.", str(error)) from None
    cluster = environment.first.cluster
    if not isinstance(cluster, Eks):
        raise LocalError(
            f"Pulumi.{name}.yaml makes nothing in AWS: its cluster.kind is {cluster.kind}.",
            "A rehearsal is for `cluster: {kind: eks}`; `make up` brings up the local cloud.",
        )
    if cluster.compute.kind != "managed":
        raise LocalError(
            f"a rehearsal has no nodes for `compute: {{kind: {cluster.compute.kind}}}`: nobody here does what "
            "Karpenter and Auto Mode do.",
            "Rehearse the environment with `kind: managed`; `pulumi preview` shows what the other kinds would make.",
        )
    return environment


def _program(checkout: Checkout, home: Path, environment: StacksOfEnvironment) -> Path:
    """The program beside copies of the stack files, into which the engine writes the salt of its passphrase."""
    program = home / "program"
    program.mkdir(parents=True)
    for entry in checkout.root.iterdir():
        if entry.name not in _NOT_THE_PROGRAM:
            (program / entry.name).symlink_to(entry)
    for stack in environment.names:
        file = program / f"Pulumi.{stack}.yaml"
        file.unlink()
        shutil.copy(checkout.root / file.name, file)
    return program


def _variables(
    checkout: Checkout,
    home: Path,
    plane: ControlPlane,
    environment: StacksOfEnvironment,
    variables: Mapping[str, str],
) -> dict[str, str]:
    rules = checkout.root / "policies" / f"config.{environment.first.environment}.json"
    own = {
        **variables,
        "PULUMI_BACKEND_URL": f"file://{home / 'pulumi'}",
        _PACK: str(shutil.copy(rules, home / "policies.json")),
        "KUBECONFIG": os.devnull,  # the cluster is reached as in AWS: by `aws eks get-token`
    }
    return rehearsal(own, checkout.root, home / "aws", plane.kubeconfig)


def _bring_up(stacks: Sequence[LocalStack], plane: ControlPlane, environment: StacksOfEnvironment) -> None:
    agents: dict[str, Any] = {}
    for stack in stacks:
        plan = stack.preview()
        commands.print_remarks(plan)
        agents |= stack.up(plan).outputs.get("agents") or {}
    with Step("agents available") as step:
        available = gate.wait(plane.kubeconfig, agents, step.detail)
        step.result = f"{len(available)} of {len(environment.agents)}"


def _again(stacks: Sequence[LocalStack]) -> None:
    for stack in stacks:
        log = stack.up().log
        if log.changed:
            raise LocalError(
                f"a second `up` of {stack.name} is not quiet: {log.summary()}.",
                "What the program asks for differs from run to run, or AWS gives back something else; see above.",
            )


def _show(home: Path, plane: ControlPlane, environment: StacksOfEnvironment) -> None:
    """What would exist, where the agents run, and what the machines cost."""
    with Inventory(home / "aws").transaction() as transaction:
        made = [(row.token, row.state) for row in transaction.live() if not row.is_outside]
    services = Counter(token.split(":")[1].split("/")[0] for token, _ in made)
    with connect(plane.kubeconfig) as cluster:
        types = Counter(node["metadata"]["labels"]["node.kubernetes.io/instance-type"] for node in cluster.nodes())
    say("")
    say(f"in AWS      {sum(services.values())} resources: {_counted(services)}")
    say(f"nodes       {sum(types.values())}: {_counted(types)}")
    if isinstance(environment.first.cluster, Eks):
        say(f"machines    {costs.machines(environment.first.cluster)}")
        say(f"the rest    {costs.beside(environment.first.cluster, made)}")
        say(f"by use      {costs.not_counted(made)}")
    say("")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


def _spare_protected(stacks: Sequence[LocalStack]) -> list[str]:
    """Destroy what is not protected, the lowest layer first, and hold what is left against what should be.

    Returns:
        the stacks that have something protected.
    """
    protecting = []
    for stack in reversed(stacks):
        stack.destroy(but_protected=True)
        left = stack.resources()
        if found := orphans(left):
            raise LocalError(
                f"{len(found)} resources of {stack.name} are neither protected nor needed by what is.",
                "Their deletion is held up by an edge too many, or they are never deleted.",
                "\n".join(f"  ✗ {urn}" for urn in found),
            )
        for each in (each for each in left if each.get("protect")):
            protecting.append(stack.name)
            say(f"  · protected: {each['urn'].rpartition('::')[2]} ({each['type']})")
    return protecting


def _unprotect(file: Path, pack: Path) -> None:
    """Take the documented step by which production may be deleted for good; an `up` has to follow."""
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    settings["config"]["agent-platform:cluster"]["deletionProtection"] = False
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    rules = json.loads(pack.read_text(encoding="utf-8"))
    lowered = {rule: {**rules.get(rule, {}), "enforcementLevel": "advisory"} for rule in _PROTECTING}
    pack.write_text(json.dumps({**rules, **lowered}), encoding="utf-8")
    say(f"deletionProtection: false, with {' and '.join(_PROTECTING)} lowered")


def orphans(left: list[dict[str, Any]]) -> list[str]:
    """The URNs of what is left though it is neither protected nor something that the protected stand on.

    Args:
        left: the resources of a state, as the engine exports them.
    """
    by_urn = {each["urn"]: each for each in left}
    needed: set[str] = set()
    waiting = [each["urn"] for each in left if each.get("protect")]
    while waiting:
        urn = waiting.pop()
        if urn in needed or urn not in by_urn:
            continue
        needed.add(urn)
        each = by_urn[urn]
        by_property = each.get("propertyDependencies") or {}
        waiting += [each.get("parent", ""), (each.get("provider") or "").rpartition("::")[0]]
        waiting += [*(each.get("dependencies") or []), *(urn for urns in by_property.values() for urn in urns or [])]
    return [urn for urn, each in by_urn.items() if urn not in needed and each.get("custom")]


def _refuse_leftovers(stacks: Sequence[LocalStack], home: Path) -> None:
    with Inventory(home / "aws").transaction() as transaction:
        rows = [f"{row.token} {row.name}" for row in transaction.live() if not row.is_outside]
    left = [each["urn"] for stack in stacks for each in stack.resources() if each.get("custom")] + rows
    if left:
        raise LocalError(
            f"{len(left)} resources are left after `destroy`.",
            "Each would go on costing money; look for what makes or keeps it.",
            "\n".join(f"  ✗ {each}" for each in left),
        )
