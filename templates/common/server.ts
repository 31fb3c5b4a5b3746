// How the page is served while you develop (npm run dev) and when you try the build (npm run preview).
import type { CommonServerOptions } from 'vite'

/** The page connects to /ws_mqtt on its own server, in development as in production: no other origin is involved. */
const proxy: CommonServerOptions['proxy'] = {
  '/ws_mqtt': {
    target: process.env['BROKER'] ?? 'ws://localhost:9001',
    ws: true,
    changeOrigin: true,
    // The path is that of BROKER, such as /mqtt, and nothing behind it.
    ignorePath: true,
  },
}

/**
 * What your server should send as well. 'wasm-unsafe-eval' is for the module of websocket-mq, and allows no eval. The
 * development server cannot send it: Vite itself uses inline scripts there.
 */
const contentSecurityPolicy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

export const server: CommonServerOptions = { proxy }
export const preview: CommonServerOptions = { proxy, headers: { 'Content-Security-Policy': contentSecurityPolicy } }
