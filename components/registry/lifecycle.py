"""Which images a repository lets go, and when, as ECR's lifecycle policies.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
"""

from typing import Any


def own(releases: int, untagged_days: int) -> dict[str, Any]:
    """Return the policy of an image of our own.

    Args:
        releases: how many tagged images are kept, the youngest by when they were pushed.
        untagged_days: how long an image without a tag is kept after it was pushed.
    """
    last = {"tagStatus": "tagged", "tagPatternList": ["*"], "countType": "imageCountMoreThan", "countNumber": releases}
    return {
        "rules": [
            _untagged(untagged_days),
            {
                "rulePriority": 2,
                "description": f"Keep the last {releases} releases",
                "selection": last,
                "action": {"type": "expire"},
            },
        ]
    }


def mirrored(untagged_days: int) -> dict[str, Any]:
    """Return the policy of a copy: what has a tag stays, since somebody put it there by name."""
    return {"rules": [_untagged(untagged_days)]}


def cached(days: int) -> dict[str, Any]:
    """Return the policy of what is fetched on demand: it goes after so many days, and comes back when it is asked for.

    What was asked for by its digest has no tag here, so that tags say nothing of its use.
    """
    return {"rules": [_aged(1, "any", days, f"Fetch anew after {days} days")]}


def _untagged(days: int) -> dict[str, Any]:
    return _aged(1, "untagged", days, f"Untagged images go after {days} days")


def _aged(priority: int, status: str, days: int, description: str) -> dict[str, Any]:
    return {
        "rulePriority": priority,
        "description": description,
        "selection": {
            "tagStatus": status,
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": days,
        },
        "action": {"type": "expire"},
    }
