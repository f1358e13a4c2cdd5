"""A certificate as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.edge.routing import names

_TTL_SECONDS = 300


class Certificate(pulumi.ComponentResource):
    """A certificate for a domain and all names right below it, signed and renewed by ACM as long as DNS proves it.

    The record that proves it is one and the same for all of an account's certificates for a domain, wherever they are:
    https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html

    Args:
        domain: the domain.
        zone_id: where the proof is written; the world has to see that zone, or ACM waits for hours. None: the proof is
            there, or is made with `proof`.
        proof: what has to be there before ACM can find the proof.

    Attributes:
        arn: the certificate's ARN, known once it is signed.
        proof: the record that proves it, where it is made here.
    """

    arn: pulumi.Output[str]
    proof: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        domain: str,
        zone_id: pulumi.Input[str] | None,
        proof: list[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:Certificate", name, None, opts)
        self._name, self._child = name, pulumi.ResourceOptions(parent=self)
        made = self._ask_for(domain)
        self.proof = [self._prove(made, zone_id)] if zone_id is not None else []
        self.arn = self._wait_for(made, [*proof, *self.proof])
        self.register_outputs({"arn": self.arn})

    def _ask_for(self, domain: str) -> aws.acm.Certificate:
        all_names = names(domain)
        return aws.acm.Certificate(
            f"{self._name}-certificate",
            domain_name=all_names["apex"],
            subject_alternative_names=[all_names["wildcard"]],
            validation_method="DNS",
            key_algorithm="EC_prime256v1",
            tags={"Name": domain},
            opts=self._child,
        )

    def _prove(self, made: aws.acm.Certificate, zone_id: pulumi.Input[str]) -> aws.route53.Record:
        """Write the proof of both names, which is the same: a wildcard is proved as the domain is."""
        proof = made.domain_validation_options[0]
        return aws.route53.Record(
            f"{self._name}-proof",
            zone_id=zone_id,
            name=proof.resource_record_name,
            type=proof.resource_record_type,
            ttl=_TTL_SECONDS,
            records=[proof.resource_record_value],
            opts=self._child,
        )

    def _wait_for(self, made: aws.acm.Certificate, proof: list[pulumi.Resource]) -> pulumi.Output[str]:
        return aws.acm.CertificateValidation(
            f"{self._name}-signed",
            certificate_arn=made.arn,
            # Another region's certificate is proved by the same record, of which this one says nothing.
            opts=pulumi.ResourceOptions(parent=self, depends_on=proof),
        ).certificate_arn
