// Fields of forms: a label with its control.
import type { ComponentChildren } from 'preact'

interface TextFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  placeholder?: string
  required?: boolean
  disabled?: boolean
  /** In the typeface of code, without spelling help. */
  code?: boolean
  type?: 'text' | 'password'
  autocomplete?: string
}

export function TextField({ label, value, onChange, code = false, type = 'text', autocomplete = 'off', ...rest }: TextFieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        {...rest}
        {...({ type } as { type: 'text' })}
        class={code ? 'code' : ''}
        value={value}
        spellcheck={false}
        autocomplete={autocomplete as 'off'}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  )
}

interface AreaProps {
  label: string
  value: string
  rows: number
  onChange: (value: string) => void
  placeholder?: string
  disabled?: boolean
}

export function TextArea({ label, value, onChange, ...rest }: AreaProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <textarea {...rest} class="code" spellcheck={false} value={value} onInput={(event) => onChange(event.currentTarget.value)} />
    </label>
  )
}

interface NumberFieldProps {
  label: string
  value: number
  range: readonly [least: number, most: number]
  onChange: (value: number) => void
  disabled?: boolean
}

export function NumberField({ label, value, range: [min, max], onChange, disabled = false }: NumberFieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="number"
        required
        {...{ min, max, disabled }}
        value={value}
        onInput={({ currentTarget: input }) => input.validity.valid && onChange(input.valueAsNumber)}
      />
    </label>
  )
}

interface ChoiceProps<Value extends string | number> {
  label: string
  value: Value
  options: readonly (readonly [value: Value, text: string])[]
  onChange: (value: Value) => void
  disabled?: boolean
  hideLabel?: boolean
}

export function Choice<Value extends string | number>({
  label,
  value,
  options,
  onChange,
  disabled = false,
  hideLabel,
}: ChoiceProps<Value>) {
  const choose = (text: string) => {
    const chosen = options.find(([each]) => String(each) === text)
    if (chosen !== undefined) onChange(chosen[0])
  }
  return (
    <label class="field">
      <span class={hideLabel ? 'hidden' : ''}>{label}</span>
      <select disabled={disabled} value={String(value)} onChange={(event) => choose(event.currentTarget.value)}>
        {options.map(([each, text]) => (
          <option key={each} value={String(each)} selected={each === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}

export const QOS = [
  [0, '0'],
  [1, '1'],
  [2, '2'],
] as const

interface CheckProps {
  label: string
  checked: boolean
  onChange: (checked: boolean) => void
  disabled?: boolean
}

export function Check({ label, checked, onChange, disabled = false }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" {...{ checked, disabled }} onChange={(event) => onChange(event.currentTarget.checked)} />
      {label}
    </label>
  )
}

interface SegmentsProps<Value extends string> {
  label: string
  value: Value
  options: readonly (readonly [value: Value, text: string])[]
  onChange: (value: Value) => void
}

export function Segments<Value extends string>({ label, value, options, onChange }: SegmentsProps<Value>) {
  return (
    <div class="segments" role="group" aria-label={label}>
      {options.map(([each, text]) => (
        <button key={each} type="button" aria-pressed={each === value} onClick={() => onChange(each)}>
          {text}
        </button>
      ))}
    </div>
  )
}

/** A panel's heading, and what stands beside it. */
export function Heading({ id, text, children }: { id: string; text: string; children?: ComponentChildren }) {
  return (
    <div class="heading">
      <h2 id={id}>{text}</h2>
      {children}
    </div>
  )
}
