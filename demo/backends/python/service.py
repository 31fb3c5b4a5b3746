"""The demo service in Python, with paho-mqtt. README.md says how to start it and how it works."""

import json
import math
import os
import secrets
import signal
import sys
import threading
import time
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

URL = urlsplit(os.environ.get("WSMQ_URL", "mqtt://localhost"))
ROOT = os.environ.get("WSMQ_ROOT", "evsuites/")
SERVICE = os.environ.get("WSMQ_SERVICE", "demo")
LIMIT = int(os.environ.get("WSMQ_LIMIT", "1000"))  # calls that may be worked on at a time
SHARE = max(1, LIMIT // 2)  # of them for one account
STALL = float(os.environ.get("WSMQ_STALL", "30000")) / 1000  # seconds that a stream waits for credit
INSTANCE = f"python-{secrets.token_hex(4)}"
REQUESTS = f"{ROOT}webapp/req/{SERVICE}/"
CONTROL = f"{ROOT}webapp/svc/{SERVICE}/"
RECORD = f"{CONTROL}{INSTANCE}"

REMEMBERED = 60  # seconds that a response is kept for duplicates of its request
LIFE = 60  # seconds, of a call whose message has no expiry
FIRST_CREDIT = 64  # items of a stream that need no credit
MOST_CREDIT = 256  # items that are allowed and not yet sent
LONGEST_ID = 256  # bytes of JSON

DEVICES = {"acme:ann": ["SN-1001", "SN-1002"], "acme:bob": ["SN-2001"]}


class RpcError(Exception):
    """A failure that the caller is told."""

    def __init__(self, code, message, data=None):
        super().__init__(message)
        self.error = {"code": code, "message": message}
        if data is not None:
            self.error["data"] = data


class Dropped(Exception):
    """Ends a call of which nobody takes the answer."""


class Call:
    """One request or notification while it is worked on, and its response afterwards."""

    def __init__(self, request, sender, properties):
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
            end(self)

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
            respond(self.sender, response, self.correlation)
            self.response = response

    def sleep(self, seconds):
        with self.changed:
            self.wait_for(lambda: False, seconds)

    def progress(self, value):
        """Sends one item of a stream, once the caller has granted credit for it."""
        if self.is_notification:
            raise Dropped
        with self.changed:
            if not self.wait_for(lambda: self.credit > 0, STALL):
                raise RpcError(-32003, "Nobody takes the stream")
            self.credit -= 1
        params = {"id": self.id, "seq": self.sent, "value": value, "at": INSTANCE}
        self.sent += 1
        send(f"{ROOT}webapp/res/{self.sender}", {"method": "$/progress", "params": params})

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


def check(condition, message):
    if not condition:
        raise RpcError(-32602, message)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def total(params, call):
    check(isinstance(params, list) and all(map(is_number, params)), "sum takes an array of numbers")
    return sum(params)


def slow(params, call):
    check(params is None or isinstance(params, dict), "slow takes {steps, delay}")
    steps, delay = (params or {}).get("steps", 5), (params or {}).get("delay", 500)
    check(type(steps) is int and steps >= 0 and is_number(delay) and delay >= 0, "slow takes {steps, delay}, delay in milliseconds")
    for step in range(1, steps + 1):
        call.sleep(delay / 1000)
        call.progress(step)
    return steps


def fail(params, call):
    check(params is None or isinstance(params, dict), "fail takes {code, message, data}")
    params = params or {}
    code, message = params.get("code", 1), params.get("message", "failed on request")
    check(type(code) is int and isinstance(message, str), "fail takes {code, message, data}")
    raise RpcError(code, message, params.get("data"))


METHODS = {
    "echo": lambda params, call: params,
    "sum": total,
    "slow": slow,
    "fail": fail,
    "devices.list": lambda params, call: DEVICES.get(call.user, []),
}

lock = threading.Lock()  # guards these three
calls = {}  # by sender and id, so that nobody can reach the request of somebody else
answered = deque()  # when, and the key, of those that are only remembered
places = Counter()  # how many calls of each account are worked on
pool = ThreadPoolExecutor(max_workers=LIMIT)  # a thread for each call, because streams mostly wait


def receive_request(sender, payload, properties):
    correlation = getattr(properties, "CorrelationData", None)
    try:
        request = parse(payload)
    except (ValueError, RecursionError):
        return respond(sender, {"id": None, "error": {"code": -32700, "message": "Parse error"}}, correlation)
    if is_answer(request):
        return  # or else two sides would answer each other for ever
    if not is_request(request):
        identifier = request.get("id") if isinstance(request, dict) and is_id(request.get("id")) else None
        return respond(sender, {"id": identifier, "error": {"code": -32600, "message": "Invalid request"}}, correlation)
    call = Call(request, sender, properties)
    with lock:
        forget_old_calls()
        earlier = calls.get(call.key)
        begins = not earlier and begin(call)
    if earlier:
        if earlier.response:
            earlier.respond(earlier.response)
        return  # a duplicate; otherwise the response is on its way
    if begins:
        pool.submit(call.run)
    else:
        # Not remembered, so that it may be asked again.
        call.respond({"id": call.id, "error": {"code": -32004, "message": "Overloaded"}})


def begin(call):
    """Takes a place where there is one. The lock is held."""
    if places[call.user] >= SHARE or sum(places.values()) >= LIMIT:
        return False
    places[call.user] += 1
    if not call.is_notification:
        calls[call.key] = call
    return True


def end(call):
    with lock:
        places[call.user] -= 1
        if places[call.user] == 0:
            del places[call.user]
        if call.response:
            answered.append((time.monotonic(), call.key))
        else:
            calls.pop(call.key, None)


def forget_old_calls():
    """The lock is held."""
    while answered and time.monotonic() - answered[0][0] > REMEMBERED:
        del calls[answered.popleft()[1]]


def receive_control(sender, payload):
    try:
        message = parse(payload)
        params = message["params"]
        with lock:
            call = calls.get((sender, params["id"]))
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


def respond(sender, response, correlation):
    properties = Properties(PacketTypes.PUBLISH)
    properties.ContentType = "application/json"
    if correlation is not None:
        properties.CorrelationData = correlation
    send(f"{ROOT}webapp/res/{sender}", response, properties)


def send(topic, message, properties=None):
    # What JSON cannot say, such as an infinite number, is a ValueError and never sent.
    payload = json.dumps({"jsonrpc": "2.0", **message}, allow_nan=False)
    client.publish(topic, payload, qos=1, properties=properties)


def record(online):
    about = {"version": "1.0.0", "methods": list(METHODS), "since": int(time.time() * 1000)} if online else {}
    return json.dumps({"online": online, "service": SERVICE, "instance": INSTANCE, **about})


def on_connect(client, userdata, flags, reason, properties):
    if reason.is_failure:
        return print(f"The broker refused the connection: {reason}", file=sys.stderr)
    client.subscribe([(f"$share/{SERVICE}/{REQUESTS}+", OPTIONS), (f"{RECORD}/+", OPTIONS), (f"{CONTROL}_all/+", OPTIONS)])


def on_subscribe(client, userdata, identifier, reasons, properties):
    for reason in reasons:
        if reason.is_failure:
            return print(f"The broker refused a subscription: {reason}", file=sys.stderr)
    client.publish(RECORD, record(online=True), qos=1, retain=True)
    print(f"{SERVICE}/{INSTANCE} answers", flush=True)


def on_message(client, userdata, message):
    if message.retain:
        return  # of the past; only records are ever retained
    sender = message.topic.rpartition("/")[2]
    if message.topic.startswith(REQUESTS):
        receive_request(sender, message.payload, message.properties)
    else:
        receive_control(sender, message.payload)


def stop(*_):
    raise SystemExit


OPTIONS = mqtt.SubscribeOptions(qos=1, retainHandling=mqtt.SubscribeOptions.RETAIN_DO_NOT_SEND)
CLIENT_ID = os.environ.get("WSMQ_CLIENT_ID", f"{SERVICE}-{INSTANCE}")
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=CLIENT_ID, protocol=mqtt.MQTTv5)
client.will_set(RECORD, record(online=False), qos=1, retain=True)
client.on_connect, client.on_subscribe, client.on_message = on_connect, on_subscribe, on_message
client.max_inflight_messages_set(1000)
if URL.scheme not in ("mqtt", "mqtts"):
    sys.exit("WSMQ_URL begins with mqtt:// or mqtts://")
if URL.scheme == "mqtts":
    client.tls_set()
if URL.username:
    client.username_pw_set(unquote(URL.username), unquote(URL.password or ""))

signal.signal(signal.SIGTERM, stop)
client.connect(URL.hostname, URL.port or {"mqtt": 1883, "mqtts": 8883}[URL.scheme])
client.loop_start()
try:
    threading.Event().wait()
except (SystemExit, KeyboardInterrupt):
    client.publish(RECORD, record(online=False), qos=1, retain=True).wait_for_publish(5)
    client.disconnect()
    client.loop_stop()
    os._exit(0)  # the threads of streams that still wait do not hold it up
