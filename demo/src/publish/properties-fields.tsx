import { TextArea, TextField } from '../ui/fields.js'
import type { PropertyFields } from './properties.js'

interface PropertiesFieldsProps {
  value: PropertyFields
  onChange: (value: PropertyFields) => void
}

/** The MQTT 5 properties of a message or a will. */
export function PropertiesFields({ value, onChange }: PropertiesFieldsProps) {
  const set = (some: Partial<PropertyFields>) => onChange({ ...value, ...some })
  return (
    <div class="pair properties">
      <TextField
        label="Content type"
        code
        value={value.contentType}
        placeholder="application/json"
        onChange={(contentType) => set({ contentType })}
      />
      <TextField
        label="Expiry, s"
        value={value.expiry}
        placeholder="never"
        onChange={(expiry) => set({ expiry: expiry.replace(/\D/g, '') })}
      />
      <TextField label="Response topic" code value={value.responseTopic} onChange={(responseTopic) => set({ responseTopic })} />
      <TextField label="Correlation data" code value={value.correlationData} onChange={(correlationData) => set({ correlationData })} />
      <TextArea
        label="User properties, name=value in each line"
        rows={2}
        value={value.userProperties}
        onChange={(userProperties) => set({ userProperties })}
      />
    </div>
  )
}
