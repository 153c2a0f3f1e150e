"""A backup of a show: where it lies, and what a revision says of every file.

Rule: a revision never changes, and what it names is named by its content; so that two backups never harm each other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from castkit.model.section import Section, Url

Service = Literal["", "aws", "r2", "b2", "minio", "seaweedfs", "oss"]
Why = Literal["recording", "published", "made"]
_BUCKET = "s3://"


class BackupSettings(Section):
    """`[backup]`: a private place for what a lost laptop would take with it."""

    to: str = Field("", description="a folder outside the show's, or s3://bucket/prefix; only you may read it")
    preset: Service = Field("", description="a bucket's service; without preset, endpoint and region those of [store]")
    endpoint: Url = Field("", description="address of an S3-compatible service; empty for AWS")
    region: str = Field("", description="the bucket's region")
    recordings: bool = Field(False, description="whether recordings are kept too; they are large")
    keep: int = Field(0, ge=0, le=100_000, description="how many revisions are kept, the newest first; 0: all")


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class KeptFile(_Value):
    """A file in the backup: its path from the workspace's root, `size` in bytes, SHA-256 in hex, time in ns since 1970.

    `parts` are the SHA-256 of its pieces in order, where it is large; else it is one object under its own.
    """

    path: str
    size: int = Field(ge=0)
    sha256: str
    modified_ns: int
    parts: tuple[str, ...] = ()

    @property
    def objects(self) -> tuple[str, ...]:
        return self.parts or (self.sha256,)


class AbsentFile(_Value):
    """A file of the workspace that is not in the backup, and why.

    Recordings by choice; what is `published` lies in the show's own store under `key`; what castkit `made` of the
    recordings it can make again.
    """

    path: str
    size: int = Field(ge=0)
    sha256: str
    why: Why
    key: str = ""


class Revision(_Value):
    """The whole of a show at one moment."""

    version: int = 1
    made: datetime
    title: str
    files: tuple[KeptFile, ...]
    absent: tuple[AbsentFile, ...] = ()


def bucket_and_prefix(to: str) -> tuple[str, str] | None:
    """Of `s3://bucket/some/prefix` the bucket and the prefix; None where it is a folder's path."""
    if not to.startswith(_BUCKET):
        return None
    bucket, _, prefix = to.removeprefix(_BUCKET).partition("/")
    return bucket, prefix.strip("/")
