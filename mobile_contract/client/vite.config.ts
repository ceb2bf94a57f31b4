import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import uni from '@dcloudio/vite-plugin-uni'

export default defineConfig({
  plugins: [uni()],
  resolve: {
    alias: { '@': fileURLToPath(new URL('./src/', `file://${__dirname}/`)) },
  },
})
