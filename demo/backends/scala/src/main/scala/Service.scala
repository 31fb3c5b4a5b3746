package demo

import com.hivemq.client.mqtt.MqttGlobalPublishFilter.ALL
import com.hivemq.client.mqtt.datatypes.MqttQos.AT_LEAST_ONCE
import com.hivemq.client.mqtt.mqtt5.lifecycle.Mqtt5ClientConnectedContext
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck
import com.hivemq.client.mqtt.mqtt5.message.publish.{Mqtt5Publish, Mqtt5PublishBuilder}
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling.{DO_NOT_SEND, SEND}
import com.hivemq.client.mqtt.mqtt5.{Mqtt5AsyncClient, Mqtt5Client, Mqtt5ClientBuilder}

import java.net.{URI, URLDecoder}
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicInteger
import scala.concurrent.ExecutionContext.Implicits.global
import scala.concurrent.{Await, Future}
import scala.concurrent.duration.*
import scala.jdk.FutureConverters.*
import scala.jdk.OptionConverters.*
import scala.util.{Failure, Random, Success, Try}

private val broker = URI(sys.env.getOrElse("WSMQ_URL", "mqtt://localhost"))
private val root = sys.env.getOrElse("WSMQ_ROOT", "app/")
private val service = sys.env.getOrElse("WSMQ_SERVICE", "demo")
private val limit = sys.env.getOrElse("WSMQ_LIMIT", "1000").toInt
private val recordExpiry = sys.env.getOrElse("WSMQ_RECORD_EXPIRY", "600").toLong // seconds
private val patience = 5.seconds // for what is in hand when the service leaves
private val life = 60L // seconds, of a call whose message has no expiry

/** The demo service in Scala, with the HiveMQ client. README.md says how to start it and how it works. */
final class Service:
  val instance: String = f"scala-${Random.nextInt()}%08x"
  /** How long a stream waits for credit. */
  val stall: FiniteDuration = sys.env.getOrElse("WSMQ_STALL", "30000").toInt.millis
  private val requests = s"${root}webapp/req/$service/"
  private val control = s"${root}webapp/svc/$service/"
  private val record = control + instance
  private val calls = Calls(this, limit)
  private val election = Election(instance, () => renew())
  private val since = System.currentTimeMillis()
  private val unacknowledged = AtomicInteger() // messages
  @volatile private var isLeaving = false
  @volatile private var shares = true // the requests, with the other instances
  @volatile private var isOnline = false // as the record says on this connection

  private val client: Mqtt5AsyncClient = clientBuilder()
    .identifier(sys.env.getOrElse("WSMQ_CLIENT_ID", s"$service-$instance"))
    .automaticReconnectWithDefaultConfig()
    .addConnectedListener { case context: Mqtt5ClientConnectedContext => start(context.getConnAck) }
    .addDisconnectedListener { _ => isOnline = false }
    .willPublish(announcement(online = false).asWill())
    .buildAsync()

  def run(): Unit =
    sys.addShutdownHook(stop())
    // Once: a callback of each subscription would be called once more after every reconnection.
    client.publishes(ALL, receive)
    client.connectWith().cleanStart(true).keepAlive(30).send().join()
    while true do // until a signal ends the program
      Thread.sleep(recordExpiry * 500)
      renew()

  /** Subscribes and then tells that requests are answered; after every reconnection again. */
  private def start(answer: Mqtt5ConnAck): Unit =
    election.clear()
    shares = answer.getRestrictions.isSharedSubscriptionAvailable
    val told =
      for
        _ <- Future.sequence(List(s"$record/+", s"${control}_all/+").map(subscribe(_)))
        _ <- subscribeRequests()
        _ <- announce(online = true)
      yield ()
    told.onComplete {
      case Success(_) => println(s"$service/$instance answers")
      case Failure(reason) => Console.err.println(reason.getMessage)
    }

  private def subscribeRequests(): Future[?] =
    if !shares then subscribeAll()
    else
      subscribe(requestsFilter).recoverWith { reason =>
        Console.err.println(reason.getMessage)
        shares = false
        subscribeAll()
      }

  /** Who is there is heard of before the first request. */
  private def subscribeAll() = subscribe(s"$control+", SEND).flatMap(_ => subscribe(requestsFilter))

  private def subscribe(filter: String, retained: Mqtt5RetainHandling = DO_NOT_SEND) =
    client.subscribeWith().topicFilter(filter).qos(AT_LEAST_ONCE).retainHandling(retained).send().asScala

  private def requestsFilter = if shares then s"$$share/$service/$requests+" else s"$requests+"

  /** The id is empty where there is none. */
  def isOurs(sender: String, id: String): Boolean = shares || election.elects(sender, id)

  /** What has come before the broker stops sending requests is answered, and acknowledged. */
  private def stop(): Unit =
    Try {
      isLeaving = true
      val end = patience.fromNow
      Await.ready(announce(online = false), patience)
      client.unsubscribeWith().topicFilter(requestsFilter).send().get(patience.length, patience.unit)
      while (!calls.isIdle || unacknowledged.get > 0) && end.hasTimeLeft() do Thread.sleep(5)
      client.disconnect().get(patience.length, patience.unit)
    }.failed.foreach(reason => Console.err.println(s"The broker was not told: $reason"))

  private def announce(online: Boolean): Future[?] = synchronized {
    if online && isLeaving then Future.unit
    else
      isOnline = online
      publish(announcement(online))
  }

  /** Tells again that this instance answers, before the record expires, which is for one that died with its broker. */
  private def renew(): Unit = synchronized { if isOnline then publish(announcement(online = true)) }

  private def announcement(online: Boolean): Mqtt5Publish =
    val about = ujson.Obj("online" -> online, "service" -> service, "instance" -> instance)
    if online then
      about("version") = "1.0.0"
      about("methods") = Methods.all.keys
      about("since") = since.toDouble
    message(record, about).retain(true).messageExpiryInterval(recordExpiry).build()

  /** Runs on a thread of the client, which must not be kept waiting, and takes no more messages after an exception. */
  private def receive(publish: Mqtt5Publish): Unit =
    try take(publish)
    catch case failure: (Exception | StackOverflowError) => Console.err.println(failure)

  private def take(publish: Mqtt5Publish): Unit =
    val topic = publish.getTopic.toString
    val sender = topic.substring(topic.lastIndexOf('/') + 1)
    if topic == control + sender then election.receiveRecord(sender, publish)
    else if publish.isRetain || !isUid(sender) then () // only records are ever retained
    else if topic.startsWith(requests) then
      val lives = publish.getMessageExpiryInterval.orElse(life).seconds
      calls.receiveRequest(sender, publish.getPayloadAsBytes, lives, publish.getCorrelationData.toScala)
    else calls.receiveControl(sender, publish.getPayloadAsBytes)

  /** The client sends in the order of these calls. */
  def respond(sender: String, response: ujson.Obj, correlationData: Option[ByteBuffer]): Unit =
    publish(message(responses(sender), response).correlationData(correlationData.orNull).build())

  def notify(sender: String, method: String, params: ujson.Value): Unit =
    publish(message(responses(sender), ujson.Obj("method" -> method, "params" -> params)).build())

  /** Completes when the broker has it; the client keeps to how much that takes at once. */
  private def publish(message: Mqtt5Publish): Future[?] =
    unacknowledged.incrementAndGet()
    client.publish(message).asScala.andThen { outcome =>
      unacknowledged.decrementAndGet()
      outcome.failed.foreach(reason => Console.err.println(reason.getMessage))
    }

  private def responses(sender: String) = s"${root}webapp/res/$sender"

  private def message(topic: String, content: ujson.Obj): Mqtt5PublishBuilder.Complete =
    content("jsonrpc") = "2.0"
    Mqtt5Publish.builder().topic(topic).qos(AT_LEAST_ONCE).contentType("application/json").payload(ujson.writeToByteArray(content))

/** For mqtt://[user:password@]host[:port] or mqtts://. */
private def clientBuilder(): Mqtt5ClientBuilder =
  val secure = broker.getScheme == "mqtts"
  require(secure || broker.getScheme == "mqtt", "WSMQ_URL begins with mqtt:// or mqtts://")
  val port = if broker.getPort >= 0 then broker.getPort else if secure then 8883 else 1883
  val builder = Mqtt5Client.builder().serverHost(broker.getHost).serverPort(port)
  if secure then builder.sslWithDefaultConfig()
  for credentials <- Option(broker.getRawUserInfo) do
    val (user, password) = credentials.span(_ != ':')
    builder.simpleAuth().username(decoded(user)).password(decoded(password.drop(1)).getBytes("UTF-8")).applySimpleAuth()
  builder

/** Undoes the percent encoding: of each part by itself, for a user name may have a colon. */
private def decoded(part: String): String = URLDecoder.decode(part.replace("+", "%2B"), "UTF-8")

@main def serve(): Unit = Service().run()
