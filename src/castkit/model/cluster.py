"""Where recordings and finished steps lie while several machines work on a show.

Rule: an address only; every machine brings its own keys.
"""

from __future__ import annotations

from pydantic import Field

from castkit.model.backup import Service
from castkit.model.section import Section, Url


class ClusterSettings(Section):
    """`[cluster]`: the private store through which machines hand each other recordings and finished steps."""

    store: str = Field("", description="s3://bucket/prefix, which only you may read")
    preset: Service = Field(
        "", description="the bucket's service; without preset, endpoint and region those of [store]"
    )
    endpoint: Url = Field("", description="address of an S3-compatible service; empty for AWS")
    region: str = Field("", description="the bucket's region")
