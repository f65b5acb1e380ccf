"""Checks permits before bodies are posted; docs/permits.md tells why each step is there.

Needs: pip install 'pyjwt[crypto]'
"""

import hashlib
import json
import time
from base64 import urlsafe_b64encode

import jwt


class Verifier:
    """Takes each permit once. `jwks` is the text that GetPermitKeys gave."""

    def __init__(self, jwks):
        self.keys = {key["kid"]: jwt.PyJWK(key) for key in json.loads(jwks)["keys"]}
        self.taken = {}

    def take(self, permit, body, tenant, channel, now=None):
        """Takes the permit for posting this very body, or raises jwt.InvalidTokenError."""
        now = time.time() if now is None else now
        kid = jwt.get_unverified_header(permit).get("kid")
        if kid not in self.keys:
            raise jwt.InvalidTokenError("unknown key: ask for the keys again, once")
        claims = jwt.decode(
            permit, self.keys[kid].key, algorithms=["EdDSA"], issuer="policy.azeer",
            # The times below, without leeway.
            options={"require": ["exp", "iss", "jti"], "verify_exp": False, "verify_iat": False},
        )
        if claims["exp"] <= now:
            raise jwt.InvalidTokenError("expired")
        if (claims["tenant_id"], claims["channel_id"]) != (tenant, channel):
            raise jwt.InvalidTokenError("for another tenant or channel")
        digest = urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
        if claims["body_sha256"] != digest:
            raise jwt.InvalidTokenError("for another body")
        self.taken = {jti: exp for jti, exp in self.taken.items() if exp > now}
        if claims["jti"] in self.taken:
            raise jwt.InvalidTokenError("taken before")
        self.taken[claims["jti"]] = claims["exp"]
