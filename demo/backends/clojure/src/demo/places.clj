(ns demo.places
  "The bound on the calls that are worked on.")

(defn places
  "For `limit` calls at a time, and half of that for one account."
  [limit]
  {:limit limit
   :share (max 1 (quot limit 2))
   :taken (atom {})}) ; how many each account has

(defn take-place
  "Whether there was a place left."
  [{:keys [limit share taken]} account]
  (let [free? #(and (< (reduce + (vals %)) limit) (< (% account 0) share))
        [before after] (swap-vals! taken #(if (free? %) (update % account (fnil inc 0)) %))]
    (not (identical? before after))))

(defn free-place [{:keys [taken]} account]
  (swap! taken #(if (= (% account) 1) (dissoc % account) (update % account dec))))
