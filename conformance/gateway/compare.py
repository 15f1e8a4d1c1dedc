"""compare.py OUT_DIR: asks the gateway as members of each group, and compares with the property lists of the same build."""
import base64
import hashlib
import hmac
import json
import plistlib
import sys
import time
import urllib.error
import urllib.request

SECRET = b"0123456789abcdef0123456789abcdef"  # of gateway.yaml
UNREAD = ["forceLoginGatewayUrl"]  # which no server brings

# Audience, mail address, groups of the identity provider. None: the gateway must not serve anything.
PEOPLE = [
    ("default", "a@acme.example", []),
    ("default", "a@ACME.test", ["somewhere"]),
    ("engineering", "a@acme.example", ["engineering"]),
    ("engineering", "a@elsewhere.example", ["engineering"]),
    ("payments", "a@acme.example", ["engineering", "payments-ops"]),
    ("payments", "a@acme.example", ["payments-eng"]),
    ("cards", "a@acme.example", ["engineering", "payments-eng", "cards"]),
    (None, "a@elsewhere.example", []),
]


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def token(mail, groups):
    """A session token as the gateway makes it (seen on claude 2.1.329)."""
    now = int(time.time())
    head = {"alg": "HS256", "typ": "JWT", "kid": hashlib.sha256(SECRET).digest()[:8].hex()}
    claims = {"sub": "x", "email": mail, "groups": groups, "aud": "claude-gateway", "iss": "http://127.0.0.1:18080", "iat": now, "exp": now + 600}
    text = encoded(json.dumps(head).encode()) + b"." + encoded(json.dumps(claims).encode())
    return (text + b"." + encoded(hmac.new(SECRET, text, hashlib.sha256).digest())).decode()


def served(mail, groups):
    request = urllib.request.Request("http://127.0.0.1:18080/managed/settings", headers={"Authorization": "Bearer " + token(mail, groups)})
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["settings"]
    except urllib.error.HTTPError as problem:
        if problem.code == 404:
            return None
        raise


def expected(out, audience):
    if audience is None:
        return None
    with open(f"{out}/{audience}/macos/com.anthropic.claudecode.plist", "rb") as file:
        settings = plistlib.load(file)
    return {key: value for key, value in settings.items() if key not in UNREAD}


wrong = 0
for audience, mail, groups in PEOPLE:
    got, want = served(mail, groups), expected(sys.argv[1], audience)
    same = json.dumps(got, sort_keys=True) == json.dumps(want, sort_keys=True)
    print(f"{'ok   ' if same else 'WRONG'} {mail} in {', '.join(groups) or 'no group'} gets {audience or 'nothing'}")
    if not same:
        wrong += 1
        print(f"  got  {json.dumps(got, sort_keys=True)}\n  want {json.dumps(want, sort_keys=True)}")
print(f"gateway: {len(PEOPLE)} people, {wrong} wrong")
sys.exit(1 if wrong else 0)
