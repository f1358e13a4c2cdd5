"""What is refused: the policy pack, run by the engine in a process of its own.

It imports pulumi_policy and the standard library only and shares no code with what it judges.
"""
