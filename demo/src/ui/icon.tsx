// Icons of 20 by 20, drawn in lines of the text's colour.

const paths = {
  messages: 'M3 5h14M3 10h14M3 15h9',
  topics: 'M4 3v11a2 2 0 0 0 2 2h4M4 8h6M13 16h4M13 8h4',
  people:
    'M7 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 16.500c0-2.500 2-4 5-4s5 1.500 5 4M13 4.300a3 3 0 0 1 0 5.400M15 12.800c1.900.500 3 1.800 3 3.700',
  services: 'M4 3.500h12v5H4zM4 11.500h12v5H4zM7 6h.01M7 14h.01',
  packets: 'M3 7h11l-3-3M17 13H6l3 3',
  publish: 'M3 10 17 3l-4 14-3.500-5.500L3 10ZM9.500 11.500 17 3',
  connection: 'M7 6 4.500 8.500a3.500 3.500 0 0 0 5 5L12 11M13 14l2.500-2.500a3.500 3.500 0 0 0-5-5L8 9',
  doctor: 'M2 10h3.500l2-5 4 10 2-5H18',
  sun: 'M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM10 1.500v2M10 16.500v2M1.500 10h2M16.500 10h2M4 4l1.400 1.400M14.600 14.600 16 16M4 16l1.400-1.400M14.600 5.400 16 4',
  moon: 'M16.500 12A7 7 0 0 1 8 3.500 7 7 0 1 0 16.500 12Z',
  system: 'M3 4h14v9H3zM7 17h6M10 13v4',
  close: 'm5 5 10 10M15 5 5 15',
  caret: 'm7 4 6 6-6 6',
  pin: 'M7 3h6l-1 5 3 3H5l3-3-1-5ZM10 11v6',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12ZM13.500 13.500 17 17',
  device: 'M6 2.500h8v15H6zM9 15h2',
  out: 'M10 16V4M5 9l5-5 5 5',
  in: 'M10 4v12M5 11l5 5 5-5',
} as const

export type IconName = keyof typeof paths

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
