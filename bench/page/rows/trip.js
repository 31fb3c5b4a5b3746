// One exchange outstanding, whatever the adapter takes for one: a text goes out and comes back.

/** @returns {{ trips: number[], milliseconds: number, received: number, wrong: number }} */
export async function run(peer, { size, count }) {
  const trips = []
  let wrong = 0
  const start = performance.now()
  for (let number = 0; number < count; number += 1) {
    const text = String(number).padStart(size, 'x')
    const sent = performance.now()
    const answer = await peer.trip(text)
    trips.push(performance.now() - sent)
    if (answer !== text) wrong += 1
  }
  return { trips, wrong, received: trips.length, milliseconds: performance.now() - start }
}
