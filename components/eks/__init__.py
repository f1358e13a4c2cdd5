"""A cluster in Amazon EKS: control plane, access, add-ons and nodes."""
