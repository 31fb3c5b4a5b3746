// `dist/webapp-worker.js`: the same for webapps. The module has messaging.
import createModule from 'wsmq:webapp-embedded'
import { loadOnce } from '../../load.js'
import { serve } from '../serve.js'
import { createLayer } from './layer-host.js'

export {}

serve(loadOnce(createModule), createLayer)
