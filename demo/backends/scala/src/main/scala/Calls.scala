package demo

import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException
import java.nio.charset.StandardCharsets.UTF_8
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.{ScheduledFuture, ScheduledThreadPoolExecutor}
import scala.collection.concurrent.TrieMap
import scala.concurrent.ExecutionContext.Implicits.global
import scala.concurrent.duration.*
import scala.concurrent.{Future, Promise}
import scala.util.{Failure, Success, Try}

private val remembered = 60.seconds // that a response is kept for duplicates of its request
private val firstCredit = 64 // items of a stream that need no credit
private val mostCredit = 256 // items that are allowed and not yet sent
private val longestId = 256 // bytes of JSON

/** A failure that the caller is told. */
final class RpcError(code: Int, message: String, data: Option[ujson.Value] = None) extends Exception(message):
  def toJson: ujson.Obj =
    val error = ujson.Obj("code" -> code, "message" -> message)
    data.foreach(error("data") = _)
    error

/** Ends a call of which nobody takes the answer. */
private object Dropped extends Exception

private object Timer extends ScheduledThreadPoolExecutor(1):
  setRemoveOnCancelPolicy(true) // what is not to come need not be kept

  def after(delay: FiniteDuration)(work: => Unit): ScheduledFuture[?] =
    schedule((() => work): Runnable, delay.length, delay.unit)

/** One request or notification while it is worked on, and its response afterwards. */
final class Call(
    service: Service,
    sender: String,
    request: ujson.Obj,
    life: FiniteDuration,
    correlationData: Option[ByteBuffer]
):
  /** None for a notification. */
  val id: Option[ujson.Value] = request.value.get("id")
  val params: Option[ujson.Value] = request.value.get("params")
  private val method = request("method").str
  private var end: Option[Throwable] = None
  private var asleep = Promise[Unit]()
  private var starved = Promise[Unit]()
  private var credit = firstCredit
  private var sent = 0
  @volatile private var response: Option[ujson.Obj] = None

  /** The sender is {org}:{user}:{random}. It comes from the topic, which the broker's access rules vouch for. */
  def user: String = sender.split(":").take(2).mkString(":")

  /** Completes when the response is on its way. */
  def run(): Future[Unit] =
    val expiry = Timer.after(life)(finish(Dropped))
    val result = Methods.all.get(method) match
      case Some(implementation) => Future.unit.flatMap(_ => implementation(this))
      case None => Future.failed(RpcError(-32601, s"There is no method $method"))
    result.transform { outcome =>
      expiry.cancel(false)
      synchronized(end.fold(outcome)(Failure(_))) match
        case Failure(Dropped) => Success(())
        case ended => Try(respond(describe(ended)))
    }

  private def describe(outcome: Try[ujson.Value]): ujson.Obj =
    val answer = ujson.Obj("id" -> id.getOrElse(ujson.Null))
    outcome match
      case Success(result) =>
        answer("result") = result
        if sent > 0 then answer("count") = sent
      case Failure(failure: RpcError) => answer("error") = failure.toJson
      case Failure(failure) =>
        Console.err.println(failure)
        answer("error") = RpcError(-32603, "Internal error").toJson
    answer

  private def respond(answer: ujson.Obj): Unit =
    if id.isDefined then
      response = Some(answer)
      respondAgain()

  def isAnswered: Boolean = response.isDefined

  /** Unless the response is still on its way. */
  def respondAgain(): Unit =
    for answer <- response do
      try service.respond(sender, ujson.Obj.from(answer.value), correlationData)
      catch case _: StackOverflowError => refuse(RpcError(-32603, "The result is nested too deep"))

  def refuse(failure: RpcError): Unit =
    for name <- id do service.respond(sender, ujson.Obj("id" -> name, "error" -> failure.toJson), correlationData)

  def sleep(delay: FiniteDuration): Future[Unit] = synchronized {
    asleep = Promise()
    waitFor(asleep, delay, Success(()))
  }

  /** Sends one item of a stream, once the caller has granted credit for it. */
  def progress(value: ujson.Value): Future[Unit] = synchronized {
    id match
      case None => Future.failed(Dropped) // nobody takes the items of a notification
      case Some(name) if credit > 0 && end.isEmpty =>
        val item = ujson.Obj("id" -> name, "seq" -> sent, "value" -> value, "at" -> service.instance)
        service.notify(sender, "$/progress", item)
        credit -= 1
        sent += 1
        Future.unit
      case _ =>
        starved = Promise()
        waitFor(starved, service.stall, Failure(RpcError(-32003, "Nobody takes the stream"))).flatMap(_ => progress(value))
  }

  /** Fails when the call ends; completes with `otherwise` after that time. */
  private def waitFor(event: Promise[Unit], time: FiniteDuration, otherwise: Try[Unit]): Future[Unit] =
    for reason <- end do event.failure(reason)
    val alarm = Timer.after(time)(event.tryComplete(otherwise))
    event.future.onComplete(_ => alarm.cancel(false))
    event.future

  def more(n: Double): Unit = synchronized {
    if n > 0 && n.isWhole then
      credit = (credit + n).min(mostCredit).toInt
      starved.trySuccess(())
  }

  def cancel(): Unit = finish(RpcError(-32003, "Cancelled"))

  private def finish(reason: Throwable): Unit = synchronized {
    end = end.orElse(Some(reason))
    asleep.tryFailure(reason)
    starved.tryFailure(reason)
  }

/** The calls that are worked on, at most `limit`, or remembered. */
final class Calls(service: Service, limit: Int):
  /** By sender and id, so that nobody can reach the request of somebody else. */
  private val calls = TrieMap.empty[(String, ujson.Value), Call]
  private val places = Places(limit)
  private val open = AtomicInteger() // requests that are worked on

  def receiveRequest(
      sender: String,
      payload: Array[Byte],
      life: FiniteDuration,
      correlationData: Option[ByteBuffer]
  ): Unit =
    def refuse(id: ujson.Value, failure: RpcError): Unit =
      service.respond(sender, ujson.Obj("id" -> id, "error" -> failure.toJson), correlationData)
    val message = read(payload)
    if service.isOurs(sender, idOf(message)) then message match
      case None => refuse(ujson.Null, RpcError(-32700, "Parse error"))
      case Some(Request(request)) => take(sender, Call(service, sender, request, life, correlationData))
      case Some(message) if isAnswer(message) => () // or else two sides would answer each other for ever
      case Some(other) =>
        val id = other.objOpt.flatMap(_.get("id")).filter(isId)
        refuse(id.getOrElse(ujson.Null), RpcError(-32600, "Invalid request"))

  /** Its characters; none where there is no id, or no request. */
  private def idOf(message: Option[ujson.Value]): String = message match
    case Some(Request(request)) => request.value.get("id").fold("")(id => id.strOpt.getOrElse(ujson.write(id)))
    case _ => ""

  /** Whether no request is worked on; nobody waits for notifications. */
  def isIdle: Boolean = open.get == 0

  private def take(sender: String, call: Call): Unit =
    val key = call.id.map((sender, _))
    key.flatMap(calls.get) match
      case Some(earlier) => earlier.respondAgain()
      case None if places.take(call.user) =>
        for each <- key do
          calls(each) = call
          open.incrementAndGet()
        call.run().onComplete { _ =>
          places.free(call.user)
          for each <- key do
            open.decrementAndGet()
            if call.isAnswered then Timer.after(remembered)(calls.remove(each))
            else calls.remove(each)
        }
      // Not remembered, so that it may be asked again.
      case None => call.refuse(RpcError(-32004, "Overloaded"))

  def receiveControl(sender: String, payload: Array[Byte]): Unit =
    for
      message <- read(payload).flatMap(_.objOpt)
      params <- message.get("params").flatMap(_.objOpt)
      id <- params.get("id").filter(isId)
      call <- calls.get((sender, id))
    do
      message.get("method") match
        case Some(ujson.Str("$/cancelRequest")) => call.cancel()
        case Some(ujson.Str("$/more")) => params.get("n").flatMap(_.numOpt).foreach(call.more)
        case _ => ()

/** None when this is no JSON, which is UTF-8. */
private def read(payload: Array[Byte]): Option[ujson.Value] =
  try Some(ujson.read(UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString))
  catch case _: (CharacterCodingException | ujson.ParsingFailedException | NumberFormatException | StackOverflowError) => None

private def isId(value: ujson.Value) =
  (value.strOpt.isDefined || value.numOpt.isDefined) && ujson.writeToByteArray(value).length <= longestId

private def isAnswer(message: ujson.Value) =
  message.objOpt.exists(it => !it.contains("method") && (it.contains("result") || it.contains("error")))

private object Request:
  def unapply(message: ujson.Value): Option[ujson.Obj] = message match
    case request: ujson.Obj if isRequest(request.value) => Some(request)
    case _ => None

  private def isRequest(request: collection.Map[String, ujson.Value]) =
    request.get("jsonrpc").contains(ujson.Str("2.0"))
      && request.get("method").exists(_.strOpt.isDefined)
      && request.get("id").forall(isId)
      && request.get("params").forall(params => params.objOpt.isDefined || params.arrOpt.isDefined)
