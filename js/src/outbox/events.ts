/** A message of an earlier page that the broker has acknowledged. */
export interface Delivered {
  readonly topic: string
  readonly qos: 1 | 2
  readonly retain: boolean
  /** Milliseconds since 1970. */
  readonly publishedAt: number
  /** 0, or 0x10 if the broker reports that there are no matching subscribers (MQTT 5). */
  readonly reasonCode: number
  /** @internal What the owner of the outbox attached to the message. */
  readonly origin?: string
}
