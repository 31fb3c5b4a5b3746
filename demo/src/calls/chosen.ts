import { signal } from '@preact/signals'

/** Whom the form calls: a service, or a peer by its uid; and which method. */
export const chosen = signal<{ target: string; method: string }>({ target: '', method: '' })
