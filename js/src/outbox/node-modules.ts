// What is used of Node's modules. Its types are no part of this package's declarations.

export interface NodeError {
  readonly code?: string
}

export interface NodeFs {
  existsSync: (path: string) => boolean
  readdirSync: (path: string) => string[]
  readFileSync: ((path: string) => Uint8Array) & ((path: string, encoding: 'utf8' | 'latin1') => string)
  writeFileSync: (path: string | number, data: Uint8Array | string, options?: { mode: number }) => void
  openSync: (path: string, flags: string, mode: number) => number
  writeSync: (descriptor: number, bytes: Uint8Array, offset: number) => number
  closeSync: (descriptor: number) => void
  ftruncateSync: (descriptor: number, size: number) => void
  fdatasync: (descriptor: number, callback: (error: NodeError | null) => void) => void
  fdatasyncSync: (descriptor: number) => void
  fstatSync: (descriptor: number) => { nlink: number }
  renameSync: (from: string, to: string) => void
  copyFileSync: (from: string, to: string) => void
  linkSync: (existing: string, path: string) => void
  mkdirSync: (path: string, options?: { recursive: boolean; mode: number }) => void
  rmSync: (path: string, options?: { recursive?: boolean; force: boolean }) => void
  statSync: (path: string, options?: { throwIfNoEntry: boolean }) => { mtimeMs: number } | undefined
  utimes: (path: string, accessed: Date, modified: Date, callback: (error: NodeError | null) => void) => void
}

export interface NodeOs {
  hostname: () => string
}

export interface NodeProcess {
  readonly pid: number
  kill: (pid: number, signal: number) => void
  once: (type: string, listener: () => void) => void
  removeListener: (type: string, listener: () => void) => void
}
