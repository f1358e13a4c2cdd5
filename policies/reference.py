"""The reference of rules, made from the rules. `python -m policies.reference` writes it anew."""

from pathlib import Path
from typing import Final

from policies.rule import AnyRule
from policies.rules import RULES

TARGET: Final = Path(__file__).resolve().parents[1] / "docs" / "policies.md"
_HEAD: Final = """# The policy pack

Every resource is judged at preview and again before it is created. Levels, options and exemptions are set in
`policies/config.<environment>.json`; an exemption names the resource, a reason and its last day:

```json
{"pod-no-host-path": {"enforcementLevel": "mandatory",
                      "exemptions": [{"resource": "kubernetes:apps/v1:DaemonSet::node-agent",
                                      "reason": "reads the node's logs", "expires": "2027-03-31"}]}}
```

| rule | level | severity | what it asks | why | fix | covers |
|-|-|-|-|-|-|-|
"""


def page() -> str:
    """The whole page, a rule a row."""
    return _HEAD + "".join(f"{_row(rule)}\n" for rule in RULES)


def _row(rule: AnyRule) -> str:
    cells = (
        f"`{rule.name}`",
        rule.level.value,
        rule.severity.value,
        rule.description,
        rule.why,
        rule.remediation,
        ", ".join(rule.references.tags()),
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
