"""The inventory on disk: whole transactions, many writers, readable; faults; and who may open it."""

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped] # it ships no type information
import pytest
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto import provider_pb2_grpc

from local.providers.aws import FAULTS_VARIABLE, REHEARSAL_VARIABLE
from local.providers.aws.inventory import FILE, Inventory
from local.providers.values import encode
from local.toolchain import provider_plugin
from tests.local.aws.plugin import ACCOUNT, REGION, Plugin, urn
from tests.local.providers.plugin import CallFailedError

ROOT = Path(__file__).resolve().parents[3]
PLUGIN = ROOT / "local" / "providers" / "aws" / "bin" / "pulumi-resource-aws"
VPC = {"cidrBlock": "10.0.0.0/16"}


def plan(folder: Path, monkeypatch: pytest.MonkeyPatch, *rules: dict[str, Any]) -> None:
    path = folder.parent / "faults.json"
    path.write_text(json.dumps(rules))
    monkeypatch.setenv(FAULTS_VARIABLE, str(path))


MAKE_MANY = """
import pathlib, sys
from tests.local.aws.plugin import Plugin

plugin = Plugin(pathlib.Path(sys.argv[1]))
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 10):
    plugin.make("sqs/queue:Queue", {"name": f"queue-{number}"}, f"queue-{number}")
"""


def test_a_failure_within_an_operation_leaves_nothing_of_it(folder: Path) -> None:
    inventory = Inventory(folder)
    with pytest.raises(ZeroDivisionError), inventory.transaction() as transaction:
        transaction.count_fault("rule") / 0
    with inventory.transaction() as transaction:
        assert transaction.count_fault("rule") == 0


def test_processes_that_write_at_the_same_time_lose_nothing(folder: Path) -> None:
    command = [sys.executable, "-c", MAKE_MANY, str(folder)]
    writers = [subprocess.Popen([*command, start], cwd=ROOT) for start in ("0", "10", "20")]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    rows = Plugin(folder).inventory()
    assert {row.name for row in rows} == {f"queue-{number}" for number in range(30)}
    assert len({row.number for row in rows}) == 30


def test_an_inventory_of_another_format_is_refused(plugin: Plugin) -> None:
    connection = sqlite3.connect(plugin.folder / FILE)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(CallFailedError, match="format 99"):
        Plugin(plugin.folder)


def dump(*arguments: str, expect: int = 0) -> str:
    command = [sys.executable, "-m", "local.providers.aws", "dump", *arguments]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == expect, finished.stderr
    return finished.stdout + finished.stderr


def test_an_inventory_is_printed_for_people_and_for_programs(plugin: Plugin) -> None:
    vpc = plugin.make("ec2/vpc:Vpc", VPC, "main")
    plugin.delete(plugin.make("sqs/queue:Queue", {"name": "gone"}, "gone"))
    shown = dump(str(plugin.folder))
    assert "main" in shown
    assert vpc.id in shown
    assert "gone" not in shown
    steps = [line.split()[:3] for line in dump(str(plugin.folder), "--journal").splitlines()]
    assert [(operation, name) for operation, _, name in steps] == [
        ("create", "main"),
        ("create", "gone"),
        ("delete", "gone"),
    ]
    found = json.loads(dump(str(plugin.folder), "--json"))
    assert [resource["id"] for resource in found["resources"]] == [vpc.id]
    assert [step["operation"] for step in found["journal"]] == ["create", "create", "delete"]


def test_a_folder_without_an_inventory_is_said_to_be_one(tmp_path: Path) -> None:
    assert "nothing was rehearsed there" in dump(str(tmp_path), expect=2)
    assert list(tmp_path.iterdir()) == []


def test_throttling_is_waited_out_up_to_the_providers_limit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(folder, monkeypatch, {"fault": "throttle", "operation": "create", "times": 24})
    assert Plugin(folder).make("ec2/vpc:Vpc", VPC).id
    plan(folder, monkeypatch, {"fault": "throttle", "operation": "create", "times": 99})
    with pytest.raises(CallFailedError, match="Throttling: Rate exceeded"):
        Plugin(folder).make("ec2/vpc:Vpc", VPC, "other")


def test_a_server_error_strikes_what_it_is_meant_for_and_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(folder, monkeypatch, {"fault": "error", "type": "aws:ec2/*", "name": "b", "code": "Unavailable"})
    plugin = Plugin(folder)
    plugin.make("ec2/vpc:Vpc", VPC, "a")
    with pytest.raises(CallFailedError, match="Unavailable"):
        plugin.make("ec2/vpc:Vpc", VPC, "b")
    assert [row.name for row in plugin.inventory()] == ["a"]
    plugin.make("ec2/vpc:Vpc", VPC, "b")


def test_a_lost_reply_leaves_what_was_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(folder, monkeypatch, {"fault": "lost-reply", "operation": "create"})
    plugin = Plugin(folder)
    news = {"name": "q"}
    with pytest.raises(CallFailedError, match="AWS may have done it"):
        plugin.make("sqs/queue:Queue", news)
    assert [row.name for row in plugin.inventory()] == ["it"]
    with pytest.raises(CallFailedError, match="QueueAlreadyExists"):
        plugin.make("sqs/queue:Queue", news)


@pytest.mark.parametrize(("when", "left"), [("before", 0), ("after", 1)])
def test_a_killed_plugin_leaves_all_of_an_operation_or_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, when: str, left: int
) -> None:
    plan(folder, monkeypatch, {"fault": "kill", "operation": "create", "when": when})
    process = subprocess.Popen([str(PLUGIN)], stdout=subprocess.PIPE, text=True, cwd=folder.parent)
    assert process.stdout is not None
    with process.stdout, grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        stub.Configure(proto.ConfigureRequest(variables={"aws:config:region": REGION}))
        with pytest.raises(grpc.RpcError):
            stub.Create(proto.CreateRequest(urn=urn("ec2/vpc:Vpc"), properties=encode(VPC)))
    assert process.wait() == -signal.SIGKILL
    monkeypatch.delenv(FAULTS_VARIABLE)
    assert len(Plugin(folder).inventory()) == left


def test_an_unusable_fault_plan_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(folder, monkeypatch, {"fault": "flood"})
    with pytest.raises(CallFailedError, match=FAULTS_VARIABLE):
        Plugin(folder)


def test_the_provider_refuses_to_serve_where_nobody_asked_for_a_rehearsal(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(REHEARSAL_VARIABLE)
    with pytest.raises(CallFailedError, match="no rehearsal was asked"):
        Plugin(folder)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"region": ""}, "region: missing"),
        ({"region": "frankfurt"}, "no AWS region"),
        ({"allowedAccountIds": ["12"]}, "twelve digits"),
        ({"forbiddenAccountIds": [ACCOUNT]}, "conflicts with"),
        ({"allowedAccountIds": [], "forbiddenAccountIds": ["123456789012"]}, "the account rehearsed in"),
    ],
)
def test_a_provider_that_aws_would_refuse_is_refused(folder: Path, settings: dict[str, Any], why: str) -> None:
    with pytest.raises(CallFailedError, match=why):
        Plugin(folder, **settings)


def test_a_rehearsal_puts_the_offline_plugin_first_on_path(tmp_path: Path) -> None:
    found = provider_plugin.rehearsal({"PATH": "/usr/bin", "OTHER": "1"}, ROOT, tmp_path)
    assert found == {
        "PATH": f"{PLUGIN.parent}:/usr/bin",
        "OTHER": "1",
        REHEARSAL_VARIABLE: str(tmp_path),
    }
    assert PLUGIN.is_file()
