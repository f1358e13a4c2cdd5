"""What the machines of a cluster cost, by the table of instance types."""

from components.config.eks import Eks
from components.config.instances import instance_types

HOURS_A_MONTH = 730


def told(cluster: Eks) -> str:
    """What the node groups cost a month, as they begin and at most; groups without a known price are named."""
    begin = most = 0.0
    unknown = []
    for group in cluster.compute.node_groups:
        price = instance_types()[group.instance_types[0]].usd.get(cluster.region)
        if price is None:
            unknown.append(group.name)
        else:
            begin += price * group.initial * HOURS_A_MONTH
            most += price * group.max * HOURS_A_MONTH
    without = f", without {', '.join(unknown)} (no price known in {cluster.region})" if unknown else ""
    return f"about {begin:,.0f} USD a month as they begin, {most:,.0f} at most, on demand{without}; the rest is extra"
