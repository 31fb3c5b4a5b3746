package demo;

import com.google.gson.JsonPrimitive;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Who answers where the broker has no shared subscriptions: all instances receive everything, and come to the same one. */
final class Election {
    private static final int LONGEST_RECORD = 4096; // bytes
    private static final long LONGEST_DELAY = 500; // ms until a newcomer is told that this instance is there
    private static final long SHORTEST_PAUSE = 2_000; // ms between two times, twice as long after each,
    private static final long LONGEST_PAUSE = 64_000; // up to this; from the beginning when nobody has come for so long
    private static final Pattern SOUND_INSTANCE = Pattern.compile("(?!_)[A-Za-z0-9_.-]{1,64}");
    private static final long NEVER = 1L << 32; // seconds, more than a record's expiry can be
    private static final JsonPrimitive YES = new JsonPrimitive(true);

    private final String own;
    private final Runnable tell;
    /** When their records expire, as the broker tells on this connection, this instance included. */
    private final NavigableMap<String, Long> online = new TreeMap<>();

    private long pause;
    private long due = now() - LONGEST_PAUSE; // when newcomers are told, or were
    private long lastNewcomer = due;

    /** @param tell publishes the record of {@code own} again */
    Election(String own, Runnable tell) {
        this.own = own;
        this.tell = tell;
    }

    /** On each connection the broker tells of everybody anew. */
    synchronized void clear() {
        online.clear();
    }

    synchronized void receiveRecord(String instance, Mqtt5Publish publish) {
        var payload = publish.getPayload().orElse(ByteBuffer.allocate(0));
        if (payload.remaining() > LONGEST_RECORD || !SOUND_INSTANCE.matcher(instance).matches()) return;
        if (!isOnline(payload)) {
            online.remove(instance);
            return;
        }
        var expiry = publish.getMessageExpiryInterval().orElse(NEVER);
        var isNew = online.put(instance, now() + TimeUnit.SECONDS.toMillis(expiry)) == null;
        if (isNew && !publish.isRetain() && !instance.equals(own)) greet();
    }

    private static boolean isOnline(ByteBuffer payload) {
        try {
            return YES.equals(Json.read(payload).getAsJsonObject().get("online"));
        } catch (Exception | StackOverflowError failure) {
            return false;
        }
    }

    /** Whether this instance answers; the id is empty where there is none. */
    synchronized boolean elects(String uid, String id) {
        online.values().removeIf(expires -> expires <= now()); // they died with their broker, which said nothing
        String winner = null;
        var highest = 0L;
        for (var instance : online.keySet()) { // in their order, and of equal weights the last wins
            var weight = weight(instance + "/" + uid + "/" + id);
            if (winner != null && Long.compareUnsigned(weight, highest) < 0) continue;
            winner = instance;
            highest = weight;
        }
        return own.equals(winner);
    }

    /** FNV-1a of 64 bits and MurmurHash3's finalizer. */
    private static long weight(String text) {
        var value = 0xCBF29CE484222325L;
        for (var each : text.getBytes(StandardCharsets.UTF_8)) value = (value ^ (each & 0xFF)) * 0x100000001B3L;
        value = (value ^ value >>> 33) * 0xFF51AFD7ED558CCDL;
        value = (value ^ value >>> 33) * 0xC4CEB9FE1A85EC53L;
        return value ^ value >>> 33;
    }

    /** A newcomer may be at a broker that does not deliver what is retained. */
    private void greet() {
        var now = now();
        if (now - lastNewcomer >= LONGEST_PAUSE) pause = 0;
        lastNewcomer = now;
        if (now < due) return; // it is about to be told
        due = Math.max(now + ThreadLocalRandom.current().nextLong(LONGEST_DELAY + 1), due + Math.max(pause, SHORTEST_PAUSE));
        pause = Math.min(Math.max(2 * pause, SHORTEST_PAUSE), LONGEST_PAUSE);
        CompletableFuture.delayedExecutor(due - now, TimeUnit.MILLISECONDS).execute(tell);
    }

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
