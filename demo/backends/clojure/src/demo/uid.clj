(ns demo.uid
  "{org}:{user}:{random}, as the convention allows them.")

(def ^:private longest-part 64) ; bytes

(defn sound? [^String uid]
  (let [part "([^\\x00-\\x1f\\x7f-\\x9f/+#:]+)"
        [_ & parts] (re-matches (re-pattern (str part ":" part ":[a-z0-9]{4,16}")) uid)]
    (boolean (and parts (every? #(<= (count (.getBytes ^String % "UTF-8")) longest-part) parts)))))
