package demo

import com.google.gson.JsonArray
import com.google.gson.JsonElement
import com.google.gson.JsonObject
import kotlinx.coroutines.delay

private const val LONGEST_DELAY = 1_000_000_000 // ms

private val devices = mapOf("acme:ann" to listOf("SN-1001", "SN-1002"), "acme:bob" to listOf("SN-2001"))

/** The methods. What one returns, or the [RpcException] that it throws, is the response. */
val methods = mapOf<String, suspend (Call) -> Any?>(
    "echo" to { call -> call.params },
    "sum" to { call -> sum(call) },
    "slow" to { call -> slow(call) },
    "fail" to { call -> fail(call) },
    "devices.list" to { call -> devices[call.user] ?: emptyList<String>() },
)

private fun sum(call: Call): Double {
    val usage = "sum takes an array of numbers"
    val terms = call.params as? JsonArray ?: throw invalid(usage)
    if (!terms.all { it.isNumber }) throw invalid(usage)
    val total = terms.sumOf { it.asDouble }
    if (!total.isFinite()) throw invalid("the sum is too large") // JSON has no infinite number
    return total
}

private suspend fun slow(call: Call): Int {
    val usage = "slow takes {steps, delay}, delay in milliseconds"
    val params = members(call, usage)
    val steps = integer(params["steps"] ?: json(5), usage)
    val milliseconds = integer(params["delay"] ?: json(500), usage)
    if (steps < 0 || milliseconds !in 0..LONGEST_DELAY) throw invalid(usage)
    for (step in 1..steps) {
        delay(milliseconds.toLong())
        call.progress(json(step))
    }
    return steps
}

private fun fail(call: Call): Nothing {
    val usage = "fail takes {code, message, data}"
    val params = members(call, usage)
    val message = params["message"] ?: json("failed on request")
    if (!message.isString) throw invalid(usage)
    throw RpcException(integer(params["code"] ?: json(1), usage), message.asString, params["data"])
}

private fun members(call: Call, usage: String) = when (val params = call.params) {
    null -> JsonObject()
    is JsonObject -> params
    else -> throw invalid(usage)
}

private fun integer(value: JsonElement, usage: String): Int {
    if (!value.isNumber || value.asDouble != value.asDouble.toInt().toDouble()) throw invalid(usage)
    return value.asDouble.toInt()
}

private fun invalid(message: String) = RpcException(-32602, message)
