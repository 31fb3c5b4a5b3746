// Reads values whose type nobody has checked: from storage, a link, a file, or another participant.

export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

export function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}

export function flag(value: unknown, otherwise: boolean): boolean {
  return typeof value === 'boolean' ? value : otherwise
}

export function whole(value: unknown, otherwise: number, [least, most]: readonly [number, number]): number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most ? (value as number) : otherwise
}

export function oneOf<const T>(value: unknown, allowed: readonly T[], otherwise: T): T {
  return allowed.includes(value as T) ? (value as T) : otherwise
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : []
}

export function texts(value: unknown): string[] {
  return list(value).filter((each) => typeof each === 'string')
}
