"""Requests: how they are read, answered once, cancelled and given credit."""

import json
import math
import sys
import threading
import time
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor

from methods import METHODS, RpcError, is_number

REMEMBERED = 60  # seconds that a response is kept for duplicates of its request
LIFE = 60  # seconds, of a call whose message has no expiry
FIRST_CREDIT = 64  # items of a stream that need no credit
MOST_CREDIT = 256  # items that are allowed and not yet sent
LONGEST_ID = 256  # bytes of JSON


class Dropped(Exception):
    """Ends a call of which nobody takes the answer."""


class Call:
    """One request or notification while it is worked on, and its response afterwards."""

    def __init__(self, calls, request, sender, properties):
        self.calls = calls
        self.id = request.get("id")
        self.method, self.params = request["method"], request.get("params")
        self.is_notification = "id" not in request
        self.sender = sender
        self.key = None if self.is_notification else (sender, self.id)
        # The sender is {org}:{user}:{random}. It comes from the topic, which the broker's access rules vouch for.
        self.user = ":".join(sender.split(":")[:2])
        self.correlation = getattr(properties, "CorrelationData", None)
        self.deadline = time.monotonic() + getattr(properties, "MessageExpiryInterval", LIFE)
        self.response = None
        self.credit, self.sent, self.cancelled = FIRST_CREDIT, 0, False
        self.changed = threading.Condition()

    def run(self):
        try:
            answer = self.answer()
            if answer:
                self.respond({"id": self.id, **answer})
        except Exception as failure:  # the method's, or because JSON cannot say what it returned
            print(repr(failure), file=sys.stderr)
            self.respond({"id": self.id, "error": {"code": -32603, "message": "Internal error"}})
        finally:
            self.calls.end(self)

    def answer(self):
        """The members of the response beside the id; None where nobody takes it."""
        try:
            method = METHODS.get(self.method)
            if method is None:
                raise RpcError(-32601, f"There is no method {self.method}")
            answer = {"result": method(self.params, self)}
            self.check_open()
            if self.sent:
                answer["count"] = self.sent
            return answer
        except RpcError as failure:
            return {"error": failure.error}
        except Dropped:
            return None

    def respond(self, response):
        if not self.is_notification:
            self.calls.send(self.sender, response, self.correlation)
            self.response = response

    def sleep(self, seconds):
        with self.changed:
            self.wait_for(lambda: False, seconds)

    def progress(self, value):
        """Sends one item of a stream, once the caller has granted credit for it."""
        if self.is_notification:
            raise Dropped
        with self.changed:
            if not self.wait_for(lambda: self.credit > 0, self.calls.stall):
                raise RpcError(-32003, "Nobody takes the stream")
            self.credit -= 1
        params = {"id": self.id, "seq": self.sent, "value": value, "at": self.calls.instance}
        self.sent += 1
        self.calls.send(self.sender, {"method": "$/progress", "params": params})

    def wait_for(self, condition, seconds):
        """Returns whether the condition came true; raises when the call ends before that."""
        left = self.deadline - time.monotonic()
        self.changed.wait_for(lambda: self.cancelled or condition(), min(seconds, left))
        self.check_open()
        return condition()

    def check_open(self):
        if self.cancelled:
            raise RpcError(-32003, "Cancelled")
        if time.monotonic() >= self.deadline:
            raise Dropped

    def more(self, n):
        with self.changed:
            if type(n) is int and n > 0:
                self.credit = min(self.credit + n, MOST_CREDIT)
            self.changed.notify_all()

    def cancel(self):
        with self.changed:
            self.cancelled = True
            self.changed.notify_all()


class Calls:
    """The requests and notifications that are worked on or remembered."""

    def __init__(self, instance, limit, stall, send):
        """`send` takes a sender, a message and the Correlation Data; a stream waits for credit for `stall` seconds."""
        self.instance, self.stall, self.send = instance, stall, send
        self.limit, self.share = limit, max(1, limit // 2)  # of all calls, and of those of one account
        self.lock = threading.Lock()  # guards these four
        self.calls = {}  # by sender and id, so that nobody can reach the request of somebody else
        self.answered = deque()  # when, and the key, of those that are only remembered
        self.places = Counter()  # how many calls of each account are worked on
        self.requests = 0  # of them, without notifications, for which nobody waits
        self.pool = ThreadPoolExecutor(max_workers=limit)  # a thread for each call, because streams mostly wait

    def receive_request(self, sender, payload, properties, is_ours):
        """`is_ours` takes the characters of the id, and tells whether this instance answers."""
        correlation = getattr(properties, "CorrelationData", None)
        try:
            request = parse(payload)
        except (ValueError, RecursionError):
            if is_ours(""):
                self.refuse(sender, None, -32700, "Parse error", correlation)
            return
        if not is_request(request):
            # An answer is not answered, or else two sides would do so for ever.
            if not is_answer(request) and is_ours(""):
                given = request.get("id") if isinstance(request, dict) else None
                self.refuse(sender, given if is_id(given) else None, -32600, "Invalid request", correlation)
            return
        if is_ours(str(request.get("id", ""))):
            self.take(Call(self, request, sender, properties))

    def take(self, call):
        with self.lock:
            self.forget_old_calls()
            earlier = self.calls.get(call.key)
            begins = not earlier and self.begin(call)
        if earlier:
            if earlier.response:
                earlier.respond(earlier.response)
            return  # a duplicate; otherwise the response is on its way
        if begins:
            self.pool.submit(call.run)
        elif not call.is_notification:
            # Not remembered, so that it may be asked again.
            self.refuse(call.sender, call.id, -32004, "Overloaded", call.correlation)

    def refuse(self, sender, identifier, code, message, correlation):
        self.send(sender, {"id": identifier, "error": {"code": code, "message": message}}, correlation)

    def begin(self, call):
        """Takes a place where there is one. The lock is held."""
        if self.places[call.user] >= self.share or sum(self.places.values()) >= self.limit:
            return False
        self.places[call.user] += 1
        if not call.is_notification:
            self.requests += 1
            self.calls[call.key] = call
        return True

    def end(self, call):
        with self.lock:
            self.places[call.user] -= 1
            if self.places[call.user] == 0:
                del self.places[call.user]
            self.requests -= not call.is_notification
            if call.response:
                self.answered.append((time.monotonic(), call.key))
            else:
                self.calls.pop(call.key, None)

    def forget_old_calls(self):
        """The lock is held."""
        while self.answered and time.monotonic() - self.answered[0][0] > REMEMBERED:
            del self.calls[self.answered.popleft()[1]]

    def receive_control(self, sender, payload):
        try:
            message = parse(payload)
            params = message["params"]
            with self.lock:
                call = self.calls.get((sender, params["id"]))
        except (ValueError, RecursionError, LookupError, TypeError):
            return
        if call and message.get("method") == "$/cancelRequest":
            call.cancel()
        elif call and message.get("method") == "$/more":
            call.more(params.get("n"))


def parse(payload):
    """Takes JSON and nothing else; by itself the library takes other encodings, NaN and Infinity too."""
    return json.loads(payload.decode(), parse_constant=int)


def is_id(value):
    if not isinstance(value, str) and not (is_number(value) and abs(value) != math.inf):
        return False
    return len(json.dumps(value, ensure_ascii=False).encode(errors="replace")) <= LONGEST_ID


def is_answer(message):
    return isinstance(message, dict) and "method" not in message and ("result" in message or "error" in message)


def is_request(request):
    return (
        isinstance(request, dict)
        and request.get("jsonrpc") == "2.0"
        and isinstance(request.get("method"), str)
        and is_id(request.get("id", ""))
        and isinstance(request.get("params", []), (list, dict))
    )
