(ns demo.call
  "One request or notification while it is worked on: what methods need of it."
  (:require [clojure.string :as string])
  (:import (java.util.concurrent Semaphore TimeUnit)))

(def ^:private first-credit 64) ; items of a stream that need no credit
(def ^:private most-credit 256) ; items that are allowed and not yet sent

(defn failure
  "What the caller is told. `more` holds further members of the error."
  ([code message] (failure code message {}))
  ([code message more] (ex-info message {:error (merge {"code" code "message" message} more)})))

(def dropped
  "Ends a call of which nobody takes the answer."
  (ex-info "Dropped" {}))

(defn call
  "It lives for `life` seconds, and a stream waits for credit for `stall` ms. `send-progress` is given the parameters of
  each $/progress. Without an id it is a notification."
  [sender request {:keys [life stall instance send-progress]}]
  {:sender sender
   :id (get request "id")
   :method (get request "method")
   :params (get request "params")
   :instance instance
   :send-progress send-progress
   :deadline (+ (System/nanoTime) (* life 1000000000))
   :stall stall
   :credit (Semaphore. first-credit)
   :sent (atom 0)
   :cancelled (promise)
   :response (promise)})

(defn user
  "The sender is {org}:{user}:{random}. It comes from the topic, which the broker's access rules vouch for."
  [{:keys [sender]}]
  (string/join ":" (take 2 (string/split sender #":"))))

(defn- milliseconds-left [{:keys [deadline]}]
  (inc (quot (- deadline (System/nanoTime)) 1000000)))

(defn check-open [{:keys [cancelled deadline]}]
  (when (realized? cancelled) (throw (failure -32003 "Cancelled")))
  (when-not (neg? (- (System/nanoTime) deadline)) (throw dropped)))

(defn sleep [{:keys [cancelled] :as call} milliseconds]
  (deref cancelled (min milliseconds (milliseconds-left call)) nil)
  (check-open call))

(defn progress
  "Sends one item of a stream, once the caller has granted credit for it."
  [{:keys [id instance send-progress stall ^Semaphore credit sent] :as call} value]
  (when-not id (throw dropped)) ; nobody takes the items of a notification
  (let [credited (.tryAcquire credit (min stall (milliseconds-left call)) TimeUnit/MILLISECONDS)]
    (check-open call)
    (when-not credited (throw (failure -32003 "Nobody takes the stream"))))
  (send-progress {"id" id "seq" @sent "value" value "at" instance})
  (swap! sent inc))

(defn more [{:keys [^Semaphore credit]} n]
  (when (pos-int? n)
    (.release credit (max 0 (min n (- most-credit (.availablePermits credit)))))))

(defn cancel [{:keys [^Semaphore credit cancelled]}]
  (deliver cancelled true)
  (.release credit)) ; whoever waits for credit looks again
