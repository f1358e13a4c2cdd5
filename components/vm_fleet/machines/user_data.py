"""What a machine does at its first start, as a pure function: cloud-init's own format.

Amazon Linux 2023 installs packages of the release that its image is of, so that machines of one image are alike
(https://docs.aws.amazon.com/linux/al2023/ug/deterministic-upgrades.html). Nothing in it is secret: every process on a
machine can read it, and everybody who may describe machines.
"""

import json
from typing import Any

from components.config.vm_fleet import VmFleetSettings
from components.vm_fleet.machines import services
from components.vm_fleet.machines.access import registries
from components.vm_fleet.machines.services import CONFIG

MOST_BYTES = 16 * 1024
"""What AWS takes: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html. `components.config.vm_fleet`
leaves that much to people's own text."""


def user_data(settings: VmFleetSettings, region: str) -> str:
    """Return user data as text; it installs Docker, and starts what `services.services` lists.

    Args:
        settings: the fleet.
        region: where it is.
    """
    wanted = services.services(settings)
    units = [_file(f"/etc/systemd/system/{service.name}.service", service.unit(), "0644") for service in wanted]
    start = [["systemctl", "enable", "--now", service.name] for service in wanted]
    document = {
        "packages": ["docker", "amazon-ecr-credential-helper"],
        "write_files": [*_files(settings, region), *units],
        "runcmd": [["systemctl", "daemon-reload"], ["systemctl", "enable", "--now", "docker"], *start],
    }
    # What a machine image of one's own brings whole needs nothing of ours.
    return "#cloud-config\n" + json.dumps(document if wanted else {}, indent=1) + "\n"


def _files(settings: VmFleetSettings, region: str) -> list[dict[str, Any]]:
    logins = {"credHelpers": dict.fromkeys(registries(settings), "ecr-login")}
    files = [_file(f"{CONFIG}/docker/config.json", json.dumps(logins))]
    if settings.logstash:
        files.append(_file(f"{CONFIG}/filebeat.yml", services.filebeat(settings, settings.logstash)))
    if settings.logstash and settings.logstash.authority:
        files.append(_file(f"{CONFIG}/logstash-ca.pem", settings.logstash.authority))
    if settings.image:
        files.append(_file(f"{CONFIG}/environment", services.environment(settings)))
    if settings.image and settings.secrets:
        files.append(_file(f"{CONFIG}/fetch-secrets", services.fetch_secrets(settings, region), "0700"))
    return files


def _file(path: str, content: str, permissions: str = "0600") -> dict[str, Any]:
    return {"path": path, "permissions": permissions, "content": content}
