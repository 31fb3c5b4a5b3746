// Where websocket-mq/paho does not do what paho-mqtt 1.1.0 does, and why. The suite fails where a difference is not
// listed, and where a listed one no longer occurs. `node tests/paho/show-differences.mjs` prints what is not listed.
// Lines that begin with "-" are Paho's alone, with "+" ours; <t> is a moment that chance decides about.

/** @typedef {{ reason: string, scenarios: Record<string, string[]> }} Difference */

/** With `strict: true` as without it. @type {Difference[]} */
export const always = [
  {
    reason: 'An address without a port has none in its URI either.',
    scenarios: { 'the constructor takes port NaN': ['- 0   returned "ws://h:NaN/p"', '+ 0   returned "ws://h/p"'] },
  },
  {
    reason: 'Handlers can be cleared.',
    scenarios: {
      'onConnected can be cleared': [
        '- 0   threw Error "AMQJS0012E Invalid type object for onConnected."',
        '- 0   threw Error "AMQJS0012E Invalid type undefined for onConnected."',
        '- 0   returned false',
        '+ 0   returned true',
      ],
      'onConnectionLost can be cleared': [
        '- 0   threw Error "AMQJS0012E Invalid type object for onConnectionLost."',
        '- 0   threw Error "AMQJS0012E Invalid type undefined for onConnectionLost."',
        '- 0   returned false',
        '+ 0   returned true',
      ],
      'onMessageDelivered can be cleared': [
        '- 0   threw Error "AMQJS0012E Invalid type object for onMessageDelivered."',
        '- 0   threw Error "AMQJS0012E Invalid type undefined for onMessageDelivered."',
        '- 0   returned false',
        '+ 0   returned true',
      ],
      'onMessageArrived can be cleared': [
        '- 0   threw Error "AMQJS0012E Invalid type object for onMessageArrived."',
        '- 0   threw Error "AMQJS0012E Invalid type undefined for onMessageArrived."',
        '- 0   returned false',
        '+ 0   returned true',
      ],
      'trace can be cleared': [
        '- 0   threw Error "AMQJS0012E Invalid type object for onTrace."',
        '- 0   threw Error "AMQJS0012E Invalid type undefined for onTrace."',
      ],
    },
  },
  {
    reason: 'A text does not tell the password.',
    scenarios: {
      'connect() refuses password without userName': [
        '- 0   threw Error "AMQJS0013E Invalid argument secret for connectOptions.password."',
        '+ 0   threw Error "AMQJS0013E Invalid argument ****** for connectOptions.password."',
      ],
    },
  },
  {
    reason: 'A will that is null is none: Paho accepts it and then breaks in the CONNECT.',
    scenarios: {
      'connect() takes a will that is null': [
        '- 0 uncaught TypeError',
        '+ 0 0 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
        '+ 1 more frames',
      ],
    },
  },
  {
    reason: 'No browser closes a socket that never opened without an error before: that is told as one.',
    scenarios: {
      'connect() in onFailure': [
        '- 0 onFailure({invocationContext: undefined, errorCode: 8, errorMessage: "AMQJS0008I Socket closed."})',
        '+ 0 onFailure({invocationContext: undefined, errorCode: 7, errorMessage: "AMQJS0007E Socket error:undefined."})',
      ],
      'the socket closes before it opens, version 4 only': [
        '- 0 onFailure({invocationContext: undefined, errorCode: 8, errorMessage: "AMQJS0008I Socket closed."})',
        '+ 0 onFailure({invocationContext: undefined, errorCode: 7, errorMessage: "AMQJS0007E Socket error:undefined."})',
      ],
      'the socket closes before it opens, in both versions': [
        '- 0 onFailure({invocationContext: undefined, errorCode: 8, errorMessage: "AMQJS0008I Socket closed."})',
        '+ 0 onFailure({invocationContext: undefined, errorCode: 7, errorMessage: "AMQJS0007E Socket error:undefined."})',
      ],
      'hosts are tried in turn, then all of them again as 3.1': [
        '- 0 onFailure({invocationContext: undefined, errorCode: 8, errorMessage: "AMQJS0008I Socket closed."})',
        '+ 0 onFailure({invocationContext: undefined, errorCode: 7, errorMessage: "AMQJS0007E Socket error:undefined."})',
      ],
      'reconnect does not try a failed first connection again': [
        '- 0 onFailure({invocationContext: undefined, errorCode: 8, errorMessage: "AMQJS0008I Socket closed."})',
        '+ 0 onFailure({invocationContext: undefined, errorCode: 7, errorMessage: "AMQJS0007E Socket error:undefined."})',
      ],
    },
  },
  {
    reason: 'Return codes that MQTT does not know refuse without a reason of their own.',
    scenarios: {
      'the broker refuses with 6, version 4 only': [
        '- 0 onFailure({invocationContext: {n: 1}, errorCode: 6, errorMessage: "AMQJS0006E Bad Connack return code:6 undefined."})',
        '+ 0 onFailure({invocationContext: {n: 1}, errorCode: 6, errorMessage: "AMQJS0006E Bad Connack return code:128 Unspecified error."})',
      ],
      'the broker refuses with 255, version 4 only': [
        '- 0 onFailure({invocationContext: {n: 1}, errorCode: 6, errorMessage: "AMQJS0006E Bad Connack return code:255 undefined."})',
        '+ 0 onFailure({invocationContext: {n: 1}, errorCode: 6, errorMessage: "AMQJS0006E Bad Connack return code:128 Unspecified error."})',
      ],
    },
  },
  {
    reason: 'A socket whose attempt is over is closed: opened late, it would be a second connection.',
    scenarios: {
      'nothing happens in time, version 4 only': ['+ 30000 socket 0.close()'],
      'nothing happens in time, in both versions': ['+ 30000 socket 0.close()', '+ 60000 socket 1.close()'],
      'a time limit of 1 s': ['+ 1000 socket 0.close()'],
      'a time limit of 5 s': ['+ 5000 socket 0.close()'],
      'a time limit of 0 s': ['+ 30000 socket 0.close()'],
      'hosts are tried in turn, one version': ['+ 30000 socket 1.close()'],
      'disconnect() after the socket opened': ['+ 60000 socket 1.close()'],
    },
  },
  {
    reason: 'A packet that breaks the protocol ends the connection with the words of the engine, which says what is wrong with it.',
    scenarios: {
      'the broker sends a server DISCONNECT': [
        '- 0 onConnectionLost({errorCode: 16, errorMessage: "AMQJS0016E Invalid MQTT message type 14.", reconnect: undefined, uri: "ws://h:80/p"})',
        '+ 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: The broker sent a packet that the protocol does not allow, Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
      ],
      'the broker sends a reserved packet type': [
        '- 0 onConnectionLost({errorCode: 16, errorMessage: "AMQJS0016E Invalid MQTT message type 15.", reconnect: undefined, uri: "ws://h:80/p"})',
        '+ 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: The broker sent a packet that the protocol does not allow, Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
      ],
      'the broker sends packet type 0': [
        '- 0 onConnectionLost({errorCode: 16, errorMessage: "AMQJS0016E Invalid MQTT message type 0.", reconnect: undefined, uri: "ws://h:80/p"})',
        '+ 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: The broker sent bytes that are not an MQTT packet, Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
      ],
      'the broker sends a CONNECT': [
        '- 0 onConnectionLost({errorCode: 16, errorMessage: "AMQJS0016E Invalid MQTT message type 1.", reconnect: undefined, uri: "ws://h:80/p"})',
        '+ 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: The broker sent a packet that the protocol does not allow, Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
      ],
      'the broker sends a second CONNACK': [
        '- 0 onSuccess({invocationContext: undefined})',
        '- 0 onConnected(false, "ws://h:80/p")',
        '+ 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: The broker sent a packet that the protocol does not allow, Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
        '- 0   returned true',
        '- 0 onMessageArrived(Message after "x" qos=0)',
        '+ 0   returned false',
        '+ 0 socket 0.close()',
      ],
    },
  },
  {
    reason: 'An unknown PUBREC is answered: without its PUBREL the broker would wait for ever.',
    scenarios: { 'the broker sends PUBREC for nothing': ['+ 0 0 PUBREL id-1 6202[id]', '+ 1 more frames'] },
  },
  {
    reason: 'A PUBCOMP for nothing does no harm.',
    scenarios: {
      'the broker sends PUBCOMP for nothing': [
        '- 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: Cannot read properties of undefined (reading \'payloadMessage\'), Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
        '- 0   returned false',
        '+ 0   returned true',
        '+ 0 onMessageArrived(Message after "x" qos=0)',
        '- 0 socket 0.close()',
      ],
    },
  },
  {
    reason: 'A text message ends the connection, as MQTT demands [MQTT-6.0.0-1].',
    scenarios: {
      'the broker sends text': [
        '+ 0 onConnectionLost({errorCode: 8, errorMessage: "AMQJS0008I Socket closed.", reconnect: undefined, uri: "ws://h:80/p"})',
        '- 1000   returned true',
        '+ 1000   returned false',
        '+ 0 socket 0.close()',
      ],
    },
  },
  {
    reason: 'After disconnect() nothing arrives, and nothing is tried any more.',
    scenarios: {
      'disconnect() in onMessageArrived': [
        '- 0 onMessageArrived(Message a "2" qos=0)',
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqttv3.1)',
      ],
    },
  },
  {
    reason: 'disconnect() ends a cycle of reconnections in onConnectionLost as well.',
    scenarios: { 'disconnect() in onConnectionLost': ['- 0 uncaught Error "AMQJS0011E Invalid state not connecting or connected."'] },
  },
  {
    reason: 'What is sent again says so.',
    scenarios: {
      'disconnect() with a message in flight, and back again later, cleanSession false': [
        '- 5000 1 PUBLISH qos=1 a "x" id-1 3206000161[id]78',
        '+ 5000 1 PUBLISH qos=1 dup a "x" id-1 3a06000161[id]78',
      ],
      'disconnect() with a message in flight, and back again': [
        '- 0 1 PUBLISH qos=1 a "x" id-1 3206000161[id]78',
        '+ 0 1 PUBLISH qos=1 dup a "x" id-1 3a06000161[id]78',
      ],
    },
  },
  {
    reason: 'Before CONNACK nothing but CONNECT is sent [MQTT-3.1.0-1]; the time limit is that of connect().',
    scenarios: {
      'no PINGREQ before the connection stands': [
        '- 10000 onFailure({invocationContext: undefined, errorCode: 4, errorMessage: "AMQJS0004E Ping timed out."})',
        '- 5000 0 PINGREQ c000',
        '- 10000 socket 0.close()',
      ],
    },
  },
  {
    reason: 'The properties of a Message are found on its class, so that a message costs no objects that nobody reads.',
    scenarios: {
      'a Message of text': [
        '- 0   returned {payloadString: "text", payloadBytes: Uint8Array(74657874), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
      ],
      'a Message of empty text': [
        '- 0   returned {payloadString: "", payloadBytes: Uint8Array(), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
      ],
      'a Message of text beyond ASCII': [
        '- 0   returned {payloadString: "Gr\u00fc\u00dfe \ud83d\ude00 \u20ac", payloadBytes: Uint8Array(4772c3bcc39f6520f09f988020e282ac), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
      ],
      'a Message of bytes': [
        '- 0   returned {payloadString: "ab", payloadBytes: Uint8Array(6162), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
      ],
      'a Message of no bytes': [
        '- 0   returned {payloadString: "", payloadBytes: Uint8Array(), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
      ],
      'a Message of signed bytes': [
        '- 0   returned {payloadString: "a", payloadBytes: Int8Array(61), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
      ],
      'a Message of clamped bytes': [
        '- 0   returned {payloadString: "a", payloadBytes: Uint8ClampedArray(61), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
      ],
      'a Message of bytes of a character of four bytes': [
        '- 0   returned {payloadString: "\ud83d\ude00", payloadBytes: Uint8Array(f09f9880), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
      ],
      'a Message of a byte order mark': [
        '- 0   returned {payloadString: "\ufeffa", payloadBytes: Uint8Array(efbbbf61), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
      ],
      'a Message of a lone surrogate at the end': [
        '- 0   threw Error "AMQJS0017E Malformed Unicode string:55357 NaN."',
        '+ 0   returned {duplicate: false, toJSON: function}',
        '- 0   threw Error "AMQJS0017E Malformed Unicode string:55357 NaN."',
        '+ 0   returned Uint8Array(78efbfbd)',
        '- 0   threw Error "AMQJS0017E Malformed Unicode string:55357 NaN."',
        '+ 0   returned false',
      ],
      'a Message has defaults': [
        '- 0   returned ["payloadString", "payloadBytes", "destinationName", "qos", "retained", "topic", "duplicate"]',
        '+ 0   returned ["duplicate", "toJSON"]',
      ],
    },
  },
  {
    reason:
      'The properties of a Message are found on its class, so that a message costs no objects that nobody reads. A decoder that is strict: UTF-8 that is wrong is refused, whole, by the bytes that are wrong; of other arrays the bytes count.',
    scenarios: {
      'a Message of an ArrayBuffer': [
        '- 0   returned {payloadString: "", payloadBytes: ArrayBuffer(6162), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
        '- 0   returned ""',
        '+ 0   returned "ab"',
      ],
      'a Message of 16-bit numbers': [
        '- 0   threw Error "AMQJS0009E Malformed UTF data:6261 NaN NaN."',
        '+ 0   returned {duplicate: false, toJSON: function}',
        '- 0   threw Error "AMQJS0009E Malformed UTF data:6261 NaN NaN."',
        '+ 0   returned "ab"',
      ],
      'a Message of 32-bit numbers': [
        '- 0   returned {payloadString: "a", payloadBytes: Uint32Array(61000000), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
        '- 0   returned "a"',
        '+ 0   returned "a\\u0000\\u0000\\u0000"',
      ],
      'a Message of floating-point numbers': [
        '- 0   returned {payloadString: "\\u0001", payloadBytes: Float64Array(000000000000f03f), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
        '- 0   returned "\\u0001"',
        '+ 0   threw Error "AMQJS0009E Malformed UTF data:f0 3f 0."',
      ],
      'a Message of large integers': [
        '- 0   threw TypeError',
        '+ 0   returned {duplicate: false, toJSON: function}',
        '- 0   threw TypeError',
        '+ 0   returned "\\u0001\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000"',
      ],
      'a Message of bytes that are no UTF-8: ff': [
        '- 0   threw Error "AMQJS0009E Malformed UTF data:ff NaN NaN."',
        '+ 0   returned {duplicate: false, toJSON: function}',
        '- 0   threw Error "AMQJS0009E Malformed UTF data:ff NaN NaN."',
        '+ 0   threw Error "AMQJS0009E Malformed UTF data:ff 0 0."',
      ],
      'a Message of bytes that are no UTF-8: a cut sequence': [
        '- 0   returned {payloadString: "a\\u0000", payloadBytes: Uint8Array(61e282), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
        '- 0   returned "a\\u0000"',
        '+ 0   threw Error "AMQJS0009E Malformed UTF data:e2 82 0."',
      ],
      'a Message of bytes that are no UTF-8: a wrong continuation': [
        '- 0   threw Error "AMQJS0009E Malformed UTF data:e2 -58 ."',
        '+ 0   returned {duplicate: false, toJSON: function}',
        '- 0   threw Error "AMQJS0009E Malformed UTF data:e2 -58 ."',
        '+ 0   threw Error "AMQJS0009E Malformed UTF data:e2 28 a1."',
      ],
      'a Message of bytes that are no UTF-8: a continuation alone': [
        '- 0   threw Error "AMQJS0009E Malformed UTF data:80 -1f ."',
        '+ 0   returned {duplicate: false, toJSON: function}',
        '- 0   threw Error "AMQJS0009E Malformed UTF data:80 -1f ."',
        '+ 0   threw Error "AMQJS0009E Malformed UTF data:80 61 0."',
      ],
      'a Message of bytes that are no UTF-8: an overlong form': [
        '- 0   returned {payloadString: "\\u0000", payloadBytes: Uint8Array(c080), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
        '- 0   returned "\\u0000"',
        '+ 0   threw Error "AMQJS0009E Malformed UTF data:c0 80 0."',
      ],
    },
  },
  {
    reason:
      'The properties of a Message are found on its class, so that a message costs no objects that nobody reads. A lone surrogate is sent as U+FFFD, and never as bytes that are no UTF-8. A decoder that is strict: UTF-8 that is wrong is refused, whole, by the bytes that are wrong; of other arrays the bytes count.',
    scenarios: {
      'a Message of bytes that are no UTF-8: a surrogate': [
        '- 0   returned {payloadString: "\\ud800", payloadBytes: Uint8Array(eda080), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
        '- 0   returned "\\ud800"',
        '+ 0   threw Error "AMQJS0009E Malformed UTF data:ed a0 80."',
      ],
      'a Message of a lone surrogate': [
        '- 0   returned {payloadString: "x\\ud800y", payloadBytes: Uint8Array(78e291b900), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
        '- 0   returned Uint8Array(78e291b900)',
        '+ 0   returned Uint8Array(78efbfbd79)',
      ],
      'a Message of a lone low surrogate': [
        '- 0   returned {payloadString: "\\udc00", payloadBytes: Uint8Array(edb080), destinationName: undefined, qos: 0, retained: false, topic: undefined, duplicate: false}',
        '+ 0   returned {duplicate: false, toJSON: function}',
        '- 0   returned Uint8Array(edb080)',
        '+ 0   returned Uint8Array(efbfbd)',
      ],
    },
  },
  {
    reason: 'A QoS 2 message is handed over when it arrives, once, and what is stored of it is that it was.',
    scenarios: {
      'a received message at QoS 2 is kept until it is released': [
        '- 100 onMessageArrived(Message a "x" qos=2)',
        '+ 0 onMessageArrived(Message a "x" qos=2)',
        '-   Received:h:80:/p:id:<id> = {"type":3,"messageIdentifier":<id>,"version":1,"payloadMessage":{"payloadHex":"78","qos":2,"destinationName":"a"}}',
        '+   Received:h:80:/p:id:<id> = {"type":3,"messageIdentifier":<id>,"version":1,"payloadMessage":{"payloadHex":"","qos":2,"destinationName":""},"delivered":true}',
      ],
      'disconnect() with a received message that is not released, and back again later, cleanSession true': [
        '+ 0 onMessageArrived(Message a "x" qos=2)',
      ],
      'disconnect() with a received message that is not released, and back again later, cleanSession false': [
        '+ 0 onMessageArrived(Message a "x" qos=2)',
        '- 5000 onMessageArrived(Message a "x" qos=2 duplicate)',
      ],
      'a received message at QoS 2 survives a reload': [
        '+ 0 onMessageArrived(Message a "x" qos=2)',
        '- 0 onMessageArrived(Message a "x" qos=2)',
      ],
      'QoS 2 arrives twice before PUBREL': [
        '- 0 onMessageArrived(Message a "x" qos=2 duplicate)',
        '+ 0 onMessageArrived(Message a "x" qos=2)',
      ],
    },
  },
  {
    reason: 'An ArrayBuffer is kept with what it holds.',
    scenarios: {
      'an ArrayBuffer survive a reload': [
        '- 100 onMessageDelivered(Message a "" qos=1 duplicate)',
        '+ 100 onMessageDelivered(Message a "\\u0001\\u0002\\u0003" qos=1 duplicate)',
        '- 100 1 PUBLISH qos=1 dup a "" id-1 3a05000161[id]',
        '+ 100 1 PUBLISH qos=1 dup a "\\u0001\\u0002\\u0003" id-1 3a08000161[id]010203',
        '-   Sent:h:80:/p:id:<id> = {"type":3,"messageIdentifier":<id>,"version":1,"payloadMessage":{"payloadHex":"","qos":1,"destinationName":"a"},"sequence":1}',
        '+   Sent:h:80:/p:id:<id> = {"type":3,"messageIdentifier":<id>,"version":1,"payloadMessage":{"payloadHex":"010203","qos":1,"destinationName":"a"},"sequence":1}',
      ],
    },
  },
  {
    reason: 'Releases are sent ahead of messages.',
    scenarios: {
      'records of Paho are sent again': [
        '- 0 0 PUBLISH qos=1 dup first "\u00e4" id-1 3a0b00056669727374[id]c3a4',
        '- 0 0 PUBLISH qos=1 retain dup second "x" id-2 3b0b00067365636f6e64[id]78',
        '- 0 0 PUBREL id-3 6202[id]',
        '+ 0 0 PUBREL id-1 6202[id]',
        '+ 0 0 PUBLISH qos=1 dup first "\u00e4" id-2 3a0b00056669727374[id]c3a4',
        '+ 0 0 PUBLISH qos=1 retain dup second "x" id-3 3b0b00067365636f6e64[id]78',
      ],
    },
  },
  {
    reason: 'A record of another version is told like one of another type.',
    scenarios: {
      'a record of another version': [
        '- 0   threw TypeError',
        '+ 0   threw Error "AMQJS0015E Invalid data in local storage key=Sent:h:80:/p:id:1 value={\\"type\\":3,\\"messageIdentifier\\":1,\\"version\\":2,\\"payloadMessage\\":{}}."',
      ],
    },
  },
  {
    reason: 'Full storage stops nothing: it is told once, through onError or as a warning.',
    scenarios: {
      'storage is full': [
        '- 0   threw Error "The quota has been exceeded."',
        '- 0   threw Error "The quota has been exceeded."',
        '- 0 0 PUBLISH',
        '+ 0 2 PUBLISH',
        '+ 0 0 PUBLISH qos=1 a "x" id-1 3206000161[id]78',
        '+ 0 0 PUBLISH qos=1 a "y" id-2 3206000161[id]79',
        '+ 2 more frames',
      ],
    },
  },
  {
    reason: 'DUP at QoS 0 is malformed [MQTT-3.3.1-2].',
    scenarios: {
      'a message arrives at QoS 0, a duplicate': [
        '- 0 onMessageArrived(Message a/b "text" qos=0 duplicate)',
        '+ 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: The broker sent bytes that are not an MQTT packet, Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
        '+ 0 socket 0.close()',
      ],
    },
  },
  {
    reason:
      'A decoder that is strict: UTF-8 that is wrong is refused, whole, by the bytes that are wrong; of other arrays the bytes count.',
    scenarios: {
      'an arrived payload is no UTF-8: ff': [
        '- 0 threw AMQJS0009E Malformed UTF data:ff NaN NaN.',
        '+ 0 threw AMQJS0009E Malformed UTF data:ff 0 0.',
      ],
      'an arrived payload is no UTF-8: a cut sequence': ['- 0 text a\u0000', '+ 0 threw AMQJS0009E Malformed UTF data:e2 82 0.'],
      'an arrived payload is no UTF-8: a wrong continuation': [
        '- 0 threw AMQJS0009E Malformed UTF data:e2 -58 .',
        '+ 0 threw AMQJS0009E Malformed UTF data:e2 28 a1.',
      ],
    },
  },
  {
    reason: 'The words of the engine.',
    scenarios: {
      'a topic that is no UTF-8': [
        '- 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: AMQJS0009E Malformed UTF data:ff -1f ., Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
        '- 0 uncaught TypeError',
        '+ 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: The broker sent bytes that are not an MQTT packet, Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
      ],
    },
  },
  {
    reason: 'DUP says that a packet was sent before, and is not for the application to set [MQTT-3.3.1-1].',
    scenarios: {
      'send() with a Message that is a duplicate': [
        '- 0 0 PUBLISH qos=1 dup a "x" id-1 3a06000161[id]78',
        '+ 0 0 PUBLISH qos=1 a "x" id-1 3206000161[id]78',
      ],
      'publish() with a Message that is a duplicate': [
        '- 0 0 PUBLISH qos=1 dup a "x" id-1 3a06000161[id]78',
        '+ 0 0 PUBLISH qos=1 a "x" id-1 3206000161[id]78',
      ],
    },
  },
  {
    reason: 'A lone surrogate is sent as U+FFFD, and never as bytes that are no UTF-8.',
    scenarios: {
      'send() with a lone surrogate as payload': [
        '- 0 onMessageDelivered(Message a "x\u00e2\u0091\u00b9\\u0000" qos=0)',
        '+ 0 onMessageDelivered(Message a "x\u00ef\u00bf\u00bdy" qos=0)',
        '- 0 0 PUBLISH qos=0 a "x\u2479\\u0000" 300800016178e291b900',
        '+ 0 0 PUBLISH qos=0 a "x\ufffdy" 300800016178efbfbd79',
      ],
      'publish() with a lone surrogate as payload': [
        '- 0 onMessageDelivered(Message a "x\u00e2\u0091\u00b9\\u0000" qos=0)',
        '+ 0 onMessageDelivered(Message a "x\u00ef\u00bf\u00bdy" qos=0)',
        '- 0 0 PUBLISH qos=0 a "x\u2479\\u0000" 300800016178e291b900',
        '+ 0 0 PUBLISH qos=0 a "x\ufffdy" 300800016178efbfbd79',
      ],
    },
  },
  {
    reason: 'What a handler returns means nothing.',
    scenarios: {
      'onMessageDelivered returns true': ['- 0   threw TypeError'],
      'onMessageDelivered returns "x"': ['- 0   threw TypeError'],
      'onMessageDelivered returns 1': ['- 0   threw TypeError'],
    },
  },
  {
    reason: 'What no broker accepts is refused before it is sent.',
    scenarios: {
      'subscribe() to ""': [
        '+ 0   threw Error "Subscribing: The topic name or topic filter is not valid"',
        '- 0 0 SUBSCRIBE qos=0 id-1 8205[id]000000',
      ],
      'subscribe() to "a#"': [
        '+ 0   threw Error "Subscribing: The topic name or topic filter is not valid"',
        '- 0 0 SUBSCRIBE a# qos=0 id-1 8207[id]0002612300',
      ],
      'subscribe() to "a/#/b"': [
        '+ 0   threw Error "Subscribing: The topic name or topic filter is not valid"',
        '- 0 0 SUBSCRIBE a/#/b qos=0 id-1 820a[id]0005612f232f6200',
      ],
      'subscribe() to "+a"': [
        '+ 0   threw Error "Subscribing: The topic name or topic filter is not valid"',
        '- 0 0 SUBSCRIBE +a qos=0 id-1 8207[id]00022b6100',
      ],
      'subscribe() to "a\\u0000b"': [
        '+ 0   threw Error "Subscribing: The topic name or topic filter is not valid"',
        '- 0 0 SUBSCRIBE a\u0000b qos=0 id-1 8208[id]000361006200',
      ],
      'subscribe() to no filter at all': [
        '+ 0   threw Error "Subscribing: An argument cannot be encoded"',
        '- 0 0 SUBSCRIBE id-1 8202[id]',
      ],
    },
  },
]

/** Without `strict: true`. @type {Difference[]} */
export const byDefault = [
  {
    reason: 'The options belong to the application: they are copied, and not written to. (strict: they are)',
    scenarios: {
      'connect() changes the options that it was given': [
        '- 0   returned {onSuccess: function, onFailure: function, userName: "u", keepAliveInterval: 60, mqttVersionExplicit: false, mqttVersion: 4, cleanSession: true}',
        '+ 0   returned {onSuccess: function, onFailure: function, userName: "u"}',
      ],
      'subscribe() writes qos into its options': ['- 0   returned {qos: 0}', '+ 0   returned {}'],
    },
  },
  {
    reason:
      'The options belong to the application: they are copied, and not written to. (strict: they are) No browser closes a socket that never opened without an error before: that is told as one.',
    scenarios: {
      'connect() with options that served already': [
        '- 0 onFailure({invocationContext: undefined, errorCode: 8, errorMessage: "AMQJS0008I Socket closed."})',
        '+ 0 onFailure({invocationContext: undefined, errorCode: 7, errorMessage: "AMQJS0007E Socket error:undefined."})',
        '- 0 socket 2 = new WebSocket(ws://h:80/p, mqttv3.1)',
        '+ 0 socket 2 = new WebSocket(ws://h:80/p, mqtt)',
        '- 0 2 CONNECT MQIsdp3 clean keepAlive=60 id=id 101000064d51497364700302003c00026964',
        '+ 0 2 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
      ],
    },
  },
  {
    reason: 'What a handler throws stops nothing; it is told through onError. (strict: it closes the connection)',
    scenarios: {
      'onMessageArrived throws, with reconnect': [
        '- 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: mine, Stack trace: No Error Stack Available", reconnect: true, uri: "ws://h:80/p"})',
        '- 2000 onSuccess({invocationContext: undefined})',
        '- 2000 onConnected(true, "ws://h:80/p")',
        '- 0 socket 0.close()',
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '- 2000 socket 1 opens, as arraybuffer',
        '- 2000 1 CONNECT MQTT4 keepAlive=60 id=id 100e00044d5154540400003c00026964',
        '- 2000 1 PUBLISH qos=1 b "mine" id-1 3209000162[id]6d696e65',
      ],
      'onSuccess throws': [
        '- 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: mine, Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
        '+ 0 onConnected(false, "ws://h:80/p")',
        '- 0   returned false',
        '+ 0   returned true',
        '- 0 socket 0.close()',
      ],
      'onConnected throws': [
        '- 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: mine, Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
        '- 0   returned false',
        '+ 0   returned true',
        '- 0 socket 0.close()',
      ],
      'onMessageArrived throws at QoS 0': [
        '- 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: mine, Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
        '- 0   returned false',
        '+ 0   returned true',
        '+ 0 onMessageArrived(Message a "y" qos=0)',
        '- 0 socket 0.close()',
      ],
      'onMessageArrived throws at QoS 1': [
        '- 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: mine, Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
        '- 0   returned false',
        '+ 0   returned true',
        '+ 0 onMessageArrived(Message a "y" qos=0)',
        '- 0 socket 0.close()',
      ],
      'onMessageArrived throws at QoS 2': [
        '- 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: mine, Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
        '- 0   returned false',
        '+ 0   returned true',
        '+ 0 onMessageArrived(Message a "y" qos=0)',
        '- 0 socket 0.close()',
        '+ 0 0 PUBCOMP id=3 7002[id]',
        '+ 1 more frames',
      ],
      'onMessageDelivered throws at QoS 0': [
        '- 0   threw Error "mine"',
        '- 0   threw Error "mine"',
        '+ 0 0 PUBLISH qos=0 a "x" 300400016178',
        '+ 0 0 PUBLISH qos=0 b "y" 300400016279',
        '+ 2 more frames',
      ],
      'onMessageDelivered throws at QoS 1': [
        '- 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: mine, Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
        '- 0   returned false',
        '+ 0   returned true',
        '- 0   threw Error "AMQJS0011E Invalid state not connected."',
        '+ 0 onMessageDelivered(Message b "y" qos=0)',
        '- 0 socket 0.close()',
        '+ 0 0 PUBLISH qos=0 b "y" 300400016279',
        '+ 1 more frames',
      ],
      'onMessageDelivered throws at QoS 2': [
        '- 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: mine, Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
        '- 0   returned false',
        '+ 0   returned true',
        '- 0   threw Error "AMQJS0011E Invalid state not connected."',
        '+ 0 onMessageDelivered(Message b "y" qos=0)',
        '- 0 socket 0.close()',
        '+ 0 0 PUBLISH qos=0 b "y" 300400016279',
        '+ 1 more frames',
      ],
      'onSuccess of subscribe() throws': [
        '- 0 onConnectionLost({errorCode: 5, errorMessage: "AMQJS0005E Internal error. Error Message: mine, Stack trace: No Error Stack Available", reconnect: undefined, uri: "ws://h:80/p"})',
        '- 0   returned false',
        '+ 0   returned true',
        '- 0 socket 0.close()',
      ],
    },
  },
  {
    reason:
      'disconnect() during the first attempt to reconnect does not throw. Reconnections follow a backoff with jitter, at every address in turn. (strict: the time limit plus 2, 4, ... 128 s, at the first)',
    scenarios: {
      'disconnect() during the first attempt to reconnect': ['- 0   threw TypeError', '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)'],
    },
  },
  {
    reason:
      'Reconnections follow a backoff with jitter, at every address in turn. (strict: the time limit plus 2, 4, ... 128 s, at the first) A socket whose attempt is over is closed: opened late, it would be a second connection.',
    scenarios: {
      'disconnect() between two attempts to reconnect': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ 31000 socket 1.close()',
      ],
      'nobody answers while it reconnects': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '- 32000 socket 2 = new WebSocket(ws://h:80/p, mqtt)',
        '- 66000 socket 3 = new WebSocket(ws://h:80/p, mqtt)',
        '- 104000 socket 4 = new WebSocket(ws://h:80/p, mqtt)',
        '- 150000 socket 5 = new WebSocket(ws://h:80/p, mqtt)',
        '- 212000 socket 6 = new WebSocket(ws://h:80/p, mqtt)',
        '- 306000 socket 7 = new WebSocket(ws://h:80/p, mqtt)',
        '- 464000 socket 8 = new WebSocket(ws://h:80/p, mqtt)',
        '- 622000 socket 9 = new WebSocket(ws://h:80/p, mqtt)',
        '- 700000 socket 9 opens, as arraybuffer',
        '- 700000 9 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1.close()',
        '+ <t> socket 2 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 2.close()',
        '+ <t> socket 3 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 3.close()',
        '+ <t> socket 4 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 4.close()',
        '+ <t> socket 5 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 5.close()',
        '+ <t> socket 6 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 6.close()',
        '+ <t> socket 7 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 7.close()',
        '+ <t> socket 8 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 8.close()',
        '+ <t> socket 9 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 9.close()',
        '+ <t> socket 10 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 10.close()',
        '+ <t> socket 11 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 11.close()',
        '+ <t> socket 12 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 12.close()',
        '+ <t> socket 13 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 13.close()',
        '+ <t> socket 14 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 14.close()',
        '+ <t> socket 15 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 15.close()',
        '+ <t> socket 16 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 16.close()',
        '+ <t> socket 17 = new WebSocket(ws://h:80/p, mqtt)',
        '+ 700000 socket 17 opens, as arraybuffer',
        '+ 700000 17 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
      ],
      'the socket closes while it reconnects': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '- 12000 socket 2 = new WebSocket(ws://h:80/p, mqtt)',
        '- 26000 socket 3 = new WebSocket(ws://h:80/p, mqtt)',
        '- 44000 socket 4 = new WebSocket(ws://h:80/p, mqtt)',
        '- 70000 socket 5 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1.close()',
        '+ <t> socket 2 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 2.close()',
        '+ <t> socket 3 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 3.close()',
        '+ <t> socket 4 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 4.close()',
        '+ <t> socket 5 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 5.close()',
      ],
      'the broker refuses while it reconnects': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '- 1000 socket 1 opens, as arraybuffer',
        '- 1000 1 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
        '- 3000 socket 2 = new WebSocket(ws://h:80/p, mqtt)',
        '- 3000 socket 2 opens, as arraybuffer',
        '- 3000 2 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
        '- 7000 socket 3 = new WebSocket(ws://h:80/p, mqtt)',
        '- 7000 socket 3 opens, as arraybuffer',
        '- 7000 3 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
        '- 15000 socket 4 = new WebSocket(ws://h:80/p, mqtt)',
        '- 15000 socket 4 opens, as arraybuffer',
        '- 15000 4 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
        '- 31000 socket 5 = new WebSocket(ws://h:80/p, mqtt)',
        '- 31000 socket 5 opens, as arraybuffer',
        '- 31000 5 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
        '+ 1000 socket 0 opens, as arraybuffer',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ 3000 socket 1 opens, as arraybuffer',
        '+ 3000 1 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
        '+ 3000 socket 1.close()',
        '+ <t> socket 2 = new WebSocket(ws://h:80/p, mqtt)',
        '+ 7000 socket 2 opens, as arraybuffer',
        '+ 7000 2 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
        '+ 7000 socket 2.close()',
        '+ <t> socket 3 = new WebSocket(ws://h:80/p, mqtt)',
        '+ 15000 socket 3 opens, as arraybuffer',
        '+ 15000 3 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
        '+ 15000 socket 3.close()',
        '+ <t> socket 4 = new WebSocket(ws://h:80/p, mqtt)',
        '+ 31000 socket 4 opens, as arraybuffer',
        '+ 31000 4 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
      ],
      'reconnecting with several addresses': [
        '- 0 socket 1 = new WebSocket(ws://a:1/, mqtt)',
        '- 7000 socket 2 = new WebSocket(ws://a:1/, mqtt)',
        '- 16000 socket 3 = new WebSocket(ws://a:1/, mqtt)',
        '- 29000 socket 4 = new WebSocket(ws://a:1/, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://a:1/, mqtt)',
        '+ <t> socket 1.close()',
        '+ <t> socket 2 = new WebSocket(ws://b:1/, mqtt)',
        '+ <t> socket 2.close()',
        '+ <t> socket 3 = new WebSocket(ws://a:1/, mqtt)',
        '+ <t> socket 3.close()',
        '+ <t> socket 4 = new WebSocket(ws://b:1/, mqtt)',
        '+ <t> socket 4.close()',
        '+ <t> socket 5 = new WebSocket(ws://a:1/, mqtt)',
      ],
    },
  },
  {
    reason: 'Two timers: a dead link is found while sending, and within half an interval. (strict: one, which sending resets)',
    scenarios: {
      'PINGREQ is not answered': [
        '- 20000 onConnectionLost({errorCode: 4, errorMessage: "AMQJS0004E Ping timed out.", reconnect: undefined, uri: "ws://h:80/p"})',
        '+ 15000 onConnectionLost({errorCode: 4, errorMessage: "AMQJS0004E Ping timed out.", reconnect: undefined, uri: "ws://h:80/p"})',
        '- 20000 socket 0.close()',
        '+ 15000 socket 0.close()',
      ],
      'PINGREQ is answered late, but in time': [
        '+ 15000 onConnectionLost({errorCode: 4, errorMessage: "AMQJS0004E Ping timed out.", reconnect: undefined, uri: "ws://h:80/p"})',
        '- 19000   returned true',
        '+ 19000   returned false',
        '+ 15000 socket 0.close()',
      ],
      'a dead link while sending': [
        '+ 15000 onConnectionLost({errorCode: 4, errorMessage: "AMQJS0004E Ping timed out.", reconnect: undefined, uri: "ws://h:80/p"})',
        '- 18000 onMessageDelivered(Message a "x" qos=0)',
        '+ 18000   threw Error "AMQJS0011E Invalid state not connected."',
        '- 24000 onMessageDelivered(Message a "x" qos=0)',
        '+ 24000   threw Error "AMQJS0011E Invalid state not connected."',
        '- 30000 onMessageDelivered(Message a "x" qos=0)',
        '+ 30000   threw Error "AMQJS0011E Invalid state not connected."',
        '- 36000 onMessageDelivered(Message a "x" qos=0)',
        '+ 36000   threw Error "AMQJS0011E Invalid state not connected."',
        '- 42000 onMessageDelivered(Message a "x" qos=0)',
        '+ 42000   threw Error "AMQJS0011E Invalid state not connected."',
        '- 48000 onMessageDelivered(Message a "x" qos=0)',
        '+ 48000   threw Error "AMQJS0011E Invalid state not connected."',
        '- 54000 onMessageDelivered(Message a "x" qos=0)',
        '+ 54000   threw Error "AMQJS0011E Invalid state not connected."',
        '- 60000 onMessageDelivered(Message a "x" qos=0)',
        '+ 60000   threw Error "AMQJS0011E Invalid state not connected."',
        '- 60000   returned true',
        '+ 60000   returned false',
        '+ 10000 0 PINGREQ c000',
        '- 18000 0 PUBLISH qos=0 a "x" 300400016178',
        '- 24000 0 PUBLISH qos=0 a "x" 300400016178',
        '- 30000 0 PUBLISH qos=0 a "x" 300400016178',
        '- 36000 0 PUBLISH qos=0 a "x" 300400016178',
        '- 42000 0 PUBLISH qos=0 a "x" 300400016178',
        '- 48000 0 PUBLISH qos=0 a "x" 300400016178',
        '- 54000 0 PUBLISH qos=0 a "x" 300400016178',
        '- 60000 0 PUBLISH qos=0 a "x" 300400016178',
        '+ 15000 socket 0.close()',
      ],
    },
  },
  {
    reason: 'With a clean session, what waits or is in flight is sent, not dropped, and a SUBSCRIBE is repeated. (strict: dropped)',
    scenarios: {
      'a clean session forgets what is stored': [
        '+ 0 1 PUBLISH qos=1 a "x" id-2 3206000161[id]78',
        '+   Sent:h:80:/p:id:<id> = {"type":3,"messageIdentifier":<id>,"version":1,"payloadMessage":{"payloadHex":"78","qos":1,"destinationName":"a"},"sequence":1}',
        '+ 1 more frames',
      ],
    },
  },
  {
    reason:
      'What is sent without a connection waits in memory until there is one. Reconnections follow a backoff with jitter, at every address in turn. (strict: the time limit plus 2, 4, ... 128 s, at the first)',
    scenarios: {
      'nothing is kept of QoS 0 while disconnected': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '-   Sent:h:80:/p:id:<id> = {"type":3,"messageIdentifier":<id>,"version":1,"payloadMessage":{"payloadHex":"31","qos":1,"destinationName":"a"},"sequence":2}',
        '+   Sent:h:80:/p:id:+<id> = {"type":3,"messageIdentifier":<id>,"version":1,"payloadMessage":{"payloadHex":"31","qos":1,"destinationName":"a"},"sequence":2}',
      ],
    },
  },
  {
    reason:
      'Reconnections follow a backoff with jitter, at every address in turn. (strict: the time limit plus 2, 4, ... 128 s, at the first)',
    scenarios: {
      'a lost connection is taken up again at once': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
      ],
      'the connection is lost twice': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '- 3000 socket 2 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 2 = new WebSocket(ws://h:80/p, mqtt)',
      ],
      'reconnecting at the second address': [
        '- 0 socket 2 = new WebSocket(ws://a:1/p, mqtt)',
        '+ <t> socket 2 = new WebSocket(ws://b:2/p, mqtt)',
      ],
      'reconnecting in MQTT 3.1': [
        '- 0 socket 2 = new WebSocket(ws://h:80/p, mqttv3.1)',
        '+ <t> socket 2 = new WebSocket(ws://h:80/p, mqttv3.1)',
      ],
      'subscriptions are not made again': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
      ],
      'a released message in flight, cleanSession false': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
      ],
      'publishing while disconnected, cleanSession false': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
      ],
      'publishing while disconnected is refused unless it is wanted': ['- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)'],
      'the buffer of QoS 0 is full': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
      ],
      'the buffer of QoS 1 is full': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
      ],
      'subscribe() while it reconnects': ['- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)'],
    },
  },
  {
    reason:
      'connect() during a cycle of reconnections begins anew. Reconnections follow a backoff with jitter, at every address in turn. (strict: the time limit plus 2, 4, ... 128 s, at the first)',
    scenarios: {
      'connect() while it reconnects': [
        '- 6000   threw Error "AMQJS0011E Invalid state already connected."',
        '- 6000 onSuccess({invocationContext: undefined})',
        '- 6000 onConnected(true, "ws://h:80/p")',
        '+ 6000 onSuccess of the second({invocationContext: undefined})',
        '+ 6000 onConnected(false, "ws://h:80/p")',
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '- 6000 socket 1 opens, as arraybuffer',
        '- 6000 1 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
        '- 66000 1 PINGREQ c000',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ 6000 socket 1.close()',
        '+ 6000 socket 2 = new WebSocket(ws://h:80/p, mqtt)',
        '+ 6000 socket 2 opens, as arraybuffer',
        '+ 6000 2 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
        '+ 66000 2 PINGREQ c000',
      ],
    },
  },
  {
    reason:
      'Two timers: a dead link is found while sending, and within half an interval. (strict: one, which sending resets) Reconnections follow a backoff with jitter, at every address in turn. (strict: the time limit plus 2, 4, ... 128 s, at the first)',
    scenarios: {
      'the ping that times out begins the cycle': [
        '- 10000 onConnectionLost({errorCode: 4, errorMessage: "AMQJS0004E Ping timed out.", reconnect: true, uri: "ws://h:80/p"})',
        '+ 7500 onConnectionLost({errorCode: 4, errorMessage: "AMQJS0004E Ping timed out.", reconnect: true, uri: "ws://h:80/p"})',
        '- 10000 socket 0.close()',
        '- 10000 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 0.close()',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
      ],
    },
  },
  {
    reason:
      'With a clean session, what waits or is in flight is sent, not dropped, and a SUBSCRIBE is repeated. (strict: dropped) Reconnections follow a backoff with jitter, at every address in turn. (strict: the time limit plus 2, 4, ... 128 s, at the first)',
    scenarios: {
      'an unanswered SUBSCRIBE, cleanSession true': [
        '- 2000 1 SUBSCRIBE',
        '+ 2000 2 SUBSCRIBE',
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ 2000 1 SUBSCRIBE a qos=0 id-2 8206[id]00016100',
        '+ 1 more frames',
      ],
      'a message at QoS 1 in flight, cleanSession true': [
        '+ 2000 onMessageDelivered(Message a "x" qos=1)',
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ 2000 1 PUBLISH qos=1 a "x" id-2 3206000161[id]78',
        '+ 1 more frames',
      ],
      'a message at QoS 2 in flight, cleanSession true': [
        '+ 2000 onMessageDelivered(Message a "x" qos=2)',
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ 2000 1 PUBLISH qos=2 a "x" id-2 3406000161[id]78',
        '+ 2000 1 PUBREL id-2 6202[id]',
        '+ 2 more frames',
      ],
      'a released message in flight, cleanSession true': [
        '+ 2000 onMessageDelivered(Message a "x" qos=2)',
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
      ],
      'publishing while disconnected, cleanSession true': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ 2000 1 PUBLISH qos=1 a "1" id-1 3206000161[id]31',
        '+ 2000 1 PUBLISH qos=2 a "2" id-2 3406000161[id]32',
      ],
    },
  },
  {
    reason:
      'A packet that is repeated may have another identifier. Reconnections follow a backoff with jitter, at every address in turn. (strict: the time limit plus 2, 4, ... 128 s, at the first)',
    scenarios: {
      'an unanswered SUBSCRIBE, cleanSession false': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '- 2000 1 SUBSCRIBE a qos=0 id-1 8206[id]00016100',
        '+ 2000 1 SUBSCRIBE a qos=0 id-2 8206[id]00016100',
      ],
    },
  },
  {
    reason:
      'What is sent again says so. Reconnections follow a backoff with jitter, at every address in turn. (strict: the time limit plus 2, 4, ... 128 s, at the first)',
    scenarios: {
      'a message at QoS 1 in flight, cleanSession false': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '- 2000 1 PUBLISH qos=1 a "x" id-1 3206000161[id]78',
        '+ 2000 1 PUBLISH qos=1 dup a "x" id-1 3a06000161[id]78',
      ],
      'a message at QoS 2 in flight, cleanSession false': [
        '- 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '- 2000 1 PUBLISH qos=2 a "x" id-1 3406000161[id]78',
        '+ 2000 1 PUBLISH qos=2 dup a "x" id-1 3c06000161[id]78',
      ],
    },
  },
  {
    reason:
      'A message may be sent in onConnectionLost, when the cycle has begun. Reconnections follow a backoff with jitter, at every address in turn. (strict: the time limit plus 2, 4, ... 128 s, at the first)',
    scenarios: {
      'publishing in the callbacks of a reconnection': [
        '- 0 uncaught Error "AMQJS0011E Invalid state not connected."',
        '+ 2000 onMessageDelivered(Message a "lost" qos=0)',
        '+ 2000 onSuccess({invocationContext: undefined})',
        '+ 2000 onConnected(true, "ws://h:80/p")',
        '+ 2000 onMessageDelivered(Message a "connected" qos=0)',
        '- 2000 socket 0 opens, as arraybuffer',
        '+ <t> socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ 2000 socket 1 opens, as arraybuffer',
        '+ 2000 1 CONNECT MQTT4 keepAlive=60 id=id 100e00044d5154540400003c00026964',
        '+ 2000 1 PUBLISH qos=0 a "lost" 30070001616c6f7374',
        '+ 2000 1 PUBLISH qos=0 a "connected" 300c000161636f6e6e6563746564',
        '+ 2 more frames',
      ],
    },
  },
  {
    reason: 'What no broker accepts is refused before it is sent.',
    scenarios: {
      'send() with an empty topic': [
        '- 0 onMessageDelivered(Message  "x" qos=0)',
        '+ 0   threw Error "\\"\\" is no topic name."',
        '- 0 0 PUBLISH qos=0  "x" 3003000078',
      ],
      'publish() with an empty topic': [
        '- 0 onMessageDelivered(Message  "x" qos=0)',
        '+ 0   threw Error "\\"\\" is no topic name."',
        '- 0 0 PUBLISH qos=0  "x" 3003000078',
      ],
      'send() with a topic with a wildcard': [
        '- 0 onMessageDelivered(Message a/# "x" qos=0)',
        '+ 0   threw Error "\\"a/#\\" is no topic name."',
        '- 0 0 PUBLISH qos=0 a/# "x" 30060003612f2378',
      ],
      'publish() with a topic with a wildcard': [
        '- 0 onMessageDelivered(Message a/# "x" qos=0)',
        '+ 0   threw Error "\\"a/#\\" is no topic name."',
        '- 0 0 PUBLISH qos=0 a/# "x" 30060003612f2378',
      ],
      'send() with a topic with NUL': [
        '- 0 onMessageDelivered(Message a\u0000b "x" qos=0)',
        '+ 0   threw Error "\\"a\\u0000b\\" is no topic name."',
        '- 0 0 PUBLISH qos=0 a\u0000b "x" 3006000361006278',
      ],
      'publish() with a topic with NUL': [
        '- 0 onMessageDelivered(Message a\u0000b "x" qos=0)',
        '+ 0   threw Error "\\"a\\u0000b\\" is no topic name."',
        '- 0 0 PUBLISH qos=0 a\u0000b "x" 3006000361006278',
      ],
      'send() with a lone surrogate in the topic': [
        '- 0 onMessageDelivered(Message a\udc00 "x" qos=0)',
        '+ 0   threw Error "\\"a\\udc00\\" is no topic name."',
        '- 0 0 PUBLISH qos=0 a\ufffd\ufffd\ufffd "x" 3007000461edb08078',
      ],
      'publish() with a lone surrogate in the topic': [
        '- 0 onMessageDelivered(Message a\udc00 "x" qos=0)',
        '+ 0   threw Error "\\"a\\udc00\\" is no topic name."',
        '- 0 0 PUBLISH qos=0 a\ufffd\ufffd\ufffd "x" 3007000461edb08078',
      ],
    },
  },
  {
    reason: 'A message is on its way when it is told to be delivered, ahead of what the handler sends.',
    scenarios: {
      'send() in onMessageDelivered': [
        '- 0 0 PUBLISH qos=0 a "more 0" 30090001616d6f72652030',
        '- 0 0 PUBLISH qos=0 a "more 1" 30090001616d6f72652031',
        '+ 0 0 PUBLISH qos=0 a "more 1" 30090001616d6f72652031',
        '+ 0 0 PUBLISH qos=0 a "more 0" 30090001616d6f72652030',
      ],
    },
  },
  {
    reason: 'onFailure is called where any filter was refused. (strict: the first code decides)',
    scenarios: {
      'the broker answers 0 80': [
        '- 0 subscribed({invocationContext: {n: 1}, grantedQos: Uint8Array(0080)})',
        '+ 0 refused({invocationContext: {n: 1}, errorCode: Uint8Array(0080), errorMessage: undefined})',
      ],
    },
  },
]

/** With `strict: true`, where it is not the same as without. @type {Difference[]} */
export const withStrict = [
  {
    reason: 'The option that asks for the old behaviour is seen in the object, like any other.',
    scenarios: {
      'connect() changes the options that it was given': [
        '- 0   returned {onSuccess: function, onFailure: function, userName: "u", keepAliveInterval: 60, mqttVersionExplicit: false, mqttVersion: 4, cleanSession: true}',
        '+ 0   returned {onSuccess: function, onFailure: function, userName: "u", strict: true, keepAliveInterval: 60, mqttVersionExplicit: false, mqttVersion: 4, cleanSession: true}',
      ],
    },
  },
  {
    reason: 'No browser closes a socket that never opened without an error before: that is told as one.',
    scenarios: {
      'connect() with options that served already': [
        '- 0 onFailure({invocationContext: undefined, errorCode: 8, errorMessage: "AMQJS0008I Socket closed."})',
        '+ 0 onFailure({invocationContext: undefined, errorCode: 7, errorMessage: "AMQJS0007E Socket error:undefined."})',
      ],
    },
  },
  {
    reason:
      'disconnect() during the first attempt to reconnect does not throw. A socket whose attempt is over is closed: opened late, it would be a second connection.',
    scenarios: { 'disconnect() during the first attempt to reconnect': ['- 0   threw TypeError', '+ 0 socket 1.close()'] },
  },
  {
    reason: 'A socket whose attempt is over is closed: opened late, it would be a second connection.',
    scenarios: {
      'disconnect() between two attempts to reconnect': ['+ 30000 socket 1.close()'],
      'nobody answers while it reconnects': [
        '- 700000 onSuccess({invocationContext: undefined})',
        '- 700000 onConnected(true, "ws://h:80/p")',
        '- 700000   returned true',
        '+ 700000   returned false',
        '+ 30000 socket 1.close()',
        '+ 62000 socket 2.close()',
        '+ 96000 socket 3.close()',
        '+ 134000 socket 4.close()',
        '+ 180000 socket 5.close()',
        '+ 242000 socket 6.close()',
        '+ 336000 socket 7.close()',
        '+ 494000 socket 8.close()',
        '+ 652000 socket 9.close()',
        '- 700000 9 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
      ],
      'the socket closes while it reconnects': [
        '+ 22000 socket 2.close()',
        '+ 36000 socket 3.close()',
        '+ 54000 socket 4.close()',
        '+ 80000 socket 5.close()',
      ],
      'the broker refuses while it reconnects': [
        '+ 1000 socket 1.close()',
        '+ 3000 socket 2.close()',
        '+ 7000 socket 3.close()',
        '+ 15000 socket 4.close()',
      ],
      'reconnecting with several addresses': ['+ 5000 socket 1.close()', '+ 12000 socket 2.close()', '+ 21000 socket 3.close()'],
    },
  },
  {
    reason: 'What is sent without a connection has its place in storage, and its identifier when there is one.',
    scenarios: {
      'nothing is kept of QoS 0 while disconnected': [
        '-   Sent:h:80:/p:id:<id> = {"type":3,"messageIdentifier":<id>,"version":1,"payloadMessage":{"payloadHex":"31","qos":1,"destinationName":"a"},"sequence":2}',
        '+   Sent:h:80:/p:id:+<id> = {"type":3,"messageIdentifier":<id>,"version":1,"payloadMessage":{"payloadHex":"31","qos":1,"destinationName":"a"},"sequence":281474976710656}',
      ],
    },
  },
  {
    reason:
      'connect() during a cycle of reconnections begins anew. A socket whose attempt is over is closed: opened late, it would be a second connection.',
    scenarios: {
      'connect() while it reconnects': [
        '- 6000   threw Error "AMQJS0011E Invalid state already connected."',
        '- 6000 onSuccess({invocationContext: undefined})',
        '- 6000 onConnected(true, "ws://h:80/p")',
        '+ 6000 onSuccess of the second({invocationContext: undefined})',
        '+ 6000 onConnected(false, "ws://h:80/p")',
        '- 6000 socket 1 opens, as arraybuffer',
        '- 6000 1 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
        '- 66000 1 PINGREQ c000',
        '+ 5000 socket 1.close()',
        '+ 6000 socket 2 = new WebSocket(ws://h:80/p, mqtt)',
        '+ 6000 socket 2 opens, as arraybuffer',
        '+ 6000 2 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
        '+ 66000 2 PINGREQ c000',
      ],
    },
  },
  {
    reason: 'A SUBSCRIBE that was not answered failed with its connection.',
    scenarios: {
      'an unanswered SUBSCRIBE, cleanSession false': [
        '- 2000 2 SUBSCRIBE',
        '+ 2000 1 SUBSCRIBE',
        '- 2000 1 SUBSCRIBE a qos=0 id-1 8206[id]00016100',
      ],
    },
  },
  {
    reason: 'What is sent again says so.',
    scenarios: {
      'onMessageArrived throws, with reconnect': [
        '- 2000 1 PUBLISH qos=1 b "mine" id-1 3209000162[id]6d696e65',
        '+ 2000 1 PUBLISH qos=1 dup b "mine" id-1 3a09000162[id]6d696e65',
      ],
      'a message at QoS 1 in flight, cleanSession false': [
        '- 2000 1 PUBLISH qos=1 a "x" id-1 3206000161[id]78',
        '+ 2000 1 PUBLISH qos=1 dup a "x" id-1 3a06000161[id]78',
      ],
      'a message at QoS 2 in flight, cleanSession false': [
        '- 2000 1 PUBLISH qos=2 a "x" id-1 3406000161[id]78',
        '+ 2000 1 PUBLISH qos=2 dup a "x" id-1 3c06000161[id]78',
      ],
    },
  },
  {
    reason: 'A message may be sent in onConnectionLost, when the cycle has begun.',
    scenarios: {
      'publishing in the callbacks of a reconnection': [
        '- 0 uncaught Error "AMQJS0011E Invalid state not connected."',
        '+ 2000 onMessageDelivered(Message a "lost" qos=0)',
        '+ 2000 onSuccess({invocationContext: undefined})',
        '+ 2000 onConnected(true, "ws://h:80/p")',
        '+ 2000 onMessageDelivered(Message a "connected" qos=0)',
        '- 2000 socket 0 opens, as arraybuffer',
        '+ 0 socket 1 = new WebSocket(ws://h:80/p, mqtt)',
        '+ 2000 socket 1 opens, as arraybuffer',
        '+ 2000 1 CONNECT MQTT4 keepAlive=60 id=id 100e00044d5154540400003c00026964',
        '+ 2000 1 PUBLISH qos=0 a "lost" 30070001616c6f7374',
        '+ 2000 1 PUBLISH qos=0 a "connected" 300c000161636f6e6e6563746564',
        '+ 2 more frames',
      ],
    },
  },
  {
    reason: 'What no broker accepts is refused before it is sent.',
    scenarios: {
      'send() with an empty topic': ['+ 0   threw Error "\\"\\" is no topic name."', '- 0 0 PUBLISH qos=0  "x" 3003000078'],
      'publish() with an empty topic': ['+ 0   threw Error "\\"\\" is no topic name."', '- 0 0 PUBLISH qos=0  "x" 3003000078'],
      'send() with a topic with a wildcard': [
        '+ 0   threw Error "\\"a/#\\" is no topic name."',
        '- 0 0 PUBLISH qos=0 a/# "x" 30060003612f2378',
      ],
      'publish() with a topic with a wildcard': [
        '+ 0   threw Error "\\"a/#\\" is no topic name."',
        '- 0 0 PUBLISH qos=0 a/# "x" 30060003612f2378',
      ],
      'send() with a topic with NUL': [
        '+ 0   threw Error "\\"a\\u0000b\\" is no topic name."',
        '- 0 0 PUBLISH qos=0 a\u0000b "x" 3006000361006278',
      ],
      'publish() with a topic with NUL': [
        '+ 0   threw Error "\\"a\\u0000b\\" is no topic name."',
        '- 0 0 PUBLISH qos=0 a\u0000b "x" 3006000361006278',
      ],
      'send() with a lone surrogate in the topic': [
        '+ 0   threw Error "\\"a\\udc00\\" is no topic name."',
        '- 0 0 PUBLISH qos=0 a\ufffd\ufffd\ufffd "x" 3007000461edb08078',
      ],
      'publish() with a lone surrogate in the topic': [
        '+ 0   threw Error "\\"a\\udc00\\" is no topic name."',
        '- 0 0 PUBLISH qos=0 a\ufffd\ufffd\ufffd "x" 3007000461edb08078',
      ],
    },
  },
]
