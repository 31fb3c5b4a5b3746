package main

import (
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"regexp"
	"sync"
	"time"

	"github.com/eclipse/paho.golang/paho"
)

const (
	longestRecord = 4096                   // bytes
	longestDelay  = 500 * time.Millisecond // until a newcomer is told that this instance is there
	shortestPause = 2 * time.Second        // between two times, twice as long after each,
	longestPause  = 64 * time.Second       // up to this; from the beginning when nobody has come for so long
)

var soundInstance = regexp.MustCompile(`^[A-Za-z0-9.-][A-Za-z0-9_.-]{0,63}$`)

// election says who answers where the broker has no shared subscriptions: all instances receive everything, and come to the same one.
type election struct {
	own  string
	tell func() // publishes the record again

	mutex        sync.Mutex           // guards these
	online       map[string]time.Time // when their records expire, as the broker tells on this connection, this instance included
	pause        time.Duration
	due          time.Time // when newcomers are told, or were
	lastNewcomer time.Time
}

// clear is for each connection, on which the broker tells of everybody anew.
func (e *election) clear() {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.online = map[string]time.Time{}
}

func (e *election) handleRecord(instance string, packet *paho.Publish) {
	if len(packet.Payload) > longestRecord || !soundInstance.MatchString(instance) {
		return
	}
	var record map[string]any
	_ = json.Unmarshal(packet.Payload, &record)
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if record["online"] != true {
		delete(e.online, instance)
		return
	}
	life := time.Duration(math.MaxInt64) // of a record that has no expiry
	if expiry := packet.Properties.MessageExpiry; expiry != nil {
		life = time.Duration(*expiry) * time.Second
	}
	_, isKnown := e.online[instance]
	e.online[instance] = time.Now().Add(life)
	if !isKnown && !packet.Retain && instance != e.own {
		e.greet()
	}
}

// elects tells whether this instance answers; id is empty where there is none.
func (e *election) elects(uid, id string) bool {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	// Those that died with their broker, which said nothing.
	maps.DeleteFunc(e.online, func(_ string, expires time.Time) bool { return !time.Now().Before(expires) })
	winner, highest := "", uint64(0)
	for instance := range e.online {
		weight := hash(instance + "/" + uid + "/" + id)
		if weight > highest || weight == highest && instance > winner {
			winner, highest = instance, weight
		}
	}
	return winner == e.own
}

// hash is FNV-1a of 64 bits and MurmurHash3's finalizer.
func hash(text string) uint64 {
	value := uint64(0xcbf29ce484222325)
	for n := range len(text) {
		value = (value ^ uint64(text[n])) * 0x100000001b3
	}
	value = (value ^ value>>33) * 0xff51afd7ed558ccd
	value = (value ^ value>>33) * 0xc4ceb9fe1a85ec53
	return value ^ value>>33
}

// greet tells a newcomer, who may be at a broker that does not deliver what is retained.
func (e *election) greet() {
	now := time.Now()
	if now.Sub(e.lastNewcomer) >= longestPause {
		e.pause = 0
	}
	e.lastNewcomer = now
	if now.Before(e.due) {
		return // it is about to be told
	}
	due := now.Add(rand.N(longestDelay))
	if earliest := e.due.Add(max(e.pause, shortestPause)); due.Before(earliest) {
		due = earliest
	}
	e.due, e.pause = due, min(max(2*e.pause, shortestPause), longestPause)
	time.AfterFunc(due.Sub(now), e.tell)
}
