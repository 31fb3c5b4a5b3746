package demo

import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish

import java.nio.charset.StandardCharsets.UTF_8
import java.util.concurrent.TimeUnit.{NANOSECONDS, SECONDS}
import scala.collection.immutable.SortedMap
import scala.concurrent.duration.*
import scala.util.Random

private val longestRecord = 4096 // bytes
private val longestDelay = 500L // ms until a newcomer is told that this instance is there
private val shortestPause = 2_000L // ms between two times, twice as long after each,
private val longestPause = 64_000L // up to this; from the beginning when nobody has come for so long
private val never = 1L << 32 // seconds, more than a record's expiry can be
private val soundInstance = "(?!_)[A-Za-z0-9_.-]{1,64}".r

/** Who answers where the broker has no shared subscriptions: all instances receive everything, and come to the same one.
  * `tell` publishes the record of `own` again.
  */
final class Election(own: String, tell: () => Unit):
  /** When their records expire, as the broker tells on this connection, this instance included. */
  private var online = SortedMap.empty[String, Long]
  private var pause = 0L
  private var due = now() - longestPause // when newcomers are told, or were
  private var lastNewcomer = due

  /** On each connection the broker tells of everybody anew. */
  def clear(): Unit = synchronized { online = SortedMap.empty }

  def receiveRecord(instance: String, publish: Mqtt5Publish): Unit = synchronized {
    val payload = publish.getPayloadAsBytes
    if payload.length <= longestRecord && soundInstance.matches(instance) then
      val isOnline = read(payload).flatMap(_.objOpt).flatMap(_.get("online")).contains(ujson.True)
      val isNew = isOnline && !online.contains(instance)
      val expires = now() + SECONDS.toMillis(publish.getMessageExpiryInterval.orElse(never))
      online = if isOnline then online.updated(instance, expires) else online - instance
      if isNew && !publish.isRetain && instance != own then greet()
  }

  /** Whether this instance answers; the id is empty where there is none. */
  def elects(uid: String, id: String): Boolean = synchronized {
    val time = now()
    online = online.filter((_, expires) => time < expires) // the others died with their broker, which said nothing
    // The last in their order, of equal weights.
    online.keys.toSeq.reverse.maxByOption(instance => weight(s"$instance/$uid/$id") ^ Long.MinValue).contains(own)
  }

  /** A newcomer may be at a broker that does not deliver what is retained. */
  private def greet(): Unit =
    val time = now()
    if time - lastNewcomer >= longestPause then pause = 0
    lastNewcomer = time
    if time >= due then // or else it is about to be told
      due = (time + Random.nextLong(longestDelay + 1)).max(due + pause.max(shortestPause))
      pause = (2 * pause).max(shortestPause).min(longestPause)
      Timer.after((due - time).millis)(tell())

/** FNV-1a of 64 bits and MurmurHash3's finalizer: to be compared without sign. */
private def weight(text: String): Long =
  var value = text.getBytes(UTF_8).foldLeft(0xcbf29ce484222325L)((hash, byte) => (hash ^ (byte & 0xff)) * 0x100000001b3L)
  value = (value ^ value >>> 33) * 0xff51afd7ed558ccdL
  value = (value ^ value >>> 33) * 0xc4ceb9fe1a85ec53L
  value ^ value >>> 33

private def now() = NANOSECONDS.toMillis(System.nanoTime())
