package demo;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Gson, as strict as JSON itself. */
final class Json {
    private static final Gson GSON =
            new GsonBuilder().setStrictness(Strictness.STRICT).serializeNulls().disableHtmlEscaping().create();
    private static final TypeAdapter<JsonElement> VALUES = GSON.getAdapter(JsonElement.class);

    private Json() {}

    /** @throws JsonParseException when the text is no JSON */
    static JsonElement read(ByteBuffer utf8) throws CharacterCodingException {
        var text = StandardCharsets.UTF_8.newDecoder().decode(utf8.duplicate()).toString();
        // Gson would pass over a byte order mark.
        if (text.startsWith("\uFEFF")) throw new JsonParseException("There is a byte order mark");
        var element = GSON.fromJson(text, JsonElement.class);
        if (element == null) throw new JsonParseException("There is nothing");
        return element;
    }

    static String write(JsonElement element) {
        return VALUES.toJson(element);
    }

    static JsonElement of(Object value) {
        return GSON.toJsonTree(value);
    }

    static boolean isString(JsonElement element) {
        return element != null && element.isJsonPrimitive() && element.getAsJsonPrimitive().isString();
    }

    static boolean isNumber(JsonElement element) {
        return element != null && element.isJsonPrimitive() && element.getAsJsonPrimitive().isNumber();
    }
}
