"""`python -m local <command>`."""

from local.cli import app

if __name__ == "__main__":
    app()
