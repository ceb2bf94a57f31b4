// WeChat's runtime as far as uni-app's pages use it: app, page stack and `wx`, around
// miniprogram-simulate, which has components and templates, and no apps.
'use strict'

const path = require('node:path')
const { JSDOM } = require('jsdom')

const dom = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true })
for (const name of ['window', 'document', 'Event', 'CustomEvent', 'Touch', 'TouchEvent', 'Element', 'Node', 'HTMLElement']) {
  globalThis[name] = name === 'window' ? dom.window : dom.window[name]
}

const { createWx } = require('./wx.js')

const WAIT_MS = 15_000
const LOOK_EVERY_MS = 20

/**
 * @param {string} folder the built mini-program
 * @param {{ own: string, server: string }} addresses the address in the build, and the one that answers
 */
function simulator(folder, addresses, code) {
  const pages = require(path.join(folder, 'app.json')).pages
  const stack = []
  const wx = createWx(addresses, { open, replace, back, only, pages: () => stack }, code)
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
    component.instance.onLoad?.(Object.fromEntries(query.split('&').filter(Boolean).map((pair) => pair.split('=').map(decodeURIComponent))))
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
    open(pages[0])
    app.onLaunch(options)
    app.onShow(options)
  }

  const text = () => stack.at(-1)?.component.dom.textContent.replace(/\s+/g, ' ') ?? ''
  const route = () => stack.at(-1)?.route

  async function until(what, found) {
    const end = Date.now() + WAIT_MS
    for (;;) {
      const value = found()
      if (value) return value
      if (Date.now() > end) throw new Error(`not seen: ${what}, on ${route()}: ${text()}`)
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS))
    }
  }

  const attribute = (node, name) => node.__wxElement?._vt?.attrs.find((each) => each.name === name)?.value
  const all = () => [...(stack.at(-1)?.component.dom.querySelectorAll('wx-view') ?? [])]
  const buttons = () => all().filter((node) => ['button', 'link'].includes(attribute(node, 'role')))

  const said = (node) => node.textContent.replace(/\s+/g, ' ').trim()

  /** What can be tapped and says just this, or is called so, or else has it in what it says. */
  function tappable(what, first) {
    const just = buttons().filter((node) => said(node) === what || attribute(node, 'ariaLabel') === what)
    return just.at(first ? 0 : -1) ?? buttons().filter((node) => said(node).includes(what)).at(-1)
  }

  async function tap(what, { first = false } = {}) {
    const node = await until(what, () => tappable(what, first))
    // A finger meets what lies innermost.
    let inner = node
    while (inner.querySelector('wx-view, wx-text')) inner = inner.querySelector('wx-view, wx-text')
    happen(inner, 'tap')
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS))
  }

  function happen(node, name, detail = {}) {
    const { component } = stack.at(-1)
    Object.getPrototypeOf(Object.getPrototypeOf(component)).dispatchEvent.call({ dom: node }, name, { detail })
  }

  /** The field beneath a label. */
  function fieldOf(label) {
    const named = [...(stack.at(-1)?.component.dom.querySelectorAll('wx-text') ?? [])].find((node) => said(node) === label)
    return named?.parentNode.querySelector('wx-input, wx-textarea')
  }

  async function type(label, value) {
    happen(await until(label, () => fieldOf(label)), 'input', { value, cursor: value.length, keyCode: 0 })
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS))
  }

  const sees = (what) => until(what, () => text().includes(what))

  return { tap, type, sees, pages, wx, launch, route, text, until, stack }
}

module.exports = { simulator }
