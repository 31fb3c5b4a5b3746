import { twoTrips } from './two-trips.js'

export const peer = twoTrips(0)
