// What the engine asks the application for: an address, credentials, authentication data.
import type { Properties } from '../wsmq.js'
import { bytesOf, encodeText, nothing, passArguments, textEncoder } from './bytes.js'
import { MqttError, mqttError } from './errors.js'
import { type Link, reportThrown } from './link.js'
import { connectUri } from './options.js'

/** Calls a function that may return a promise. An answer that comes after the end of the attempt is ignored. */
function awaitAnswer<T>(link: Link, ask: () => T | Promise<T>, use: (answer: T) => void, fail: (thrown: unknown) => void) {
  const attempt = ++link.attempt
  const isCurrent = () => link.attempt === attempt && link.connection !== 0
  const failed = (thrown: unknown) => {
    if (isCurrent()) fail(thrown)
  }
  const answered = (answer: T) => {
    if (!isCurrent()) return
    try {
      use(answer)
    } catch (thrown) {
      failed(thrown)
    }
  }
  try {
    const answer = ask()
    if (isThenable(answer)) answer.then(answered, failed)
    else answered(answer)
  } catch (thrown) {
    failed(thrown)
  }
}

function isThenable<T>(answer: T | Promise<T>): answer is Promise<T> {
  return typeof (answer as Promise<T> | null | undefined)?.then === 'function'
}

/** @param begin what follows once there is an address */
export function askForAddress(link: Link, address: () => string | Promise<string>, begin: () => void): void {
  const { client, options } = link
  link.cause = new MqttError('connect_timed_out', 'The function that gives the address did not answer in time.')
  awaitAnswer(
    link,
    () => address.call(client),
    (answer) => {
      const uri = textEncoder.encode(connectUri(answer, options.useSSL ?? false))
      link.cause = undefined
      passArguments(uri)
      _wsmq_provide_address(link.connection, uri.length)
      begin()
    },
    (thrown) => {
      link.cause = thrown
      _wsmq_provide_address(link.connection, 0)
    },
  )
}

export function askForCredentials(link: Link) {
  link.cause = new MqttError('credentials_failed', 'The credentials function did not answer in time.')
  awaitAnswer(
    link,
    () => link.options.credentials?.call(link.client) ?? {},
    ({ userName, password, authenticationData }) => {
      const name = userName === undefined ? undefined : encodeText(userName, 'userName')
      const secret = password === undefined ? undefined : bytesOf(password, 'password')
      const data = authenticationData === undefined ? undefined : bytesOf(authenticationData, 'authenticationData')
      link.cause = undefined
      passArguments(name ?? nothing, secret ?? nothing, data ?? nothing)
      _wsmq_provide_credentials(link.connection, name?.length ?? -1, secret?.length ?? -1, data?.length ?? -1)
    },
    (thrown) => {
      link.cause = thrown
      _wsmq_fail_credentials(link.connection)
    },
  )
}

export function askForAuthentication(link: Link, data: Uint8Array, properties: Properties) {
  awaitAnswer(
    link,
    () => link.options.authenticate?.call(link.client, data, properties) ?? nothing,
    (answer) => {
      const bytes = bytesOf(answer, 'The authentication data')
      passArguments(bytes)
      const error = _wsmq_authenticate(link.connection, bytes.length)
      if (error !== 0) throw mqttError(error)
    },
    (thrown) => {
      link.cause = thrown
      reportThrown(link, thrown)
      _wsmq_fail_authentication(link.connection)
    },
  )
}
