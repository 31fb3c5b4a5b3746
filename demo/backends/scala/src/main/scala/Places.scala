package demo

/** The bound on the calls that are worked on: `limit` at a time, and half of that for one account. */
final class Places(limit: Int):
  private var taken = Map.empty[String, Int]

  /** Whether there was a place left. */
  def take(account: String): Boolean = synchronized {
    val own = taken.getOrElse(account, 0)
    val isFree = taken.values.sum < limit && own < (limit / 2).max(1)
    if isFree then taken += account -> (own + 1)
    isFree
  }

  def free(account: String): Unit = synchronized {
    taken = taken.updatedWith(account)(_.map(_ - 1).filter(_ > 0))
  }
