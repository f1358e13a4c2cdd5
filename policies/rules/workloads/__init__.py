"""Rules about workloads: probes, copies, autoscalers."""
