#!/usr/bin/env python3
"""A DynamoDB that misbehaves: stands in front of a real one (DynamoDB Local) and throttles, fails, cuts, delays, applies late.

    fault_proxy.py --target http://127.0.0.1:8000 --throttle 0.02 --cut-after 0.01 --late 0.01 --seed 7

The first line on standard output is the URL to use. Every fault has a probability (0 to 1) for each request; at most one strikes.
Only the operations of --operations are touched (writes, unless told otherwise); all others pass. Stops on SIGTERM or SIGINT; late
writes still waiting are carried out first. Two pages of its own: GET /__faults (counts, as JSON) and GET /__quiet (answers when no
late write is waiting any more). Standard library only.
"""
import argparse
import datetime
import http.client
import json
import random
import signal
import socket
import struct
import sys
import threading
import time
import urllib.parse
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WRITES = "BatchWriteItem,PutItem,UpdateItem,DeleteItem,TransactWriteItems"
FAULTS = {
    "throttle": "refuse with ProvisionedThroughputExceededException and a ThrottlingReason",
    "throttle-plain": "refuse with ThrottlingException, no reason given",
    "unprocessed": "carry out a part of a BatchWriteItem or BatchGetItem, give back the rest",
    "error-500": "answer 500, nothing carried out",
    "error-500-after": "carry out, then answer 500",
    "error-503": "answer 503 with a page that is not JSON",
    "cut-before": "reset the connection, nothing carried out",
    "cut-after": "carry out, then reset the connection",
    "cut-middle": "carry out, send half of the answer, reset the connection",
    "delay": "carry out, answer after --delay-seconds",
    "late": "reset the connection now, carry out after --late-seconds",
    "late-silent": "say nothing, carry out after --late-seconds, then reset the connection",
    "duplicate": "carry out and answer, carry out once more after --late-seconds",
    "expired": "refuse with ExpiredTokenException",
    "wrong-crc": "carry out, answer with a wrong X-Amz-Crc32",
    "conflict": "refuse with TransactionConflictException",
    "login-page": "answer 200 with HTML, nothing carried out",
}
REASONS = [
    ("TableWriteProvisionedThroughputExceeded", "table/{table}"),
    ("TableWriteKeyRangeThroughputExceeded", "table/{table}"),
    ("IndexWriteProvisionedThroughputExceeded", "table/{table}/index/by_something"),
    ("TableWriteAccountLimitExceeded", "table/{table}"),
]


class Faults:
    """Throws the dice, counts, and remembers what is still to be carried out late."""

    def __init__(self, options):
        self.options = options
        self.rng = random.Random(options.seed)
        self.lock = threading.Condition()
        self.counts = {name: 0 for name in FAULTS}
        self.counts["requests"] = 0
        self.counts["skewed"] = 0
        self.pending = 0
        self.ending = threading.Event()

    def choose(self, operation):
        """The fault that strikes this request, or None."""
        with self.lock:
            self.counts["requests"] += 1
            if operation not in self.options.operations.split(",") or self.counts["requests"] <= self.options.after:
                return None
            dice = self.rng.random()
            for name in FAULTS:
                dice -= getattr(self.options, name.replace("-", "_"))
                if dice < 0:
                    self.counts[name] += 1
                    return name
        return None

    def pick(self, values):
        with self.lock:
            return self.rng.choice(values)

    def keep(self):
        with self.lock:
            return self.rng.random() < 0.5

    def later(self, action):
        """Runs action after --late-seconds, or at once when the proxy ends."""
        with self.lock:
            self.pending += 1

        def run():
            self.ending.wait(self.options.late_seconds)
            try:
                action()
            finally:
                with self.lock:
                    self.pending -= 1
                    self.lock.notify_all()

        threading.Thread(target=run, daemon=True).start()

    def wait_until_quiet(self):
        with self.lock:
            self.lock.wait_for(lambda: self.pending == 0)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        faults = self.server.faults
        if self.path == "/__quiet":
            faults.wait_until_quiet()
        with faults.lock:
            self.send(200, json.dumps(faults.counts).encode())

    def do_POST(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        if self.is_skewed():
            return
        fault = self.server.faults.choose(operation)
        if fault is None:
            return self.send(*self.forward(self.body))
        getattr(self, "do_" + fault.replace("-", "_"))()

    # What the target answers.

    def forward(self, body):
        """Carries out a request; returns status and body. One connection for each of the proxy's threads."""
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length", "connection")}
        target = self.server.target
        for attempt in (1, 2):
            connection = getattr(self.server.local, "connection", None)
            if connection is None:
                connection = self.server.local.connection = http.client.HTTPConnection(target.hostname, target.port, timeout=120)
            try:
                connection.request("POST", "/", body, headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                self.server.local.connection = None
                connection.close()
                if attempt == 2:
                    raise

    def send(self, status, body, headers=None, crc=None):
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Amz-Crc32", str(zlib.crc32(body) if crc is None else crc))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, code, message, more=None, status=400, headers=None):
        self.send(status, json.dumps({"__type": "com.amazonaws.dynamodb.v20120810#" + code, "message": message, **(more or {})}).encode(), headers)

    def reset(self):
        """RST instead of FIN: nothing of an answer arrives any more."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def table(self):
        request = json.loads(self.body)
        return request.get("TableName") or next(iter(request.get("RequestItems", {"unknown": 0})))

    # The faults, one method each.

    def is_skewed(self):
        """With --clock-skew this server's clock is wrong by so much, and it refuses what is dated five minutes off."""
        skew = self.server.faults.options.clock_skew
        if skew == 0:
            return False
        now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=skew)
        text = self.headers.get("X-Amz-Date", "19700101T000000Z")
        dated = datetime.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        if abs((now - dated).total_seconds()) <= 300:
            return False
        with self.server.faults.lock:
            self.server.faults.counts["skewed"] += 1
        self.date_override = now
        self.refuse("InvalidSignatureException", "Signature expired: %s is now earlier than %s" % (text, now.strftime("%Y%m%dT%H%M%SZ")))
        self.date_override = None
        return True

    date_override = None

    def date_time_string(self, timestamp=None):
        if self.date_override is None:
            return super().date_time_string(timestamp)
        return self.date_override.strftime("%a, %d %b %Y %H:%M:%S GMT")

    def do_throttle(self):
        reason, path = self.server.faults.pick(REASONS)
        arn = "arn:aws:dynamodb:eu-west-1:000000000000:" + path.format(table=self.table())
        self.refuse("ProvisionedThroughputExceededException", "Throughput exceeds the current capacity", {"ThrottlingReasons": [{"reason": reason, "resource": arn}]})

    def do_throttle_plain(self):
        self.refuse("ThrottlingException", "Rate exceeded")

    def do_unprocessed(self):
        request = json.loads(self.body)
        items = request.get("RequestItems", {})
        left = {}
        for table, writes in items.items():
            if not isinstance(writes, list):
                return self.send(*self.forward(self.body))
            back = [write for write in writes if self.server.faults.keep()]
            items[table] = [write for write in writes if write not in back]
            if back:
                left[table] = back
        request["RequestItems"] = {table: writes for table, writes in items.items() if writes}
        if not request["RequestItems"]:
            return self.send(200, json.dumps({"UnprocessedItems": left}).encode())
        status, body = self.forward(json.dumps(request).encode())
        if status == 200:
            answer = json.loads(body)
            for table, writes in left.items():
                answer.setdefault("UnprocessedItems", {}).setdefault(table, []).extend(writes)
            body = json.dumps(answer).encode()
        self.send(status, body)

    def do_error_500(self):
        self.refuse("InternalServerError", "Internal server error", status=500)

    def do_error_500_after(self):
        self.forward(self.body)
        self.do_error_500()

    def do_error_503(self):
        self.send(503, b"<html>Service Unavailable</html>")

    def do_cut_before(self):
        self.reset()

    def do_cut_after(self):
        self.forward(self.body)
        self.reset()

    def do_cut_middle(self):
        _, body = self.forward(self.body)
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body[: len(body) // 2])
        self.reset()

    def do_delay(self):
        answer = self.forward(self.body)
        time.sleep(self.server.faults.options.delay_seconds)
        self.send(*answer)

    def do_late(self):
        body = self.body
        self.server.faults.later(lambda: self.forward(body))
        self.reset()

    def do_late_silent(self):
        done = threading.Event()
        body = self.body

        def carry_out():
            self.forward(body)
            done.set()

        self.server.faults.later(carry_out)
        done.wait()
        self.reset()

    def do_duplicate(self):
        body = self.body
        answer = self.forward(body)
        self.server.faults.later(lambda: self.forward(body))
        self.send(*answer)

    def do_expired(self):
        self.refuse("ExpiredTokenException", "The security token included in the request is expired")

    def do_wrong_crc(self):
        status, body = self.forward(self.body)
        self.send(status, body, crc=zlib.crc32(body) ^ 1)

    def do_conflict(self):
        self.refuse("TransactionConflictException", "Transaction is ongoing for the item")

    def do_login_page(self):
        self.send(200, b"<html>Please log in</html>")


def handle_quietly(handler):
    """A client that goes away is nothing to report here."""

    class Quiet(handler):
        def handle(self):
            try:
                super().handle()
            except (OSError, ValueError):
                pass

        def finish(self):
            try:
                super().finish()
            except (OSError, ValueError):
                pass

    return Quiet


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", required=True, help="http://127.0.0.1:8000")
    parser.add_argument("--port", type=int, default=0, help="to listen on; 0: a free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--after", type=int, default=0, help="the first so many requests pass")
    parser.add_argument("--operations", default=WRITES, help="comma-separated; " + WRITES)
    parser.add_argument("--delay-seconds", type=float, default=1)
    parser.add_argument("--late-seconds", type=float, default=2)
    parser.add_argument("--clock-skew", type=float, default=0, help="seconds by which this server's clock is wrong")
    for name, meaning in FAULTS.items():
        parser.add_argument("--" + name, type=float, default=0, metavar="P", help=meaning)
    return parser.parse_args()


def main():
    options = parse_arguments()
    server = Server(("127.0.0.1", options.port), handle_quietly(Handler))
    server.faults = Faults(options)
    server.target = urllib.parse.urlsplit(options.target)
    server.local = threading.local()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print("http://127.0.0.1:%d" % server.server_address[1], flush=True)
    server.serve_forever(poll_interval=0.1)
    server.faults.ending.set()
    server.faults.wait_until_quiet()
    json.dump(server.faults.counts, sys.stderr)
    sys.stderr.write("\n")


main()
