"""The machines that services run on, as far as the platform knows them: current generations, cheapest first."""

from collections.abc import Iterator

_LARGE = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"


def _types(service: str, **families: str) -> tuple[str, ...]:
    return tuple(f"{service}.{family}.{size}" for family, sizes in families.items() for size in sizes.split())


CACHE_NODES = _types("cache", t4g="micro small medium", m7g=_LARGE, r7g=_LARGE)
"""https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html"""
BROKERS = _types("kafka", t3="small", m7g=_LARGE)
"""https://docs.aws.amazon.com/msk/latest/developerguide/broker-instance-types.html"""
DATABASES = _types("db", t4g="micro small medium large xlarge 2xlarge", m7g=_LARGE, r7g=_LARGE)
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html"""
AURORA = _types("db", t4g="medium large", r7g=_LARGE)
"""https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.SupportAurora.html"""


def families(types: tuple[str, ...]) -> Iterator[str]:
    """Yield the families of some types with their sizes, for people: `cache.t4g (micro, small, medium)`."""
    for family in dict.fromkeys(each.rpartition(".")[0] for each in types):
        yield f"{family} ({', '.join(each.rpartition('.')[2] for each in types if each.startswith(f'{family}.'))})"
