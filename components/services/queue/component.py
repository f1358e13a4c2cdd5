"""A queue as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from components.config.services import DEAD_LETTER_DAYS, Queue
from components.services.made import Made
from components.services.queue import documents
from components.services.site import Site

_DAY = 86_400


class TeamQueue(pulumi.ComponentResource):
    """A queue of tasks, and one of those that failed too often; both encrypted, and reached by TLS only.

    Args:
        queue: the queue's settings.
        site: where it is made.

    Attributes:
        made: the queue as agents need it.
    """

    made: Made

    def __init__(self, name: str, queue: Queue, site: Site, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("agent-platform:index:TeamQueue", name, None, opts)
        self._name, self._queue, self._site = name, queue, site
        self._child = pulumi.ResourceOptions(parent=self)
        tasks, dead_letters = self._make_queues()
        self._hold_to_tls(tasks, dead_letters)
        self._let_in(tasks, dead_letters)
        self.made = self._told(tasks, dead_letters)
        self.register_outputs({"arn": self.made.arn, "url": self.made.host})

    def _make_queues(self) -> tuple[aws.sqs.Queue, aws.sqs.Queue]:
        queue = self._queue
        called, dead = self._names()
        dead_letters = self._make_queue("dead-letters", dead, {"message_retention_seconds": DEAD_LETTER_DAYS * _DAY})
        options = {
            "message_retention_seconds": queue.retention_days * _DAY,
            "visibility_timeout_seconds": queue.visibility_seconds,
            "receive_wait_time_seconds": documents.LONG_POLL_SECONDS,
            "redrive_policy": pulumi.Output.json_dumps(documents.redrive(dead_letters.arn, queue.attempts)),
        }
        return self._make_queue("tasks", called, options), dead_letters

    def _make_queue(self, role: str, called: str, options: dict[str, Any]) -> aws.sqs.Queue:
        ordered: dict[str, Any] = {
            "fifo_queue": True,
            "content_based_deduplication": True,
            "deduplication_scope": "messageGroup",
            "fifo_throughput_limit": "perMessageGroupId",
        }
        return aws.sqs.Queue(
            f"{self._name}-{role}",
            name=called,
            kms_master_key_id=self._site.ground.key_arn,
            kms_data_key_reuse_period_seconds=documents.KEY_REUSE_SECONDS,
            tags=self._site.tags(called),
            **options,
            **(ordered if self._queue.fifo else {}),
            opts=pulumi.ResourceOptions(parent=self, protect=self._site.ground.protect),
        )

    def _names(self) -> tuple[str, str]:
        return documents.names(self._site.called(documents.LONGEST_STEM), fifo=self._queue.fifo)

    def _hold_to_tls(self, *queues: aws.sqs.Queue) -> None:
        """Refuse what is not sent by TLS. ARNs follow from names, so that a preview knows the policies already."""
        for role, called, queue in zip(("tasks", "dead-letters"), self._names(), queues, strict=True):
            aws.sqs.QueuePolicy(
                f"{self._name}-{role}-access",
                queue_url=queue.url,
                policy=json.dumps(documents.by_tls(self._site.arn("sqs", called))),
                opts=self._child,
            )

    def _let_in(self, tasks: aws.sqs.Queue, dead_letters: aws.sqs.Queue) -> None:
        aws.sqs.RedriveAllowPolicy(
            f"{self._name}-redrive",
            queue_url=dead_letters.url,
            redrive_allow_policy=pulumi.Output.json_dumps(documents.redrive_from(tasks.arn)),
            opts=self._child,
        )

    def _told(self, tasks: aws.sqs.Queue, dead_letters: aws.sqs.Queue) -> Made:
        return Made(
            kind="queue",
            team=self._site.team,
            name=self._site.name,
            arn=tasks.arn,
            parts={"deadLetters": dead_letters.arn},
            host=tasks.url,
            key_arn=self._site.ground.key_arn,
        )
