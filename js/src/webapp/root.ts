/** Of the convention's topics, unless said otherwise. */
export const DEFAULT_ROOT = 'app/'
