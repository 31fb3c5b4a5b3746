"""Who answers where the broker has no shared subscriptions: all instances receive everything, and come to the same one."""

import json
import math
import random
import re
import threading
import time

LONGEST_RECORD = 4096  # bytes
LONGEST_DELAY = 0.5  # seconds until a newcomer is told that this instance is there
SHORTEST_PAUSE = 2  # seconds between two times, twice as long after each,
LONGEST_PAUSE = 64  # up to this; from the beginning when nobody has come for so long
SOUND_INSTANCE = re.compile("(?!_)[A-Za-z0-9_.-]{1,64}")
MASK = 2**64 - 1


def weight(text):
    """FNV-1a of 64 bits and MurmurHash3's finalizer."""
    value = 0xCBF29CE484222325
    for byte in text.encode(errors="replace"):
        value = (value ^ byte) * 0x100000001B3 & MASK
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCD & MASK
    value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53 & MASK
    return value ^ value >> 33


class Election:
    """Used on one thread, but for `tell`, which publishes the record of `own` again."""

    def __init__(self, own, tell):
        self.own, self.tell = own, tell
        self.online = {}  # when their records expire, as the broker tells on this connection, this instance included
        self.pause, self.due, self.last_newcomer = 0, -math.inf, -math.inf

    def clear(self):
        """On each connection the broker tells of everybody anew."""
        self.online.clear()

    def handle_record(self, instance, message):
        if len(message.payload) > LONGEST_RECORD or not SOUND_INSTANCE.fullmatch(instance):
            return
        if not is_online(message.payload):
            return self.online.pop(instance, None)
        is_new = instance not in self.online
        self.online[instance] = time.monotonic() + getattr(message.properties, "MessageExpiryInterval", math.inf)
        if is_new and not message.retain and instance != self.own:
            self.greet()

    def elects(self, uid, identifier):
        """Whether this instance answers; the characters of the id, none where there is none."""
        now = time.monotonic()
        alive = (each for each, expires in self.online.items() if now < expires)  # a broker that died said nothing
        best = max(alive, key=lambda each: (weight(f"{each}/{uid}/{identifier}"), each), default=None)
        return best == self.own

    def greet(self):
        """The newcomer may be at a broker that does not deliver what is retained."""
        now = time.monotonic()
        if now - self.last_newcomer >= LONGEST_PAUSE:
            self.pause = 0
        self.last_newcomer = now
        if now < self.due:
            return  # it is about to be told
        self.due = max(now + random.random() * LONGEST_DELAY, self.due + max(self.pause, SHORTEST_PAUSE))
        self.pause = min(max(2 * self.pause, SHORTEST_PAUSE), LONGEST_PAUSE)
        timer = threading.Timer(self.due - now, self.tell)
        timer.daemon = True
        timer.start()


def is_online(payload):
    try:
        record = json.loads(payload.decode())
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and record.get("online") is True
