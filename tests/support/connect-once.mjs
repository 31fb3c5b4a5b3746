import mqtt from 'mqtt'

/**
 * A client of MQTT.js that is connected, once and no more. Also where the connection ends before its CONNACK the promise is
 * rejected, which MQTT.js by itself would leave open for ever.
 * @param {string} url
 * @param {mqtt.IClientOptions} [options]
 */
export function connectOnce(url, options) {
  return mqtt.connectAsync(url, { ...options, reconnectPeriod: 0 }, false)
}
