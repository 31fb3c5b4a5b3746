// dist/timer.js: a worker whose timers are not throttled while the page is hidden. It answers each message, a delay in
// milliseconds, when that has passed.
onmessage = ({ data }: MessageEvent<number>) => setTimeout(() => postMessage(0), data)
