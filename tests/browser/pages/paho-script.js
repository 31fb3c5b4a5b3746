// A page as they were written for mqttws31.js: no modules, the library in a global. ?global=MQTT takes the older one.
;(function () {
  var classic = /** @type {any} */ (globalThis).Paho
  var api = location.search.indexOf('global=MQTT') < 0 ? classic : classic.MQTT
  /** @type {any} */
  var client
  /** @type {unknown[][]} */
  var notes = []
  /** @type {string[]} */
  var arrived = []
  /** @type {string[]} */
  var errors = []
  var delivered = 0
  // The library works before the page is loaded, and before its module is.
  var early = new api.Client('localhost', 1, '/none', 'early')

  /** @param {{ host: string, port: number, path: string, id: string, options: any }} given */
  function start(given) {
    client = new api.Client(given.host, given.port, given.path, given.id)
    client.onConnectionLost = function (/** @type {any} */ loss) {
      notes.push(['lost', loss.errorCode, loss.errorMessage])
    }
    client.disconnectedPublishing = true
    // ?silent: as pages that do not know of it.
    if (location.search !== '?silent')
      client.onError = function (/** @type {any} */ error) {
        errors.push(error.message)
      }
    client.onMessageArrived = function (/** @type {any} */ message) {
      arrived.push(message.destinationName + ' ' + message.payloadString)
    }
    client.onMessageDelivered = function () {
      delivered++
    }
    given.options.onSuccess = function () {
      notes.push(['connected'])
      client.subscribe(given.id + '/in')
      var message = new api.Message('Hello')
      message.destinationName = given.id + '/in'
      client.send(message)
    }
    given.options.onFailure = function (/** @type {any} */ failure) {
      notes.push(['failed', failure.errorCode])
    }
    client.connect(given.options)
  }

  /** @param {string} topic @param {number} from @param {number} to @param {number} qos */
  function sendNumbers(topic, from, to, qos) {
    for (var number = from; number < to; number++) client.send(topic, String(number), qos)
  }

  function stored() {
    try {
      return Object.keys(localStorage).length
    } catch {
      return 0
    }
  }

  function facts() {
    return {
      notes: notes,
      arrived: arrived,
      delivered: delivered,
      errors: errors,
      stored: stored(),
      sameClasses: classic.Client === classic.MQTT.Client && classic.Message === classic.MQTT.Message,
      instance: early instanceof classic.Client && early instanceof classic.MQTT.Client,
      early: early.isConnected(),
    }
  }

  Object.assign(globalThis, {
    client: {
      start: start,
      sendNumbers: sendNumbers,
      facts: facts,
      trace: function () {
        client.startTrace()
        return client.getTraceLog()
      },
      disconnect: function () {
        client.disconnect()
      },
    },
  })
})()
