"""The way to the web: straight, or through the proxy that the environment or the system names.

Rule: this machine itself is never asked through a proxy, whatever the environment says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from castkit.model.web_address import is_this_machine

if TYPE_CHECKING:
    import urllib3


def proxy_of(scheme: str, host: str) -> str:
    """The address of the proxy for requests to this host, or nothing where they go straight."""
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - HTTP and TLS are not for every start

    proxy = getproxies().get(scheme, "")
    if not proxy or is_this_machine(host) or proxy_bypass(host):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def proxy_for(url: str) -> str:
    """The same for an address."""
    parts = urlsplit(url)
    return proxy_of(parts.scheme.lower(), parts.hostname or "")


def connections(proxy: str, **options: Any) -> urllib3.PoolManager:
    """Connections through this proxy, with the name and password in its address, or straight; `options` are urllib3's.

    Nothing is reached yet.
    """
    import urllib3  # noqa: PLC0415

    if not proxy:
        return urllib3.PoolManager(**options)
    via = urlsplit(proxy)
    login = f"{unquote(via.username)}:{unquote(via.password or '')}" if via.username else None
    return urllib3.ProxyManager(proxy, proxy_headers=urllib3.make_headers(proxy_basic_auth=login), **options)
