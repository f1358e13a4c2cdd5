"""What runs on a machine, each a container that systemd keeps alive: the agent, and what shows it to those who watch.

The agent's container has no way to the machine's credentials: the metadata service answers the machine itself only
(hop limit 1). Its secrets are fetched by the machine whenever it starts, to memory, as files that only it can read.
Node exporter alone shares the machine's network, since it measures it. Docker pulls an image that is not there yet, so
that a machine with its images starts again while the registry is down.
"""

import shlex
from dataclasses import dataclass

import yaml

from components.config.instances import instance_types
from components.config.vm_fleet import MACHINE_METRICS_PORT, Logstash, VmFleetSettings

CONFIG = "/etc/vm-fleet"
"""Where a machine's own files are."""
USER = 10001
"""The agent's user and group, as in a cluster: above 10000, so that no user of the machine has the same id."""
_SECRETS = "vm-fleet-secrets"
_RESERVED_MI = 512
"""For system, node exporter and Filebeat."""
_HYPERVISOR = 0.075
"""What hypervisor, firmware and kernel keep of the memory, at most."""
_LOG_FOLDER = "/var/log/agent"


@dataclass(frozen=True)
class Service:
    """A container that systemd keeps alive.

    Args:
        name: its name, and the unit's.
        image: what it runs, by digest.
        options: options of `docker run`, one a line.
        arguments: arguments of the container's program.
        before: commands that come before it each time.
        stop_seconds: how long it may take to finish.
    """

    name: str
    image: str
    options: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    stop_seconds: int = 10

    def unit(self) -> str:
        """Return the unit. A container that ended stays until the next one starts, so that its last words are read."""
        run = " \\\n  ".join(("/usr/bin/docker run", f"--name={self.name}", *self.options, self.image, *self.arguments))
        lines = (
            "[Unit]",
            f"Description={self.name}",
            "After=docker.service network-online.target",
            "Requires=docker.service",
            "Wants=network-online.target",
            "StartLimitIntervalSec=0",
            "",
            "[Service]",
            f"Environment=HOME=/root DOCKER_CONFIG={CONFIG}/docker",
            *(f"ExecStartPre={command}" for command in self.before),
            f"ExecStartPre=-/usr/bin/docker rm --force {self.name}",
            f"ExecStart={run}",
            f"ExecStop=/usr/bin/docker stop -t {self.stop_seconds} {self.name}",
            f"TimeoutStopSec={self.stop_seconds + 10}",
            "Restart=always",
            "RestartSec=5",
            "",
            "[Install]",
            "WantedBy=multi-user.target",
            "",
        )
        return "\n".join(lines)


def services(settings: VmFleetSettings) -> tuple[Service, ...]:
    """Return what runs on a machine, those who watch first: they are to see an agent that does not start."""
    wanted = []
    if settings.prometheus:
        wanted.append(_node_exporter(settings.prometheus.node_exporter_image))
    if settings.logstash:
        wanted.append(_filebeat(settings, settings.logstash))
    if settings.image:
        wanted.append(_agent(settings, settings.image))
    return tuple(wanted)


def fetch_secrets(settings: VmFleetSettings, region: str) -> str:
    """Return the script that writes the agent's secrets to memory; they never are an argument of a program.

    Args:
        settings: the fleet.
        region: where the secrets are.
    """
    asked = f"aws secretsmanager get-secret-value --region {region}"
    lines = (
        "#!/bin/sh",
        "set -eu",
        "umask 077",
        f"folder=/run/{_SECRETS}",
        "fetch() {",
        f'  value="$({asked} --secret-id "$2" --query SecretString --output text)"',
        '  printf %s "$value" >"$folder/$1"',
        f'  chown {USER}:{USER} "$folder/$1"',
        '  chmod 0400 "$folder/$1"',
        "}",
        'mkdir -p "$folder"',
        *(f"fetch {shlex.quote(name)} {shlex.quote(arn)}" for name, arn in sorted(settings.secrets.items())),
        f'chown {USER}:{USER} "$folder"',
        "",
    )
    return "\n".join(lines)


def environment(settings: VmFleetSettings) -> str:
    """Return the agent's environment, a variable a line, as `docker run --env-file` reads it."""
    variables = {"AGENT_NAME": settings.name, "PORT": str(settings.port), **settings.config}
    return "".join(f"{name}={value}\n" for name, value in sorted(variables.items()))


def filebeat(settings: VmFleetSettings, logstash: Logstash) -> str:
    """Return Filebeat's settings: the agent's log, line by line, to Logstash by TLS and to nowhere else.

    https://www.elastic.co/docs/reference/beats/filebeat/filebeat-input-filestream
    """
    source = (
        {
            "paths": ["/logs/*/*-json.log"],
            "parsers": [{"container": {"stream": "all", "format": "docker"}}],
        }
        if settings.image
        else {"paths": ["/logs/*.log"]}
    )
    # By their first kilobyte, which is the default, short logs would not be told apart, nor read.
    by_inode = {"file_identity": {"native": None}, "prospector": {"scanner": {"fingerprint": {"enabled": False}}}}
    authorities = {"certificate_authorities": [f"{CONFIG}/logstash-ca.pem"]} if logstash.authority else {}
    labels = {"agent": settings.name, "fleet": settings.name}
    document = {
        "filebeat": {"inputs": [{"type": "filestream", "id": "agent", **source, **by_inode}]},
        "processors": [{"add_labels": {"labels": labels}}],
        "output": {
            "logstash": {
                "hosts": [f"{logstash.host}:{logstash.port}"],
                "ssl": {
                    "enabled": True,
                    "verification_mode": "full",
                    "supported_protocols": ["TLSv1.2", "TLSv1.3"],
                    **authorities,
                },
            }
        },
    }
    return yaml.safe_dump(document, sort_keys=False)


def _agent(settings: VmFleetSettings, image: str) -> Service:
    shown = instance_types()[settings.instance_type].memory_mi * (1 - _HYPERVISOR)
    memory = f"{int(shown) - _RESERVED_MI}m"
    secrets = (f"--volume=/run/{_SECRETS}:/run/secrets:ro",) if settings.secrets else ()
    return Service(
        "agent",
        image,
        (
            *_confined(f"{USER}:{USER}"),
            f"--env-file={CONFIG}/environment",
            f"--publish={settings.port}:{settings.port}",
            f"--memory={memory}",
            f"--memory-swap={memory}",
            "--pids-limit=4096",
            "--tmpfs=/tmp:rw,noexec,nosuid,size=256m",
            "--log-driver=json-file",
            "--log-opt=max-size=50m",
            "--log-opt=max-file=3",
            *secrets,
        ),
        before=(f"{CONFIG}/fetch-secrets",) if settings.secrets else (),
        stop_seconds=settings.longest_request_seconds,
    )


def _node_exporter(image: str) -> Service:
    return Service(
        "node-exporter",
        image,
        (
            *_confined("65534:65534"),
            "--network=host",
            "--pid=host",
            "--volume=/:/host:ro,rslave",
            "--memory=128m",
            "--log-driver=none",
        ),
        ("--path.rootfs=/host", f"--web.listen-address=:{MACHINE_METRICS_PORT}"),
    )


def _filebeat(settings: VmFleetSettings, logstash: Logstash) -> Service:
    """Return Filebeat; it reads what only root can, and changes nothing but its notes on how far it came."""
    logs = "/var/lib/docker/containers" if settings.image else _LOG_FOLDER
    authority = (f"--volume={CONFIG}/logstash-ca.pem:{CONFIG}/logstash-ca.pem:ro",) if logstash.authority else ()
    return Service(
        "filebeat",
        logstash.filebeat_image,
        (
            *_confined("0:0"),
            "--cap-add=DAC_READ_SEARCH",
            "--hostname=%H",
            f"--volume={CONFIG}/filebeat.yml:/usr/share/filebeat/filebeat.yml:ro",
            f"--volume={logs}:/logs:ro",
            "--volume=/var/lib/filebeat:/usr/share/filebeat/data",
            *authority,
            "--memory=256m",
            "--log-driver=none",
        ),
        ("-e",),
        before=(f"/usr/bin/mkdir -p {logs} /var/lib/filebeat",),
    )


def _confined(user: str) -> tuple[str, ...]:
    return (f"--user={user}", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges")
