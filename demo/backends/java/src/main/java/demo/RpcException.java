package demo;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** A failure that the caller is told. */
final class RpcException extends Exception {
    private final int code;
    private final JsonElement data;

    RpcException(int code, String message) {
        this(code, message, null);
    }

    /** @param data what else the caller should know, or null */
    RpcException(int code, String message, JsonElement data) {
        super(message);
        this.code = code;
        this.data = data;
    }

    JsonObject toJson() {
        var error = new JsonObject();
        error.addProperty("code", code);
        error.addProperty("message", getMessage());
        if (data != null) error.add("data", data);
        return error;
    }
}
