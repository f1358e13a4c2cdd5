"""What people write, as frozen models, one family a file; `load.py` is the only reader of Pulumi's configuration."""
