"""The JSON Schema of an agent's file, made from its model. `python -m components.config.schema` writes it anew."""

import json
from pathlib import Path

from components.config.agent import AgentFile
from components.config.load import ROOT

TARGET = ROOT / "agents" / "agent.schema.json"


def agent_schema() -> str:
    """Return the schema as the text of its file."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **AgentFile.model_json_schema(by_alias=True),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write(target: Path = TARGET) -> None:
    """Write the schema where editors look for it."""
    target.write_text(agent_schema(), encoding="utf-8")


if __name__ == "__main__":
    write()
