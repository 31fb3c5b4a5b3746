import { signal } from '@preact/signals'

const narrow = matchMedia('(max-width: 60rem)')

/** Whether there is room for one view alone, and fingers have to hit what is on it. */
export const isNarrow = signal(narrow.matches)
narrow.addEventListener('change', () => (isNarrow.value = narrow.matches))
