"""Who may use a queue, and where its dead letters go, as plain policy documents."""

from typing import Any

LONG_POLL_SECONDS = 20
"""How long a reader waits for a task; a shorter wait costs more requests and finds less."""
KEY_REUSE_SECONDS = 300
"""How long SQS uses one data key, in which it does not ask KMS again; AWS's own default."""
_ENDING = ".fifo"
_DEAD_LETTERS = "-dead-letters"
_LONGEST_NAME = 80
LONGEST_STEM = _LONGEST_NAME - len(_DEAD_LETTERS) - len(_ENDING)


def names(stem: str, *, fifo: bool) -> tuple[str, str]:
    """Return the names of a queue and of the queue of its dead letters."""
    ending = _ENDING if fifo else ""
    return f"{stem}{ending}", f"{stem}{_DEAD_LETTERS}{ending}"


def by_tls(arn: str) -> dict[str, Any]:
    """Return the policy of a queue with this ARN: nobody without TLS. Roles of the account have their permissions."""
    statement = {
        "Sid": "OnlyByTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def redrive(dead_letters_arn: Any, attempts: int) -> dict[str, Any]:
    """Return where a task goes that was tried too often.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
    """
    return {"deadLetterTargetArn": dead_letters_arn, "maxReceiveCount": attempts}


def redrive_from(arn: Any) -> dict[str, Any]:
    """Return the leave of one queue, and no other, to put its dead letters here."""
    return {"redrivePermission": "byQueue", "sourceQueueArns": [arn]}
