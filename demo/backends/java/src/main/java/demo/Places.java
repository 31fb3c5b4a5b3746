package demo;

import java.util.HashMap;
import java.util.Map;

/** The bound on the calls that are worked on: so many at a time, and half of that for one account. */
final class Places {
    private final int limit;
    private final Map<String, Integer> taken = new HashMap<>();
    private int open;

    Places(int limit) {
        this.limit = limit;
    }

    /** @return whether there was a place left */
    synchronized boolean take(String account) {
        var own = taken.getOrDefault(account, 0);
        if (open >= limit || own >= Math.max(1, limit / 2)) return false;
        ++open;
        taken.put(account, own + 1);
        return true;
    }

    synchronized void free(String account) {
        --open;
        taken.computeIfPresent(account, (name, own) -> own > 1 ? own - 1 : null);
    }
}
