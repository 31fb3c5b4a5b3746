package demo

/** The bound on the calls that are worked on: [limit] at a time, and half of that for one account. */
class Places(private val limit: Int) {
    private val taken = mutableMapOf<String, Int>()

    /** Returns whether there was a place left. */
    @Synchronized
    fun take(account: String): Boolean {
        val own = taken[account] ?: 0
        if (taken.values.sum() >= limit || own >= maxOf(1, limit / 2)) return false
        taken[account] = own + 1
        return true
    }

    @Synchronized
    fun free(account: String) {
        taken.computeIfPresent(account) { _, own -> if (own > 1) own - 1 else null }
    }
}
