"""The offline `kubernetes` provider plugin: what the official one does, for machines that can't have the official one.

It owns the conversation with the engine and with one cluster. It does not render Helm charts or YAML files: those
belong to the official plugin and are refused with a message that says so.
"""

VERSION = "4.34.2"
