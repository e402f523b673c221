"""Who receives the text: names for messages such as "text goes to api.openai.com"."""

import ipaddress
from urllib.parse import urlsplit


def host_of(base_url: str) -> str:
    """The host, with its port where the address names one; never a user name or password."""
    parts = urlsplit(base_url)
    host = parts.hostname or base_url
    host = f"[{host}]" if ":" in host and parts.hostname else host
    return f"{host}:{parts.port}" if parts.port else host


def is_local(base_url: str) -> bool:
    """Whether what is sent to `base_url` stays on this machine."""
    host = (urlsplit(base_url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
