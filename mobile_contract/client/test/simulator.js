// WeChat's runtime as far as uni-app's pages use it: app, page stack and `wx`, around
// miniprogram-simulate, which has components and templates, and no apps.
'use strict'

const path = require('node:path')
const { JSDOM } = require('jsdom')

const dom = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true })
for (const name of ['window', 'document', 'Event', 'CustomEvent', 'TouchEvent', 'Element', 'Node', 'HTMLElement']) {
  globalThis[name] = dom.window[name]
}

const { person } = require('./person.js')
const { createWx } = require('./wx.js')

/**
 * @param {string} folder the built mini-program
 * @param {{ own: string, server: string }} addresses the address in the build, and the one that answers
 * @param {{ code: string, photo: { path: string, width: number, height: number } }} given by
 *   wx.login, and by the camera
 */
function simulator(folder, addresses, given) {
  const pages = require(path.join(folder, 'app.json')).pages
  const stack = []
  const wx = createWx(addresses, { open, replace, back, only, pages: () => stack }, given)
  globalThis.wx = wx
  const simulate = require('miniprogram-simulate')
  Object.assign(globalThis.wx, wx)

  let app = null
  let loading = null
  globalThis.App = (options) => (app = options)
  globalThis.getApp = () => app
  globalThis.Page = () => { throw new Error('a page by Page(): uni-app makes components') }
  globalThis.getCurrentPages = () => stack.map(({ instance }) => instance)
  const register = globalThis.Component
  globalThis.Component = (options) => register(options.methods?.onLoad && loading ? asPage(options) : options)

  const loaded = new Map()
  function asPage(options) {
    const { created } = options
    const route = loading
    return { ...options, created() { this.route = route; created?.call(this) } }
  }

  function load(route) {
    if (!pages.includes(route)) throw new Error(`no such page: ${route}`)
    if (!loaded.has(route)) {
      loading = route
      loaded.set(route, simulate.load(path.join(folder, route), { rootPath: folder, compiler: 'official' }))
      loading = null
    }
    return loaded.get(route)
  }

  function open(url) {
    const [route, query = ''] = url.replace(/^\//, '').split('?')
    const id = load(route)
    hide()
    const component = simulate.render(id)
    const page = { route, component, instance: component.instance }
    stack.push(page)
    const box = document.createElement('div')
    document.body.append(box)
    component.attach(box)
    // WeChat hands the values on as they are written, encoded or not.
    component.instance.onLoad?.(Object.fromEntries(query.split('&').filter(Boolean).map(pair)))
    component.instance.onShow?.()
    component.instance.onReady?.()
  }

  function hide() {
    const page = stack.at(-1)
    if (!page) return
    page.instance.onHide?.()
    page.component.dom.style.display = 'none'
  }

  function close() {
    const page = stack.pop()
    const box = page.component.parentNode
    page.instance.onUnload?.()
    page.component.detach()
    box.remove()
  }

  function replace(url) {
    close()
    open(url)
  }

  function back(delta) {
    for (let left = Math.min(delta, stack.length - 1); left > 0; left--) close()
    const page = stack.at(-1)
    page.component.dom.style.display = ''
    page.instance.onShow?.()
  }

  function only(url) {
    while (stack.length) close()
    open(url)
  }

  async function launch() {
    require(path.join(folder, 'app.js'))
    const options = wx.getLaunchOptionsSync()
    app.onLaunch(options)
    app.onShow(options)
    open(pages[0])
  }

  return { ...person(() => stack.at(-1)), pages, wx, launch }
}

const pair = (text) => [text.split('=', 1)[0], text.slice(text.indexOf('=') + 1)]

module.exports = { simulator }
