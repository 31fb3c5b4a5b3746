import Theme from 'vitepress/theme'
import Diagram from './Diagram.vue'
import './style.css'

export default {
  extends: Theme,
  /** @param {{ app: import('vue').App }} context */
  enhanceApp: ({ app }) => void app.component('Diagram', Diagram),
}
