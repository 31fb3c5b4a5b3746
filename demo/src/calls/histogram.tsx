// How long the latest calls of a method took.
import { milliseconds, plural } from '../ui/text.js'

/** Upper bounds in milliseconds: each about 1.6 times the one before. */
const BOUNDS = [0.5, 1, 1.6, 2.5, 4, 6.3, 10, 16, 25, 40, 63, 100, 160, 250, 400, 630, 1000, 2500, 10_000, Infinity]

export function bucketsOf(times: readonly number[]): number[] {
  const counts = BOUNDS.map(() => 0)
  for (const each of times) {
    const index = BOUNDS.findIndex((bound) => each <= bound)
    counts[index] = (counts[index] ?? 0) + 1
  }
  return counts
}

export function quantile(times: readonly number[], part: number): number {
  const sorted = [...times].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN
}

export function Histogram({ times }: { times: readonly number[] }) {
  if (times.length === 0) return null
  const counts = bucketsOf(times)
  const first = Math.max(0, counts.findIndex(Boolean) - 2)
  const last = Math.min(counts.length - 1, counts.findLastIndex(Boolean) + 2)
  const shown = counts.slice(first, last + 1)
  const highest = Math.max(...shown)
  const facts = `${plural(times.length, 'call')}: half within ${milliseconds(quantile(times, 0.5))}, 95 % within ${milliseconds(quantile(times, 0.95))}`
  return (
    <figure class="histogram" aria-label="Latencies">
      <figcaption>{facts}</figcaption>
      <div class="bars">
        {shown.map((count, index) => {
          const bound = BOUNDS[first + index] as number
          const title = bound === Infinity ? `over 10 s: ${count}` : `up to ${milliseconds(bound)}: ${count}`
          return (
            <div key={bound} class="column" title={title}>
              <span style={{ height: `${(count / highest) * 100}%` }} data-count={count} />
              <small>{bound === Infinity ? '∞' : bound >= 1000 ? `${bound / 1000} s` : bound}</small>
            </div>
          )
        })}
      </div>
    </figure>
  )
}
