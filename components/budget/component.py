"""A budget and the search for unusual costs as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from components.budget import notices
from components.config.budget import Anomalies, BudgetSettings


class CostAlerts(pulumi.ComponentResource):
    """What an environment may cost a month, and who is told when it costs more, will cost more, or costs oddly much.

    Args:
        settings: how much, and who is told.
        cluster: the cluster's name, which names begin with.
        environment: a tag of what it costs.
        cost_center: another one.
    """

    def __init__(
        self,
        name: str,
        settings: BudgetSettings,
        cluster: str,
        environment: str,
        cost_center: str,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("agent-platform:index:CostAlerts", name, None, opts)
        self._name, self._settings, self._cluster = name, settings, cluster
        self._child = pulumi.ResourceOptions(parent=self)
        self._set_budget(notices.scope(settings, environment, cost_center))
        self._look_for_anomalies(settings.anomalies)
        self.register_outputs({})

    def _set_budget(self, scope: Any) -> None:
        told: Any = notices.notifications(self._settings)
        aws.budgets.Budget(
            f"{self._name}-monthly",
            name=f"{self._cluster}-monthly",
            budget_type="COST",
            limit_amount=notices.amount(self._settings.monthly_usd),
            limit_unit="USD",
            time_unit="MONTHLY",
            filter_expression=scope,
            notifications=told,
            tags={"Name": f"{self._cluster}-monthly"},
            opts=self._child,
        )

    def _look_for_anomalies(self, anomalies: Anomalies | None) -> None:
        if anomalies is None:
            return
        monitor = anomalies.monitor_arn or self._make_monitor()
        least: Any = notices.at_least(anomalies.least_usd)
        for role, told in notices.subscriptions(self._settings).items():
            aws.costexplorer.AnomalySubscription(
                f"{self._name}-anomalies-{role}",
                **told,
                name=f"{self._cluster}-{role}",
                monitor_arn_lists=[monitor],
                threshold_expression=least,
                tags={"Name": f"{self._cluster}-{role}"},
                opts=self._child,
            )

    def _make_monitor(self) -> pulumi.Output[str]:
        return aws.costexplorer.AnomalyMonitor(
            f"{self._name}-monitor",
            name=f"{self._cluster}-services",
            monitor_type="DIMENSIONAL",
            monitor_dimension="SERVICE",
            tags={"Name": f"{self._cluster}-services"},
            opts=self._child,
        ).arn
