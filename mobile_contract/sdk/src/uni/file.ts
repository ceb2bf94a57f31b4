import type { Source } from '../files.js'
import type { UniFileApi } from './api.js'

/** A file that was chosen or photographed in a mini-program, by its temporary path. */
export async function fileOfPath(uni: UniFileApi, path: string, name: string): Promise<Source> {
  const files = uni.getFileSystemManager()
  const size = await new Promise<number>((found, failed) =>
    files.getFileInfo({
      filePath: path,
      success: (info) => found(info.size),
      fail: ({ errMsg }) => failed(new Error(errMsg ?? 'no such file')),
    }),
  )
  const read = (start: number, end: number): Promise<ArrayBuffer> =>
    new Promise((done, failed) =>
      files.readFile({
        filePath: path,
        position: start,
        length: end - start,
        success: ({ data }) =>
          typeof data === 'string' ? failed(new Error('bytes were asked for')) : done(data),
        fail: ({ errMsg }) => failed(new Error(errMsg ?? 'the file cannot be read')),
      }),
    )
  return { name, size, read }
}
