(ns demo.service
  "The demo service in Clojure, with the HiveMQ client. README.md says how to start it and how it works."
  (:require [clojure.data.json :as json]
            [clojure.string :as string]
            [demo.calls :as calls]
            [demo.election :as election]
            [demo.methods :as methods]
            [demo.uid :as uid])
  (:import (com.hivemq.client.mqtt MqttGlobalPublishFilter)
           (com.hivemq.client.mqtt.datatypes MqttQos)
           (com.hivemq.client.mqtt.lifecycle MqttClientConnectedListener MqttClientDisconnectedListener)
           (com.hivemq.client.mqtt.mqtt5 Mqtt5AsyncClient Mqtt5Client Mqtt5ClientBuilder)
           (com.hivemq.client.mqtt.mqtt5.lifecycle Mqtt5ClientConnectedContext)
           (com.hivemq.client.mqtt.mqtt5.message.publish Mqtt5Publish Mqtt5PublishBuilder$Complete)
           (com.hivemq.client.mqtt.mqtt5.message.subscribe Mqtt5RetainHandling)
           (java.net URI URLDecoder)
           (java.nio ByteBuffer)
           (java.util.concurrent CompletableFuture TimeUnit)
           (java.util.function BiConsumer Consumer Function)))

(defn- variable [name otherwise] (or (System/getenv name) otherwise))

(def ^:private ^URI broker (URI. (variable "WSMQ_URL" "mqtt://localhost")))
(def ^:private root (variable "WSMQ_ROOT" "app/"))
(def ^:private service (variable "WSMQ_SERVICE" "demo"))
(def ^:private limit (parse-long (variable "WSMQ_LIMIT" "1000")))
(def ^:private stall (parse-long (variable "WSMQ_STALL" "30000")))
(def ^:private record-expiry (parse-long (variable "WSMQ_RECORD_EXPIRY" "600"))) ; seconds
(def ^:private patience 5) ; seconds for what is in hand when the service leaves
(def ^:private life 60) ; seconds, of a call whose message has no expiry
(def ^:private since (System/currentTimeMillis))
(def ^:private instance (format "clojure-%08x" (rand-int Integer/MAX_VALUE)))
(def ^:private requests (str root "webapp/req/" service "/"))
(def ^:private control (str root "webapp/svc/" service "/"))
(def ^:private record (str control instance))

(defn- complain [reason] (binding [*out* *err*] (println (str reason))))

(defn- message ^Mqtt5PublishBuilder$Complete [^String topic content]
  (-> (Mqtt5Publish/builder)
      (.topic topic)
      (.qos MqttQos/AT_LEAST_ONCE)
      (.contentType "application/json")
      (.payload (.getBytes ^String (json/write-str content :escape-unicode false) "UTF-8"))))

(defn- announcement
  "The retained record, which tells whether this instance answers."
  ^Mqtt5Publish [online]
  (let [about {"online" online "service" service "instance" instance}
        more {"version" "1.0.0" "methods" (keys methods/all) "since" since}]
    (-> (message record (if online (merge about more) about))
        (.retain true)
        (.messageExpiryInterval (long record-expiry))
        .build)))

(defn- decoded
  "Undoes the percent encoding: of each part by itself, for a user name may have a colon."
  ^String [part]
  (URLDecoder/decode (string/replace part "+" "%2B") "UTF-8"))

(defn- client-builder
  "For mqtt://[user:password@]host[:port] or mqtts://."
  ^Mqtt5ClientBuilder []
  (let [secure (= (.getScheme broker) "mqtts")
        port (cond (not (neg? (.getPort broker))) (.getPort broker) secure 8883 :else 1883)
        builder (-> (Mqtt5Client/builder) (.serverHost (.getHost broker)) (.serverPort (int port)))]
    (when-not (or secure (= (.getScheme broker) "mqtt"))
      (throw (IllegalArgumentException. "WSMQ_URL begins with mqtt:// or mqtts://")))
    (when secure (.sslWithDefaultConfig builder))
    (when-let [[user password] (some-> (.getRawUserInfo broker) (string/split #":" 2))]
      (-> (.simpleAuth builder)
          (.username (decoded user))
          (.password (.getBytes (decoded (str password)) "UTF-8"))
          .applySimpleAuth))
    builder))

(declare start)

(def ^:private is-online (atom false)) ; as the record says on this connection

(def ^:private ^Mqtt5AsyncClient client
  (-> (client-builder)
      (.identifier (variable "WSMQ_CLIENT_ID" (str service "-" instance)))
      .automaticReconnectWithDefaultConfig
      (.addConnectedListener (reify MqttClientConnectedListener (onConnected [_ context] (start context))))
      (.addDisconnectedListener (reify MqttClientDisconnectedListener (onDisconnected [_ _] (reset! is-online false))))
      (.willPublish (.asWill (announcement false)))
      .buildAsync))

(def ^:private unacknowledged (atom 0)) ; messages

(defn- publish
  "The client sends in the order of these calls, and keeps to how much the broker takes at once."
  ^CompletableFuture [^Mqtt5Publish publish]
  (swap! unacknowledged inc)
  (-> (.publish client publish)
      (.whenComplete (reify BiConsumer
                       (accept [_ _ reason]
                         (swap! unacknowledged dec)
                         (when reason (complain reason)))))))

(def ^:private leaving (atom false))

(defn- announce ^CompletableFuture [online]
  (locking is-online
    (if (and online @leaving)
      (CompletableFuture/completedFuture nil)
      (do
        (reset! is-online online)
        (publish (announcement online))))))

(defn- renew
  "Tells again that this instance answers, before the record expires, which is for one that died with its broker."
  []
  (locking is-online
    (when @is-online (publish (announcement true)))))

(def ^:private election (election/election instance renew))
(def ^:private shares (atom true)) ; the requests, with the other instances

(defn- requests-filter [] (str (when @shares (str "$share/" service "/")) requests "+"))

(defn- send-to [sender content]
  (message (str root "webapp/res/" sender) (assoc content "jsonrpc" "2.0")))

(defn- respond [sender response ^ByteBuffer correlation-data]
  (-> (try
        (send-to sender response)
        (catch Throwable _ ; it is nested too deep, or holds an infinite number
          (send-to sender {"id" (response "id") "error" {"code" -32603 "message" "The result cannot be written"}})))
      (.correlationData correlation-data)
      .build
      publish))

(defn- progress [sender params]
  (publish (.build (send-to sender {"method" "$/progress" "params" params}))))

(def ^:private open-calls
  (calls/calls {:limit limit :stall stall :instance instance :respond respond :progress progress
                :ours? #(or @shares (election/elects? election %1 %2))}))

(defn- take-message [^Mqtt5Publish publish]
  (let [topic (str (.getTopic publish))
        sender (subs topic (inc (string/last-index-of topic "/")))
        payload (.getPayloadAsBytes publish)]
    (cond
      (= topic (str control sender)) (election/receive-record election sender publish)
      (or (.isRetain publish) (not (uid/sound? sender))) nil ; only records are ever retained
      (string/starts-with? topic requests) (calls/receive-request open-calls sender payload
                                                                  (.orElse (.getMessageExpiryInterval publish) life)
                                                                  (.orElse (.getCorrelationData publish) nil))
      :else (calls/receive-control open-calls sender payload))))

(defn- receive
  "Runs on a thread of the client, which must not be kept waiting, and takes no more messages after an exception."
  [publish]
  (try
    (take-message publish)
    (catch Throwable failure (complain failure))))

(defn- subscribe ^CompletableFuture [^String filter & [retained]]
  (-> (.subscribeWith client)
      (.topicFilter filter)
      (.qos MqttQos/AT_LEAST_ONCE)
      (.retainHandling (or retained Mqtt5RetainHandling/DO_NOT_SEND))
      .send))

(defn- then ^CompletableFuture [^CompletableFuture before next]
  (.thenCompose before (reify Function (apply [_ _] (next)))))

(defn- subscribe-all
  "Who is there is heard of before the first request."
  ^CompletableFuture []
  (then (subscribe (str control "+") Mqtt5RetainHandling/SEND) #(subscribe (requests-filter))))

(defn- subscribe-requests ^CompletableFuture []
  (if-not @shares
    (subscribe-all)
    (-> (subscribe (requests-filter))
        (.exceptionallyCompose (reify Function
                                 (apply [_ reason]
                                   (complain reason)
                                   (reset! shares false)
                                   (subscribe-all)))))))

(defn- start
  "Subscribes and then tells that requests are answered; after every reconnection again."
  [^Mqtt5ClientConnectedContext context]
  (election/clear election)
  (reset! shares (-> context .getConnAck .getRestrictions .isSharedSubscriptionAvailable))
  (let [granted (mapv subscribe [(str record "/+") (str control "_all/+")])]
    (-> (CompletableFuture/allOf (into-array CompletableFuture granted))
        (then subscribe-requests)
        (then #(announce true))
        (.whenComplete (reify BiConsumer
                         (accept [_ _ reason]
                           (if reason (complain reason) (println (str service "/" instance " answers")))))))))

(defn- unsubscribe ^CompletableFuture [^String filter]
  (-> (.unsubscribeWith client) (.topicFilter filter) .send))

(defn- stop
  "What has come before the broker stops sending requests is answered, and acknowledged."
  []
  (try
    (reset! leaving true)
    (let [end (+ (System/nanoTime) (* patience 1000000000))]
      (.get (announce false) patience TimeUnit/SECONDS)
      (.get (unsubscribe (requests-filter)) patience TimeUnit/SECONDS)
      (while (and (not (and (calls/idle? open-calls) (zero? @unacknowledged))) (neg? (- (System/nanoTime) end)))
        (Thread/sleep 5))
      (.get (.disconnect client) patience TimeUnit/SECONDS))
    (catch Exception reason (complain reason))))

(defn -main []
  (.addShutdownHook (Runtime/getRuntime) (Thread. ^Runnable stop))
  ;; Once: a callback of each subscription would be called once more after every reconnection.
  (.publishes client MqttGlobalPublishFilter/ALL (reify Consumer (accept [_ publish] (receive publish))))
  (-> (.connectWith client) (.cleanStart true) (.keepAlive 30) .send .join)
  (loop [] ; until a signal ends the program
    (Thread/sleep (long (* 500 record-expiry)))
    (renew)
    (recur)))
