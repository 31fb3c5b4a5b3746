// What others answer over HTTP.

/** Throws where it breaks off, or is longer. @param {Response} response @param {number} longest in characters */
export async function textOfAnswer(response, longest) {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > longest) throw new Error('the answer is too long')
  }
  return text
}

/** Undefined where it is no JSON. @param {string} text @returns {unknown} */
export function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
