const subscribed = new WeakSet()

/** Subscribes to all that the other end sends; once. */
export async function listen(peer) {
  if (subscribed.has(peer)) return
  await peer.subscribe('bench/out/#')
  subscribed.add(peer)
}

/** The text of the next message on this topic. */
export function answer(peer, wanted) {
  return new Promise((resolve) => {
    peer.onMessage((topic, message) => {
      if (topic === wanted) resolve(peer.text(message))
    })
  })
}
