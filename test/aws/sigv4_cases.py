#!/usr/bin/env python3
"""Makes requests with odd paths, queries, headers and bodies, and signs them with botocore: one JSON object a line.

The C++ test reads them and compares its own signatures. Exit status 3: botocore is not installed.
"""
import datetime
import json
import random
import sys

try:
    import botocore.auth
    from botocore.auth import S3SigV4Auth, SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
except ImportError:
    sys.exit(3)

LETTERS = "abcXYZ019-_.~ /?=&%+:;,!*'()@$#é€\"<>\\|^`{}[]"
SAFE_PATH = "abcXYZ019-_.~/!*'();:@$,+"


def text(rng, letters, longest):
    return "".join(rng.choice(letters) for _ in range(rng.randrange(longest)))


def encoded(rng, plain):
    """Percent-encodes some of the letters, as a caller might."""
    out = []
    for letter in plain:
        if letter.isalnum() and rng.random() < 0.8:
            out.append(letter)
        else:
            out.append("".join("%%%02X" % byte for byte in letter.encode()))
    return "".join(out)


def path(rng):
    kinds = [
        lambda: "/",
        lambda: "/" + text(rng, SAFE_PATH, 20),
        lambda: "/" + encoded(rng, text(rng, LETTERS, 12)),
        lambda: "/a/../b/./c//d/" + text(rng, "ab./", 10),
        lambda: "/" + text(rng, "a./", 12),
    ]
    return rng.choice(kinds)()


def query(rng):
    parameters = []
    for _ in range(rng.randrange(5)):
        name = encoded(rng, text(rng, LETTERS, 5)) or "q"
        value = encoded(rng, text(rng, LETTERS, 8))
        parameters.append(name + "=" + value if rng.random() < 0.9 else name)
    if len(parameters) > 1 and rng.random() < 0.3:
        parameters.append(parameters[0])
    return "&".join(parameters)


def headers(rng):
    found = {}
    for _ in range(rng.randrange(6)):
        name = rng.choice(["X-Amz-Target", "Content-Type", "X-Custom-" + str(rng.randrange(99)), "User-Agent", "connection", "x-amz-meta-b", "Expect"])
        if name.lower() in (known.lower() for known in found):
            continue
        found[name] = text(rng, "ab ;,=\t1\"", 16).strip("\t") or "v"
    return found


def case(rng):
    service, region = rng.choice([("dynamodb", "eu-west-1"), ("sts", "us-east-1"), ("s3", "cn-north-1"), ("dynamodb", "us-gov-west-1")])
    token = text(rng, "abcDEF/+=", 40) if rng.random() < 0.5 else ""
    credentials = Credentials("AKID" + str(rng.randrange(10**9)), "secret/" + text(rng, "abc+/=", 20), token or None)
    moment = datetime.datetime(2015 + rng.randrange(20), 1 + rng.randrange(12), 1 + rng.randrange(28), rng.randrange(24), rng.randrange(60), rng.randrange(60))
    body = text(rng, LETTERS, 200).encode()
    host = rng.choice(["example.amazonaws.com", "127.0.0.1:8000", "[::1]:8000", "a.b"])
    url_path, url_query = path(rng), query(rng)
    if service == "s3":  # a proxy or curl would never send what is not normal there
        url_path = "/" + encoded(rng, text(rng, "abc /é", 12))
    request = AWSRequest(
        method=rng.choice(["POST", "GET", "PUT"]), url="http://" + host + url_path + ("?" + url_query if url_query else ""), data=body, headers=headers(rng)
    )
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: moment
    signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(credentials, service, region)
    payload_hash = signer.payload(request) if service != "s3" else None
    signer.add_auth(request)
    if service == "s3":
        payload_hash = request.headers["X-Amz-Content-SHA256"]
    authorization = request.headers["Authorization"]
    sent = [[name, value] for name, value in request.headers.items() if name != "Authorization"]
    if not any(name.lower() == "host" for name, _ in sent):
        sent.append(["Host", host])
    rng.shuffle(sent)
    return {
        "service": service, "region": region, "access_key": credentials.access_key, "secret_key": credentials.secret_key, "token": token,
        "method": request.method, "path": url_path, "query": url_query, "headers": sent, "payload_sha256": payload_hash,
        "body": body.decode(), "date": moment.strftime("%Y%m%dT%H%M%SZ"), "authorization": authorization,
    }


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(seed)
    for _ in range(count):
        print(json.dumps(case(rng)))


main()
