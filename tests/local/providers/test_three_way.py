"""Client-side apply merges what was submitted, what is wanted and what is live."""

from typing import Any

from local.providers.kubernetes import three_way

HEAD = {"apiVersion": "apps/v1", "kind": "Deployment"}


def merged(submitted: dict[str, Any], wanted: dict[str, Any], live: dict[str, Any]) -> dict[str, Any]:
    result = three_way.merge(HEAD | submitted, HEAD | wanted, HEAD | live)
    return {key: value for key, value in result.items() if key not in HEAD}


def test_a_field_of_somebody_else_stays() -> None:
    assert merged({"a": 1}, {"a": 2}, {"a": 1, "b": 9}) == {"a": 2, "b": 9}


def test_a_field_no_longer_submitted_goes() -> None:
    assert merged({"a": 1, "b": 1}, {"a": 1}, {"a": 1, "b": 1, "c": 1}) == {"a": 1, "c": 1}


def containers(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": list(entries)}}}}


def test_containers_merge_by_name() -> None:
    submitted = containers({"name": "a", "image": "1"})
    wanted = containers({"name": "a", "image": "2"})
    live = containers({"name": "a", "image": "1", "imagePullPolicy": "Always"}, {"name": "sidecar"})
    assert merged(submitted, wanted, live) == containers(
        {"name": "a", "image": "2", "imagePullPolicy": "Always"}, {"name": "sidecar"}
    )


def test_a_container_no_longer_submitted_goes() -> None:
    a, b = {"name": "a"}, {"name": "b"}
    assert merged(containers(a, b), containers(b), containers(a, b)) == containers(b)


def test_finalizers_of_somebody_else_stay_and_ours_go_when_dropped() -> None:
    def of(*names: str) -> dict[str, Any]:
        return {"metadata": {"finalizers": list(names)}}

    assert merged(of("ours", "old"), of("ours"), of("theirs", "ours", "old")) == of("theirs", "ours")


def test_a_list_without_a_merge_key_is_the_wanted_one() -> None:
    def args(*words: str) -> dict[str, Any]:
        return containers({"name": "a", "args": list(words)})

    assert merged(args("x"), args("y"), args("x", "z")) == args("y")
