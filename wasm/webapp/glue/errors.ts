// Errors of the messaging layer.
import { layerErrorNames } from '../../boundary/layer.js'
import { MqttError } from '../../glue/errors.js'
import type { LayerError } from '../wsmq-webapp.js'
import { textAt } from './text.js'

// The public type and the layer have the same names: with one more on either side, this does not compile.
const names: readonly LayerError[] = layerErrorNames
type Known = [Exclude<LayerError, (typeof layerErrorNames)[number]>] extends [never] ? LayerError : never

export const layerErrorNumber = (name: Known): number => names.indexOf(name)

/** @param error of wsmq::messaging::Error */
export const nameOfLayerError = (error: number): LayerError => names[error]

/** @param error of wsmq::messaging::Error */
export function describeLayerError(error: number): string {
  return textAt(_wsmq_webapp_describe(error))
}

/** @param answer an error below 0 */
export function checkAnswer(answer: number, subject: string): number {
  if (answer >= 0) return answer
  throw new MqttError(nameOfLayerError(-answer), `${subject}: ${describeLayerError(-answer)}`)
}
