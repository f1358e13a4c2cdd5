"""The reader of the bootstrap's configuration: its settings in, one checked model out."""

import pulumi
from pulumi.runtime.config import CONFIG
from pydantic import ValidationError

from components.config.bootstrap import BootstrapSettings, BootstrapStack
from components.config.load import PREFIX
from components.config.problems import ConfigurationError, from_validation
from components.config.yaml_file import YamlFile


def load() -> BootstrapSettings:
    """Return the settings of the stack that the engine runs.

    Raises:
        pulumi.RunError: they can't work; the text is the report of all problems.
    """
    config = pulumi.Config(PREFIX.removesuffix(":"))
    names = [key.removeprefix(PREFIX) for key in CONFIG.get() if key.startswith(PREFIX)]
    data = {name: _value(config, name) for name in names}
    try:
        return check(YamlFile(f"bootstrap/Pulumi.{pulumi.get_stack()}.yaml", data, {}, ()))
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


def _value(config: pulumi.Config, name: str) -> object:
    try:
        found: object = config.get_object(name)
    except pulumi.ConfigTypeError:
        return config.get(name)
    return found
