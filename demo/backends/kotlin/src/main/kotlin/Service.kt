package demo

import com.google.gson.JsonElement
import com.google.gson.JsonObject
import com.hivemq.client.mqtt.MqttGlobalPublishFilter
import com.hivemq.client.mqtt.datatypes.MqttQos
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder
import com.hivemq.client.mqtt.mqtt5.lifecycle.Mqtt5ClientConnectedContext
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishBuilder
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling.DO_NOT_SEND
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling.SEND
import java.net.URI
import java.net.URLDecoder
import java.nio.ByteBuffer
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.random.Random
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private val broker = URI(System.getenv("WSMQ_URL") ?: "mqtt://localhost")
private val root = System.getenv("WSMQ_ROOT") ?: "app/"
private val service = System.getenv("WSMQ_SERVICE") ?: "demo"
private val limit = (System.getenv("WSMQ_LIMIT") ?: "1000").toInt()
private val recordExpiry = (System.getenv("WSMQ_RECORD_EXPIRY") ?: "600").toLong() // seconds
private const val PATIENCE = 5L // seconds for what is in hand when the service leaves
private const val LIFE = 60L // seconds, of a call whose message has no expiry

/** The demo service in Kotlin, with the HiveMQ client. README.md says how to start it and how it works. */
class Service {
    val instance = "kotlin-%08x".format(Random.nextInt())
    /** How long a stream waits for credit. */
    val stall = (System.getenv("WSMQ_STALL") ?: "30000").toInt().milliseconds
    private val requests = "${root}webapp/req/$service/"
    private val control = "${root}webapp/svc/$service/"
    private val record = control + instance
    private val calls = Calls(this, limit)
    private val election = Election(instance, ::renew)
    private val since = System.currentTimeMillis()
    private val unacknowledged = AtomicInteger() // messages
    @Volatile private var isLeaving = false
    @Volatile private var shares = true // the requests, with the other instances
    @Volatile private var isOnline = false // as the record says on this connection

    private val client: Mqtt5AsyncClient = clientBuilder()
        .identifier(System.getenv("WSMQ_CLIENT_ID") ?: "$service-$instance")
        .automaticReconnectWithDefaultConfig()
        .addConnectedListener { context -> start((context as Mqtt5ClientConnectedContext).connAck) }
        .addDisconnectedListener { isOnline = false }
        .willPublish(announcement(online = false).asWill())
        .buildAsync()

    fun run() {
        Runtime.getRuntime().addShutdownHook(Thread(::stop))
        // Once: a callback of each subscription would be called once more after every reconnection.
        client.publishes(MqttGlobalPublishFilter.ALL, ::receive)
        client.connectWith().cleanStart(true).keepAlive(30).send().join()
        while (true) { // until a signal ends the program
            Thread.sleep(recordExpiry * 500)
            renew()
        }
    }

    /** Subscribes and then tells that requests are answered; after every reconnection again. */
    private fun start(answer: Mqtt5ConnAck) {
        election.clear()
        shares = answer.restrictions.isSharedSubscriptionAvailable
        CompletableFuture.allOf(subscribe("$record/+", DO_NOT_SEND), subscribe("${control}_all/+", DO_NOT_SEND))
            .thenCompose { subscribeRequests() }
            .thenCompose { announce(online = true) }
            .whenComplete { _, failure ->
                if (failure != null) System.err.println(failure.message) else println("$service/$instance answers")
            }
    }

    private fun subscribeRequests(): CompletableFuture<*> {
        if (!shares) return subscribeAll()
        return subscribe(requestsFilter(), DO_NOT_SEND).handle<CompletableFuture<*>> { granted, failure ->
            if (failure == null) return@handle CompletableFuture.completedFuture(granted)
            System.err.println(failure.message)
            shares = false
            subscribeAll()
        }.thenCompose { it }
    }

    /** Who is there is heard of before the first request. */
    private fun subscribeAll(): CompletableFuture<*> =
        subscribe("$control+", SEND).thenCompose { subscribe(requestsFilter(), DO_NOT_SEND) }

    private fun subscribe(filter: String, retained: Mqtt5RetainHandling) =
        client.subscribeWith().topicFilter(filter).qos(MqttQos.AT_LEAST_ONCE).retainHandling(retained).send()

    private fun requestsFilter() = if (shares) "\$share/$service/$requests+" else "$requests+"

    /** The id is empty where there is none. */
    fun isOurs(sender: String, id: String) = shares || election.elects(sender, id)

    /** What has come before the broker stops sending requests is answered, and acknowledged. */
    private fun stop() {
        isLeaving = true
        val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE)
        try {
            announce(online = false).get(PATIENCE, TimeUnit.SECONDS)
            client.unsubscribeWith().topicFilter(requestsFilter()).send().get(PATIENCE, TimeUnit.SECONDS)
            while ((!calls.isIdle || unacknowledged.get() > 0) && System.nanoTime() - end < 0) Thread.sleep(5)
            client.disconnect().get(PATIENCE, TimeUnit.SECONDS)
        } catch (failure: Exception) {
            System.err.println("The broker was not told: $failure")
        }
    }

    @Synchronized
    private fun announce(online: Boolean): CompletableFuture<*> {
        if (online && isLeaving) return CompletableFuture.completedFuture(null)
        isOnline = online
        return publish(announcement(online))
    }

    /** Tells again that this instance answers, before the record expires, which is for one that died with its broker. */
    @Synchronized
    private fun renew() {
        if (isOnline) publish(announcement(online = true))
    }

    private fun announcement(online: Boolean): Mqtt5Publish {
        val about = jsonOf("online" to online, "service" to service, "instance" to instance)
        if (online) {
            about.addProperty("version", "1.0.0")
            about.add("methods", json(methods.keys))
            about.addProperty("since", since)
        }
        return message(record, about).retain(true).messageExpiryInterval(recordExpiry).build()
    }

    /** Runs on a thread of the client, which must not be kept waiting, and takes no more messages after an exception. */
    private fun receive(publish: Mqtt5Publish) {
        runCatching { take(publish) }.onFailure { System.err.println(it) }
    }

    private fun take(publish: Mqtt5Publish) {
        val topic = publish.topic.toString()
        val sender = topic.substringAfterLast('/')
        val payload = publish.payloadAsBytes
        if (topic == control + sender) return election.receiveRecord(sender, publish)
        if (publish.isRetain || !isUid(sender)) return // only records are ever retained
        if (topic.startsWith(requests)) {
            val life = publish.messageExpiryInterval.orElse(LIFE).seconds
            calls.receiveRequest(sender, payload, life, publish.correlationData.orElse(null))
        } else {
            calls.receiveControl(sender, payload)
        }
    }

    /** The client sends in the order of these calls. */
    fun respond(sender: String, response: JsonObject, correlationData: ByteBuffer?) {
        publish(message(responses(sender), response).correlationData(correlationData).build())
    }

    fun notify(sender: String, method: String, params: JsonElement) {
        publish(message(responses(sender), jsonOf("method" to method, "params" to params)).build())
    }

    /** Completes when the broker has it; the client keeps to how much that takes at once. */
    private fun publish(message: Mqtt5Publish): CompletableFuture<*> {
        unacknowledged.incrementAndGet()
        return client.publish(message).whenComplete { _, failure ->
            unacknowledged.decrementAndGet()
            if (failure != null) System.err.println(failure.message)
        }
    }

    private fun responses(sender: String) = "${root}webapp/res/$sender"

    private fun message(topic: String, content: JsonObject): Mqtt5PublishBuilder.Complete {
        content.addProperty("jsonrpc", "2.0")
        return Mqtt5Publish.builder()
            .topic(topic)
            .qos(MqttQos.AT_LEAST_ONCE)
            .contentType("application/json")
            .payload(write(content).encodeToByteArray())
    }
}

/** For mqtt://[user:password@]host[:port] or mqtts://. */
private fun clientBuilder(): Mqtt5ClientBuilder {
    val secure = broker.scheme == "mqtts"
    require(secure || broker.scheme == "mqtt") { "WSMQ_URL begins with mqtt:// or mqtts://" }
    val port = if (broker.port >= 0) broker.port else if (secure) 8883 else 1883
    val builder = Mqtt5Client.builder().serverHost(broker.host).serverPort(port)
    if (secure) builder.sslWithDefaultConfig()
    broker.rawUserInfo?.let {
        val password = decoded(it.substringAfter(':', "")).encodeToByteArray()
        builder.simpleAuth().username(decoded(it.substringBefore(':'))).password(password).applySimpleAuth()
    }
    return builder
}

/** Undoes the percent encoding: of each part by itself, for a user name may have a colon. */
private fun decoded(part: String) = URLDecoder.decode(part.replace("+", "%2B"), Charsets.UTF_8)

fun main() = Service().run()
