"""Agents on plain virtual machines, for teams without Kubernetes."""
