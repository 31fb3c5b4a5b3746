import { mount, unmount } from 'svelte'
import { run } from './join.js'
import Provider from './Provider.svelte'

run((target) => {
  const app = mount(Provider, { target })
  return () => void unmount(app)
})
