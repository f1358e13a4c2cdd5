"""`agentctl`: the commands of people and pipelines. It uses the pack and the program's models, and neither knows it."""
