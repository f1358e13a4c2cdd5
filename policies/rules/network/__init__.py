"""Rules about traffic: Services, Ingresses, and what network policies let out."""
