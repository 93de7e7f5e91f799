"""Writes signature-vectors.json: python3 signature-vectors.py

The signatures come from Python's hmac, so that neither the Java nor the JavaScript side of decision 20 is
checked against itself.
"""

import base64
import hashlib
import hmac
import json
import pathlib

HERE = pathlib.Path(__file__).parent
NOW = 1795825800  # 2026-11-28T00:30:00Z
ID = "vector-0000000000000001"
LISTED = [
    "content-type",
    "x-w7s-rpc",
    "x-w7s-rpc-caller-owner",
    "x-w7s-rpc-caller-repo",
    "x-w7s-rpc-caller-repository",
    "x-w7s-rpc-caller-environment",
    "x-w7s-queue",
    "x-w7s-queue-name",
    "x-w7s-workflow",
    "x-w7s-workflow-name",
    "x-w7s-workflow-instance",
    "x-w7s-schedule",
    "x-w7s-schedule-cron",
    "x-w7s-schedule-time",
    "x-w7s-org-slug",
    "x-w7s-repo-slug",
    "x-w7s-original-path",
    "x-w7s-queue-delay-seconds",
    "x-w7s-workflow-instance-id",
    "x-w7s-queue-caller-repository",
    "x-w7s-queue-environment",
]
LOCAL_TEXT = "w7s local development: this secret is published, it protects nothing"


def secret(key):
    return "whsec_" + base64.b64encode(key).decode()


def key(text, length=32):
    return hashlib.sha512(text.encode()).digest()[:length]


NEW = secret(key("vectors: the new secret"))
OLD = secret(key("vectors: the old secret"))
OTHER = secret(key("vectors: a secret that nobody has"))
LONG = secret(key("vectors: a long secret", 64))


def mac(whsec, content):
    k = base64.b64decode(whsec.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.new(k, content, hashlib.sha256).digest()).decode()


def text(kind, method, target, headers, body):
    values = {}
    for name, value in headers:
        values[name.lower()] = value.strip(" \t")
    lines = ["w7s-request-1", kind, method.upper(), target]
    lines += [f"{name}:{values[name]}" for name in LISTED if name in values]
    lines.append(hashlib.sha256(body).hexdigest())
    return "".join(line + "\n" for line in lines)


JSON_TYPE = ["content-type", "application/json"]
RPC = [
    JSON_TYPE,
    ["x-w7s-rpc", "1"],
    ["x-w7s-rpc-caller-owner", "acme"],
    ["x-w7s-rpc-caller-repo", "shop"],
    ["x-w7s-rpc-caller-repository", "acme/shop"],
    ["x-w7s-rpc-caller-environment", "production"],
    ["x-w7s-org-slug", "acme"],
    ["x-w7s-repo-slug", "worker"],
    ["x-w7s-original-path", "/worker/orders/7"],
]
QUEUE = [
    JSON_TYPE,
    ["x-w7s-queue", "jobs"],
    ["x-w7s-queue-name", "w7s-production-acme-worker-queue-jobs"],
]
WORKFLOW = [
    JSON_TYPE,
    ["x-w7s-workflow", "1"],
    ["x-w7s-workflow-name", "checkout"],
    ["x-w7s-workflow-instance", "order-123"],
]
SCHEDULE = [
    JSON_TYPE,
    ["x-w7s-schedule", "1"],
    ["x-w7s-schedule-cron", "*/5 * * * *"],
    ["x-w7s-schedule-time", "2026-11-28T00:30:00.000Z"],
]
KINDS = {
    "rpc": ("POST", "/orders/7?full=1", RPC, b'{"n":1}'),
    "queue": ("POST", "/_w7s/queues/jobs", QUEUE, b'{"queue":"jobs","messages":[]}'),
    "workflow": ("POST", "/_w7s/workflows/checkout", WORKFLOW, b'{"workflow":"checkout"}'),
    "schedule": ("POST", "/_w7s/schedules/sync", SCHEDULE, b'{"schedule":"*/5 * * * *"}'),
    "public": ("GET", "/health", [], b""),
    "call": ("POST", "/_w7s/bridge/queues/acme/worker/jobs", [JSON_TYPE], b'{"n":1}'),
}

vectors = []


def vector(
    name,
    kind="queue",
    *,
    refused=None,
    status=None,
    receiver=None,
    method=None,
    target=None,
    headers=None,
    body=None,
    id=ID,
    time=NOW,
    now=NOW,
    secrets=None,
    signers=None,
    change=None,
    arrives=None,
):
    """Signs a request with the signers, then changes it.

    change: what arrives instead, by the name of a field. arrives: maps the list of all headers.
    """
    a, b, c, d = KINDS.get(kind, KINDS["queue"])
    method = a if method is None else method
    target = b if target is None else target
    headers = c if headers is None else headers
    body = d if body is None else body
    secrets = secrets or {"secret": NEW}
    signed = f"{id}.{time}.{text(kind, method, target, headers, body)}"
    signatures = [mac(s, signed.encode()) for s in (signers or [secrets["secret"]])]
    all_headers = [list(h) for h in headers] + [
        ["x-w7s-kind", kind],
        ["x-w7s-signature-id", id],
        ["x-w7s-signature-time", str(time)],
        ["x-w7s-signature", " ".join(signatures)],
    ]
    if arrives:
        all_headers = arrives(all_headers)
    request = {"method": method, "target": target, "headers": all_headers, "body": body}
    request.update(change or {})
    request["body"] = base64.b64encode(request["body"]).decode()
    v = {
        "name": name,
        "receiver": receiver or ("bridge" if kind == "call" else "service"),
        "secrets": secrets,
        "now": now,
        "request": request,
    }
    if refused:
        v["refused"] = {"check": refused, "status": status or 401}
    else:
        v["accepted"] = {
            "kind": kind,
            "id": id,
            "time": time,
            "signed": signed,
            "signature": signatures[-1],
        }
    vectors.append(v)


def put(name, value):
    """Replaces a header, or adds it."""
    return lambda headers: [h for h in headers if h[0].lower() != name] + [[name, value]]


def drop(*names):
    return lambda headers: [h for h in headers if h[0].lower() not in names]


def add(*more):
    return lambda headers: headers + [list(h) for h in more]


# Accepted.
for each in KINDS:
    vector(f"a request of the kind {each}", each)
DELAYED = [JSON_TYPE, ["x-w7s-queue-delay-seconds", "60"]]
vector("a call that delays a message", "call", headers=DELAYED)
vector(
    "a call that starts a workflow with an id",
    "call",
    target="/_w7s/bridge/workflows/acme/shop/checkout",
    headers=[JSON_TYPE, ["x-w7s-workflow-instance-id", "order-123"]],
)
vector(
    "a message of a local sender, who says who it is",
    headers=QUEUE + [["x-w7s-queue-caller-repository", "acme/shop"], ["x-w7s-queue-environment", "staging"]],
)
vector("a lower-case method is signed in upper case", method="post")
for each in ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]:
    vector(f"the method {each}", "rpc", method=each, body=b"")
vector("an empty body", body=b"")
vector("a body that is not text", "rpc", body=bytes(range(256)))
vector("a body of 4 KiB", body=b"0123456789abcdef" * 256)
vector("a body with line breaks that look like signed lines", body=b"\nqueue\nPOST\n/x\n")
vector("headers in another order", "rpc", arrives=lambda h: list(reversed(h)))
vector("header names in upper case", "rpc", arrives=lambda h: [[n.upper(), v] for n, v in h])
vector(
    "spaces and tabs around values do not count",
    headers=[[n, " \t" + v + "\t "] for n, v in QUEUE],
)
vector(
    "headers that are not signed do not count, once or twice",
    "rpc",
    arrives=add(
        ["x-w7s-request-id", "r1"],
        ["x-w7s-rpc-caller", "mallory/shop"],
        ["x-forwarded-for", "10.0.0.1"],
        ["x-forwarded-for", "10.0.0.2"],
        ["content-length", "7"],
    ),
)
vector("a request without a content type", "rpc", headers=RPC[1:])
vector(
    "a content type with parameters",
    headers=[["content-type", 'Application/JSON; charset="utf-8"']] + QUEUE[1:],
)
vector(
    "a value with colons, commas, quotes and spaces inside",
    "schedule",
    headers=SCHEDULE[:2] + [["x-w7s-schedule-cron", '0,30 : ~ "x"  * * *']] + SCHEDULE[3:],
)
vector("the root path", "public", target="/")
vector("a query", "rpc", target="/orders?b=2&a=1&a=")
vector("a query with what only a path may not have", "rpc", target="/a?url=https://x/%2F..%5C/./&b=..")
vector("a query with question marks", "rpc", target="/a?b?c=?")
vector("percent escapes stay as they came", "rpc", target="/caf%C3%a9/%41%20b/a%2Bb+c?d=%20e%2f")
vector("dots that are not a segment", "rpc", target="/.well-known/a..b/...?x")
vector("a path that ends with a slash", "rpc", target="/orders/")
vector("a broken percent escape stays as it came", "rpc", target="/100%/%zz")
vector("a target of 8192 characters", "rpc", target="/" + "a" * 8191)
vector("an id of 16 characters", id="Az09_-Az09_-Az09")
vector("an id of 64 characters", id="0123456789abcdef" * 4)
vector("4 minutes old", now=NOW + 240)
vector("4 minutes ahead", now=NOW - 240)
vector("300 seconds old", now=NOW + 300)
vector("300 seconds ahead", now=NOW - 300)
vector("a secret of 64 bytes", secrets={"secret": LONG})
ROTATION = {"secret": NEW, "previous": OLD, "previousUntil": NOW + 1}
vector("the new secret while the previous one is valid", secrets=ROTATION)
vector("the previous secret until its end", secrets=ROTATION, signers=[OLD])
vector("two signatures, the second is right", signers=[OTHER, NEW])
vector("two signatures, the first is right", signers=[NEW, OTHER])
vectors[-1]["accepted"]["signature"] = vectors[-1]["request"]["headers"][-1][1].split(" ")[0]
vector(
    "two signatures, one of them with the previous secret", secrets=ROTATION, signers=[OTHER, OLD]
)

# Refused: not signed, or not readable.
for name in ["x-w7s-signature", "x-w7s-signature-id", "x-w7s-signature-time", "x-w7s-kind"]:
    vector(f"without {name}", refused="signature-missing", arrives=drop(name))
vector(
    "without a signature",
    refused="signature-missing",
    arrives=drop("x-w7s-signature", "x-w7s-signature-id", "x-w7s-signature-time", "x-w7s-kind"),
)
for what, value in [
    ("of 15 characters", "a" * 15),
    ("of 65 characters", "a" * 65),
    ("with a dot", "vector.000000000000001"),
    ("with a space", "vector 000000000000001"),
    ("with a letter outside ASCII", "véctor-000000000000001"),
]:
    vector(f"an id {what}", id=value, refused="id-format")
for what, value in [
    ("with a sign", f"+{NOW}"),
    ("with a fraction", f"{NOW}.0"),
    ("in milliseconds", f"{NOW}000"),
    ("in hexadecimal", hex(NOW)),
    ("of other digits", "".join(chr(0x660 + int(c)) for c in str(NOW))),
]:
    vector(f"a time {what}", time=value, refused="time-format")
RIGHT = vectors[1]["accepted"]["signature"]
for what, value in [
    ("without v1", RIGHT[3:]),
    ("of version 2", "v2," + RIGHT[3:]),
    ("in URL-safe Base64", "v1," + "-_" * 21 + "A="),
    ("without its padding", RIGHT[:-1]),
    ("of 31 bytes", "v1," + base64.b64encode(bytes(31)).decode()),
    ("of 33 bytes", "v1," + base64.b64encode(bytes(33)).decode()),
    ("in hexadecimal", "v1," + base64.b64decode(RIGHT[3:]).hex()),
    ("whose unused bits are set", RIGHT[:-2] + chr(ord(RIGHT[-2]) + 1) + "="),
    ("three times", " ".join([RIGHT] * 3)),
    ("twice with two spaces between", "  ".join([RIGHT] * 2)),
    ("twice with a comma between", ",".join([RIGHT] * 2)),
]:
    vector(f"a signature {what}", refused="signature-format", arrives=put("x-w7s-signature", value))
for value in ["Queue", "event", "queue rpc"]:
    vector(f"the kind {value}", refused="kind-unknown", arrives=put("x-w7s-kind", value))

# Refused: what a call says beside its target.
vector(
    "a call with another delay",
    "call",
    headers=DELAYED,
    refused="signature-wrong",
    arrives=put("x-w7s-queue-delay-seconds", "61"),
)
vector(
    "a call with a delay that was added",
    "call",
    refused="signature-wrong",
    arrives=add(["x-w7s-queue-delay-seconds", "60"]),
)
vector(
    "a delivery with a delay",
    headers=QUEUE + [["x-w7s-queue-delay-seconds", "60"]],
    refused="kind-headers",
    status=400,
)

# Refused: ambiguous.
for name in [
    "x-w7s-signature",
    "x-w7s-signature-id",
    "x-w7s-signature-time",
    "x-w7s-kind",
    "content-type",
    "x-w7s-queue",
    "x-w7s-queue-name",
]:
    vector(
        f"{name} twice, both the same",
        refused="header-twice",
        status=400,
        arrives=lambda h, name=name: h + [x for x in h if x[0] == name],
    )
vector(
    "x-w7s-rpc-caller-owner twice",
    "rpc",
    refused="header-twice",
    status=400,
    arrives=add(["X-W7S-RPC-Caller-Owner", "mallory"]),
)
for what, value in [
    ("with an empty value", ""),
    ("with nothing but spaces", "  "),
    ("with a letter outside ASCII", "jobé"),
    ("with a tab inside", "jo\tbs"),
    ("with DEL", "jobs\x7f"),
]:
    vector(
        f"a signed header {what}",
        headers=[JSON_TYPE, ["x-w7s-queue", value]],
        refused="header-value",
        status=400,
    )
for what, value in [
    ("without a slash at its beginning", "orders"),
    ("that is a URL", "https://acme.w7s.internal/orders"),
    ("with //", "/orders//7"),
    ("that begins with //", "//orders"),
    ("with a dot segment", "/orders/./7"),
    ("that ends with a dot segment", "/orders/."),
    ("with two dots", "/public/../orders"),
    ("with two dots before a query", "/public/..?x"),
    ("with %2e%2e", "/public/%2e%2e/orders"),
    ("with .%2E", "/public/.%2E/orders"),
    ("with %2e", "/public/%2e"),
    ("with %2F", "/orders%2F7"),
    ("with %2f", "/orders%2f7"),
    ("with %5c", "/orders%5c7"),
    ("with a backslash", "/orders\\7"),
    ("with a backslash in its query", "/orders?a=\\"),
    ("with #", "/orders#7"),
    ("with # in its query", "/orders?a=#7"),
    ("with a space", "/orders 7"),
    ("with a line feed", "/orders\n7"),
    ("with NUL in its query", "/orders?a=\0"),
    ("with a letter outside ASCII", "/café"),
    ("of 8193 characters", "/" + "a" * 8192),
]:
    vector(f"a target {what}", "rpc", target=value, refused="target", status=400)
vector("a method with a line break", method="POST\nx", refused="method", status=400)
vector("an empty method", method="", refused="method", status=400)
vector(
    "a method of letters whose upper case is ASCII", method="l\u0131st", refused="method", status=400
)

# Refused: what the kind says and what the headers say differ.
KIND = {"refused": "kind-headers", "status": 400}
vector("rpc without x-w7s-rpc", "rpc", headers=[JSON_TYPE], **KIND)
vector("rpc with another value", "rpc", headers=[JSON_TYPE, ["x-w7s-rpc", "true"]], **KIND)
vector("queue without x-w7s-queue", headers=[JSON_TYPE], **KIND)
vector("workflow without x-w7s-workflow", "workflow", headers=[JSON_TYPE], **KIND)
vector("schedule with another value", "schedule", headers=[["x-w7s-schedule", "0"]], **KIND)
vector("queue with x-w7s-rpc", headers=QUEUE + [["x-w7s-rpc", "1"]], **KIND)
vector("rpc with x-w7s-queue", "rpc", headers=RPC + [["x-w7s-queue", "jobs"]], **KIND)
vector("queue with a schedule's header", headers=QUEUE + [["x-w7s-schedule-cron", "*"]], **KIND)
vector("public with a caller", "public", headers=[["x-w7s-rpc-caller-owner", "acme"]], **KIND)
vector("public with x-w7s-org-slug", "public", headers=[["x-w7s-org-slug", "acme"]], **KIND)
vector("call with x-w7s-queue", "call", headers=[["x-w7s-queue", "jobs"]], **KIND)
vector("a service takes no call", "call", receiver="service", refused="kind-direction")
for each in ["rpc", "queue", "workflow", "schedule", "public"]:
    vector(f"the bridge takes no {each}", each, receiver="bridge", refused="kind-direction")

# Refused: time.
vector("301 seconds old", now=NOW + 301, refused="too-old")
vector("6 minutes old", now=NOW + 360, refused="too-old")
vector("the time 0", time=0, refused="too-old")
vector("301 seconds ahead", now=NOW - 301, refused="too-new")
vector("6 minutes ahead", now=NOW - 360, refused="too-new")
vector("the time 999999999999", time=999999999999, refused="too-new")

# Refused: the signature is another one's.
WRONG = {"refused": "signature-wrong"}
vector("signed with another secret", signers=[OTHER], **WRONG)
vector("signed twice, both times with other secrets", signers=[OTHER, LONG], **WRONG)
vector("the previous secret after its end", secrets={**ROTATION, "previousUntil": NOW}, signers=[OLD], **WRONG)
vector("the previous secret where there is none", signers=[OLD], **WRONG)
vector("a flipped bit of the signature", arrives=put("x-w7s-signature", RIGHT[:3] + chr(ord(RIGHT[3]) ^ 1) + RIGHT[4:]), **WRONG)
vector("another id", arrives=put("x-w7s-signature-id", ID[:-1] + "2"), **WRONG)
vector("another time", arrives=put("x-w7s-signature-time", str(NOW + 1)), **WRONG)
vector("a time with a zero before it", arrives=put("x-w7s-signature-time", f"0{NOW}"), **WRONG)
vector("another method", change={"method": "PUT"}, **WRONG)
vector("another path", change={"target": "/_w7s/queues/mails"}, **WRONG)
vector("the path in another case", change={"target": "/_w7s/queues/Jobs"}, **WRONG)
vector("the path with another escape", change={"target": "/_w7s/queues/%6Aobs"}, **WRONG)
vector("a query more", change={"target": "/_w7s/queues/jobs?a=1"}, **WRONG)
vector("another query", "rpc", change={"target": "/orders/7?full=2"}, **WRONG)
vector("a query less", "rpc", change={"target": "/orders/7"}, **WRONG)
vector("another body", change={"body": b'{"queue":"jobs","messages":[] }'}, **WRONG)
vector("a body less", change={"body": b""}, **WRONG)
vector("another queue", arrives=put("x-w7s-queue", "mails"), **WRONG)
vector("another caller", "rpc", arrives=put("x-w7s-rpc-caller-owner", "mallory"), **WRONG)
vector("another content type", arrives=put("content-type", "text/plain"), **WRONG)
vector("a signed header less", arrives=drop("x-w7s-queue-name"), **WRONG)
vector("a header of the list more", arrives=add(["x-w7s-org-slug", "acme"]), **WRONG)
vector(
    "a value moved from one header to the next",
    "rpc",
    arrives=lambda h: put("x-w7s-org-slug", "acm")(put("x-w7s-repo-slug", "eworker")(h)),
    **WRONG,
)
vector(
    "an rpc sent as a public request",
    "rpc",
    arrives=lambda h: [x for x in put("x-w7s-kind", "public")(h) if not x[0].startswith("x-w7s-r") and x[0] not in ("x-w7s-org-slug", "x-w7s-original-path")],
    **WRONG,
)
vector(
    "a queue's delivery sent as rpc",
    arrives=lambda h: put("x-w7s-kind", "rpc")(drop("x-w7s-queue", "x-w7s-queue-name")(h)) + [["x-w7s-rpc", "1"]],
    **WRONG,
)

names = [v["name"] for v in vectors]
assert len(names) == len(set(names)), [n for n in names if names.count(n) > 1]

SECRETS = [
    ("32 bytes", NEW, True),
    ("64 bytes", LONG, True),
    ("48 bytes, which need no padding", secret(key("48", 48)), True),
    ("empty text", "", False),
    ("the prefix alone", "whsec_", False),
    ("no prefix", NEW.removeprefix("whsec_"), False),
    ("another prefix", "whpk_" + NEW.removeprefix("whsec_"), False),
    ("the prefix in upper case", "WHSEC_" + NEW.removeprefix("whsec_"), False),
    ("31 bytes", secret(key("31", 31)), False),
    ("24 bytes, the secret of the Standard Webhooks example", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", False),
    ("65 bytes", secret(key("64", 64) + b"x"), False),
    ("no padding", NEW.rstrip("="), False),
    ("URL-safe Base64", "whsec_" + "-_" * 21 + "A=", False),
    ("a space at the end", NEW + " ", False),
    ("a line feed within", NEW[:20] + "\n" + NEW[20:], False),
    ("unused bits that are set", NEW[:-2] + chr(ord(NEW[-2]) + 1) + "=", False),
    ("64 hexadecimal digits, which are Base64 of 48 bytes", "whsec_" + key("hex").hex(), True),
]

WEBHOOK = {
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "time": 1614265330,
    "payload": '{"test": 2432232314}',
    "signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
signed = f"{WEBHOOK['id']}.{WEBHOOK['time']}.{WEBHOOK['payload']}"
assert mac(WEBHOOK["secret"], signed.encode()) == WEBHOOK["signature"]

document = {
    "about": (
        "Vectors of decision 20, for both languages. standardWebhooks: the published example, id.time.payload"
        " with HMAC-SHA256. local: the published secret of local development is whsec_ and the Base64 of the"
        " SHA-256 of the text. secrets: which texts are secrets. requests: what arrives at a receiver whose"
        " clock shows now (seconds since 1970) and which has these secrets; previous is valid while now is less"
        " than previousUntil. Either accepted, with the text that is signed (id.time.text) and the signature"
        " that is right, or refused by the check that is named. Bodies are Base64. Each refused request fails one check."
    ),
    "standardWebhooks": [WEBHOOK],
    "local": {"text": LOCAL_TEXT, "secret": secret(hashlib.sha256(LOCAL_TEXT.encode()).digest())},
    "secrets": [{"name": n, "text": t, "valid": v} for n, t, v in SECRETS],
    "requests": vectors,
}
out = json.dumps(document, indent=1, ensure_ascii=True) + "\n"
(HERE / "signature-vectors.json").write_text(out)
print(len(vectors), "requests,", len(SECRETS), "secrets")
