package demo

import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish
import java.util.TreeMap
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import kotlin.random.Random

private const val LONGEST_RECORD = 4096 // bytes
private const val LONGEST_DELAY = 500L // ms until a newcomer is told that this instance is there
private const val SHORTEST_PAUSE = 2_000L // ms between two times, twice as long after each,
private const val LONGEST_PAUSE = 64_000L // up to this; from the beginning when nobody has come for so long
private const val NEVER = 1L shl 32 // seconds, more than a record's expiry can be
private val soundInstance = Regex("(?!_)[A-Za-z0-9_.-]{1,64}")

/**
 * Who answers where the broker has no shared subscriptions: all instances receive everything, and come to the same one.
 * [tell] publishes the record of [own] again.
 */
class Election(private val own: String, private val tell: () -> Unit) {
    /** When their records expire, as the broker tells on this connection, this instance included. */
    private val online = TreeMap<String, Long>()
    private var pause = 0L
    private var due = now() - LONGEST_PAUSE // when newcomers are told, or were
    private var lastNewcomer = due

    /** On each connection the broker tells of everybody anew. */
    @Synchronized
    fun clear() = online.clear()

    @Synchronized
    fun receiveRecord(instance: String, publish: Mqtt5Publish) {
        val payload = publish.payloadAsBytes
        if (payload.size > LONGEST_RECORD || !soundInstance.matches(instance)) return
        val record = runCatching { read(payload).asJsonObject }.getOrNull()
        if (record?.get("online") != json(true)) {
            online.remove(instance)
            return
        }
        val expires = now() + TimeUnit.SECONDS.toMillis(publish.messageExpiryInterval.orElse(NEVER))
        val isNew = online.put(instance, expires) == null
        if (isNew && !publish.isRetain && instance != own) greet()
    }

    /** Whether this instance answers; the id is empty where there is none. */
    @Synchronized
    fun elects(uid: String, id: String): Boolean {
        online.values.removeIf { it <= now() } // they died with their broker, which said nothing
        // In their order, and of equal weights the last wins.
        return online.descendingKeySet().maxByOrNull { weight("$it/$uid/$id") } == own
    }

    /** A newcomer may be at a broker that does not deliver what is retained. */
    private fun greet() {
        val now = now()
        if (now - lastNewcomer >= LONGEST_PAUSE) pause = 0
        lastNewcomer = now
        if (now < due) return // it is about to be told
        due = maxOf(now + Random.nextLong(LONGEST_DELAY + 1), due + maxOf(pause, SHORTEST_PAUSE))
        pause = (2 * pause).coerceIn(SHORTEST_PAUSE, LONGEST_PAUSE)
        CompletableFuture.delayedExecutor(due - now, TimeUnit.MILLISECONDS).execute(tell)
    }
}

/** FNV-1a of 64 bits and MurmurHash3's finalizer. */
private fun weight(text: String): ULong {
    var value = 0xCBF29CE484222325u
    for (byte in text.encodeToByteArray()) value = (value xor byte.toUByte().toULong()) * 0x100000001B3u
    value = (value xor (value shr 33)) * 0xFF51AFD7ED558CCDu
    value = (value xor (value shr 33)) * 0xC4CEB9FE1A85EC53u
    return value xor (value shr 33)
}

private fun now() = TimeUnit.NANOSECONDS.toMillis(System.nanoTime())
