// Of a plain script: currentScript is only set while it runs; in a worker, the location is the script's.
export const ownAddress =
  typeof document === 'undefined' ? location.href : ((document.currentScript as HTMLScriptElement | null)?.src ?? location.href)
