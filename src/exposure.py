"""Who can reach the API, and what is served to whoever can."""

from __future__ import annotations

import ipaddress

from src.config import PREFIX, Settings, SettingsError


def serves_legacy_routes(settings: Settings) -> bool:
    """Say whether the API serves the routes of old clients.

    Raises:
        SettingsError: they are wanted on an address that others can reach.
    """
    is_local = _is_loopback(settings.api_host)
    if settings.legacy_routes == "on" and not is_local:
        raise SettingsError(
            f"the API listens on {settings.api_host}, and the routes of old clients let whoever "
            f"reaches it trade without a token: set {PREFIX}LEGACY_ROUTES to auto, to everywhere "
            f"if that is what you want, or {PREFIX}API_HOST to 127.0.0.1"
        )
    return settings.legacy_routes in {"on", "everywhere"} or (
        settings.legacy_routes == "auto" and is_local
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
