"""What the S3 services differ in, as a table: `preset` under [store] names a row.

Rule: a row says what its source says; what no source says is found out by asking the store (None).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from castkit.model.show import StoreSettings

Checksum = Literal["sha256", "crc32", "md5"]
Part = Literal["policy", "acl", "cors", "lifecycle"]

# From the best to what every store knows: a refusal leads to the next one.
CHECKSUMS: tuple[Checksum, ...] = ("sha256", "crc32", "md5")

# Services that take the bucket's name in the host name only; every other service of its own takes it in the path.
_HOST_STYLE = ("aliyuncs.com", "myqcloud.com", "volces.com", "amazonaws.com", "amazonaws.com.cn")


@dataclass(frozen=True, slots=True)
class Preset:
    """One service. `endpoint` is made of the region where it holds {region}; where it is empty, the show names it.

    `is_conditional`: whether it keeps If-Match and If-None-Match on writes. `settable`: what of a bucket its S3
    interface can set. `by_hand`: what must be set elsewhere, in words. `sources`: where the row comes from.
    """

    title: str
    endpoint: str = ""
    region: str = "us-east-1"
    addressing: Literal["virtual", "path"] = "path"
    checksum: Checksum = "sha256"
    is_conditional: bool | None = None
    settable: tuple[Part, ...] = ("policy", "cors", "lifecycle")
    by_hand: str = ""
    sources: tuple[str, ...] = ()


PRESETS: dict[str, Preset] = {
    "aws": Preset(
        "Amazon S3",
        region="",  # botocore's own search: the environment, ~/.aws/config
        addressing="virtual",
        is_conditional=True,
        by_hand="Block Public Access must be off for the bucket before a policy can let everybody read "
        "(console: Permissions)",
        sources=(
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html",
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        ),
    ),
    "r2": Preset(
        "Cloudflare R2",
        region="auto",
        is_conditional=True,
        settable=("cors", "lifecycle"),
        by_hand="connect a domain of your own to the bucket (Cloudflare dashboard: R2, Settings, Custom Domains); "
        "r2.dev is slowed down and not meant for listeners",
        sources=(
            "https://developers.cloudflare.com/r2/api/s3/api/",
            "https://developers.cloudflare.com/r2/api/s3/conditional-operations/",
        ),
    ),
    "b2": Preset(
        "Backblaze B2",
        endpoint="https://s3.{region}.backblazeb2.com",
        region="",
        checksum="md5",  # x-amz-checksum-* and x-amz-checksum-mode are "unsupported headers"
        is_conditional=False,  # 501 NotImplemented, and then nothing at all is uploaded
        settable=("acl", "cors"),
        by_hand="for unfinished parts set a lifecycle rule on the bucket's page at backblaze.com",
        sources=(
            "https://www.backblaze.com/docs/cloud-storage-s3-compatible-api",
            "https://github.com/sathinduga/obsidian-s3-sync-and-backup/issues/78",
        ),
    ),
    "minio": Preset(
        "MinIO",
        settable=("policy", "lifecycle"),
        by_hand="CORS is the server's own setting (mc admin config set ALIAS api cors_allow_origin), open by default",
        sources=(
            "https://min.io/docs/minio/linux/reference/s3-api-compatibility.html",
            "https://github.com/minio/minio/issues/19442",
        ),
    ),
    "seaweedfs": Preset(
        "SeaweedFS",  # conditions are asked for: 4.48 keeps them, old servers do not
        sources=("https://github.com/seaweedfs/seaweedfs/wiki/Amazon-S3-API",),
    ),
    "oss": Preset(
        "Aliyun OSS",
        endpoint="https://s3.oss-{region}.aliyuncs.com",
        region="",
        addressing="virtual",  # path-style requests are denied
        checksum="md5",  # with any newer one botocore sends aws-chunked bodies, which are refused
        is_conditional=False,  # 0017-00000245: PutObject takes no condition
        settable=("acl", "lifecycle"),
        by_hand="CORS is set in the OSS console; for base_url bind a domain of your own to the bucket: under the "
        "bucket's own name OSS makes browsers save pages and pictures instead of showing them (Content-Disposition)",
        sources=(
            "https://www.alibabacloud.com/help/en/oss/developer-reference/compatibility-with-amazon-s3",
            "https://help.aliyun.com/en/oss/developer-reference/use-aws-sdks-to-access-oss",
            "https://help.aliyun.com/en/oss/user-guide/0017-00000245",
            "https://www.alibabacloud.com/help/en/oss/user-guide/map-custom-domain-names-5",
        ),
    ),
}


def preset_of(settings: StoreSettings) -> Preset:
    """The row of these settings; where they name none, one that takes nothing for granted."""
    if settings.preset:
        return PRESETS[settings.preset]
    host = urlsplit(settings.endpoint).hostname or ""
    is_path = bool(host) and not host.endswith(_HOST_STYLE)
    region = "us-east-1" if settings.endpoint else ""
    return Preset("S3", region=region, addressing="path" if is_path else "virtual")


def endpoint_of(settings: StoreSettings) -> str:
    """The store's address: the one given, or the preset's for the region; empty for Amazon's."""
    template = preset_of(settings).endpoint
    return settings.endpoint or (template.format(region=settings.region) if settings.region else "")


def lacks(preset: str, *, has_endpoint: bool, has_region: bool) -> tuple[str, ...]:
    """The keys that must be given beside this preset and are not: `endpoint` or `region`, or none."""
    row = PRESETS.get(preset)
    if row is None or preset == "aws" or has_endpoint:
        return ()
    if row.endpoint:
        return () if has_region else ("region",)
    return ("endpoint",)
