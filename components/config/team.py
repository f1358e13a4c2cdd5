"""A team: a namespace of its own, with what it may use and who may look into it."""

from typing import Annotated

from pydantic import AfterValidator, Field

from components.config.model import Model, RefusedError
from components.config.names import LabelValue, Name
from components.config.quantities import Count, Cpu, Memory


def _own_namespace(name: str) -> str:
    if name == "default" or name.startswith("kube-"):
        raise RefusedError(
            f"the team's namespace would be {name}, which belongs to Kubernetes; quota and default deny would hit it",
            "give the team another name",
        )
    return name


class Quota(Model):
    """What all pods of a team may reserve together, releases included."""

    cpu: Cpu
    memory: Memory
    gpus: Count = Field(0, ge=0, le=10_000, description="GPUs.")
    pods: Count = Field(ge=1, le=10_000, description="Pods.")


class Ceiling(Model):
    """What one container of a team may use at most; the API server refuses more."""

    cpu: Cpu = Field("8", description="CPU limit of one container.")
    memory: Memory = Field("32Gi", description="Memory limit of one container.")
    gpus: Count = Field(0, ge=0, le=16, description="GPUs of one container.")


class Team(Model):
    """A team of an environment."""

    name: Annotated[Name, AfterValidator(_own_namespace)]
    group: str = Field(min_length=1, max_length=200, description="The SSO group whose members may look into it.")
    quota: Quota
    ceiling: Ceiling = Field(default_factory=lambda: Ceiling.model_validate({}))
    residency: LabelValue | None = Field(
        None,
        description="Where the data of its agents stay: a region. Agents that declare a `dataClass` need it.",
        examples=["eu-central-1"],
    )
    priority: Count = Field(0, ge=-1_000_000, le=1_000_000, description="Priority of its pods; higher goes first.")

    @property
    def namespace(self) -> str:
        """Return the name of the team's namespace."""
        return self.name
