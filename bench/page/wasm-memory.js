// Records the memory of each WebAssembly module that is instantiated, by any script.

const memories = []

function note(result) {
  const { exports } = result.instance ?? result
  memories.push(...Object.values(exports).filter((each) => each instanceof WebAssembly.Memory))
  return result
}

for (const name of ['instantiate', 'instantiateStreaming']) {
  const native = WebAssembly[name]
  WebAssembly[name] = (...parameters) => native(...parameters).then(note)
}

/** Bytes in all. */
export function wasmMemory() {
  return memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0)
}
