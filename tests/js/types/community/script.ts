// As a module around the plain script, whose global it uses. Compiles with the community's types, and with ours. Never run.
import 'paho-mqtt'

export function connect(): Paho.MQTT.Client {
  const clients = [
    new Paho.MQTT.Client('ws://example.org/mqtt', 'id'),
    new Paho.MQTT.Client('example.org', 80, 'id'),
    new Paho.MQTT.Client('example.org', 80, '/mqtt', 'id'),
  ]
  for (const client of clients) client.connect({ onSuccess: () => client.send(new Paho.MQTT.Message('x')) })
  return clients[0]!
}
