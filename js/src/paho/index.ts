// websocket-mq/paho: the classes of mqttws31.js and paho-mqtt, by their names and as `Paho`.
export * from './classic.js'
export * as default from './classic.js'
