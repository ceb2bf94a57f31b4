// Who holds the phone: sees what is written, taps what says something, types into what is labelled.
'use strict'

const WAIT_MS = 60_000 // a photo is read by a model that is loaded first, on a machine that others use
const LOOK_EVERY_MS = 20

/** @param {() => { route: string, component: object } | undefined} top the page on top */
function person(top) {
  const text = () => top()?.component.dom.textContent.replace(/\s+/g, ' ') ?? ''
  const route = () => top()?.route

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
  const all = () => [...(top()?.component.dom.querySelectorAll('wx-view') ?? [])]
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
    const { component } = top()
    Object.getPrototypeOf(Object.getPrototypeOf(component)).dispatchEvent.call({ dom: node }, name, { detail })
  }

  /** The field beneath a label. */
  function fieldOf(label) {
    const texts = [...(top()?.component.dom.querySelectorAll('wx-text') ?? [])]
    const named = texts.find((node) => said(node) === label)
    return named?.parentNode.querySelector('wx-input, wx-textarea')
  }

  async function type(label, value) {
    happen(await until(label, () => fieldOf(label)), 'input', { value, cursor: value.length, keyCode: 0 })
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS))
  }

  const sees = (what) => until(what, () => text().includes(what))

  return { tap, type, sees, route, text, until }
}

module.exports = { person }
