package demo;

import static com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling.DO_NOT_SEND;
import static com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling.SEND;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.lifecycle.Mqtt5ClientConnectedContext;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishBuilder;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The demo service in Java, with the HiveMQ client. README.md says how to start it and how it works. */
final class Service {
    private static final URI BROKER = URI.create(variable("WSMQ_URL", "mqtt://localhost"));
    private static final String ROOT = variable("WSMQ_ROOT", "app/");
    private static final String SERVICE = variable("WSMQ_SERVICE", "demo");
    private static final int LIMIT = Integer.parseInt(variable("WSMQ_LIMIT", "1000"));
    private static final int RECORD_EXPIRY = Integer.parseInt(variable("WSMQ_RECORD_EXPIRY", "600")); // seconds
    private static final int PATIENCE = 5; // seconds for what is in hand when the service leaves
    private static final int LIFE = 60; // seconds, of a call whose message has no expiry

    /** Milliseconds that a stream waits for credit. */
    final int stall = Integer.parseInt(variable("WSMQ_STALL", "30000"));

    final String instance = "java-%08x".formatted(ThreadLocalRandom.current().nextInt());
    private final String requests = ROOT + "webapp/req/" + SERVICE + "/";
    private final String control = ROOT + "webapp/svc/" + SERVICE + "/";
    private final String record = control + instance;
    private final Calls calls = new Calls(this, LIMIT);
    private final Election election = new Election(instance, this::renew);
    private final long since = System.currentTimeMillis();
    private final AtomicInteger unacknowledged = new AtomicInteger(); // messages
    private volatile boolean isLeaving;
    private volatile boolean shares = true; // the requests, with the other instances
    private volatile boolean isOnline; // as the record says on this connection

    private final Mqtt5AsyncClient client = builder(BROKER)
            .identifier(variable("WSMQ_CLIENT_ID", SERVICE + "-" + instance))
            .automaticReconnectWithDefaultConfig()
            .addConnectedListener(context -> start(((Mqtt5ClientConnectedContext) context).getConnAck()))
            .addDisconnectedListener(context -> isOnline = false)
            .willPublish(announcement(false).asWill())
            .buildAsync();

    public static void main(String[] arguments) throws InterruptedException {
        var service = new Service();
        Runtime.getRuntime().addShutdownHook(new Thread(service::stop));
        // Once: a callback of each subscription would be called once more after every reconnection.
        service.client.publishes(MqttGlobalPublishFilter.ALL, service::receive);
        service.client.connectWith().cleanStart(true).keepAlive(30).send().join();
        for (;;) { // until a signal ends the program
            Thread.sleep(RECORD_EXPIRY * 500L);
            service.renew();
        }
    }

    private static String variable(String name, String otherwise) {
        return Optional.ofNullable(System.getenv(name)).orElse(otherwise);
    }

    /** A client for {@code mqtt://[user:password@]host[:port]} or {@code mqtts://}. */
    private static Mqtt5ClientBuilder builder(URI broker) {
        var secure = broker.getScheme().equals("mqtts");
        if (!secure && !broker.getScheme().equals("mqtt")) {
            throw new IllegalArgumentException("WSMQ_URL begins with mqtt:// or mqtts://");
        }
        var port = broker.getPort() < 0 ? (secure ? 8883 : 1883) : broker.getPort();
        var builder = Mqtt5Client.builder().serverHost(broker.getHost()).serverPort(port);
        if (secure) builder.sslWithDefaultConfig();
        if (broker.getRawUserInfo() != null) {
            var credentials = (broker.getRawUserInfo() + ":").split(":", 3);
            builder.simpleAuth()
                    .username(decoded(credentials[0]))
                    .password(decoded(credentials[1]).getBytes(StandardCharsets.UTF_8))
                    .applySimpleAuth();
        }
        return builder;
    }

    /** Undoes the percent encoding: of each part by itself, for a user name may have a colon. */
    private static String decoded(String part) {
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Subscribes and then tells that requests are answered; after every reconnection again. */
    private void start(Mqtt5ConnAck answer) {
        election.clear();
        shares = answer.getRestrictions().isSharedSubscriptionAvailable();
        var own = CompletableFuture.allOf(subscribe(record + "/+", DO_NOT_SEND), subscribe(control + "_all/+", DO_NOT_SEND));
        own.thenCompose(granted -> subscribeRequests())
                .thenCompose(granted -> announce(true))
                .whenComplete((published, failure) -> {
                    if (failure != null) System.err.println(failure.getMessage());
                    else System.out.println(SERVICE + "/" + instance + " answers");
                });
    }

    private CompletableFuture<?> subscribeRequests() {
        if (!shares) return subscribeAll();
        return subscribe(requestsFilter(), DO_NOT_SEND).<CompletableFuture<?>>handle((granted, failure) -> {
            if (failure == null) return CompletableFuture.completedFuture(granted);
            System.err.println(failure.getMessage());
            shares = false;
            return subscribeAll();
        }).thenCompose(next -> next);
    }

    /** Who is there is heard of before the first request. */
    private CompletableFuture<?> subscribeAll() {
        return subscribe(control + "+", SEND).thenCompose(granted -> subscribe(requestsFilter(), DO_NOT_SEND));
    }

    private CompletableFuture<?> subscribe(String filter, Mqtt5RetainHandling retained) {
        return client.subscribeWith()
                .topicFilter(filter)
                .qos(MqttQos.AT_LEAST_ONCE)
                .retainHandling(retained)
                .send();
    }

    private String requestsFilter() {
        return (shares ? "$share/" + SERVICE + "/" : "") + requests + "+";
    }

    /** The id is empty where there is none. */
    boolean isOurs(String sender, String id) {
        return shares || election.elects(sender, id);
    }

    /** What has come before the broker stops sending requests is answered, and acknowledged. */
    private void stop() {
        isLeaving = true;
        var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
        try {
            announce(false).get(PATIENCE, TimeUnit.SECONDS);
            client.unsubscribeWith().topicFilter(requestsFilter()).send().get(PATIENCE, TimeUnit.SECONDS);
            while ((!calls.isIdle() || unacknowledged.get() > 0) && System.nanoTime() - end < 0) Thread.sleep(5);
            client.disconnect().get(PATIENCE, TimeUnit.SECONDS);
        } catch (Exception failure) {
            System.err.println("The broker was not told: " + failure);
        }
    }

    private synchronized CompletableFuture<?> announce(boolean online) {
        if (online && isLeaving) return CompletableFuture.completedFuture(null);
        isOnline = online;
        return publish(announcement(online));
    }

    /** Tells again that this instance answers, before the record expires, which is for one that died with its broker. */
    private synchronized void renew() {
        if (isOnline) publish(announcement(true));
    }

    private Mqtt5Publish announcement(boolean online) {
        var about = new JsonObject();
        about.addProperty("online", online);
        about.addProperty("service", SERVICE);
        about.addProperty("instance", instance);
        if (online) {
            about.addProperty("version", "1.0.0");
            about.add("methods", Json.of(List.copyOf(Methods.ALL.keySet())));
            about.addProperty("since", since);
        }
        return message(record, about).retain(true).messageExpiryInterval(RECORD_EXPIRY).build();
    }

    /** Runs on a thread of the client, which must not be kept waiting, and takes no more messages after an exception. */
    private void receive(Mqtt5Publish publish) {
        try {
            take(publish);
        } catch (RuntimeException | StackOverflowError failure) {
            System.err.println(failure);
        }
    }

    private void take(Mqtt5Publish publish) {
        var topic = publish.getTopic().toString();
        var sender = topic.substring(topic.lastIndexOf('/') + 1);
        var payload = publish.getPayload().orElse(ByteBuffer.allocate(0));
        if (topic.equals(control + sender)) {
            election.receiveRecord(sender, publish);
            return;
        }
        if (publish.isRetain() || !Uid.isSound(sender)) return; // only records are ever retained
        if (topic.startsWith(requests)) {
            var life = publish.getMessageExpiryInterval().orElse(LIFE);
            calls.receiveRequest(sender, payload, publish.getCorrelationData().orElse(null), life);
        } else {
            calls.receiveControl(sender, payload);
        }
    }

    /** The client sends in the order of these calls. */
    void respond(String sender, JsonObject response, ByteBuffer correlationData) {
        response.addProperty("jsonrpc", "2.0");
        publish(message(responses(sender), response).correlationData(correlationData).build());
    }

    void notify(String sender, String method, JsonElement params) {
        var notification = new JsonObject();
        notification.addProperty("jsonrpc", "2.0");
        notification.addProperty("method", method);
        notification.add("params", params);
        publish(message(responses(sender), notification).build());
    }

    /** Completes when the broker has it; the client keeps to how much that takes at once. */
    private CompletableFuture<?> publish(Mqtt5Publish publish) {
        unacknowledged.incrementAndGet();
        return client.publish(publish).whenComplete((published, failure) -> {
            unacknowledged.decrementAndGet();
            if (failure != null) System.err.println(failure.getMessage());
        });
    }

    private static String responses(String sender) {
        return ROOT + "webapp/res/" + sender;
    }

    private static Mqtt5PublishBuilder.Complete message(String topic, JsonObject content) {
        return Mqtt5Publish.builder()
                .topic(topic)
                .qos(MqttQos.AT_LEAST_ONCE)
                .contentType("application/json")
                .payload(Json.write(content).getBytes(StandardCharsets.UTF_8));
    }
}
