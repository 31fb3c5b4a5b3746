"""Publishes at QoS 1, and no more at a time than the broker takes, which paho does not heed."""

import queue
import threading


class Outbox:
    def __init__(self, client):
        self.client = client
        self.most = 65535  # the broker's Receive Maximum
        self.waiting = queue.SimpleQueue()
        # Not held while paho is called: it holds locks of its own when it tells of an acknowledgement.
        self.changed = threading.Condition()
        self.open = 0  # waiting or not acknowledged
        self.unacknowledged = 0
        self.acknowledged = 0  # of all so far
        client.on_publish = self.handle_acknowledged
        client.max_inflight_messages_set(65535)
        threading.Thread(target=self.run, daemon=True).start()

    def publish(self, topic, payload, **options):
        """From any thread; they go out in the order of these calls. Returns an event, which is set when it is sent."""
        sent = threading.Event()
        with self.changed:
            self.open += 1
            self.waiting.put((topic, payload, options, sent))
        return sent

    def run(self):
        while True:
            topic, payload, options, sent = self.waiting.get()
            with self.changed:
                self.changed.wait_for(lambda: self.unacknowledged < self.most)
                self.unacknowledged += 1
            self.client.publish(topic, payload, qos=1, **options)
            sent.set()

    def handle_acknowledged(self, client, userdata, identifier, reason, properties):
        with self.changed:
            self.open -= 1
            self.unacknowledged -= 1
            self.acknowledged += 1
            self.changed.notify_all()
