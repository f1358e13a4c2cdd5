"""Entries in Secrets Manager that a team's agents read, without their values: people or a rotation put these."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from components.config.model import Matching, Model, RefusedError
from components.config.names import Name
from components.config.problems import Problem
from components.config.quantities import Count
from components.config.team import Team
from components.config.yaml_file import YamlFile

MOST_DAYS = 90
"""The longest time between rotations that the pack allows by itself (`secrets-cmk-rotated`)."""

FunctionArn = Annotated[
    str,
    Matching(
        r"arn:aws:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]{1,128})?",
        "is not the ARN of a function in Lambda",
        "copy it from `aws lambda list-functions`",
    ),
]
SecretName = Annotated[
    Name,
    Matching(
        r"(?!.*-[a-z0-9]{6}$).*",
        "ends in a hyphen and six characters, as the ARNs of secrets do; AWS would take one for the other",
        "add or remove a character at its end",
    ),
]


class Rotation(Model):
    """How a secret is replaced, again and again."""

    function_arn: FunctionArn = Field(
        description="The function that makes a new value, in the cluster's account and region; see docs/uses.md.",
        examples=["arn:aws:lambda:eu-central-1:123456789012:function:rotate-payment-provider"],
    )
    days: Count = Field(30, ge=1, le=MOST_DAYS, description="Days from one to the next.")


class Secret(Model):
    """An entry in Secrets Manager for the agents of one team."""

    name: SecretName = Field(
        description="Its name, unique in its team; an agent's `uses` names it.", examples=["payment-provider"]
    )
    team: Name | None = Field(None, description="The team that it belongs to; default: the team of the stack.")
    description: str = Field(
        min_length=1,
        max_length=200,
        description="What it is for, and who gives it out.",
        examples=["key of the payment provider"],
    )
    rotation: Rotation | None = Field(
        None, description="How it is replaced; without one, the pack wants an exemption from `secrets-cmk-rotated`."
    )


class TeamSecret(Model):
    """A secret with its team."""

    team: Name
    spec: Secret

    @property
    def name(self) -> str:
        """Return its name, unique in its team."""
        return self.spec.name

    @property
    def reference(self) -> str:
        """Return `team/name`, unique in an environment."""
        return f"{self.team}/{self.name}"


def owned_secrets(secrets: Sequence[Secret], chosen: str | None) -> tuple[TeamSecret, ...]:
    """Return secrets with their teams: each one's own, or the stack's."""
    named = [(secret, secret.team or chosen) for secret in secrets]
    return tuple(TeamSecret.model_construct(team=team, spec=secret) for secret, team in named if team)


def check_secrets(
    secrets: Sequence[Secret],
    chosen: str | None,
    teams: Sequence[Team],
    place: tuple[str, str] | None,
    file: YamlFile,
) -> Iterator[Problem]:
    """Refuse secrets without a place in AWS, without a team, named twice, or rotated from somewhere else.

    Args:
        secrets: the secrets of the stack.
        chosen: the one team whose agents the stack holds, if any.
        teams: the teams of the environment.
        place: region and account of the cluster; None, if it is not in AWS.
        file: the stack's settings.
    """
    owners = [(secret.team or chosen, secret.name) for secret in secrets]
    for index, secret in enumerate(secrets):
        found = [*_homeless(secret, chosen, [team.name for team in teams]), *_unrotated(secret, place)]
        if owners[index] in owners[:index]:
            reason = f"team {owners[index][0]} has a secret {secret.name} already; AWS would refuse the second"
            found.append(RefusedError(reason, "rename or remove one of them"))
        for refused in found:
            path = f"secrets.{index}"
            yield Problem(file.name, file.line(path), path, "", refused.reason, refused.fix)


def _homeless(secret: Secret, chosen: str | None, teams: Sequence[str]) -> Iterator[RefusedError]:
    team, known = secret.team or chosen, ", ".join(sorted(teams))
    if team is None:
        reason = f"nothing says which team's {secret.name} is, and the stack is of all teams"
        yield RefusedError(reason, f"add `team:`, one of {known}")
    elif team not in teams:
        yield RefusedError(f"team {team} is not one of this environment's", f"known: {known}")
    elif chosen and team != chosen:
        reason = f"{secret.name} is team {team}'s, but this is the stack of team {chosen}"
        yield RefusedError(reason, "move it to that team's stack, or remove `team`")


def _unrotated(secret: Secret, place: tuple[str, str] | None) -> Iterator[RefusedError]:
    if place is None:
        reason = "secrets are kept in AWS, and cluster.kind is kubeconfig: nobody knows an account there"
        yield RefusedError(reason, "remove it, or use a cluster that is made by `kind: eks`")
    elif secret.rotation and tuple(secret.rotation.function_arn.split(":")[3:5]) != place:
        region, account = secret.rotation.function_arn.split(":")[3:5]
        reason = f"the function of {secret.name} is in {region} of {account}, the secret in {place[0]} of {place[1]}"
        yield RefusedError(f"{reason}; Secrets Manager would not call it", "name one beside the secret")
