"""Check and Diff: the inputs as they will be sent, and what an update of them would change or replace."""

from __future__ import annotations

from dataclasses import dataclass

from local.providers import secrets
from local.providers.kubernetes import checkpoint, diff, force_new, naming, objects
from local.providers.kubernetes.cluster import Cluster
from local.providers.kubernetes.configuration import Settings
from local.providers.kubernetes.deprecation import warning as deprecation
from local.providers.kubernetes.failures import ApiError, NoSuchKind, Refusal
from local.providers.kubernetes.kinds import Urn
from local.providers.kubernetes.normal_form import normal
from local.providers.kubernetes.readiness import workloads
from local.providers.messages import Voice
from local.providers.values import UNKNOWN, Object, plain, properties

_HELM = (
    "Helm releases are not supported by the offline provider: only the official kubernetes plugin carries Helm. "
    "Install it with `pulumi plugin install resource kubernetes`, or leave the release out"
)


@dataclass(frozen=True, slots=True)
class Autonaming:
    """What the engine says of a new resource's name."""

    seed: bytes = b""
    proposed: str = ""
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """The answer to Diff."""

    changes: dict[str, diff.Change]
    replaces: list[str]
    delete_before_replace: bool
    unready: bool = False

    @property
    def some(self) -> bool:
        """Whether anything changes."""
        return bool(self.changes) or self.unready


@dataclass(frozen=True, slots=True)
class Judge:
    """Check and Diff for one provider."""

    settings: Settings
    cluster: Cluster | None

    def check(self, urn: Urn, voice: Voice, old: Object, news: Object, autonaming: Autonaming) -> Object:
        """The inputs to work with: normal, named, in their namespace, secrets marked."""
        if urn.is_helm_release:
            raise Refusal(_HELM)
        if urn.is_list:
            raise Refusal(f"{urn.kind} exists for YAML files only: make a resource of each of its items")
        inputs: Object = plain(news)
        before: Object = plain(old)
        is_patch = urn.is_patch_of(inputs)
        if is_patch and not self.settings.server_side_apply:
            raise Refusal("Patch resources need server-side apply: remove `enableServerSideApply: false`")
        inputs = normal(inputs)
        if objects.annotation(inputs, objects.AUTONAMED):
            voice.warn(f"the annotation {objects.AUTONAMED} is the provider's own: leave it out of the program")
        if is_patch and not naming.is_named(inputs):
            raise Refusal("a Patch resource needs `metadata.name`: the name of the object to patch")
        self._name(urn, inputs, before, autonaming)
        if naming.is_generated(inputs) and self.settings.server_side_apply:
            raise Refusal(
                "`metadata.generateName` is not supported with server-side apply: leave the name out to have it made up"
            )
        self._warn(urn, voice)
        self._place(inputs)
        if self.cluster is not None and objects.is_crd(inputs):
            self.cluster.kinds.plan(inputs)
        checked: Object = properties(inputs)
        secrets.mark(checked, news)
        return checked

    def _name(self, urn: Urn, inputs: Object, before: Object, autonaming: Autonaming) -> None:
        if before:
            naming.adopt_name(inputs, before)
            if naming.is_labelled(before):
                naming.label(inputs)
            return
        naming.autoname(inputs, urn.name, autonaming.seed, autonaming.proposed, disabled=autonaming.disabled)
        if not self.settings.server_side_apply:
            naming.label(inputs)

    def _warn(self, urn: Urn, voice: Voice) -> None:
        message = deprecation(urn.api_version, urn.kind)
        if message and not self.settings.suppress_deprecation_warnings:
            voice.warn(message)

    def _place(self, inputs: Object) -> None:
        """Set the provider's namespace where the program names none."""
        if self.cluster is None or objects.at(inputs, "metadata", "namespace"):
            return
        metadata = inputs.setdefault("metadata", {})
        if metadata is not UNKNOWN and self._is_namespaced(inputs):
            metadata["namespace"] = self.cluster.namespace

    def _is_namespaced(self, inputs: Object) -> bool:
        if self.cluster is None or self.cluster.unreachable():
            return True
        version = objects.text(inputs, "apiVersion").removeprefix("core/")
        return self.cluster.kinds.is_namespaced(version, objects.text(inputs, "kind"))

    def diff(self, urn: Urn, voice: Voice, state: Object, news: Object, ignored: list[str]) -> Difference:
        """What changes between the live state as far as the program wrote it, and the new inputs."""
        inputs = normal(plain(news))
        submitted, live = checkpoint.parse(state)
        pruned = objects.prune(live, normal(submitted))
        self._align(pruned, inputs)
        if objects.name(inputs):
            objects.put(pruned, objects.name(live), "metadata", "name")
        forced = self._forced(urn, inputs)
        changes = diff.without(diff.changes(pruned, inputs, forced), ignored)
        replaces = [
            path
            for path, change in changes.items()
            if change.replaces or (path == "metadata" and change.kind == "delete")
        ]
        unready = self._must_replace_unready(voice, inputs, live)
        if unready:
            replaces.append(f'.metadata.annotations["{objects.REPLACE_UNREADY}"]')
        return Difference(changes, replaces, bool(replaces) and _keeps_its_name(inputs, live), unready)

    def _align(self, pruned: Object, inputs: Object) -> None:
        """Make the two sides comparable: the namespace spelled out, or absent where the kind has none."""
        if self._is_namespaced(inputs):
            for side in (pruned, inputs):
                if not objects.namespace(side) and side.get("metadata") is not UNKNOWN:
                    objects.put(side, "default", "metadata", "namespace")
        else:
            for side in (pruned, inputs):
                objects.remove(side, "metadata", "namespace")
        if self.settings.server_side_apply:
            objects.remove(pruned, "metadata", "resourceVersion")

    def _forced(self, urn: Urn, inputs: Object) -> tuple[force_new.Path, ...]:
        if urn.is_patch_of(inputs):
            return force_new.IDENTITY
        return force_new.fields(
            inputs,
            mutable_config_maps=self.settings.mutable_config_maps,
            mutable_secrets=self.settings.mutable_secrets,
        )

    def _must_replace_unready(self, voice: Voice, inputs: Object, live: Object) -> bool:
        if not objects.is_annotated(inputs, objects.REPLACE_UNREADY):
            return False
        if inputs.get("kind") != "Job":
            voice.warn(f"{objects.REPLACE_UNREADY} works for Jobs only")
            return False
        if self.cluster is None or self.cluster.unreachable():
            voice.warn(f"{objects.REPLACE_UNREADY} is not looked at, since the cluster is unreachable")
            return False
        try:
            return not workloads.job(self.cluster.get(live)).ready
        except (ApiError, NoSuchKind):
            return False


def _keeps_its_name(inputs: Object, live: Object) -> bool:
    """Whether the new object must have the old one's name, so that the old one has to go first."""
    return (
        not naming.is_autonamed(inputs)
        and naming.is_named(inputs)
        and objects.name(inputs) == objects.name(live)
        and objects.namespace(inputs) == objects.namespace(live)
    )
