package demo

import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException
import java.nio.charset.StandardCharsets.UTF_8
import java.util.concurrent.{Executors, Semaphore}
import scala.collection.concurrent.TrieMap
import scala.concurrent.ExecutionContext.Implicits.global
import scala.concurrent.duration.*
import scala.concurrent.{Future, Promise}
import scala.util.{Failure, Success, Try}

private val remembered = 60.seconds // that a response is kept for duplicates of its request
private val firstCredit = 64L // items of a stream that need no credit
private val longestId = 256 // bytes of JSON
private val mostCredit = 1_000_000L // at a time

/** A failure that the caller is told. */
final class RpcError(code: Int, message: String, data: Option[ujson.Value] = None) extends Exception(message):
  def toJson: ujson.Obj =
    val error = ujson.Obj("code" -> code, "message" -> message)
    data.foreach(error("data") = _)
    error

private val timer = Executors.newSingleThreadScheduledExecutor { work =>
  val thread = Thread(work)
  thread.setDaemon(true)
  thread
}

private def after(delay: FiniteDuration): Future[Unit] =
  val promise = Promise[Unit]()
  timer.schedule((() => promise.success(())): Runnable, delay.length, delay.unit)
  promise.future

/** One request while it is worked on, and its response afterwards. */
final class Call(service: Service, sender: String, request: ujson.Obj, correlationData: Option[ByteBuffer]):
  /** None for a notification. */
  val id: Option[ujson.Value] = request.value.get("id")
  val params: Option[ujson.Value] = request.value.get("params")
  private val method = request("method").str
  private val cancelled = Promise[Nothing]()
  private var credit = firstCredit
  private var creditCame = Promise[Unit]()
  private var sent = 0
  @volatile private var response: Option[ujson.Obj] = None

  /** The sender is {org}:{user}:{random}. It comes from the topic, which the broker's access rules vouch for. */
  def user: String = sender.split(":").take(2).mkString(":")

  /** Completes when the response is on its way. */
  def run(): Future[Unit] =
    val result = Methods.all.get(method) match
      case Some(implementation) => Future.unit.flatMap(_ => implementation(this))
      case None => Future.failed(RpcError(-32601, s"There is no method $method"))
    result.transform(outcome => Try(respond(describe(outcome))))

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

  /** Unless the response is still on its way. */
  def respondAgain(): Unit =
    for answer <- response do
      try service.respond(sender, ujson.Obj.from(answer.value), correlationData)
      catch case _: StackOverflowError => refuse(RpcError(-32603, "The result is nested too deep"))

  def refuse(failure: RpcError): Unit =
    for name <- id do service.respond(sender, ujson.Obj("id" -> name, "error" -> failure.toJson), correlationData)

  def sleep(delay: FiniteDuration): Future[Unit] = unlessCancelled(after(delay))

  /** Sends one item of a stream, once the caller has granted credit for it. */
  def progress(value: ujson.Value): Future[Unit] = synchronized {
    if cancelled.isCompleted then cancelled.future
    else if credit == 0 then unlessCancelled(creditCame.future).flatMap(_ => progress(value))
    else
      credit -= 1
      for name <- id do
        val item = ujson.Obj("id" -> name, "seq" -> sent, "value" -> value, "at" -> service.instance)
        service.notify(sender, "$/progress", item)
      sent += 1
      Future.unit
  }

  private def unlessCancelled(waiting: Future[Unit]) = Future.firstCompletedOf(List(cancelled.future, waiting))

  def more(n: Double): Unit = synchronized {
    credit += n.toLong.max(0).min(mostCredit)
    creditCame.trySuccess(())
    creditCame = Promise()
  }

  def cancel(): Unit = cancelled.tryFailure(RpcError(-32003, "Cancelled"))

/** The requests that are worked on, at most `limit`, or remembered. */
final class Calls(service: Service, limit: Int):
  /** By sender and id, so that nobody can reach the request of somebody else. */
  private val calls = TrieMap.empty[(String, ujson.Value), Call]
  private val places = Semaphore(limit)

  def receiveRequest(sender: String, payload: Array[Byte], correlationData: Option[ByteBuffer]): Unit =
    def refuse(id: ujson.Value, failure: RpcError): Unit =
      service.respond(sender, ujson.Obj("id" -> id, "error" -> failure.toJson), correlationData)
    read(payload) match
      case None => refuse(ujson.Null, RpcError(-32700, "Parse error"))
      case Some(Request(request)) => take(sender, Call(service, sender, request, correlationData))
      case Some(message) if isAnswer(message) => () // or else two sides would answer each other for ever
      case Some(other) =>
        val id = other.objOpt.flatMap(_.get("id")).filter(isId)
        refuse(id.getOrElse(ujson.Null), RpcError(-32600, "Invalid request"))

  private def take(sender: String, call: Call): Unit =
    val key = call.id.map((sender, _))
    key.flatMap(calls.get) match
      case Some(earlier) => earlier.respondAgain()
      case None if places.tryAcquire() =>
        for each <- key do
          calls(each) = call
          after(remembered).foreach(_ => calls.remove(each))
        call.run().onComplete(_ => places.release())
      // Not remembered, so that it may be asked again.
      case None => call.refuse(RpcError(-32004, "Overloaded"))

  def receiveControl(sender: String, payload: Array[Byte]): Unit =
    for
      message <- read(payload).flatMap(_.objOpt)
      params <- message.get("params").flatMap(_.objOpt)
      id <- params.get("id")
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
