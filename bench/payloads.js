// What is sent is the same on both sides, so each side can compare every byte with what it must be.

/** Payloads repeat after so many messages; it is also the size of a burst. */
export const poolSize = 100

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789 ,.:;-_"{}[]ABCDEFGHIJKLMNOP'

/** `poolSize` different printable texts of `size` characters. */
export const texts = onceForEach((size) => {
  let state = size + 1
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24
  return Array.from({ length: poolSize }, (_, index) => {
    let text = String(index).padStart(2, '0')
    while (text.length < size) text += alphabet[next() % alphabet.length]
    return text.slice(0, size)
  })
})

export const payloads = onceForEach((size) => {
  const encoder = new TextEncoder()
  return texts(size).map((text) => encoder.encode(text))
})

/** What is made while a row warms up must not be made again while it is measured. */
function onceForEach(make) {
  const made = new Map()
  return (size) => {
    if (!made.has(size)) made.set(size, make(size))
    return made.get(size)
  }
}

/** The topic of the message at `index`; all names have the same length. */
export function topicAt(index, topics) {
  return `bench/out/data/${String(index % topics).padStart(5, '0')}`
}
