import { useSignal } from '@preact/signals'
import { confirmed } from '../ui/dialog.js'
import { plural, sentence } from '../ui/text.js'
import { clearHistory, history } from './history.js'

export function HistoryCard() {
  const outcome = useSignal('')
  const { messages, problem } = history.value
  const clear = async () => {
    const isSure = await confirmed({
      title: 'Clear history',
      text: 'This browser forgets the messages and the values that it keeps of all brokers and accounts. This cannot be undone.',
      action: 'Clear',
    })
    if (!isSure) return
    try {
      await clearHistory()
      outcome.value = 'Cleared.'
    } catch (error) {
      outcome.value = sentence(error)
    }
  }
  return (
    <div class="card stack" id="history">
      <h3>History</h3>
      <p class={problem === '' ? 'quiet' : 'outcome failed'}>
        {problem || `For this broker and account, this browser keeps ${plural(messages, 'message')} and the latest value of each topic.`}
      </p>
      <div class="inline">
        <button type="button" onClick={() => void clear()}>
          Clear history
        </button>
        <span class="outcome" role="status">
          {outcome.value}
        </span>
      </div>
    </div>
  )
}
