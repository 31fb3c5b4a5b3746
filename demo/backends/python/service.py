"""The demo service in Python, with paho-mqtt. README.md says how to start it and how it works."""

import json
import os
import re
import secrets
import signal
import sys
import threading
import time
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from calls import Calls
from election import Election
from methods import METHODS
from outbox import Outbox

URL = urlsplit(os.environ.get("WSMQ_URL", "mqtt://localhost"))
ROOT = os.environ.get("WSMQ_ROOT", "app/")
SERVICE = os.environ.get("WSMQ_SERVICE", "demo")
LIMIT = int(os.environ.get("WSMQ_LIMIT", "1000"))  # calls that may be worked on at a time
STALL = float(os.environ.get("WSMQ_STALL", "30000")) / 1000  # seconds that a stream waits for credit
RECORD_EXPIRY = int(os.environ.get("WSMQ_RECORD_EXPIRY", "600"))  # seconds, for one that died with its broker
PATIENCE = 5  # seconds for the next of what is in hand when the service leaves,
LONGEST_LEAVING = 30  # and for all of it
SINCE = int(time.time() * 1000)
INSTANCE = f"python-{secrets.token_hex(4)}"
CLIENT_ID = os.environ.get("WSMQ_CLIENT_ID", f"{SERVICE}-{INSTANCE}")
REQUESTS = f"{ROOT}webapp/req/{SERVICE}/"
SHARED_REQUESTS = f"$share/{SERVICE}/{REQUESTS}+"
CONTROL = f"{ROOT}webapp/svc/{SERVICE}/"
RECORD = f"{CONTROL}{INSTANCE}"

LASTING = mqtt.SubscribeOptions(qos=1)
LIVE = mqtt.SubscribeOptions(qos=1, retainHandling=mqtt.SubscribeOptions.RETAIN_DO_NOT_SEND)

PART = "[^\x00-\x1f\x7f-\x9f/+#:]+"
SOUND_UID = re.compile(f"({PART}):({PART}):[a-z0-9]{{4,16}}")  # {org}:{user}:{random}


def is_uid(uid):
    parts = SOUND_UID.fullmatch(uid)
    return parts is not None and all(len(part.encode()) <= 64 for part in parts.groups())


def properties_of(correlation=None, expiry=None):
    properties = Properties(PacketTypes.PUBLISH)
    properties.ContentType = "application/json"
    if correlation is not None:
        properties.CorrelationData = correlation
    if expiry is not None:
        properties.MessageExpiryInterval = expiry
    return properties


def send(sender, message, correlation=None):
    # What JSON cannot say, such as an infinite number, is a ValueError and never sent.
    payload = json.dumps({"jsonrpc": "2.0", **message}, allow_nan=False)
    outbox.publish(f"{ROOT}webapp/res/{sender}", payload, properties=properties_of(correlation))


def record(online):
    """The retained record, which tells whether this instance answers."""
    about = {"version": "1.0.0", "methods": list(METHODS), "since": SINCE} if online else {}
    return json.dumps({"online": online, "service": SERVICE, "instance": INSTANCE, **about})


class Announcer:
    """Publishes the record, from any thread; `renew` while it says that this instance is online."""

    def __init__(self):
        self.lock = threading.Lock()
        self.is_online = False

    def announce(self, online):
        with self.lock:
            if online and leaving.is_set():
                return None
            self.is_online = online
            return self.publish()

    def renew(self):
        with self.lock:
            if self.is_online:
                self.publish()

    def publish(self):
        return outbox.publish(RECORD, record(self.is_online), retain=True, properties=properties_of(expiry=RECORD_EXPIRY))

    def renew_for_ever(self):
        """Before it expires."""
        while True:
            time.sleep(RECORD_EXPIRY / 2)
            self.renew()

    def handle_disconnected(self, *_):
        self.is_online = False


class Subscriptions:
    """What is subscribed after every connection: the requests shared with the other instances, or all of them."""

    def __init__(self):
        self.shares = True
        self.asked = None  # the packet identifier of the last SUBSCRIBE
        self.removed = threading.Event()

    def begin(self, client, can_share):
        self.shares = can_share
        own = [(f"{RECORD}/+", LIVE), (f"{CONTROL}_all/+", LIVE)]
        # Who is there is heard of before the first request.
        requests = [(SHARED_REQUESTS, LIVE)] if can_share else [(f"{CONTROL}+", LASTING), (f"{REQUESTS}+", LIVE)]
        self.asked = client.subscribe(requests + own)[1]

    def handle_granted(self, client, userdata, identifier, reasons, properties):
        if identifier != self.asked:
            return
        refused = [reason for reason in reasons if reason.is_failure]
        if refused:
            print(f"The broker refused a subscription: {refused[0]}", file=sys.stderr)
            if self.shares and reasons[0].is_failure:
                self.begin(client, can_share=False)
            return
        announcer.announce(online=True)
        print(f"{SERVICE}/{INSTANCE} answers", flush=True)

    def end(self, client):
        client.unsubscribe(SHARED_REQUESTS if self.shares else f"{REQUESTS}+")
        self.removed.wait(PATIENCE)


def on_connect(client, userdata, flags, reason, properties):
    if reason.is_failure:
        return print(f"The broker refused the connection: {reason}", file=sys.stderr)
    outbox.most = getattr(properties, "ReceiveMaximum", 65535)
    election.clear()
    subscriptions.begin(client, can_share=getattr(properties, "SharedSubscriptionAvailable", 1) == 1)


def on_message(client, userdata, message):
    topic = message.topic
    levels = topic[len(CONTROL) :].split("/") if topic.startswith(CONTROL) else []
    if len(levels) == 1:
        return election.handle_record(levels[0], message)
    if message.retain:
        return  # of the past; only records are ever retained
    sender = topic.rpartition("/")[2]
    if not is_uid(sender):
        return
    if topic.startswith(REQUESTS):
        is_ours = lambda identifier: subscriptions.shares or election.elects(sender, identifier)
        calls.receive_request(sender, message.payload, message.properties, is_ours)
    else:
        calls.receive_control(sender, message.payload)


def leave(client):
    """What has come before the broker stops sending requests is answered, and acknowledged."""
    leaving.set()
    announcer.announce(online=False).wait(PATIENCE)
    subscriptions.end(client)
    # The broker may have queued more of them, which come as their predecessors are acknowledged. On a busy machine that takes
    # its time, so what counts is whether anything moves.
    now = time.monotonic()
    end, moved, acknowledged = now + LONGEST_LEAVING, now, outbox.acknowledged
    while (calls.requests or outbox.open) and now < min(end, moved + PATIENCE):
        time.sleep(0.01)
        now = time.monotonic()
        if outbox.acknowledged != acknowledged:
            moved, acknowledged = now, outbox.acknowledged
    client.disconnect()
    client.loop_stop()


# Blocked in every thread, because a thread begins with what its creator blocks. A handler would not do: Python runs it on the
# main thread, and nothing wakes that where the system has given the signal to another.
ENDING = {signal.SIGINT, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)

client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=CLIENT_ID, protocol=mqtt.MQTTv5)
outbox = Outbox(client)
calls = Calls(INSTANCE, LIMIT, STALL, send)
announcer = Announcer()
election = Election(INSTANCE, announcer.renew)
subscriptions = Subscriptions()
leaving = threading.Event()
client.will_set(RECORD, record(online=False), qos=1, retain=True, properties=properties_of(expiry=RECORD_EXPIRY))
client.on_connect, client.on_message = on_connect, on_message
client.on_disconnect = announcer.handle_disconnected
client.on_subscribe = subscriptions.handle_granted
client.on_unsubscribe = lambda *_: subscriptions.removed.set()
if URL.scheme not in ("mqtt", "mqtts"):
    sys.exit("WSMQ_URL begins with mqtt:// or mqtts://")
if URL.scheme == "mqtts":
    client.tls_set()
if URL.username:
    client.username_pw_set(unquote(URL.username), unquote(URL.password or ""))

client.connect(URL.hostname, URL.port or {"mqtt": 1883, "mqtts": 8883}[URL.scheme])
client.loop_start()
threading.Thread(target=announcer.renew_for_ever, daemon=True).start()
signal.sigwait(ENDING)
leave(client)
os._exit(0)  # the threads of streams that still wait do not hold it up
