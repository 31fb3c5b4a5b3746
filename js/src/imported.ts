import { MqttError } from './errors.js'

/**
 * A script that is loaded when something needs it. Rejects with MqttError (`load_failed`). The import() is the caller's, as
 * bundlers look for it.
 */
export function imported<T>(name: string, script: Promise<T>): Promise<T> {
  return script.catch((cause: unknown) => {
    throw new MqttError(
      'load_failed',
      `The script ${name} of this package could not be loaded: see the cause. Serve all files of dist/, or of the application's build, together. If another version was deployed meanwhile, reload the page.`,
      { cause },
    )
  })
}
