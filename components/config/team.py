"""A team: a namespace of its own, with what it may use and who may look into it."""

from pydantic import Field

from components.config.model import Model
from components.config.names import Name
from components.config.quantities import Cpu, Memory


class Quota(Model):
    """What all pods of a team may reserve together, releases included."""

    cpu: Cpu
    memory: Memory
    gpus: int = Field(0, ge=0, le=10_000, description="GPUs.")
    pods: int = Field(ge=1, le=10_000, description="Pods.")


class Ceiling(Model):
    """What one container of a team may use at most; the API server refuses more."""

    cpu: Cpu = Field("8", description="CPU limit of one container.")
    memory: Memory = Field("32Gi", description="Memory limit of one container.")
    gpus: int = Field(0, ge=0, le=16, description="GPUs of one container.")


class Team(Model):
    """A team of an environment."""

    name: Name
    group: str = Field(min_length=1, max_length=200, description="The SSO group whose members may look into it.")
    quota: Quota
    ceiling: Ceiling = Field(default_factory=lambda: Ceiling.model_validate({}))
    priority: int = Field(0, ge=-1_000_000, le=1_000_000, description="Priority of its pods; higher goes first.")

    @property
    def namespace(self) -> str:
        """Return the name of the team's namespace."""
        return self.name
