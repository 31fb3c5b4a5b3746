package demo

import com.google.gson.JsonElement
import com.google.gson.JsonNull
import com.google.gson.JsonObject
import com.google.gson.JsonParseException
import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger
import kotlin.math.floor
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull

private val remembered = 60.seconds // that a response is kept for duplicates of its request
private const val FIRST_CREDIT = 64 // items of a stream that need no credit
private const val MOST_CREDIT = 256 // items that are allowed and not yet sent
private const val LONGEST_ID = 256 // bytes of JSON

/** A failure that the caller is told; [data] is what else it should know. */
class RpcException(private val code: Int, message: String, private val data: JsonElement? = null) : Exception(message) {
    fun toJson() = jsonOf("code" to code, "message" to message).also { if (data != null) it.add("data", data) }
}

/** One request or notification while it is worked on, and its response afterwards. [id] is null for a notification. */
class Call(
    private val service: Service,
    private val sender: String,
    request: JsonObject,
    private val life: Duration,
    private val correlationData: ByteBuffer?,
) {
    val id: JsonElement? = request["id"]
    val params: JsonElement? = request["params"]
    private val method = request["method"].asString
    private val credit = MutableStateFlow(FIRST_CREDIT)
    private var sent = 0

    @Volatile private var response: JsonObject? = null
    @Volatile private var job: Job? = null

    /** The sender is {org}:{user}:{random}. It comes from the topic, which the broker's access rules vouch for. */
    val user get() = sender.split(':').take(2).joinToString(":")

    fun startIn(scope: CoroutineScope, atEnd: () -> Unit) {
        job = scope.launch { work() }.also { it.invokeOnCompletion { atEnd() } }
    }

    private suspend fun work() {
        val answer = jsonOf("id" to id)
        try {
            val implementation = methods[method] ?: throw RpcException(-32601, "There is no method $method")
            answer.add("result", withTimeout(life) { json(implementation(this@Call)) })
            if (sent > 0) answer.addProperty("count", sent)
        } catch (failure: RpcException) {
            answer.add("error", failure.toJson())
        } catch (_: TimeoutCancellationException) {
            return // nobody waits for an answer any more
        } catch (_: CancellationException) {
            answer.add("error", RpcException(-32003, "Cancelled").toJson())
        } catch (failure: Exception) {
            System.err.println(failure)
            answer.add("error", RpcException(-32603, "Internal error").toJson())
        }
        if (id == null) return
        response = answer
        respondAgain()
    }

    val isAnswered get() = response != null

    /** Unless the response is still on its way. */
    fun respondAgain() {
        response?.let { service.respond(sender, it.deepCopy(), correlationData) }
    }

    /** Sends one item of a stream, once the caller has granted credit for it. */
    suspend fun progress(value: JsonElement) {
        val isTaken = id != null && withTimeoutOrNull(service.stall) { credit.first { it > 0 } } != null
        if (!isTaken) throw RpcException(-32003, "Nobody takes the stream")
        credit.update { it - 1 }
        service.notify(sender, "$/progress", jsonOf("id" to id, "seq" to sent++, "value" to value, "at" to service.instance))
    }

    fun more(n: Double) {
        if (n > 0 && n == floor(n)) credit.update { minOf(it + n, MOST_CREDIT.toDouble()).toInt() }
    }

    fun cancel() = job?.cancel()
}

/** The requests that are worked on, at most [limit], or remembered. */
class Calls(private val service: Service, limit: Int) {
    /** Nobody can reach the request of somebody else. */
    private data class Key(val sender: String, val id: JsonElement)

    private val calls = ConcurrentHashMap<Key, Call>()
    private val places = Places(limit)
    private val open = AtomicInteger() // requests that are worked on

    /** Whether no request is worked on; nobody waits for notifications. */
    val isIdle get() = open.get() == 0

    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    fun receiveRequest(sender: String, payload: ByteArray, life: Duration, correlationData: ByteBuffer?) {
        val request = readOrNull(payload)
        if (!service.isOurs(sender, idOf(request))) return
        if (request == null) return refuse(sender, null, RpcException(-32700, "Parse error"), correlationData)
        if (isAnswer(request)) return // or else two sides would answer each other for ever
        if (!isRequest(request)) {
            val id = (request as? JsonObject)?.get("id")?.takeIf(::isId)
            return refuse(sender, id, RpcException(-32600, "Invalid request"), correlationData)
        }
        val call = Call(service, sender, request as JsonObject, life, correlationData)
        val key = call.id?.let { Key(sender, it) }
        key?.let(calls::get)?.let { return it.respondAgain() }
        if (!places.take(call.user)) {
            // Not remembered, so that it may be asked again.
            if (key != null) refuse(sender, key.id, RpcException(-32004, "Overloaded"), correlationData)
            return
        }
        if (key != null) {
            calls[key] = call
            open.incrementAndGet()
        }
        call.startIn(scope) {
            places.free(call.user)
            if (key != null) open.decrementAndGet()
            if (key != null) scope.launch { forget(key, call) }
        }
    }

    /** Its characters; none where there is no id, or no request. */
    private fun idOf(request: JsonElement?) =
        if (request != null && isRequest(request)) (request as JsonObject).get("id")?.asString ?: "" else ""

    private suspend fun forget(key: Key, call: Call) {
        if (call.isAnswered) delay(remembered)
        calls.remove(key, call)
    }

    private fun refuse(sender: String, id: JsonElement?, failure: RpcException, correlationData: ByteBuffer?) =
        service.respond(sender, jsonOf("id" to (id ?: JsonNull.INSTANCE), "error" to failure.toJson()), correlationData)

    private fun isId(id: JsonElement) = (id.isString || id.isNumber && id.asDouble.isFinite()) && write(id).encodeToByteArray().size <= LONGEST_ID

    private fun isAnswer(message: JsonElement) =
        message is JsonObject && !message.has("method") && (message.has("result") || message.has("error"))

    private fun isRequest(request: JsonElement) = request is JsonObject &&
        request["jsonrpc"].let { it.isString && it.asString == "2.0" } &&
        request["method"].isString &&
        request["id"].let { it == null || isId(it) } &&
        request["params"].let { it == null || it.isJsonArray || it.isJsonObject }

    fun receiveControl(sender: String, payload: ByteArray) {
        val message = readOrNull(payload) as? JsonObject
        val params = message?.get("params") as? JsonObject
        val call = params?.get("id")?.takeIf(::isId)?.let { calls[Key(sender, it)] } ?: return
        val method = message["method"].takeIf { it.isString }?.asString
        if (method == "$/cancelRequest") call.cancel()
        if (method == "$/more") params["n"].takeIf { it.isNumber }?.let { call.more(it.asDouble) }
    }
}

/** Null when this is no JSON, which is UTF-8. */
private fun readOrNull(payload: ByteArray) = try {
    read(payload)
} catch (_: CharacterCodingException) {
    null
} catch (_: JsonParseException) {
    null
}
