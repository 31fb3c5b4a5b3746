import { element } from './elements.js'

const secondsShown = 60
const numbers = new Intl.NumberFormat()

/** Messages a second, as a number and over the last minute. */
export class RateChart {
  #canvas = element('rate-chart', HTMLCanvasElement)
  #rate = element('rate', HTMLElement)
  #totalText = element('total', HTMLElement)
  /** @type {number[]} */
  #perSecond = Array.from({ length: secondsShown }, () => 0)
  #current = 0
  #total = 0

  constructor() {
    setInterval(() => this.#tick(), 1000)
  }

  count() {
    this.#current++
    this.#total++
  }

  reset() {
    this.#total = 0
    this.#current = 0
    this.#perSecond.fill(0)
    this.#show(0)
  }

  #tick() {
    const rate = this.#current
    this.#current = 0
    this.#perSecond.push(rate)
    this.#perSecond.shift()
    this.#show(rate)
  }

  /** @param {number} rate */
  #show(rate) {
    this.#rate.textContent = numbers.format(rate)
    this.#totalText.textContent = numbers.format(this.#total)
    this.#draw()
  }

  #draw() {
    const { width, height } = this.#canvas
    const context = this.#canvas.getContext('2d')
    if (context === null) return
    const highest = Math.max(1, ...this.#perSecond)
    const bar = width / secondsShown
    context.clearRect(0, 0, width, height)
    context.fillStyle = getComputedStyle(this.#canvas).color
    for (const [index, rate] of this.#perSecond.entries()) {
      const tall = rate === 0 ? 1 : Math.max(3, (rate / highest) * height)
      context.globalAlpha = rate === 0 ? 0.3 : 1
      context.fillRect(index * bar, height - tall, bar - 1, tall)
    }
  }
}
