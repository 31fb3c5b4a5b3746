"""The demo service in Python, with paho-mqtt. README.md says how to start it and how it works."""

import json
import os
import secrets
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

URL = urlsplit(os.environ.get("WSMQ_URL", "mqtt://localhost"))
ROOT = os.environ.get("WSMQ_ROOT", "evsuites/")
SERVICE = os.environ.get("WSMQ_SERVICE", "demo")
LIMIT = int(os.environ.get("WSMQ_LIMIT", "1000"))  # requests that may be worked on at a time
INSTANCE = f"python-{secrets.token_hex(4)}"
REQUESTS = f"{ROOT}webapp/req/{SERVICE}/"
CONTROL = f"{ROOT}webapp/svc/{SERVICE}/"
RECORD = f"{CONTROL}{INSTANCE}"

REMEMBERED = 60  # seconds that a response is kept for duplicates of its request
FIRST_CREDIT = 64  # items of a stream that need no credit
LONGEST_ID = 256  # bytes of JSON

DEVICES = {"acme:ann": ["SN-1001", "SN-1002"], "acme:bob": ["SN-2001"]}


class RpcError(Exception):
    """A failure that the caller is told."""

    def __init__(self, code, message, data=None):
        super().__init__(message)
        self.error = {"code": code, "message": message}
        if data is not None:
            self.error["data"] = data


class Call:
    """One request while it is worked on, and its response afterwards."""

    def __init__(self, request, sender, properties):
        self.id = request.get("id")
        self.method, self.params = request["method"], request.get("params")
        self.is_notification = "id" not in request
        self.sender = sender
        # The sender is {org}:{user}:{random}. It comes from the topic, which the broker's access rules vouch for.
        self.user = ":".join(sender.split(":")[:2])
        self.correlation = getattr(properties, "CorrelationData", None)
        expiry = getattr(properties, "MessageExpiryInterval", None)
        self.deadline = None if expiry is None else time.monotonic() + expiry
        self.response = None
        self.began = time.monotonic()
        self.credit, self.sent, self.cancelled = FIRST_CREDIT, 0, False
        self.changed = threading.Condition()

    def run(self):
        try:
            self.work()
        finally:
            places.release()

    def work(self):
        if self.deadline is not None and time.monotonic() > self.deadline:
            return  # it waited here for a free thread until its caller had given up
        try:
            method = METHODS.get(self.method)
            if method is None:
                raise RpcError(-32601, f"There is no method {self.method}")
            response = {"id": self.id, "result": method(self.params, self)}
            if self.sent:
                response["count"] = self.sent
            self.respond(response)
        except RpcError as failure:
            self.respond({"id": self.id, "error": failure.error})
        except Exception as failure:
            print(repr(failure), file=sys.stderr)
            self.respond({"id": self.id, "error": {"code": -32603, "message": "Internal error"}})

    def respond(self, response):
        if not self.is_notification:
            respond(self.sender, response, self.correlation)
            self.response = response

    def sleep(self, seconds):
        with self.changed:
            self.changed.wait_for(lambda: self.cancelled, seconds)
            self.check_cancelled()

    def progress(self, value):
        """Sends one item of a stream, once the caller has granted credit for it."""
        with self.changed:
            self.changed.wait_for(lambda: self.cancelled or self.credit > 0)
            self.check_cancelled()
            self.credit -= 1
        params = {"id": self.id, "seq": self.sent, "value": value, "at": INSTANCE}
        self.sent += 1
        if not self.is_notification:
            send(f"{ROOT}webapp/res/{self.sender}", {"method": "$/progress", "params": params})

    def check_cancelled(self):
        if self.cancelled:
            raise RpcError(-32003, "Cancelled")

    def more(self, n):
        with self.changed:
            if type(n) is int and n > 0:
                self.credit += n
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

calls = {}  # by sender and id, so that nobody can reach the request of somebody else; only the network thread touches it
# Streams mostly wait, so there are many threads.
pool = ThreadPoolExecutor(max_workers=256)
places = threading.Semaphore(LIMIT)


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
    forget_old_calls()
    earlier = None if call.is_notification else calls.get((sender, call.id))
    if earlier:
        if earlier.response:
            earlier.respond(earlier.response)
        return  # a duplicate; otherwise the response is on its way
    if not places.acquire(blocking=False):
        # Not remembered, so that it may be asked again.
        return call.respond({"id": call.id, "error": {"code": -32004, "message": "Overloaded"}})
    if not call.is_notification:
        calls[sender, call.id] = call
    pool.submit(call.run)


def forget_old_calls():
    """Dictionaries keep their order, so the oldest are in front."""
    while calls:
        key = next(iter(calls))
        if time.monotonic() - calls[key].began < REMEMBERED:
            return
        del calls[key]


def receive_control(sender, payload):
    try:
        message = parse(payload)
        params = message["params"]
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
    return (isinstance(value, str) or is_number(value)) and len(json.dumps(value, ensure_ascii=False).encode(errors="replace")) <= LONGEST_ID


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
    sender = message.topic.rpartition("/")[2]
    if message.topic.startswith(REQUESTS):
        receive_request(sender, message.payload, message.properties)
    else:
        receive_control(sender, message.payload)


def stop(*_):
    raise SystemExit


OPTIONS = mqtt.SubscribeOptions(qos=1)
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=f"{SERVICE}-{INSTANCE}", protocol=mqtt.MQTTv5)
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
