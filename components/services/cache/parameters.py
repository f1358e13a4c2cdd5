"""What a cache is set to, as plain data."""

from components.config.services import Cache

PORT = 6379
SNAPSHOTS, MAINTENANCE = "01:00-02:00", "sun:03:00-sun:04:00"
"""When it does what takes its time, in UTC: in Europe's and America's night, one after the other."""
_VERSIONS = {"valkey": "8.1", "redis": "7.1"}
_FAMILIES = {"valkey": "valkey8", "redis": "redis7"}
"""https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html"""
AGENTS = "on ~* &* +@all -@admin -@dangerous +info"
"""What the user of agents may do: everything with keys and channels, nothing with the cache itself or with all keys at
once. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html#Access-string"""
NOBODY = "off -@all"


def version(cache: Cache) -> str:
    """Return the version of its engine; both log users in by IAM."""
    return _VERSIONS[cache.engine]


def family(cache: Cache) -> str:
    """Return the family of its parameters."""
    return _FAMILIES[cache.engine]


def parameters(cache: Cache) -> list[dict[str, str]]:
    """Return the parameters in which it differs from AWS's defaults."""
    return [{"name": "maxmemory-policy", "value": cache.when_full}]
