// Asks before something that cannot be undone.
import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

interface Question {
  title: string
  text: string
  action: string
  answer: (isConfirmed: boolean) => void
}

const question = signal<Question | undefined>(undefined)

/** Resolves with whether the user confirmed. */
export function confirmed(asked: Omit<Question, 'answer'>): Promise<boolean> {
  return new Promise((answer) => (question.value = { ...asked, answer }))
}

export function ConfirmDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const asked = question.value
  useEffect(() => {
    if (asked !== undefined) dialog.current?.showModal()
  }, [asked])
  if (asked === undefined) return null
  const close = (isConfirmed: boolean) => {
    question.value = undefined
    asked.answer(isConfirmed)
  }
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="dialog-title" onCancel={() => close(false)}>
      <h2 id="dialog-title">{asked.title}</h2>
      <p>{asked.text}</p>
      <div class="actions">
        <button type="button" onClick={() => close(false)}>
          Keep
        </button>
        <button type="button" class="danger" onClick={() => close(true)}>
          {asked.action}
        </button>
      </div>
    </dialog>
  )
}
