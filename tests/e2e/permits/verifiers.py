"""Has docs/verify_permit.py (its folder is the argument) take permits: reads from standard input one
JSON object {"keys": text, "attempts": [{"permit", "body", "tenant", "channel", "now"}]} with bodies in
base64, and writes for each attempt null, or why it was refused."""

import json
import sys
from base64 import b64decode

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])

import jwt  # noqa: E402
from verify_permit import Verifier  # noqa: E402

asked = json.load(sys.stdin)
verifier = Verifier(asked["keys"])
told = []
for attempt in asked["attempts"]:
    body = b64decode(attempt.pop("body"))
    try:
        verifier.take(body=body, **attempt)
        told.append(None)
    except jwt.InvalidTokenError as refused:
        told.append(f"{type(refused).__name__}: {refused}")
json.dump(told, sys.stdout)
