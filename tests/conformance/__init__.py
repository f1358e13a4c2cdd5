"""The offline `kubernetes` provider held against recordings of the official one."""
