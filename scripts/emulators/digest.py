"""The digest authentication of Shelly Gen2+ devices (RFC 7616, SHA-256).

Firmware before 2.0 checks the hash alone. Firmware 2.0 follows the RFC: it
gives a nonce for one hour and 30 000 requests, wants its count to start at 1
and to grow, keeps 32 of them and throttles who asks for more or fails too
often (Shelly API documentation, General/Authentication).
"""

import base64
from collections import deque
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
import re
import secrets

from aiohttp import web

from .mains import Clock

NONCE_SLOTS = 32
NONCE_LIFE_S = 3600
NONCE_REQUESTS = 30_000
THROTTLE_S = 2
FAILURES_WINDOW_S = 600
# The documentation gives no number; this one is a guess.
FAILURES_MAX = 10


@dataclass(slots=True)
class Nonce:
    """One challenge: when it was given and the last count seen with it."""

    given_at: float
    count: int = 0


def parse_authorization(header: str) -> dict[str, str]:
    """Return the parameters of an Authorization header of the Digest scheme."""
    pairs = re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', header)
    return {name: quoted or bare for name, quoted, bare in pairs}


class DigestGuard:
    """Lets requests pass that prove the password, answers the others."""

    def __init__(
        self, realm: str, password: str, clock: Clock, *, strict: bool
    ) -> None:
        self._realm = realm
        self._ha1 = sha256(f"admin:{realm}:{password}".encode()).hexdigest()
        self._now = clock
        self._strict = strict
        self._nonces: dict[str, Nonce] = {}
        self._failures: deque[float] = deque()
        self._throttled_since: float | None = None

    def forget(self) -> None:
        """Forget every nonce given."""
        self._nonces.clear()

    def check(self, request: web.BaseRequest) -> web.Response | None:
        """Return None to let the request pass, else the answer to give."""
        if self._strict and self._failed_too_often():
            return web.json_response(
                {"code": 429, "message": "Too many failed authentication attempts"},
                status=HTTPStatus.TOO_MANY_REQUESTS,
            )
        header = request.headers.get("Authorization")
        if header is None:
            return self._challenge()
        given = parse_authorization(header)
        if not self._proves_password(request, given):
            self._failures.append(self._now())
            return self._challenge()
        nonce = self._nonces.get(given["nonce"])
        if nonce is None or self._is_over(nonce):
            return self._challenge(stale=True)
        if self._strict and not self._counts(nonce, given):
            self._failures.append(self._now())
            return self._challenge()
        return None

    def _proves_password(self, request: web.BaseRequest, given: dict[str, str]) -> bool:
        wanted = {
            "username",
            "realm",
            "nonce",
            "uri",
            "nc",
            "cnonce",
            "qop",
            "response",
        }
        if not wanted <= given.keys() or given["uri"] != request.raw_path:
            return False
        ha2 = sha256(f"{request.method}:{given['uri']}".encode()).hexdigest()
        proof = ":".join(
            (self._ha1, given["nonce"], given["nc"], given["cnonce"], given["qop"], ha2)
        )
        return (
            given["username"] == "admin"
            and given["realm"] == self._realm
            and given["response"] == sha256(proof.encode()).hexdigest()
        )

    @staticmethod
    def _counts(nonce: Nonce, given: dict[str, str]) -> bool:
        """Tell whether the count begins at 1 and grows; note it."""
        count = int(given["nc"], 16)
        if count <= nonce.count or (nonce.count == 0 and count != 1):
            return False
        nonce.count = count
        return True

    def _is_over(self, nonce: Nonce) -> bool:
        return (
            self._now() - nonce.given_at > NONCE_LIFE_S or nonce.count >= NONCE_REQUESTS
        )

    def _failed_too_often(self) -> bool:
        while self._failures and self._now() - self._failures[0] > FAILURES_WINDOW_S:
            self._failures.popleft()
        return len(self._failures) >= FAILURES_MAX

    def _challenge(self, *, stale: bool = False) -> web.Response:
        if not self._make_room():
            return web.json_response(
                {"code": 429, "message": "Too many requests"},
                status=HTTPStatus.TOO_MANY_REQUESTS,
            )
        nonce = (
            base64.b64encode(secrets.token_bytes(20)).decode()
            if self._strict
            else f"{int(self._now()):x}{secrets.token_hex(2)}"
        )
        self._nonces[nonce] = Nonce(self._now())
        challenge = (
            f'Digest qop="auth", realm="{self._realm}", nonce="{nonce}", '
            "algorithm=SHA-256"
        )
        return web.Response(
            status=HTTPStatus.UNAUTHORIZED,
            headers={"WWW-Authenticate": challenge + ", stale=true" * stale},
        )

    def _make_room(self) -> bool:
        """Free a slot for a new nonce; a full device makes the caller wait."""
        self._nonces = {
            value: nonce
            for value, nonce in self._nonces.items()
            if not self._is_over(nonce)
        }
        if len(self._nonces) < NONCE_SLOTS:
            self._throttled_since = None
            return True
        if self._strict:
            now = self._now()
            if self._throttled_since is None:
                self._throttled_since = now
            if now - self._throttled_since < THROTTLE_S:
                return False
        self._throttled_since = None
        del self._nonces[min(self._nonces, key=lambda value: self._nonces[value].count)]
        return True
