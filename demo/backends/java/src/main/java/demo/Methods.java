package demo;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Map;

/** The methods. What one returns, or the {@link RpcException} that it throws, is the response. */
final class Methods {
    interface Method {
        JsonElement answer(Call call) throws RpcException, InterruptedException;
    }

    private static final int LONGEST_DELAY = 1_000_000_000; // ms

    private static final Map<String, List<String>> DEVICES =
            Map.of("acme:ann", List.of("SN-1001", "SN-1002"), "acme:bob", List.of("SN-2001"));

    static final Map<String, Method> ALL = Map.of(
            "echo", call -> call.params == null ? JsonNull.INSTANCE : call.params,
            "sum", Methods::sum,
            "slow", Methods::slow,
            "fail", Methods::fail,
            "devices.list", call -> Json.of(DEVICES.getOrDefault(call.user(), List.of())));

    private Methods() {}

    private static JsonElement sum(Call call) throws RpcException {
        var usage = "sum takes an array of numbers";
        check(call.params instanceof JsonArray, usage);
        var total = 0.0;
        for (var term : call.params.getAsJsonArray()) {
            check(Json.isNumber(term), usage);
            total += term.getAsDouble();
        }
        check(Double.isFinite(total), "the sum is too large"); // JSON has no infinite number
        return new JsonPrimitive(total);
    }

    private static JsonElement slow(Call call) throws RpcException, InterruptedException {
        var usage = "slow takes {steps, delay}, delay in milliseconds";
        var params = call.params == null ? new JsonObject() : call.params;
        var steps = integer(params, "steps", 5, usage);
        var delay = integer(params, "delay", 500, usage);
        check(steps >= 0 && delay >= 0 && delay <= LONGEST_DELAY, usage);
        for (var step = 1; step <= steps; ++step) {
            call.sleep(delay);
            call.progress(new JsonPrimitive(step));
        }
        return new JsonPrimitive(steps);
    }

    private static JsonElement fail(Call call) throws RpcException {
        var usage = "fail takes {code, message, data}";
        var params = call.params == null ? new JsonObject() : call.params;
        var code = integer(params, "code", 1, usage);
        var message = params.getAsJsonObject().get("message");
        check(message == null || Json.isString(message), usage);
        var text = message == null ? "failed on request" : message.getAsString();
        throw new RpcException(code, text, params.getAsJsonObject().get("data"));
    }

    private static int integer(JsonElement params, String name, int otherwise, String usage) throws RpcException {
        check(params.isJsonObject(), usage);
        var value = params.getAsJsonObject().get(name);
        if (value == null) return otherwise;
        check(Json.isNumber(value) && value.getAsDouble() == (int) value.getAsDouble(), usage);
        return (int) value.getAsDouble();
    }

    private static void check(boolean condition, String message) throws RpcException {
        if (!condition) throw new RpcException(-32602, message);
    }
}
