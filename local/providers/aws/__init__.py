"""The offline `aws` provider plugin: a rehearsal of AWS, for stacks that are to be proved without an account.

It owns an inventory of what would exist, in the folder that `AGENT_PLATFORM_AWS_REHEARSAL` names, and answers the
engine as AWS and its official provider would: inputs judged by the shapes of the SDK's own classes, ids and ARNs in
AWS's forms, references looked up, names unique, immutable properties replaced, and nothing deleted that is in use.
It calls no cloud, needs no credentials, and refuses to serve unless that variable is set.

What it can't show: quotas, the permissions of whoever deploys, time, cost, the capacity of zones, arguments that
exclude each other where no table says so, whether a version, image or instance type is on offer, and whatever runs
on what was made (add-ons, load balancing, DNS). Lists are compared in order, though AWS sees some of them as sets.
"""

from importlib import metadata

VERSION = metadata.version("pulumi-aws")
REHEARSAL_VARIABLE = "AGENT_PLATFORM_AWS_REHEARSAL"
"""The folder of the inventory."""
FAULTS_VARIABLE = "AGENT_PLATFORM_AWS_FAULTS"
CLUSTER_VARIABLE = "AGENT_PLATFORM_AWS_CLUSTER"
"""The kubeconfig of the control plane that stands in for EKS's."""
