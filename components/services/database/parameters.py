"""What a database is set to, as plain data."""

from typing import Any

from components.config.services import Database

PORT = 5432
ADMINISTRATOR = "platform"
LOGIN, NAME = "agents", "agents"
"""The user that agents log in as, and the database that they find. An administrator makes the user once, since AWS has
no API for it: `docs/services.md` has the three lines."""
BACKUPS, MAINTENANCE = "01:00-02:00", "sun:03:00-sun:04:00"
"""When it does what takes its time, in UTC."""
LOGS = ("postgresql",)
INSIGHTS_DAYS = 7
"""How long the record of slow queries is kept; longer is paid for."""


def engine(database: Database) -> str:
    """Return the engine's name in RDS."""
    return "aurora-postgresql" if database.engine == "aurora" else "postgres"


def family(database: Database) -> str:
    """Return the family of its parameters."""
    return f"{engine(database)}{database.version}"


def parameters() -> list[dict[str, str]]:
    """Return the parameters in which it differs from AWS's defaults: TLS alone, and a record of who comes and goes."""
    wanted = {"log_connections": "1", "log_disconnections": "1", "rds.force_ssl": "1"}
    return [{"name": name, "value": value} for name, value in wanted.items()]


def shared(database: Database, called: str, key_arn: Any, *, protect: bool) -> dict[str, Any]:
    """Return the arguments that an instance of RDS and a cluster of Aurora have in common.

    No password is among them: RDS makes the administrator's up and keeps it in a secret, which it changes every week.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html

    Args:
        database: the database's settings.
        called: its name in AWS.
        key_arn: the KMS key; may be an output.
        protect: have AWS refuse to delete it.
    """
    last = {"final_snapshot_identifier": f"{called}-final"} if database.final_snapshot else {}
    return {
        "engine": engine(database),
        "engine_version": database.version,
        "allow_major_version_upgrade": True,
        "apply_immediately": False,
        "backup_retention_period": database.backup_days,
        "copy_tags_to_snapshot": True,
        "delete_automated_backups": not protect,
        "deletion_protection": protect,
        "enabled_cloudwatch_logs_exports": list(LOGS),
        "iam_database_authentication_enabled": True,
        "kms_key_id": key_arn,
        "manage_master_user_password": True,
        "master_user_secret_kms_key_id": key_arn,
        "port": PORT,
        "skip_final_snapshot": not database.final_snapshot,
        "storage_encrypted": True,
        **last,
    }


def insights(key_arn: Any) -> dict[str, Any]:
    """Return the arguments by which an instance keeps a record of slow queries."""
    return {
        "performance_insights_enabled": True,
        "performance_insights_kms_key_id": key_arn,
        "performance_insights_retention_period": INSIGHTS_DAYS,
    }


def disk(database: Database) -> dict[str, Any]:
    """Return the arguments of an instance's disk, and of how far it grows by itself."""
    grows = database.most_storage_gi > database.storage_gi
    return {
        "storage_type": "gp3",
        "allocated_storage": database.storage_gi,
        **({"max_allocated_storage": database.most_storage_gi} if grows else {}),
    }
