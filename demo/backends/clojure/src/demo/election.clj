(ns demo.election
  "Who answers where the broker has no shared subscriptions: all instances receive everything, and come to the same one."
  (:require [clojure.data.json :as json])
  (:import (com.hivemq.client.mqtt.mqtt5.message.publish Mqtt5Publish)
           (java.nio.charset StandardCharsets)
           (java.util.concurrent CompletableFuture TimeUnit)))

(def ^:private longest-record 4096) ; bytes
(def ^:private longest-delay 500) ; ms until a newcomer is told that this instance is there
(def ^:private shortest-pause 2000) ; ms between two times, twice as long after each,
(def ^:private longest-pause 64000) ; up to this; from the beginning when nobody has come for so long

(def ^:private never 0x100000000) ; seconds, more than a record's expiry can be

(defn- now [] (quot (System/nanoTime) 1000000))

(defn election
  "`tell` publishes the record of `own` again."
  [own tell]
  (let [long-ago (- (now) longest-pause)]
    {:own own
     :tell tell
     :online (atom {}) ; when their records expire, as the broker tells on this connection, this instance included
     :pace (atom {:pause 0, :due long-ago, :newcomer long-ago})})) ; :due is when newcomers are told, or were

(defn clear
  "On each connection the broker tells of everybody anew."
  [{:keys [online]}]
  (reset! online {}))

(defn- after-newcomer
  "The pace when somebody has come; one that is about to be told changes nothing."
  [{:keys [pause due newcomer] :as pace} time]
  (let [pause (if (>= (- time newcomer) longest-pause) 0 pause)
        pace (assoc pace :newcomer time)]
    (if (< time due)
      pace
      (assoc pace
             :due (max (+ time (rand-int (inc longest-delay))) (+ due (max pause shortest-pause)))
             :pause (-> (* 2 pause) (max shortest-pause) (min longest-pause))))))

(defn- greet
  "A newcomer may be at a broker that does not deliver what is retained."
  [{:keys [pace tell]}]
  (let [time (now)
        [before after] (swap-vals! pace after-newcomer time)]
    (when-not (= (:due before) (:due after))
      (.execute (CompletableFuture/delayedExecutor (- (:due after) time) TimeUnit/MILLISECONDS) ^Runnable tell))))

(defn- online? [^bytes payload]
  (try
    (true? (get (json/read-str (String. payload StandardCharsets/UTF_8)) "online"))
    (catch Exception _ false)
    (catch StackOverflowError _ false)))

(defn receive-record [{:keys [own online] :as election} instance ^Mqtt5Publish publish]
  (when (and (<= (count (.getPayloadAsBytes publish)) longest-record) (re-matches #"(?!_)[A-Za-z0-9_.-]{1,64}" instance))
    (if (online? (.getPayloadAsBytes publish))
      (let [expires (+ (now) (* 1000 (.orElse (.getMessageExpiryInterval publish) never)))
            [before] (swap-vals! online assoc instance expires)]
        (when-not (or (before instance) (.isRetain publish) (= instance own)) (greet election)))
      (swap! online dissoc instance))))

(defn- mix ^long [^long value] (bit-xor value (unsigned-bit-shift-right value 33)))

(defn- weight
  "FNV-1a of 64 bits and MurmurHash3's finalizer, in the order of numbers without sign."
  [^String text]
  (let [add (fn [^long hash ^long each] (unchecked-multiply (bit-xor hash (bit-and each 0xff)) 0x100000001b3))
        hash (long (reduce add (unchecked-long 0xcbf29ce484222325) (.getBytes text StandardCharsets/UTF_8)))
        hash (unchecked-multiply (mix hash) (unchecked-long 0xff51afd7ed558ccd))
        hash (unchecked-multiply (mix hash) (unchecked-long 0xc4ceb9fe1a85ec53))]
    (bit-xor (mix hash) Long/MIN_VALUE)))

(defn elects?
  "Whether this instance answers; the id is empty where there is none."
  [{:keys [own online]} uid id]
  (let [time (now)
        alive (keep (fn [[instance expires]] (when (< time expires) instance)) @online)] ; a broker that died said nothing
    (= own (last (sort-by (juxt #(weight (str % "/" uid "/" id)) identity) alive)))))
