import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { preview, server } from './server.ts'

export default defineConfig({ plugins: [react()], server, preview })
