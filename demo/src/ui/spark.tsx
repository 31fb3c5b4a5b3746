// A line of the latest values, without axes.

interface SparkProps {
  values: readonly number[]
  label: string
  /** How many values fill its width. */
  most: number
  class?: string
}

const [WIDTH, HEIGHT] = [120, 28]

export function Spark({ values, label, most, class: className = '' }: SparkProps) {
  const highest = Math.max(...values, 1e-9) * 1.1
  const x = (index: number) => ((index + most - values.length) / Math.max(1, most - 1)) * WIDTH
  const y = (value: number) => HEIGHT - 1.5 - (value / highest) * (HEIGHT - 3)
  const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`)
  const last = values.at(-1)
  return (
    <svg class={`spark ${className}`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {points.length > 1 && <polygon points={`${x(0).toFixed(1)},${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`} />}
      {points.length > 1 && <polyline points={points.join(' ')} vector-effect="non-scaling-stroke" />}
      {last !== undefined && points.length === 1 && <circle cx={WIDTH - 2} cy={y(last)} r="2" />}
    </svg>
  )
}
