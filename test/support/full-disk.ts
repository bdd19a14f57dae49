/** A disk that is full whenever the test says so. */
import { Disk } from '../../electron/services/disk.ts'

export class FullDisk extends Disk {
  full = false

  protected override async write(path: string, contents: Uint8Array | string): Promise<void> {
    if (this.full)
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    await super.write(path, contents)
  }
}
