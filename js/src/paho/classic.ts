export * from './classes.js'
/** The names of mqttws31.js 1.0. */
export * as MQTT from './classes.js'
