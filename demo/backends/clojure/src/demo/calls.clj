(ns demo.calls
  "Requests: how they are read, answered once, cancelled and given credit."
  (:require [clojure.data.json :as json]
            [demo.call :as call :refer [failure]]
            [demo.methods :as methods])
  (:import (java.nio ByteBuffer)
           (java.nio.charset StandardCharsets)
           (java.util.concurrent Executors Semaphore ScheduledExecutorService TimeUnit)))

(def ^:private remembered 60) ; seconds that a response is kept for duplicates of its request
(def ^:private longest-id 256) ; bytes of JSON

(def ^:private ^ScheduledExecutorService timer (Executors/newSingleThreadScheduledExecutor))

(defn calls
  "`limit` requests are worked on at a time. `respond` takes a sender, a response and the Correlation Data; `progress` a
  sender and parameters."
  [{:keys [limit instance respond progress]}]
  {:by-sender-and-id (atom {}) ; so that nobody can reach the request of somebody else
   :places (Semaphore. limit)
   :instance instance
   :respond respond
   :progress progress})

(defn- parse
  "Takes JSON in UTF-8 and nothing else: returns it in a vector, nil when it is none."
  [^bytes payload]
  (try
    (let [text (str (.decode (.newDecoder StandardCharsets/UTF_8) (ByteBuffer/wrap payload)))
          none (fn [& _] (throw (ex-info "There is more" {})))]
      [(json/read-str text {:extra-data-fn none})])
    (catch Exception _ nil)
    (catch StackOverflowError _ nil)))

(defn- id? [value]
  (and (or (string? value) (number? value))
       (<= (count (.getBytes ^String (json/write-str value :escape-unicode false) "UTF-8")) longest-id)))

(defn- request? [{:strs [jsonrpc id method params] :as message}]
  (and (map? message)
       (= jsonrpc "2.0")
       (string? method)
       (or (id? id) (not (contains? message "id")))
       (or (coll? params) (not (contains? message "params")))))

(defn- answer? [message]
  (and (map? message)
       (not (contains? message "method"))
       (or (contains? message "result") (contains? message "error"))))

(defn- work
  "What the method returns or throws, as a response."
  [{:keys [id method sent] :as call}]
  (try
    (let [implementation (or (methods/all method) (throw (failure -32601 (str "There is no method " method))))
          result (implementation call)]
      (cond-> {"id" id "result" result}
        (pos? @sent) (assoc "count" @sent)))
    (catch Exception reason
      (when-not (:error (ex-data reason)) (binding [*out* *err*] (println reason)))
      {"id" id "error" (:error (ex-data reason) {"code" -32603 "message" "Internal error"})})))

(defn- respond-again
  "Unless the response is still on its way."
  [{:keys [respond]} {:keys [sender response correlation-data]}]
  (when (realized? response)
    (respond sender @response correlation-data)))

(defn- start [{:keys [^Semaphore places] :as calls} call]
  (future
    (try
      (let [response (work call)]
        (when (:id call)
          (deliver (:response call) response)
          (respond-again calls call)))
      (finally (.release places)))))

(defn- remember [{:keys [by-sender-and-id]} key call]
  (swap! by-sender-and-id assoc key call)
  (.schedule timer ^Runnable #(swap! by-sender-and-id dissoc key) (long remembered) TimeUnit/SECONDS))

(defn- take-request [{:keys [by-sender-and-id ^Semaphore places respond] :as calls} {:keys [sender id] :as call}]
  (let [key [sender id]
        earlier (when id (@by-sender-and-id key))]
    (cond
      earlier (respond-again calls earlier)
      (.tryAcquire places) (do (when id (remember calls key call))
                               (start calls call))
      ;; Not remembered, so that it may be asked again.
      id (respond sender {"id" id "error" {"code" -32004 "message" "Overloaded"}} (:correlation-data call)))))

(defn receive-request
  "Only checks, for it runs on a thread of the client; the work is a future's."
  [{:keys [instance respond progress] :as calls} sender payload correlation-data]
  (let [[message :as parsed] (parse payload)]
    (cond
      (nil? parsed) (respond sender {"id" nil "error" {"code" -32700 "message" "Parse error"}} correlation-data)
      (request? message) (take-request calls (assoc (call/call sender message instance #(progress sender %))
                                                    :correlation-data correlation-data))
      (answer? message) nil ; or else two sides would answer each other for ever
      :else (let [id (when (map? message) (get message "id"))]
              (respond sender
                       {"id" (when (id? id) id) "error" {"code" -32600 "message" "Invalid request"}}
                       correlation-data)))))

(defn receive-control [{:keys [by-sender-and-id]} sender payload]
  (let [[message] (parse payload)
        {:strs [method params]} (when (map? message) message)
        {:strs [id n]} (when (map? params) params)]
    (when-let [call (@by-sender-and-id [sender id])]
      (case method
        "$/cancelRequest" (call/cancel call)
        "$/more" (call/more call n)
        nil))))
