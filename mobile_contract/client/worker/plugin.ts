import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { build, type Plugin } from 'vite'

const DIGEST_LENGTH = 16

function revision(file: string): string {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex').slice(0, DIGEST_LENGTH)
}

function filesIn(folder: string): string[] {
  return fs.readdirSync(folder).filter((name) => !name.endsWith('.br')).sort()
}

/** What the worker keeps of a build in `dir`. Assets carry their content's hash in their names. */
function filesOf(dir: string) {
  return [
    { url: '/', revision: revision(path.join(dir, 'index.html')) },
    ...filesIn(path.join(dir, 'static')).map((name) => ({
      url: `/static/${name}`,
      revision: revision(path.join(dir, 'static', name)),
    })),
    ...filesIn(path.join(dir, 'assets')).map((name) => ({ url: `/assets/${name}`, revision: null })),
  ]
}

/** `worker.js` beside `index.html`, made last: it names every file of the build. */
export function startsOffline(): Plugin {
  let dir = ''
  return {
    name: 'kangban:starts-offline',
    apply: (_, { command }) => command === 'build' && process.env.UNI_PLATFORM === 'h5',
    configResolved(config) {
      dir = path.resolve(config.root, config.build.outDir)
    },
    async closeBundle() {
      await build({
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        define: {
          FILES: JSON.stringify(filesOf(dir)),
          'process.env.NODE_ENV': JSON.stringify('production'),
        },
        build: {
          outDir: dir,
          emptyOutDir: false,
          lib: {
            entry: path.join(__dirname, 'worker.ts'),
            formats: ['iife'],
            name: 'worker',
            fileName: () => 'worker.js',
          },
        },
      })
    },
  }
}
