"""pod-volume-types: Pod Security Standards, restricted, Volume Types."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import KINDS, owned, refused, spec, unjudged

RULE = "pod-volume-types"
ALLOWED: dict[str, Any] = {
    "configMap": {"name": "c"},
    "csi": {"driver": "d"},
    "downwardAPI": {"items": []},
    "emptyDir": {},
    "ephemeral": {"volumeClaimTemplate": {}},
    "image": {"reference": "r"},
    "persistentVolumeClaim": {"claimName": "p"},
    "projected": {"sources": []},
    "secret": {"secretName": "s"},
}
REFUSED = (
    *("hostPath", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "nfs", "iscsi", "glusterfs", "rbd"),
    *("flexVolume", "cinder", "cephfs", "flocker", "fc", "azureFile", "vsphereVolume", "quobyte", "azureDisk"),
    *("portworxVolume", "photonPersistentDisk", "scaleIO", "storageos", "someday"),
)


def mounting(*sources: object) -> dict[str, object]:
    return spec(
        volumes=[
            {"name": f"v{index}", **source} if isinstance(source, dict) else source
            for index, source in enumerate(sources)
        ]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_another_type_is_refused_in_every_kind(kind: str) -> None:
    assert len(refused(RULE, owned(mounting({"nfs": {"server": "a"}}), kind))) == 1


@pytest.mark.parametrize("name", REFUSED)
def test_every_other_type_is_refused(name: str) -> None:
    (message,) = refused(RULE, owned(mounting({"emptyDir": {}}, {name: {"a": 1}, "csi": None})))
    assert f'volumes[1]: volume "v1" is of type "{name}"' in message
    assert "Fix: use one of configMap, csi, downwardAPI, emptyDir, ephemeral, image, persist" in message


@pytest.mark.parametrize("kind", KINDS)
def test_the_nine_allowed_types_pass_in_every_kind(kind: str) -> None:
    assert refused(RULE, owned(mounting(*({name: source} for name, source in ALLOWED.items())), kind)) == []


@pytest.mark.parametrize("name", ALLOWED)
def test_each_allowed_type_passes_alone(name: str) -> None:
    assert refused(RULE, owned(mounting({name: ALLOWED[name]}))) == []


@pytest.mark.parametrize("pod", [spec(), spec(volumes=None), spec(volumes=[])])
def test_a_pod_without_volumes_passes(pod: dict[str, object]) -> None:
    assert refused(RULE, owned(pod)) == []


@pytest.mark.parametrize("source", [{}, {"emptyDir": None}, {"nfs": None}])
@pytest.mark.parametrize("kind", KINDS)
def test_a_volume_of_no_type_becomes_an_empty_dir_and_passes(kind: str, source: dict[str, object]) -> None:
    assert refused(RULE, owned(mounting(source), kind)) == []


def test_every_volume_of_another_type_is_named() -> None:
    assert len(refused(RULE, owned(mounting({"nfs": {}}, {"emptyDir": {}}, {"rbd": {}})))) == 2


def test_an_allowed_type_beside_another_passes_as_at_the_api_server() -> None:
    assert refused(RULE, owned(mounting({"nfs": {}, "emptyDir": {}}))) == []


@pytest.mark.parametrize("source", [UNKNOWN, {"nfs": UNKNOWN}, {"emptyDir": UNKNOWN}, {"nfs": {}, "emptyDir": UNKNOWN}])
def test_unknown_volumes_are_not_judged(source: object) -> None:
    judged = owned(mounting(source))
    (message,) = unjudged(RULE, judged)
    assert "volumes[0]" in message
    assert refused(RULE, judged) == []


def test_an_unknown_list_is_not_judged() -> None:
    assert "volumes" in unjudged(RULE, owned(spec(volumes=UNKNOWN)))[0]


def test_what_is_known_is_refused_beside_the_unknown() -> None:
    judged = owned(mounting({"nfs": {}, "rbd": UNKNOWN}))
    assert len(refused(RULE, judged)) == len(unjudged(RULE, judged)) == 1


@pytest.mark.parametrize("name", [None, UNKNOWN, 5])
def test_a_volume_without_a_readable_name_is_named_by_its_place(name: object) -> None:
    (message,) = refused(RULE, owned(mounting({"emptyDir": {}}, {"name": name, "nfs": {}})))
    assert ': volumes[1]: a volume is of type "nfs". Fix' in message


def test_an_unknown_name_does_not_matter() -> None:
    assert len(refused(RULE, owned(mounting({"name": UNKNOWN, "nfs": {}})))) == 1
    assert refused(RULE, owned(mounting({"name": UNKNOWN, "emptyDir": {}}))) == []


@pytest.mark.parametrize("source", ["data", 3, None, [], {"emptyDir": "x"}, {"csi": True}])
def test_volumes_of_the_wrong_type_are_refused(source: object) -> None:
    found = refused(RULE, owned(mounting(source)))
    assert "where an object belongs" in found[0] or "null where a value belongs" in found[0]


def test_nothing_of_a_secret_volume_is_printed() -> None:
    (message,) = refused(RULE, owned(spec(volumes=[Secret({"name": "hush", "hushed": {}})])))
    assert "hush" not in message
    assert "volume a secret value is of another type. Fix" in message
