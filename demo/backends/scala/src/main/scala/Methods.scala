package demo

import scala.concurrent.ExecutionContext.Implicits.global
import scala.concurrent.Future
import scala.concurrent.duration.*

/** The methods. What the future of one holds, or the [[RpcError]] that it fails with, is the response. */
object Methods:
  private val longestDelay = 1_000_000_000 // ms

  val all: Map[String, Call => Future[ujson.Value]] = Map(
    "echo" -> (call => Future.successful(call.params.getOrElse(ujson.Null))),
    "sum" -> (call => Future(sum(call))),
    "slow" -> slow,
    "fail" -> (call => Future(fail(call))),
    "devices.list" -> (call => Future.successful(devices.getOrElse(call.user, Nil)))
  )

  private val devices = Map("acme:ann" -> List("SN-1001", "SN-1002"), "acme:bob" -> List("SN-2001"))

  private def sum(call: Call): ujson.Value =
    def usage = invalid("sum takes an array of numbers")
    val terms = call.params.flatMap(_.arrOpt).getOrElse(throw usage)
    val total = terms.map(_.numOpt.getOrElse(throw usage)).sum
    if total.isInfinite then throw invalid("the sum is too large") // JSON has no infinite number
    total

  private def slow(call: Call): Future[ujson.Value] =
    def usage = invalid("slow takes {steps, delay}, delay in milliseconds")
    val params = members(call, usage)
    val steps = integer(params.getOrElse("steps", ujson.Num(5)), usage)
    val delay = integer(params.getOrElse("delay", ujson.Num(500)), usage)
    if steps < 0 || delay < 0 || delay > longestDelay then throw usage

    def from(step: Int): Future[ujson.Value] =
      if step > steps then Future.successful(steps)
      else
        for
          _ <- call.sleep(delay.millis)
          _ <- call.progress(step)
          result <- from(step + 1)
        yield result
    from(1)

  private def fail(call: Call): Nothing =
    def usage = invalid("fail takes {code, message, data}")
    val params = members(call, usage)
    val message = params.get("message").fold("failed on request")(_.strOpt.getOrElse(throw usage))
    throw RpcError(integer(params.getOrElse("code", ujson.Num(1)), usage), message, params.get("data"))

  private def members(call: Call, usage: => RpcError): collection.Map[String, ujson.Value] =
    call.params.fold(Map.empty)(_.objOpt.getOrElse(throw usage))

  private def integer(value: ujson.Value, usage: => RpcError): Int =
    value.numOpt.filter(_.isValidInt).getOrElse(throw usage).toInt

  private def invalid(message: String) = RpcError(-32602, message)
