"""`make rehearse`: an environment that is made in AWS, brought up and taken down on this machine, at no cost.

The real engine, the real program and the strict policy pack run on the environment's own stack file. AWS is the offline
provider's; its EKS cluster is a control plane of this machine, whose nodes are those of the node groups, so that the
real scheduler places the agents. Shown: a second `up` changes nothing, `destroy` leaves what is protected and what
that stands on, and with `deletionProtection: false` it leaves nothing.
"""

import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from components.config.eks import Eks
from components.config.load import read_stack_file
from components.config.platform import PlatformConfig
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
_PROTECTING = ("stack-protect-stateful", "eks-deletion-protection")
"""The rules that hold production's protection; who deletes it for good has them lowered, in a reviewed change."""


def rehearse(checkout: Checkout, environment: str, *, keep: bool) -> None:
    """Take an environment through `up`, a second `up` and `destroy`.

    Args:
        checkout: whose program and stack file.
        environment: `Pulumi.<environment>.yaml`.
        keep: leave everything up after the second `up`, to look around.

    Raises:
        LocalError: something in it is not as promised.
    """
    config = _configuration(checkout, environment)
    home = checkout.state / f"rehearsal-{environment}"
    with exclusive(home / "lock", f"another rehearsal of {environment}", say):
        plane = ControlPlane(home)
        plane.remove()
        for part in ("aws", "program", "pulumi"):
            shutil.rmtree(home / part, ignore_errors=True)
        try:
            _play(checkout, home, plane, config, keep=keep)
        finally:
            if not keep:
                plane.remove()
    if keep:
        say(f"\nleft up: KUBECONFIG={plane.kubeconfig}, inventory in {home / 'aws'}; `make down` stops it")


def _play(checkout: Checkout, home: Path, plane: ControlPlane, config: PlatformConfig, *, keep: bool) -> None:
    ready = commands.tools()
    with Step("control plane"):
        plane.start(ready, Topology(config.cluster.zones, ()), say)
    engine = commands.engine(checkout, ready)
    project = _project(checkout, home, plane, config.environment.value, engine.environment())
    if isinstance(config.cluster, Eks):
        (home / "aws" / references.OUTSIDE).write_text(json.dumps(outside.existing(config.cluster)), encoding="utf-8")
    stack = LocalStack(project)
    _bring_up(stack, plane, config)
    _show(home, plane, config)
    _again(stack)
    if not keep:
        if _spare_protected(stack):
            _unprotect(stack, project)
            stack.destroy()
        _refuse_leftovers(stack, home)
        say("nothing is left")


def _configuration(checkout: Checkout, environment: str) -> PlatformConfig:
    path = checkout.root / f"Pulumi.{environment}.yaml"
    if not path.is_file():
        known = sorted(each.name.split(".")[1] for each in checkout.root.glob("Pulumi.*.yaml"))
        raise LocalError(f"there is no {path.name}.", f"Name an environment that has a stack file: {', '.join(known)}.")
    try:
        config = read_stack_file(path, checkout.root / "agents")
    except ConfigurationError as error:
        raise LocalError("the configuration was refused.", "Correct the files.", str(error)) from None
    if not isinstance(config.cluster, Eks):
        raise LocalError(
            f"{path.name} makes nothing in AWS: its cluster.kind is {config.cluster.kind}.",
            "A rehearsal is for `cluster: {kind: eks}`; `make up` brings up the local cloud.",
        )
    return config


def _project(
    checkout: Checkout, home: Path, plane: ControlPlane, environment: str, variables: Mapping[str, str]
) -> Project:
    """The program beside a copy of the stack file, into which the engine writes the salt of its passphrase."""
    program = home / "program"
    program.mkdir(parents=True)
    for entry in checkout.root.iterdir():
        if entry.name not in _NOT_THE_PROGRAM:
            (program / entry.name).symlink_to(entry)
    file = program / f"Pulumi.{environment}.yaml"
    file.unlink()
    shutil.copy(checkout.root / file.name, file)
    own = {
        **variables,
        "PULUMI_BACKEND_URL": f"file://{home / 'pulumi'}",
        "PULUMI_STACK": environment,
        _PACK: str(shutil.copy(checkout.root / "policies" / f"config.{environment}.json", home / "policies.json")),
        "KUBECONFIG": os.devnull,  # the cluster is reached as in AWS: by `aws eks get-token`
    }
    own = rehearsal(own, checkout.root, home / "aws", plane.kubeconfig)
    return Project(program, home / "pulumi", environment, own)


def _bring_up(stack: LocalStack, plane: ControlPlane, config: PlatformConfig) -> None:
    plan = stack.preview()
    commands.print_remarks(plan)
    outputs = stack.up(plan).outputs
    with Step("agents available") as step:
        agents = gate.wait(plane.kubeconfig, outputs.get("agents") or {}, step.detail)
        step.result = f"{len(agents)} of {len(config.agents)}"


def _again(stack: LocalStack) -> None:
    log = stack.up().log
    if log.changed:
        raise LocalError(
            f"a second `up` is not quiet: {log.summary()}.",
            "What the program asks for differs from run to run, or AWS gives back something else; see the lines above.",
        )


def _show(home: Path, plane: ControlPlane, config: PlatformConfig) -> None:
    """What would exist, where the agents run, and what the machines cost."""
    with Inventory(home / "aws").transaction() as transaction:
        services = Counter(row.token.split(":")[1].split("/")[0] for row in transaction.live() if not row.is_outside)
    with connect(plane.kubeconfig) as cluster:
        types = Counter(node["metadata"]["labels"]["node.kubernetes.io/instance-type"] for node in cluster.nodes())
    say("")
    say(f"in AWS      {sum(services.values())} resources: {_counted(services)}")
    say(f"nodes       {sum(types.values())}: {_counted(types)}")
    if isinstance(config.cluster, Eks):
        say(f"machines    {costs.told(config.cluster)}")
    say("")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


def _spare_protected(stack: LocalStack) -> bool:
    """Destroy what is not protected, and hold what is left against what should be; return whether there is any."""
    stack.destroy(but_protected=True)
    left = stack.resources()
    if found := orphans(left):
        raise LocalError(
            f"{len(found)} resources are neither protected nor needed by what is.",
            "Their deletion is held up by an edge too many, or they are never deleted.",
            "\n".join(f"  ✗ {urn}" for urn in found),
        )
    protected = [each for each in left if each.get("protect")]
    for each in protected:
        say(f"  · protected: {each['urn'].rpartition('::')[2]} ({each['type']})")
    return bool(protected)


def _unprotect(stack: LocalStack, project: Project) -> None:
    """Take the documented step by which production may be deleted for good; it brings up again what was destroyed."""
    file = project.folder / f"Pulumi.{project.stack}.yaml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    settings["config"]["agent-platform:cluster"]["deletionProtection"] = False
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    pack = Path(project.environment[_PACK])
    rules = json.loads(pack.read_text(encoding="utf-8"))
    lowered = {rule: {**rules.get(rule, {}), "enforcementLevel": "advisory"} for rule in _PROTECTING}
    pack.write_text(json.dumps({**rules, **lowered}), encoding="utf-8")
    say(f"deletionProtection: false, with {' and '.join(_PROTECTING)} lowered")
    stack.up()


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


def _refuse_leftovers(stack: LocalStack, home: Path) -> None:
    with Inventory(home / "aws").transaction() as transaction:
        rows = [f"{row.token} {row.name}" for row in transaction.live() if not row.is_outside]
    left = [each["urn"] for each in stack.resources() if each.get("custom")] + rows
    if left:
        raise LocalError(
            f"{len(left)} resources are left after `destroy`.",
            "Each would go on costing money; look for what makes or keeps it.",
            "\n".join(f"  ✗ {each}" for each in left),
        )
