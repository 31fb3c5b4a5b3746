(ns demo.methods
  "The methods. Each takes the call; what one returns, or the failure that it throws, is the response."
  (:require [demo.call :as call :refer [failure]]))

(def ^:private devices
  {"acme:ann" ["SN-1001" "SN-1002"]
   "acme:bob" ["SN-2001"]})

(defn- check [condition usage]
  (when-not condition (throw (failure -32602 usage))))

(defn- sum [{:keys [params]}]
  (check (and (vector? params) (every? number? params)) "sum takes an array of numbers")
  (let [total (reduce + 0.0 params)]
    (check (Double/isFinite total) "the sum is too large") ; JSON has no infinite number
    total))

(defn- slow [{:keys [params] :as call}]
  (check (or (nil? params) (map? params)) "slow takes {steps, delay}")
  (let [{:strs [steps delay] :or {steps 5 delay 500}} params]
    (check (and (nat-int? steps) (<= steps Integer/MAX_VALUE) (number? delay) (<= 0 delay 1e9)) "slow takes {steps, delay}, delay in milliseconds")
    (doseq [step (range 1 (inc steps))]
      (call/sleep call (long delay))
      (call/progress call step))
    steps))

(defn- fail [{:keys [params]}]
  (check (or (nil? params) (map? params)) "fail takes {code, message, data}")
  (let [{:strs [code message] :or {code 1 message "failed on request"}} params]
    (check (and (int? code) (string? message)) "fail takes {code, message, data}")
    (throw (failure code message (select-keys params ["data"])))))

(def all
  {"echo" :params
   "sum" sum
   "slow" slow
   "fail" fail
   "devices.list" #(get devices (call/user %) [])})
