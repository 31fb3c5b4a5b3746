(ns demo.call
  "One request while it is worked on: what methods need of it."
  (:require [clojure.string :as string])
  (:import (java.util.concurrent Semaphore)))

(def ^:private first-credit 64) ; items of a stream that need no credit
(def ^:private most-credit 1000000) ; at a time

(defn failure
  "What the caller is told. `more` holds further members of the error."
  ([code message] (failure code message {}))
  ([code message more] (ex-info message {:error (merge {"code" code "message" message} more)})))

(defn call
  "`send-progress` is given the parameters of each $/progress. Without an id it is a notification."
  [sender request instance send-progress]
  {:sender sender
   :id (get request "id")
   :method (get request "method")
   :params (get request "params")
   :instance instance
   :send-progress send-progress
   :credit (Semaphore. first-credit)
   :sent (atom 0)
   :cancelled (promise)
   :response (promise)})

(defn user
  "The sender is {org}:{user}:{random}. It comes from the topic, which the broker's access rules vouch for."
  [{:keys [sender]}]
  (string/join ":" (take 2 (string/split sender #":"))))

(defn- check-cancelled [{:keys [cancelled]}]
  (when (realized? cancelled) (throw (failure -32003 "Cancelled"))))

(defn sleep [{:keys [cancelled] :as call} milliseconds]
  (deref cancelled milliseconds nil)
  (check-cancelled call))

(defn progress
  "Sends one item of a stream, once the caller has granted credit for it."
  [{:keys [id instance send-progress ^Semaphore credit sent] :as call} value]
  (.acquire credit)
  (check-cancelled call)
  (when id (send-progress {"id" id "seq" @sent "value" value "at" instance}))
  (swap! sent inc))

(defn more [{:keys [^Semaphore credit]} n]
  (when (and (pos-int? n) (< (.availablePermits credit) most-credit)) ; a semaphore has a limit
    (.release credit (min n most-credit))))

(defn cancel [{:keys [^Semaphore credit cancelled]}]
  (deliver cancelled true)
  (.release credit)) ; whoever waits for credit looks again
