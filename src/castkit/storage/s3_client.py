"""boto3's client for a bucket, made to fit the service; the only place that imports boto3.

Rule: credentials come the standard way only (environment, ~/.aws, SSO); boto3 tries nothing again, `S3Store.call` does.
"""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from castkit import __version__
from castkit.errors import DAMAGED, StoreError
from castkit.model.show import StoreSettings
from castkit.storage.pace import PacedBody
from castkit.storage.patience import Patience
from castkit.storage.s3_presets import endpoint_of, preset_of

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_CONNECTIONS = 16  # kept open by the client; more threads would wait for one


def connect(settings: StoreSettings, patience: Patience, *, has_checksums: bool) -> S3Client:
    """A client; nothing is reached yet. Without `has_checksums` it sends and asks for none but MD5.

    StoreError where the settings cannot be an address.
    """
    import boto3  # noqa: PLC0415
    import botocore.session  # noqa: PLC0415
    from botocore.awsrequest import AWSHTTPConnection, AWSHTTPSConnection  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    from castkit.storage.whole_headers import WholeResponse  # noqa: PLC0415 - shows in a folder need no HTTP

    if not settings.bucket:
        raise StoreError("no bucket is named", "write bucket under [store] in castkit.toml")
    endpoint, preset = endpoint_of(settings), preset_of(settings)
    asked: Any = "when_supported" if has_checksums else "when_required"
    # What is sent has a checksum of its own, which is signed: to hash it once more for the signature adds nothing.
    style: Any = {"addressing_style": preset.addressing, "payload_signing_enabled": False}
    config = Config(
        signature_version="s3v4",  # custom endpoints would get version 2 in places
        connect_timeout=patience.connect,
        read_timeout=patience.read,
        retries={"total_max_attempts": 1},  # `call` tries again, within its own time
        s3=style,
        max_pool_connections=_CONNECTIONS,
        user_agent=f"castkit/{__version__}",  # botocore would put a longer one together for every call, twice
        request_checksum_calculation=asked,
        response_checksum_validation=asked,
    )
    for connection in (AWSHTTPConnection, AWSHTTPSConnection):
        connection.response_class = WholeResponse  # type: ignore[assignment]  # http.client's attribute
    core = botocore.session.get_session()
    core.register_component("data_loader", _descriptions())
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
    session = boto3.session.Session(region_name=settings.region or preset.region or None, botocore_session=core)
    try:
        client = session.client("s3", endpoint_url=endpoint or None, config=config)
    except ValueError as error:  # "Invalid endpoint: …"
        raise StoreError(
            f"{endpoint!r} cannot be an endpoint", "write one as https://… under [store] in castkit.toml"
        ) from error
    # The signer reads a body before it is sent; only what follows is held back.
    client.meta.events.register_last("request-created.s3", _let_go)
    client.meta.events.register_last("request-created.s3.HeadBucket", _as_it_is)
    if not has_checksums:
        client.meta.events.register_first("before-sign.s3", _with_md5)
    return client


@cache
def _descriptions() -> Any:
    """What botocore knows of the services, read once for all stores of a process: it is a tenth of a second each."""
    from botocore.loaders import create_loader  # noqa: PLC0415

    return create_loader()


def _moment(text: Any) -> datetime:
    """A point in time as stores write it; botocore's own reader takes half a second for a listing of 5,000 objects."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        found = _seldom(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _seldom(text: Any) -> datetime:
    """Seconds since 1970, and the form of mail headers; ValueError where it is neither."""
    if isinstance(text, str) and text.endswith(" GMT"):  # which botocore's own reader takes ten times as long for
        with suppress(*DAMAGED):
            return parsedate_to_datetime(text)
    from botocore.utils import parse_timestamp  # noqa: PLC0415

    try:
        found: datetime = parse_timestamp(text)
    except RuntimeError as error:  # so many seconds that no clock reaches them
        raise ValueError(f"not a point in time: {text!r}") from error
    return found


def _with_md5(request: Any, **_: Any) -> None:
    """For a store that knows no newer checksum, what botocore insists on (a bucket's settings) goes with MD5."""
    newer = [name for name in request.headers if name.lower().startswith(("x-amz-checksum-", "x-amz-sdk-checksum"))]
    for name in newer:
        del request.headers[name]
    if newer:
        digest = hashlib.md5(request.body or b"", usedforsecurity=False).digest()
        request.headers["Content-MD5"] = base64.b64encode(digest).decode()


def _as_it_is(request: Any, **_: Any) -> None:
    """Botocore asks by HeadBucket where a redirected bucket is; were that redirected too, it would ask without end."""
    request.context.get("s3_redirect", {})["redirected"] = True


def _let_go(request: Any, **_: Any) -> None:
    if isinstance(request.body, PacedBody):
        request.body.is_sending = True
