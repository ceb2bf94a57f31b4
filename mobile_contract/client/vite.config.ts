import path from 'node:path'
import { defineConfig, type Plugin } from 'vite'
import uni from '@dcloudio/vite-plugin-uni'

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

export default defineConfig({
  plugins: [uni(), withoutOutside()],
  resolve: {
    alias: [
      { find: '@kangban/sdk/documents', replacement: path.join(sdk, 'generated/documents.ts') },
      { find: '@kangban/sdk/uni', replacement: path.join(sdk, 'uni/index.ts') },
      { find: /^@kangban\/sdk$/, replacement: path.join(sdk, 'index.ts') },
      { find: '@', replacement: path.resolve(__dirname, 'src') },
    ],
  },
})
