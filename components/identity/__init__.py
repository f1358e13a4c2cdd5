"""Who agents are in AWS, and what they may do there: from what their files say they use."""
