"""The base of every model that people write: frozen, strict about unknown keys, camelCase in YAML."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, core_schema


class Model(BaseModel):
    """A frozen piece of configuration. A key it does not know is an error, not a default."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=False,
        serialize_by_alias=True,
        use_attribute_docstrings=False,
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> "Iterator[RefusedError]":  # noqa: ARG003 - models that have some use it
        """Yield what stands against each other in the data as people wrote it, whether or not each field is right."""
        yield from ()

    @model_validator(mode="wrap")
    @classmethod
    def _all_at_once(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Report wrong fields and conflicts between fields together; pydantic alone would stop at the former."""
        errors: list[Any] = []
        made: Self | None = None
        try:
            made = handler(data)
        except ValidationError as error:
            errors = [
                {key: item[key] for key in ("type", "loc", "input", "ctx") if key in item} for item in error.errors()
            ]
        found = cls.conflicts(data) if isinstance(data, Mapping) else ()
        errors += [{"type": "value_error", "loc": (), "input": data, "ctx": {"error": conflict}} for conflict in found]
        if errors or made is None:
            raise ValidationError.from_exception_data(cls.__name__, errors)
        return made

    def plain(self) -> dict[str, Any]:
        """Return the model as JSON types with the keys that people write, unset options left out."""
        return self.model_dump(mode="json", exclude_none=True)


class RefusedError(ValueError):
    """A value that can't work.

    Args:
        reason: what is wrong, with the values, and what would happen.
        fix: what to write instead.
    """

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix


LONGEST_LABEL = 63
LABEL_VALUE = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
"""https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set"""


@dataclass(frozen=True)
class Matching:
    """Marks text of one form; the reason of a refusal comes after the text itself. Editors get the pattern too."""

    pattern: str
    reason: str
    fix: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check the text after pydantic knows that it is text."""
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the text's schema with the pattern."""
        return {**handler(schema), "pattern": f"^({self.pattern})$"}

    def _checked(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text):
            raise RefusedError(f'"{text}" {self.reason}', self.fix)
        return text
