import fs from 'node:fs'
import path from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'
import uni from '@dcloudio/vite-plugin-uni'
import { startsOffline } from './worker/plugin'

const sdk = path.resolve(__dirname, '../sdk/src')

/** uni-app's runtime names a picture and an advertisement service elsewhere; nothing here may. */
function withoutOutside(): Plugin {
  const outside = /(?:https?:)?\/\/[a-z0-9-]+\.dcloud\.net\.cn\/[\w./-]*/g
  return {
    name: 'kangban:without-outside',
    enforce: 'post',
    // In mini-programs it spells the address in character codes.
    transform(code, id) {
      if (!id.endsWith('uni.mp.esm.js')) return null
      return { code: code.replace('isFunction(wx.preloadAssets)', 'false'), map: null }
    },
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk') file.code = file.code.replace(outside, '')
        else if (typeof file.source === 'string') file.source = file.source.replace(outside, '')
      }
    },
  }
}

/** Where one begins: these come with the first file, so that a slow phone need not ask twice. */
const FIRST = ['pages/home/home', 'pages/sign-in/sign-in']

function firstPages(): Plugin {
  return {
    name: 'kangban:first-pages',
    apply: 'build',
    transform(code, id) {
      if (!id.endsWith('pages-json-js')) return null
      const imports = FIRST.map((page, nth) => `import first${nth} from './${page}.vue'\n`).join('')
      const direct = FIRST.reduce(
        (text, page, nth) => text.replace(`import('./${page}.vue')`, `Promise.resolve(first${nth})`),
        code,
      )
      return { code: imports + direct, map: null }
    },
  }
}

/** Brotli at its best takes seconds, so it is done here, once: `NAME.br` beside each script and style. */
function packed(): Plugin {
  return {
    name: 'kangban:packed',
    apply: (_, { command }) => command === 'build' && process.env.UNI_PLATFORM === 'h5',
    writeBundle({ dir = '' }, bundle) {
      for (const name of Object.keys(bundle).filter((each) => /\.(js|css)$/.test(each))) {
        const file = path.join(dir, name)
        fs.writeFileSync(`${file}.br`, brotliCompressSync(fs.readFileSync(file)))
      }
    },
  }
}

/** Languages of uni-app's own few words that nobody here can choose. */
const unspoken = ['ES', 'FR', 'ZH_HANT'].map((name) => [`__UNI_FEATURE_I18N_${name}__`, 'false'])

function without(): Plugin {
  return {
    name: 'kangban:without',
    enforce: 'post',
    config: () => ({ define: Object.fromEntries(unspoken) as Record<string, string> }),
  }
}

export default defineConfig({
  plugins: [uni(), firstPages(), without(), withoutOutside(), packed(), startsOffline()],
  resolve: {
    alias: [
      { find: '@kangban/sdk/documents', replacement: path.join(sdk, 'generated/documents.ts') },
      { find: '@kangban/sdk/uni', replacement: path.join(sdk, 'uni/index.ts') },
      { find: /^@kangban\/sdk$/, replacement: path.join(sdk, 'index.ts') },
      { find: '@', replacement: path.resolve(__dirname, 'src') },
    ],
  },
})
