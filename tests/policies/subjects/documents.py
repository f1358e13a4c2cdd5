"""IAM documents for the tests."""

from policies.findings import Violation
from policies.subjects.iam_documents import (
    Statement,
    statements,
)
from policies.unknowns import Field

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
VIOLATION = Violation("wrong")


def document(value: object) -> Field:
    return Field({"policy": value}, "", base=()).at("policy")


def only(value: object) -> Statement:
    (statement,) = statements(document(value))
    return statement
