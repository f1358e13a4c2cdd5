"""env-no-literal-secret: no environment variable and no command line holds a credential.

A message never holds the value. A variable that takes its value from a Secret or from the pod is no literal; whether a
Secret should be a file is another rule's business.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place, unreadable
from policies.credentials import disclosed, flags, is_login
from policies.findings import Finding, Violation
from policies.options import text_list
from policies.rule import Option, Options, References, Rule
from policies.subjects.pods import PODS, Pod, handlers
from policies.unknowns import ABSENT, Field, shown

_FIX: Final = "keep it in a secret store, mount it as a file, and give the file's path here"
_COMMANDS: Final = ("command", "args")
_LOGINS: Final = ("u", "user", "proxy-user")
_AUTHORIZATION: Final = ("authorization", "proxy-authorization")
_SCRIPT: Final = "source"


def judge(pod: Pod, options: Options) -> Iterator[Finding]:
    """Finds every credential that is written into a container's environment, commands, probes or hooks."""
    for container in pod.containers:
        for variable in container.at("env").items():
            yield from _in_variable(variable, options)
        hooks = list(handlers(container))
        for line in (*(container.at(name) for name in _COMMANDS), *(hook.at("exec", "command") for hook in hooks)):
            if line.value is not ABSENT:
                yield from _in_words(line.items(), options)
        yield from _in_text(container.at(_SCRIPT))
        for hook in hooks:
            for header in hook.at("httpGet", "httpHeaders").items():
                yield from _in_variable(header, options, "header")


def _in_variable(variable: Field, options: Options, what: str = "variable") -> Iterator[Finding]:
    name, value = variable.at("name"), variable.at("value")
    if value.value is ABSENT:
        return
    if not isinstance(value.value, str):
        yield unreadable(value, "a string", _FIX)
        return
    called = name.value if isinstance(name.value, str) else ""
    if called in options["harmlessNames"]:
        found = disclosed("", value.value)
    elif what == "header" and called.lower() in _AUTHORIZATION:
        found = disclosed("token", value.value.rpartition(" ")[2]) or disclosed("", value.value)
    else:
        found = disclosed(called, value.value)
    if found:
        yield _violation(value, found, f" of {what} {name.text}" if called else "")


def _in_words(words: Sequence[Field], options: Options) -> Iterator[Finding]:
    given = {index: (name, value) for index, name, value in flags(word.value for word in words)}
    for index, word in enumerate(words):
        name, value = given.get(index, ("", ""))
        if name:
            harmless = name in options["harmlessNames"]
            found = disclosed("" if harmless else name, value)
            if not found and not harmless and name in _LOGINS and is_login(value):
                found = "a user with a password"
            yield from [_violation(word, found, f" of flag {shown(name)}")] if found else []
        else:
            yield from _in_text(word)


def _in_text(text: Field) -> Iterator[Finding]:
    if text.value is ABSENT:
        return
    if not isinstance(text.value, str):
        yield unreadable(text, "a string", _FIX)
        return
    found = disclosed("", text.value)
    if found:
        yield _violation(text, found)


def _violation(field: Field, found: str, of: str = "") -> Violation:
    return Violation(f"{place(field)}{of} holds {found}. Fix: {_FIX}.")


OPTIONS: Final[dict[str, Option]] = {
    "harmlessNames": text_list("Names that sound like a credential's and aren't; their values are still looked at.", [])
}
RULE = Rule(
    name="env-no-literal-secret",
    description="Environment variables and command lines must not hold credentials.",
    why="Whoever may read the pod, its node's processes or its crash reports reads the credential, and it can't be "
    "replaced without a rollout.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.CRITICAL,
    references=References(
        kubescape=("C-0012",), owasp=("LLM02", "ASI03"), others=("polaris sensitiveContainerEnvVar",)
    ),
    remediation="Keep the credential in a secret store, mount it as a file, and let the variable hold the file's path.",
    area=PODS,
    judge=judge,
    options=OPTIONS,
)
