package demo;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One request while it is worked on, and its response afterwards. */
final class Call {
    private static final int FIRST_CREDIT = 64; // items of a stream that need no credit

    /** Null for a notification. */
    final JsonElement id;
    final String method;
    /** Null when there are none. */
    final JsonElement params;

    private final Service service;
    private final String sender;
    private final ByteBuffer correlationData;
    private JsonObject response;
    private long credit = FIRST_CREDIT;
    private int sent;
    private final CountDownLatch cancelled = new CountDownLatch(1);

    Call(Service service, String sender, JsonObject request, ByteBuffer correlationData) {
        this.service = service;
        this.sender = sender;
        this.correlationData = correlationData;
        id = request.get("id");
        method = request.get("method").getAsString();
        params = request.get("params");
    }

    boolean isNotification() {
        return id == null;
    }

    /** The sender is {org}:{user}:{random}. It comes from the topic, which the broker's access rules vouch for. */
    String user() {
        var parts = sender.split(":", 3);
        return parts.length < 2 ? sender : parts[0] + ":" + parts[1];
    }

    void run() {
        var answer = new JsonObject();
        answer.add("id", id);
        try {
            var implementation = Methods.ALL.get(method);
            if (implementation == null) throw new RpcException(-32601, "There is no method " + method);
            answer.add("result", implementation.answer(this));
            if (sent > 0) answer.addProperty("count", sent);
        } catch (RpcException failure) {
            answer.add("error", failure.toJson());
        } catch (Exception failure) {
            System.err.println(failure);
            answer.add("error", new RpcException(-32603, "Internal error").toJson());
        }
        if (isNotification()) return;
        synchronized (this) {
            response = answer;
            respondAgain();
        }
    }

    /** Unless the response is still on its way. */
    synchronized void respondAgain() {
        if (response != null) service.respond(sender, response, correlationData);
    }

    void sleep(long milliseconds) throws RpcException, InterruptedException {
        if (cancelled.await(milliseconds, TimeUnit.MILLISECONDS)) throw cancellation();
    }

    /** Sends one item of a stream, once the caller has granted credit for it. */
    synchronized void progress(JsonElement value) throws RpcException, InterruptedException {
        while (credit == 0 && cancelled.getCount() > 0) wait();
        if (cancelled.getCount() == 0) throw cancellation();
        --credit;
        var item = new JsonObject();
        item.add("id", id);
        item.addProperty("seq", sent++);
        item.add("value", value);
        item.addProperty("at", service.instance);
        if (!isNotification()) service.notify(sender, "$/progress", item);
    }

    private static RpcException cancellation() {
        return new RpcException(-32003, "Cancelled");
    }

    synchronized void more(int n) {
        credit += Math.max(n, 0);
        notifyAll();
    }

    synchronized void cancel() {
        cancelled.countDown();
        notifyAll();
    }
}
