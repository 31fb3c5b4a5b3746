package demo;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One request or notification while it is worked on, and its response afterwards. */
final class Call {
    private static final int FIRST_CREDIT = 64; // items of a stream that need no credit
    private static final int MOST_CREDIT = 256; // items that are allowed and not yet sent

    /** Nobody takes the answer. */
    private static final RpcException DROPPED = new RpcException(0, "Dropped");

    /** Null for a notification. */
    final JsonElement id;
    final String method;
    /** Null when there are none. */
    final JsonElement params;

    private final Service service;
    private final String sender;
    private final ByteBuffer correlationData;
    private final long deadline; // as of System.nanoTime()
    private JsonObject response;
    private int credit = FIRST_CREDIT;
    private int sent;
    private boolean cancelled;

    /** @param life seconds */
    Call(Service service, String sender, JsonObject request, ByteBuffer correlationData, long life) {
        this.service = service;
        this.sender = sender;
        this.correlationData = correlationData;
        id = request.get("id");
        method = request.get("method").getAsString();
        params = request.get("params");
        deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(life);
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
            check();
            if (sent > 0) answer.addProperty("count", sent);
        } catch (RpcException failure) {
            if (failure == DROPPED) return;
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
        if (isAnswered()) service.respond(sender, response, correlationData);
    }

    synchronized boolean isAnswered() {
        return response != null;
    }

    void sleep(long milliseconds) throws RpcException, InterruptedException {
        await(() -> false, milliseconds);
    }

    /** Sends one item of a stream, once the caller has granted credit for it. */
    synchronized void progress(JsonElement value) throws RpcException, InterruptedException {
        if (isNotification()) throw DROPPED;
        if (!await(() -> credit > 0, service.stall)) throw new RpcException(-32003, "Nobody takes the stream");
        --credit;
        var item = new JsonObject();
        item.add("id", id);
        item.addProperty("seq", sent++);
        item.add("value", value);
        item.addProperty("at", service.instance);
        service.notify(sender, "$/progress", item);
    }

    /** @return whether the condition came true within that time; a call that has ended throws */
    private synchronized boolean await(BooleanSupplier condition, long milliseconds)
            throws RpcException, InterruptedException {
        var end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        for (;;) {
            check();
            if (condition.getAsBoolean()) return true;
            var now = System.nanoTime();
            if (end - now <= 0) return false;
            TimeUnit.NANOSECONDS.timedWait(this, Math.min(end - now, deadline - now));
        }
    }

    private synchronized void check() throws RpcException {
        if (cancelled) throw new RpcException(-32003, "Cancelled");
        if (System.nanoTime() - deadline >= 0) throw DROPPED;
    }

    synchronized void more(double n) {
        if (n > 0 && n == Math.rint(n)) credit = (int) Math.min(credit + n, MOST_CREDIT);
        notifyAll();
    }

    synchronized void cancel() {
        cancelled = true;
        notifyAll();
    }
}
