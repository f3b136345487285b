"""What the audit log says of one lead."""

import json
from typing import Any

from pipelines.settings.home import Home
from pipelines.store.audit import chain, files

_CHAIN = ("prev", "mac")


def entries_of(home: Home, lead_key: int, run_id: str) -> list[dict[str, Any]]:
    """Return the entries of one lead in one night, and those of its claims, in order.

    Only entries whose hash is right count; a look at every line, without reading its JSON.
    """
    key = chain.audit_key(home)
    night = f'"run":{json.dumps(run_id)},'.encode()
    lead = f'"lead":{lead_key},'.encode()
    claims: list[bytes] = []
    found: list[dict[str, Any]] = []
    for path in files.months(home.audit):
        for text, _ in files.lines_of(path, path.stat().st_size):
            is_own = lead in text and night in text
            if not (is_own or any(claim in text for claim in claims)):
                continue
            line = chain.read(text)
            if line is None or not chain.is_ours(key, text, line.mac):
                continue
            entry = json.loads(text)
            if is_own and isinstance(entry.get("claim"), str):
                claims.append(json.dumps(entry["claim"]).encode())
            found.append(_told(entry, claims))
    return found


def _told(entry: dict[str, Any], claims: list[bytes]) -> dict[str, Any]:
    """Return an entry without its chain, and without the claims of others."""
    told = {name: value for name, value in entry.items() if name not in _CHAIN}
    if isinstance(told.get("claims"), list):
        told["claims"] = [c for c in told["claims"] if json.dumps(c).encode() in claims]
    return told
