// A list that is drawn again from a map, at most once per frame, and only as many entries as can be read.

const most = 200

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} empty shown in its place
 * @param {() => HTMLElement[]} rows
 * @returns {() => void} to call when something has changed
 */
export function liveList(list, empty, rows) {
  let isScheduled = false
  return () => {
    if (isScheduled) return
    isScheduled = true
    // A page in the background has no frames.
    const draw = document.hidden ? queueMicrotask : requestAnimationFrame
    draw(() => {
      isScheduled = false
      const all = rows()
      const more = all.length > most ? [textIn('li', 'detail', `and ${all.length - most} more`)] : []
      list.replaceChildren(...all.slice(0, most), ...more)
      empty.hidden = all.length > 0
    })
  }
}

/**
 * @param {boolean} isOn
 * @param {string} name
 * @param {string} detail
 * @param {string[]} [badges]
 */
export function row(isOn, name, detail, badges = []) {
  const item = document.createElement('li')
  const dot = textIn('span', 'dot', '')
  dot.dataset['on'] = String(isOn)
  item.append(dot, textIn('span', isOn ? 'name' : 'name off', name), ...badges.map((text) => textIn('span', 'badge', text)))
  item.append(textIn('span', 'detail', detail))
  return item
}

/** @param {string} tag @param {string} className @param {string} text */
export function textIn(tag, className, text) {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}
