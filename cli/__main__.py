"""`python -m cli` is `agentctl`."""

from cli.app import main

main()
