"""Refusals of the API server in prose: which object, the server's words, and what to do."""

from __future__ import annotations

from local.providers.kubernetes import objects
from local.providers.kubernetes.failures import ApiError, NoSuchKind, Unreachable
from local.providers.kubernetes.kinds import Urn
from local.providers.values import Object

_EXISTS = """
An object of this name is there already, and a create never takes over somebody's object. Choose one:
  - it is this resource under another logical name: give the resource an alias of the old one;
  - it belongs into this stack: `pulumi import`, or the resource option `import`;
  - only some of its fields are yours: use the kind's Patch resource;
  - creates are to adopt what they find: set `upsertExistingObjects` on the provider."""
_NAMESPACE = "\nCreate the namespace first, and let this resource depend on it or take its name from its output."
_KIND = "\nThe cluster serves no such kind: install its CustomResourceDefinition first, or mend apiVersion and kind."


def shown(obj: Object) -> str:
    """The object as a person names it."""
    return f"{obj.get('kind')} {objects.full_name(obj)}"


def refused(urn: Urn, obj: Object, verb: str, error: Exception, manager: str = "") -> str:
    """The message for an operation that failed; `verb` as in "was not created"."""
    if isinstance(error, Unreachable):
        return f"{shown(obj)} was not {verb}, since the cluster is unreachable: {error}"
    message = f"{shown(obj)} ({urn.name}) was not {verb}: {error}"
    if isinstance(error, NoSuchKind):
        return message + _KIND
    return message + hint(error, manager) if isinstance(error, ApiError) else message


def hint(error: ApiError, manager: str) -> str:
    """What to do about a refusal, on lines of its own; '' when the server's words say it all."""
    if error.reason == "AlreadyExists":
        if "object is being deleted" in str(error):
            return (
                "\nThe former object is still being deleted: run again when it is gone, or drop pulumi.com/skipAwait."
            )
        return _EXISTS
    if error.reason == "Conflict" and error.causes:
        return _conflict(error, manager)
    if error.reason == "NotFound" and error.details.get("kind") == "namespaces":
        return _NAMESPACE
    if error.code == 401:
        return "\nThe cluster does not accept this kubeconfig's credentials: renew them, or choose another context."
    if error.code == 403 and "exceeded quota" not in str(error):
        return "\nGive the user of this kubeconfig that permission, or change the object so that admission accepts it."
    return ""


def _conflict(error: ApiError, manager: str) -> str:
    fields = "".join(f"\n  - {cause.get('field')}: {cause.get('message')}" for cause in error.causes)
    return (
        f"\nThese fields belong to other field managers than {manager!r}:{fields}\n"
        'Leave them out of the program, or take them with the annotation pulumi.com/patchForce: "true", '
        "or list them in the resource option `ignoreChanges`."
    )
