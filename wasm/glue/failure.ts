// How outcomes are described to handlers.
import type { Properties } from '../wsmq.js'
import { nameOfError } from './errors.js'
import { noProperties } from './properties.js'

/** What success and failure have in common. */
export function outcomeOf({ invocationContext }: { invocationContext?: unknown }) {
  return invocationContext === undefined ? {} : { invocationContext }
}

/** @param error of wsmq::Errc */
export function failureOf(error: number, reasonCode: number, reasonString?: string, properties?: Properties) {
  const sentences = error === 0 ? [] : [Module.describeError(error)]
  if (reasonCode !== 0) sentences.push(Module.describeReason(reasonCode))
  if (reasonString) sentences.push(reasonString)
  return {
    errorCode: error,
    error: nameOfError(error),
    errorMessage: sentences.join(': '),
    reasonCode,
    ...(reasonString ? { reasonString } : {}),
    ...(properties === undefined || properties === noProperties ? {} : { properties }),
  }
}
