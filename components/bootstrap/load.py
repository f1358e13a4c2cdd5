"""The reader of the bootstrap's configuration: its settings in, one checked model out."""

import pulumi
from pydantic import ValidationError

from components.config.bootstrap import BootstrapSettings, BootstrapStack
from components.config.load import configured
from components.config.problems import ConfigurationError, from_validation
from components.config.yaml_file import YamlFile


def load() -> BootstrapSettings:
    """Return the settings of the stack that the engine runs.

    Raises:
        pulumi.RunError: they can't work; the text is the report of all problems.
    """
    try:
        return check(configured(f"bootstrap/Pulumi.{pulumi.get_stack()}.yaml"))
    except ConfigurationError as error:
        raise pulumi.RunError(str(error)) from None


def check(file: YamlFile) -> BootstrapSettings:
    """Return the settings that a file holds.

    Raises:
        ConfigurationError: they can't work; holds all problems.
    """
    problems = [*file.problems]
    if not problems:
        try:
            return BootstrapStack.model_validate(file.data).bootstrap
        except ValidationError as error:
            problems += from_validation(error, BootstrapStack, file.name, file.line)
    raise ConfigurationError(problems)
