// Errors as JavaScript sees them.

/** The enumerators of wsmq::Errc, in their order (core/include/wsmq/error.hpp). */
const errorNames =
  `none malformed_packet protocol_error packet_too_large receive_maximum_exceeded topic_alias_invalid invalid_topic invalid_utf8 invalid_character invalid_property invalid_argument not_supported not_started not_connected queue_full packet_identifiers_exhausted cancelled stopped session_lost broker_closed expired transport_failed transport_closed connect_timed_out keep_alive_timed_out credentials_failed connection_refused disconnected_by_broker authentication_failed taken_over`.split(
    ' ',
  )

class MqttError extends Error {
  /**
   * @param {string} code an enumerator's name
   * @param {string} message
   */
  constructor(code, message) {
    super(message)
    this.code = code
  }

  /** @override */
  get name() {
    return /** @type {const} */ ('MqttError')
  }
}

/**
 * @param {number} error of wsmq::Errc
 * @param {string} [subject] what was being done
 */
function mqttError(error, subject) {
  const sentence = Module.describeError(error)
  return new MqttError(errorNames[error] ?? 'none', subject === undefined ? sentence : `${subject}: ${sentence}`)
}

/**
 * @param {string} message
 * @returns {never}
 */
function refuse(message) {
  throw new MqttError('invalid_argument', message)
}

/** Answers of the engine that name an operation have the error in the low byte where they fail. */
const firstFailure = 0xffffff00

/**
 * @param {number} answer
 * @param {string} subject
 */
function operationOrThrow(answer, subject) {
  const operation = answer >>> 0
  if (operation >= firstFailure) throw mqttError(operation & 0xff, subject)
  return operation
}
