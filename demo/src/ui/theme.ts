import { effect, signal } from '@preact/signals'
import { oneOf } from '../store/shapes.js'
import { read, write } from '../store/storage.js'

const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export const theme = signal<Theme>(oneOf(read('localStorage', 'theme'), THEMES, 'system'))

/** System, light, dark, system ... */
export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'system'
}

const preference = matchMedia('(prefers-color-scheme: dark)')
const prefersDark = signal(preference.matches)
preference.addEventListener('change', () => (prefersDark.value = preference.matches))

/** What is drawn on canvases has to know. */
export const isDark = () => (theme.value === 'system' ? prefersDark.value : theme.value === 'dark')

effect(() => {
  document.documentElement.dataset['theme'] = theme.value
  write('localStorage', 'theme', theme.value)
})
