import { defineConfig } from 'vite'
import { preview, server } from './server.ts'

export default defineConfig({ server, preview })
