package demo

import com.google.gson.JsonElement
import com.google.gson.JsonObject
import com.hivemq.client.mqtt.MqttGlobalPublishFilter
import com.hivemq.client.mqtt.datatypes.MqttQos
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishBuilder
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling
import java.net.URI
import java.nio.ByteBuffer
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import kotlin.random.Random
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private val broker = URI(System.getenv("WSMQ_URL") ?: "mqtt://localhost")
private val root = System.getenv("WSMQ_ROOT") ?: "evsuites/"
private val service = System.getenv("WSMQ_SERVICE") ?: "demo"
private val limit = (System.getenv("WSMQ_LIMIT") ?: "1000").toInt()
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

    private val client: Mqtt5AsyncClient = clientBuilder()
        .identifier(System.getenv("WSMQ_CLIENT_ID") ?: "$service-$instance")
        .automaticReconnectWithDefaultConfig()
        .addConnectedListener { start() }
        .willPublish(announcement(online = false).asWill())
        .buildAsync()

    fun run() {
        Runtime.getRuntime().addShutdownHook(Thread(::stop))
        // Once: a callback of each subscription would be called once more after every reconnection.
        client.publishes(MqttGlobalPublishFilter.SUBSCRIBED, ::receive)
        client.connectWith().cleanStart(true).keepAlive(30).send().join()
        Thread.currentThread().join() // until a signal ends the program
    }

    /** Subscribes and then tells that requests are answered; after every reconnection again. */
    private fun start() {
        val granted = listOf("\$share/$service/$requests+", "$record/+", "${control}_all/+").map { filter ->
            client.subscribeWith().topicFilter(filter).qos(MqttQos.AT_LEAST_ONCE).retainHandling(Mqtt5RetainHandling.DO_NOT_SEND).send()
        }
        CompletableFuture.allOf(*granted.toTypedArray())
            .thenCompose { client.publish(announcement(online = true)) }
            .whenComplete { _, failure ->
                if (failure != null) System.err.println(failure.message) else println("$service/$instance answers")
            }
    }

    private fun stop() {
        try {
            client.publish(announcement(online = false)).get(5, TimeUnit.SECONDS)
            client.disconnect().get(5, TimeUnit.SECONDS)
        } catch (failure: Exception) {
            System.err.println("The broker was not told: $failure")
        }
    }

    private fun announcement(online: Boolean): Mqtt5Publish {
        val about = jsonOf("online" to online, "service" to service, "instance" to instance)
        if (online) {
            about.addProperty("version", "1.0.0")
            about.add("methods", json(methods.keys))
            about.addProperty("since", System.currentTimeMillis())
        }
        return message(record, about).retain(true).build()
    }

    /** Runs on a thread of the client, which must not be kept waiting, and takes no more messages after an exception. */
    private fun receive(publish: Mqtt5Publish) {
        runCatching { take(publish) }.onFailure { System.err.println(it) }
    }

    private fun take(publish: Mqtt5Publish) {
        if (publish.isRetain) return // of the past; only records are ever retained
        val topic = publish.topic.toString()
        val sender = topic.substringAfterLast('/')
        val payload = publish.payloadAsBytes
        if (topic.startsWith(requests)) {
            val life = publish.messageExpiryInterval.orElse(LIFE).seconds
            calls.receiveRequest(sender, payload, life, publish.correlationData.orElse(null))
        } else {
            calls.receiveControl(sender, payload)
        }
    }

    /** The client sends in the order of these calls. */
    fun respond(sender: String, response: JsonObject, correlationData: ByteBuffer?) =
        publish(message(responses(sender), response).contentType("application/json").correlationData(correlationData))

    fun notify(sender: String, method: String, params: JsonElement) =
        publish(message(responses(sender), jsonOf("method" to method, "params" to params)))

    private fun publish(message: Mqtt5PublishBuilder.Complete) {
        client.publish(message.build()).exceptionally { failure ->
            System.err.println(failure.message)
            null
        }
    }

    private fun responses(sender: String) = "${root}webapp/res/$sender"

    private fun message(topic: String, content: JsonObject): Mqtt5PublishBuilder.Complete {
        content.addProperty("jsonrpc", "2.0")
        return Mqtt5Publish.builder()
            .topic(topic)
            .qos(MqttQos.AT_LEAST_ONCE)
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
    broker.userInfo?.let {
        val password = it.substringAfter(':', "").encodeToByteArray()
        builder.simpleAuth().username(it.substringBefore(':')).password(password).applySimpleAuth()
    }
    return builder
}

fun main() = Service().run()
