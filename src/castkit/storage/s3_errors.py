"""What an S3 store's refusals mean, and what a person can do about each.

Rule: a message names the store and never a key id or a secret; errors are known by their names, so that this table
needs no botocore.
"""

from __future__ import annotations

from dataclasses import dataclass

from castkit.errors import DAMAGED, StoreError

_CREDENTIALS = (
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them to ~/.aws/credentials, "
    "or sign in with: aws sso login"
)
_RIGHTS = (
    "its keys need the rights to list the bucket and to read, write and delete objects "
    "(s3:ListBucket, GetObject, PutObject, DeleteObject, AbortMultipartUpload)"
)


@dataclass(frozen=True, slots=True)
class _Meaning:
    names: frozenset[str]  # exception classes of botocore, error codes of S3
    message: str  # {store}: as the store names itself; {what}: what was being done
    hint: str


def _meaning(names: str, message: str, hint: str) -> _Meaning:
    return _Meaning(frozenset(names.split()), message, hint)


_MEANINGS = (
    _meaning(
        "NoCredentialsError PartialCredentialsError CredentialRetrievalError TokenRetrievalError SSOError "
        "LoginError ConfigParseError",
        "no usable credentials for {store}",
        _CREDENTIALS,
    ),
    _meaning("ProfileNotFound", "no such AWS profile for {store}", "correct AWS_PROFILE, or add it to ~/.aws/config"),
    _meaning(
        "SSLError",
        "{store} could not be reached safely: its certificate was refused",
        "check the https address in endpoint under [store] in castkit.toml, and this machine's clock",
    ),
    _meaning(
        "EndpointConnectionError ConnectTimeoutError ProxyConnectionError ConnectionError ConnectionClosedError "
        "ReadTimeoutError HTTPClientError IncompleteReadError ResponseStreamingError",
        "{store} cannot be reached",
        "check the network, and endpoint under [store] in castkit.toml; then run the command again",
    ),
    _meaning(
        "InvalidEndpointConfigurationError InvalidRegionError UnknownEndpointError EndpointProviderError "
        "EndpointResolutionError NoRegionError ParamValidationError InvalidBucketName InvalidDNSNameError",
        "the address of {store} is not a possible one",
        "correct endpoint, region and bucket under [store] in castkit.toml",
    ),
    _meaning(
        "InvalidAccessKeyId InvalidClientTokenId UnrecognizedClientException",
        "{store} does not know the access key",
        _CREDENTIALS,
    ),
    _meaning(
        "SignatureDoesNotMatch",
        "{store} did not accept the secret key",
        "check AWS_SECRET_ACCESS_KEY or ~/.aws/credentials, and that the key belongs to this store",
    ),
    _meaning("ExpiredToken ExpiredTokenException InvalidToken", "the session for {store} has ended", _CREDENTIALS),
    _meaning(
        "RequestTimeTooSkewed RequestExpired",
        "{store} refused because this machine's clock is wrong",
        "set the clock (let the system take the time from the network), then run the command again",
    ),
    _meaning(
        "NoSuchBucket",
        "there is no bucket of this name: {store}",
        "create the bucket, or correct bucket under [store] in castkit.toml",
    ),
    _meaning(
        "PermanentRedirect AuthorizationHeaderMalformed IllegalLocationConstraintException 301 MovedPermanently",
        "{store} lies in another region, or at another address",
        "set region under [store] in castkit.toml to the bucket's own (endpoint: http or https, as the store has it)",
    ),
    _meaning("AccessDenied AllAccessDisabled AccountProblem 403 Forbidden", "{store} did not allow {what}", _RIGHTS),
    _meaning(
        "BadDigest InvalidDigest XAmzContentChecksumMismatch XAmzContentSHA256Mismatch FlexibleChecksumError",
        "{store} got other bytes than were meant: {what}",
        "the file changed meanwhile or was damaged on the way; run the command again",
    ),
    _meaning(
        " ".join(("ResponseParserError", *(one.__name__ for one in DAMAGED))),
        "{store} did not answer as S3 does: {what}",
        "check endpoint under [store] in castkit.toml: http or https, the port, and that it is no web page's address",
    ),
    _meaning(
        "QuotaExceeded EntityTooLarge InsufficientCapacity InsufficientStorage 507 XMinioStorageFull",
        "{store} has no room: {what}",
        "free space in the store or enlarge its quota",
    ),
)

# What may pass by itself: broken connections, and a store that is busy or restarting.
_PASSING = frozenset(
    "EndpointConnectionError ConnectTimeoutError ConnectionClosedError ReadTimeoutError ProxyConnectionError "
    "HTTPClientError IncompleteReadError ResponseStreamingError ResponseParserError FlexibleChecksumError SlowDown "
    "KeyError ValueError "
    "Throttling ThrottlingException RequestTimeout RequestTimeoutException OperationAborted TooManyRequests "
    "ConditionalRequestConflict BadDigest XAmzContentChecksumMismatch XAmzContentSHA256Mismatch".split()
)
_LONGEST = 100  # characters of a code that is shown
_NEVER_PASSING = frozenset("SSLError NotImplemented InsufficientStorage".split())

# A store that lacks the checksums of 2022 (and the trailers that botocore sends with them) says one of these.
_UNKNOWN_HEADER = frozenset(
    "NotImplemented InvalidArgument InvalidRequest UnsupportedOperation MalformedTrailerError".split()
)


def code_of(error: BaseException | None) -> str:
    """S3's code of a refusal (for HEAD, which has no body, the HTTP status), or an empty string."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def status_of(error: BaseException | None) -> int:
    """The HTTP status of a refusal, or 0 where none came."""
    response = getattr(error, "response", None)
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) if isinstance(response, dict) else 0


def may_pass(error: BaseException) -> bool:
    """Whether trying again a little later may help."""
    names = _names(error)
    return not names & _NEVER_PASSING and (bool(names & _PASSING) or status_of(error) in (429, 500, 502, 503, 504))


def refuses_the_unknown(error: BaseException | None) -> bool:
    """Whether a store may have refused because it does not know a header: a newer checksum, a condition."""
    return status_of(error) in (400, 501) and code_of(error) in _UNKNOWN_HEADER


def translated(error: BaseException, *, store: str, what: str) -> StoreError:
    """The error as a person can act on it; `what` says what was being done, as in "putting episodes/a.mp3"."""
    names = _names(error)
    for row in _MEANINGS:
        if row.names & names:
            return StoreError(row.message.format(store=store, what=what), row.hint)
    detail = code_of(error)[:_LONGEST] or type(error).__name__
    status = f", HTTP {status_of(error)}" if status_of(error) else ""
    return StoreError(
        f"{store} failed while {what}: {detail}{status}",
        "run the command again; if it comes back, look the word up in the store's own documentation",
    )


def _names(error: BaseException) -> frozenset[str]:
    own = (cls.__name__ for cls in type(error).__mro__ if cls.__module__.startswith("botocore") or cls in DAMAGED)
    return frozenset(own) | ({code_of(error)} - {""})
