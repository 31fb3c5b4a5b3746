package demo

import com.google.gson.Gson
import com.google.gson.GsonBuilder
import com.google.gson.JsonElement
import com.google.gson.JsonObject
import com.google.gson.JsonParseException
import com.google.gson.JsonPrimitive
import com.google.gson.Strictness

/** Gson, as strict as JSON itself. */
private val gson: Gson = GsonBuilder().setStrictness(Strictness.STRICT).serializeNulls().disableHtmlEscaping().create()
private val values = gson.getAdapter(JsonElement::class.java)

/** Throws a [JsonParseException] when this is no JSON, and a CharacterCodingException when it is no UTF-8. */
fun read(utf8: ByteArray): JsonElement {
    val text = utf8.decodeToString(throwOnInvalidSequence = true)
    if (text.startsWith('\uFEFF')) throw JsonParseException("There is a byte order mark") // which Gson would pass over
    return gson.fromJson(text, JsonElement::class.java) ?: throw JsonParseException("There is nothing")
}

fun write(element: JsonElement): String = values.toJson(element)

fun json(value: Any?): JsonElement = gson.toJsonTree(value)

fun jsonOf(vararg members: Pair<String, Any?>) = JsonObject().apply { members.forEach { (name, value) -> add(name, json(value)) } }

val JsonElement?.isString get() = (this as? JsonPrimitive)?.isString == true
val JsonElement?.isNumber get() = (this as? JsonPrimitive)?.isNumber == true
