// Errors of the messaging layer.
import { layerErrorNames } from '../../boundary/layer.js'
import { MqttError } from '../../glue/errors.js'
import type { LayerError } from '../wsmq-webapp.js'
import { textAt } from './text.js'

/** A name in the public type that the layer does not have does not compile, nor the other way round. */
const names: readonly LayerError[] = layerErrorNames
type Names = (typeof layerErrorNames)[number]

export const layerErrorNumber = (name: LayerError & Names): number => names.indexOf(name satisfies Names)

/** @param error of wsmq::patterns::Error */
export const nameOfLayerError = (error: number): LayerError => names[error]

/** @param error of wsmq::patterns::Error */
export function describeLayerError(error: number): string {
  return textAt(_wsmq_webapp_describe(error))
}

/** @param answer an error below 0 */
export function checkAnswer(answer: number, subject: string): number {
  if (answer >= 0) return answer
  throw new MqttError(nameOfLayerError(-answer), `${subject}: ${describeLayerError(-answer)}`)
}
