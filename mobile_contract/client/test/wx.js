// `wx` as WeChat documents it, where miniprogram-simulate's own answers say nothing: requests,
// sockets, storage, pages, calls, the camera and its files.
'use strict'

const fs = require('node:fs')
const { WebSocket } = require('ws')

const METHODS = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT'] // no PATCH
const MOST_PAGES = 10
const MOST_KEPT = 1024 * 1024 // bytes under one name

function told(name, options, work) {
  Promise.resolve()
    .then(work)
    .then(
      (result = {}) => ({ ...result, errMsg: `${name}:ok` }),
      (error) => ({ failed: true, errMsg: `${name}:fail ${error.message}` }),
    )
    .then(({ failed, ...result }) => {
      failed ? options.fail?.(result) : options.success?.(result)
      options.complete?.(result)
    })
}

/** Requests go to the address that the build names, and are answered by the server of the test. */
function network({ own, server }) {
  const outside = []

  function allowed(url, name) {
    if (url.startsWith(`${own}/`)) return server + url.slice(own.length)
    outside.push(url)
    throw new Error(`${name}:fail url not in domain list`)
  }

  async function send({ url, method = 'GET', header = {}, data, dataType = 'json' }) {
    if (!METHODS.includes(method)) throw new Error(`method ${method}`)
    if (data !== undefined && typeof data !== 'string' && !(data instanceof ArrayBuffer)) data = JSON.stringify(data)
    const answer = await fetch(allowed(url, 'request'), { method, headers: header, body: data })
    const text = await answer.text()
    return { statusCode: answer.status, header: Object.fromEntries(answer.headers), data: dataType === 'json' ? parsed(text) : text }
  }

  function connectSocket(options) {
    const socket = new WebSocket(allowed(options.url.replace(/^ws/, 'http'), 'connectSocket').replace(/^http/, 'ws'), options.protocols)
    socket.on('error', () => undefined)
    return {
      send: ({ data, success, fail }) => socket.send(data, (error) => (error ? fail?.({ errMsg: `send:fail ${error.message}` }) : success?.({ errMsg: 'send:ok' }))),
      close: ({ code = 1000, reason = '' } = {}) => socket.close(code, reason),
      onOpen: (heard) => socket.on('open', () => heard({ header: {} })),
      onMessage: (heard) => socket.on('message', (data) => heard({ data: String(data) })),
      onClose: (heard) => socket.on('close', (code, reason) => heard({ code, reason: String(reason) })),
      onError: (heard) => socket.on('error', ({ message }) => heard({ errMsg: message })),
    }
  }

  return {
    outside,
    request: (options) => told('request', options, () => send(options)),
    connectSocket,
    preloadAssets: ({ data }) => outside.push(...data.map(({ src }) => src)),
  }
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function storage() {
  const kept = new Map()
  return {
    kept,
    getStorageSync: (name) => (kept.has(name) ? JSON.parse(kept.get(name)) : ''),
    setStorageSync(name, data) {
      const text = JSON.stringify(data)
      if (text.length > MOST_KEPT) throw new Error('setStorageSync:fail entry size limit reached')
      kept.set(name, text)
    },
    removeStorageSync: (name) => void kept.delete(name),
    setStorage(options) {
      told('setStorage', options, () => this.setStorageSync(options.key, options.data))
    },
  }
}

function navigation({ open, replace, back, only, pages }) {
  const there = (name, work) => (options) => told(name, options, () => work(options.url, options))
  return {
    navigateTo: there('navigateTo', (url) => {
      if (pages().length >= MOST_PAGES) throw new Error('webview count limit exceed')
      open(url)
    }),
    redirectTo: there('redirectTo', replace),
    reLaunch: there('reLaunch', only),
    navigateBack: (options = {}) => told('navigateBack', options, () => back(options.delta ?? 1)),
  }
}

/** The camera gives `photo`, a file of the test's, under a temporary path of its own. */
function camera({ path, width, height }) {
  const temporary = 'wxfile://tmp_photo.jpg'

  function file(asked) {
    if (asked !== temporary) throw new Error(`no such file or directory, open '${asked}'`)
    return fs.readFileSync(path)
  }

  function readFile({ filePath, position = 0, length, encoding }) {
    const bytes = file(filePath)
    const end = length === undefined ? bytes.length : position + length
    if (end > bytes.length) throw new Error('the value of "length" is out of range')
    const part = bytes.subarray(position, end)
    return { data: encoding ? part.toString(encoding) : Uint8Array.from(part).buffer }
  }

  return {
    chooseImage: (options) =>
      told('chooseImage', options, () => {
        const files = [{ path: temporary, size: file(temporary).length }]
        return { tempFilePaths: [temporary], tempFiles: files }
      }),
    getImageInfo: (options) =>
      told('getImageInfo', options, () => {
        file(options.src)
        return { width, height, path: options.src, orientation: 'up', type: 'jpeg' }
      }),
    getFileSystemManager: () => ({
      getFileInfo: (options) => told('getFileInfo', options, () => ({ size: file(options.filePath).length })),
      readFile: (options) => told('readFile', options, () => readFile(options)),
    }),
  }
}

/** What the test reads: `outside` addresses asked for, numbers `called`, what is `kept`. */
function createWx(addresses, pages, { code, photo }) {
  const called = []
  return {
    ...network(addresses),
    ...storage(),
    ...navigation(pages),
    ...camera(photo),
    called,
    getLaunchOptionsSync: () => ({ path: 'pages/home/home', scene: 1001, query: {}, referrerInfo: {} }),
    login: (options) => told('login', options, () => ({ code })),
    makePhoneCall: (options) => told('makePhoneCall', options, () => void called.push(options.phoneNumber)),
    onNetworkStatusChange: () => undefined,
  }
}

module.exports = { createWx }
