package demo;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The requests that are worked on or remembered. */
final class Calls {
    private static final int REMEMBERED = 60; // seconds that a response is kept for duplicates of its request
    private static final int LONGEST_ID = 256; // bytes of JSON

    /** Nobody can reach the request of somebody else. */
    private record Key(String sender, JsonElement id) {}

    private final Service service;
    private final Map<Key, Call> calls = new ConcurrentHashMap<>();
    // A thread for each call, because streams mostly wait; on Java 21 use virtual threads.
    private final ExecutorService workers = Executors.newCachedThreadPool(Calls::daemon);
    private final Places places;
    private final AtomicInteger open = new AtomicInteger(); // requests that are worked on
    private final ScheduledExecutorService forgetting = Executors.newSingleThreadScheduledExecutor(Calls::daemon);

    /** @param limit calls that may be worked on at a time */
    Calls(Service service, int limit) {
        this.service = service;
        places = new Places(limit);
    }

    private static Thread daemon(Runnable work) {
        var thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    }

    /** @param life seconds */
    void receiveRequest(String sender, ByteBuffer payload, ByteBuffer correlationData, long life) {
        JsonElement request = null;
        try {
            request = Json.read(payload);
        } catch (CharacterCodingException | JsonParseException | NumberFormatException | StackOverflowError failure) {
            // Below.
        }
        if (!service.isOurs(sender, idOf(request))) return;
        if (request == null) {
            refuse(sender, JsonNull.INSTANCE, new RpcException(-32700, "Parse error"), correlationData);
            return;
        }
        if (isAnswer(request)) return; // or else two sides would answer each other for ever
        if (!isRequest(request)) {
            var id = request.isJsonObject() ? request.getAsJsonObject().get("id") : null;
            var told = isId(id) ? id : JsonNull.INSTANCE;
            refuse(sender, told, new RpcException(-32600, "Invalid request"), correlationData);
            return;
        }
        var call = new Call(service, sender, request.getAsJsonObject(), correlationData, life);
        var key = new Key(sender, call.id);
        var earlier = calls.get(key);
        if (earlier != null) {
            earlier.respondAgain();
        } else if (places.take(call.user())) {
            if (!call.isNotification()) {
                calls.put(key, call);
                open.incrementAndGet();
            }
            workers.execute(() -> work(call, key));
        } else if (!call.isNotification()) {
            // Not remembered, so that it may be asked again.
            refuse(sender, call.id, new RpcException(-32004, "Overloaded"), correlationData);
        }
    }

    /** Its characters; none where there is no id, or no request. */
    private static String idOf(JsonElement request) {
        var hasId = request != null && isRequest(request) && request.getAsJsonObject().has("id");
        return hasId ? request.getAsJsonObject().get("id").getAsString() : "";
    }

    /** Whether no request is worked on; nobody waits for notifications. */
    boolean isIdle() {
        return open.get() == 0;
    }

    private void work(Call call, Key key) {
        try {
            call.run();
        } finally {
            places.free(call.user());
            if (!call.isNotification()) open.decrementAndGet();
            var patience = call.isAnswered() ? REMEMBERED : 0;
            forgetting.schedule(() -> calls.remove(key, call), patience, TimeUnit.SECONDS);
        }
    }

    private void refuse(String sender, JsonElement id, RpcException failure, ByteBuffer correlationData) {
        var response = new JsonObject();
        response.add("id", id);
        response.add("error", failure.toJson());
        service.respond(sender, response, correlationData);
    }

    private static boolean isId(JsonElement id) {
        return (Json.isString(id) || Json.isNumber(id))
                && Json.write(id).getBytes(StandardCharsets.UTF_8).length <= LONGEST_ID;
    }

    private static boolean isAnswer(JsonElement element) {
        if (!element.isJsonObject()) return false;
        var message = element.getAsJsonObject();
        return !message.has("method") && (message.has("result") || message.has("error"));
    }

    private static boolean isRequest(JsonElement element) {
        if (!element.isJsonObject()) return false;
        var request = element.getAsJsonObject();
        var version = request.get("jsonrpc");
        var params = request.get("params");
        return Json.isString(version)
                && version.getAsString().equals("2.0")
                && Json.isString(request.get("method"))
                && (!request.has("id") || isId(request.get("id")))
                && (params == null || params.isJsonArray() || params.isJsonObject());
    }

    void receiveControl(String sender, ByteBuffer payload) {
        try {
            var message = Json.read(payload).getAsJsonObject();
            var params = message.getAsJsonObject("params");
            var id = params.get("id");
            var call = isId(id) ? calls.get(new Key(sender, id)) : null;
            if (call == null) return;
            var method = message.get("method").getAsString();
            if (method.equals("$/cancelRequest")) call.cancel();
            if (method.equals("$/more") && Json.isNumber(params.get("n"))) call.more(params.get("n").getAsDouble());
        } catch (CharacterCodingException | RuntimeException | StackOverflowError ignored) {
            // What is no such message concerns nobody.
        }
    }
}
