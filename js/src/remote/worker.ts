// `dist/worker.js`: the host of a connection in a worker, dedicated or shared, or a thread of Node. A page starts it.
import { load } from '../embedded.js'
import { serve } from './serve.js'

export {}

serve(load)
