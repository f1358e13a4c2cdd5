"""The page about the bootstrap says what the code does."""

import re

from components.bootstrap.boundary import boundary
from components.bootstrap.component import build
from components.bootstrap.names import Names
from components.config.bootstrap import BootstrapStack
from components.config.load import ROOT
from components.config.reference import page
from tests.components.aws_recording import recording, run
from tests.components.bootstrap.making import settings

PAGE = (ROOT / "docs/bootstrap.md").read_text(encoding="utf-8")


def test_its_options_are_the_models() -> None:
    assert PAGE.endswith(f"\n\n{page(BootstrapStack, '').strip()}\n")


def test_its_outputs_and_its_count_of_resources_are_the_programs() -> None:
    with recording(preview=False) as cloud:
        outputs = run(lambda _: build(settings()))
    shown = re.findall(r"^    (\w+) *: \"", PAGE, re.MULTILINE)
    assert shown == sorted(outputs)
    made = [each for each in cloud.registered if not each.type.startswith("pulumi:providers:")]
    assert f"+ {len([*made, 'its provider', 'the stack'])} created" in PAGE


def test_it_names_the_roles_and_the_boundary_as_they_are_called() -> None:
    names = Names.of(settings())
    for arn in (names.role_arn("up"), names.role_arn("preview"), names.boundary_arn):
        assert arn in PAGE
    assert names.backend in PAGE
    assert names.secrets_provider in PAGE


def test_files_and_folders_that_it_names_exist() -> None:
    named = set(re.findall(r"`((?:bootstrap|components|policies)/[\w./]+\.\w+)`", PAGE))
    assert len(named) > 1
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_what_it_says_that_up_may_not_do_is_denied() -> None:
    denied = {action for each in boundary(Names.of(settings()))["Statement"][1:] for action in each["Action"]}
    assert {"iam:CreateUser", "iam:CreateAccessKey", "s3:DeleteObjectVersion", "organizations:*"} <= denied
