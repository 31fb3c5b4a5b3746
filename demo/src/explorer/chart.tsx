// A number over time.
import { useEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'
import { isDark } from '../ui/theme.js'

interface ChartProps {
  label: string
  /** Seconds since 1970. */
  times: readonly number[]
  values: readonly (number | null)[]
}

const HEIGHT = 150

export function Chart({ label, times, values }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<UPlot | undefined>(undefined)
  const dark = isDark()

  useEffect(() => {
    const element = place.current as HTMLDivElement
    const made = new UPlot(optionsOf(label, element), [[], []], element)
    chart.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
    }
  }, [label, dark])

  useEffect(() => chart.current?.setData([times as number[], values as (number | null)[]]), [times, values, label, dark])

  const last = values.findLast((value) => value !== null)
  return <div ref={place} class="chart" role="img" aria-label={`${label} over time: ${values.length} values, now ${last}`} />
}

function optionsOf(label: string, element: HTMLElement): UPlot.Options {
  const style = getComputedStyle(element)
  const [line, grid, text] = ['--accent', '--line', '--quiet'].map((name) => resolved(element, style, name)) as [string, string, string]
  const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: `11px ${style.fontFamily}` }
  return {
    width: element.clientWidth || 300,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false },
    // One value alone would have years around it.
    scales: { x: { range: (_, min, max) => (min === max ? [min - 30, max + 30] : [min, max]) } },
    series: [
      {},
      {
        label,
        stroke: line,
        width: 2,
        fill: `color-mix(in srgb, ${line} 12%, transparent)`,
        points: { show: ({ data }) => data[0].length === 1 },
        spanGaps: true,
      },
    ],
    axes: [axis, { ...axis, size: 52 }],
  }
}

/** A canvas knows no light-dark(): what the element would be drawn with. */
function resolved(element: HTMLElement, style: CSSStyleDeclaration, name: string): string {
  const before = element.style.color
  element.style.color = `var(${name})`
  const { color } = style
  element.style.color = before
  return color
}
