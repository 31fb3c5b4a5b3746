(ns demo.calls
  "Requests: how they are read, answered once, cancelled and given credit."
  (:require [clojure.data.json :as json]
            [demo.call :as call :refer [failure]]
            [demo.methods :as methods]
            [demo.places :as places])
  (:import (java.nio ByteBuffer)
           (java.nio.charset StandardCharsets)
           (java.util.concurrent Executors ScheduledExecutorService TimeUnit)))

(def ^:private remembered 60) ; seconds that a response is kept for duplicates of its request
(def ^:private longest-id 256) ; bytes of JSON

(def ^:private ^ScheduledExecutorService timer (Executors/newSingleThreadScheduledExecutor))

(defn calls
  "`limit` calls are worked on at a time; a stream waits for credit for `stall` ms. `respond` takes a sender, a response
  and the Correlation Data; `progress` a sender and parameters; `ours?` a sender and the characters of an id, and tells
  whether this instance answers."
  [{:keys [limit stall instance respond progress ours?]}]
  {:by-sender-and-id (atom {}) ; so that nobody can reach the request of somebody else
   :places (places/places limit)
   :stall stall
   :instance instance
   :respond respond
   :progress progress
   :ours? ours?
   :open (atom 0)}) ; requests that are worked on

(defn idle?
  "Whether no request is worked on; nobody waits for notifications."
  [{:keys [open]}]
  (zero? @open))

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
  (and (or (string? value) (and (number? value) (not (infinite? value))))
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
  "What the method returns or throws, as a response; nil when nobody takes it."
  [{:keys [id method sent] :as call}]
  (try
    (let [implementation (or (methods/all method) (throw (failure -32601 (str "There is no method " method))))
          result (implementation call)]
      (call/check-open call)
      (cond-> {"id" id "result" result}
        (pos? @sent) (assoc "count" @sent)))
    (catch Exception reason
      (when-not (identical? reason call/dropped)
        (when-not (:error (ex-data reason)) (binding [*out* *err*] (println reason)))
        {"id" id "error" (:error (ex-data reason) {"code" -32603 "message" "Internal error"})}))))

(defn- respond-again
  "Unless the response is still on its way."
  [{:keys [respond]} {:keys [sender response correlation-data]}]
  (when (realized? response)
    (respond sender @response correlation-data)))

(defn- forget
  "At once where there is no response that a duplicate could get."
  [{:keys [by-sender-and-id]} {:keys [sender id response]}]
  (let [patience (if (realized? response) remembered 0)]
    (.schedule timer ^Runnable #(swap! by-sender-and-id dissoc [sender id]) (long patience) TimeUnit/SECONDS)))

(defn- start [{:keys [places open] :as calls} {:keys [id response] :as call}]
  (when id (swap! open inc))
  (future
    (try
      (when-let [answer (work call)]
        (when id
          (deliver response answer)
          (respond-again calls call)))
      (finally
        (places/free-place places (call/user call))
        (when id
          (swap! open dec)
          (forget calls call))))))

(defn- take-request [{:keys [by-sender-and-id places respond] :as calls} {:keys [sender id] :as call}]
  (let [key [sender id]
        earlier (when id (@by-sender-and-id key))]
    (cond
      earlier (respond-again calls earlier)
      (places/take-place places (call/user call)) (do (when id (swap! by-sender-and-id assoc key call))
                                                      (start calls call))
      ;; Not remembered, so that it may be asked again.
      id (respond sender {"id" id "error" {"code" -32004 "message" "Overloaded"}} (:correlation-data call)))))

(defn receive-request
  "Only checks, for it runs on a thread of the client; the work is a future's. `life` is in seconds."
  [{:keys [stall instance respond progress ours?] :as calls} sender payload life correlation-data]
  (let [[message :as parsed] (parse payload)]
    (cond
      (not (ours? sender (if (request? message) (str (get message "id")) ""))) nil
      (nil? parsed) (respond sender {"id" nil "error" {"code" -32700 "message" "Parse error"}} correlation-data)
      (request? message) (let [options {:life life :stall stall :instance instance :send-progress #(progress sender %)}
                               call (call/call sender message options)]
                           (take-request calls (assoc call :correlation-data correlation-data)))
      (answer? message) nil ; or else two sides would answer each other for ever
      :else (let [id (when (map? message) (get message "id"))]
              (respond sender
                       {"id" (when (id? id) id) "error" {"code" -32600 "message" "Invalid request"}}
                       correlation-data)))))

(defn receive-control [{:keys [by-sender-and-id]} sender payload]
  (let [[message] (parse payload)
        {:strs [method params]} (when (map? message) message)
        {:strs [id n]} (when (map? params) params)]
    (when-let [call (when (id? id) (@by-sender-and-id [sender id]))]
      (case method
        "$/cancelRequest" (call/cancel call)
        "$/more" (call/more call n)
        nil))))
