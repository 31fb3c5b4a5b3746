//! Who answers where the broker has no shared subscriptions: all instances receive everything, and come to the same one.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rumqttc::v5::mqttbytes::v5::Publish;
use serde_json::Value;

const LONGEST_RECORD: usize = 4096; // bytes
const LONGEST_DELAY: u64 = 500; // ms until a newcomer is told that this instance is there
const SHORTEST_PAUSE: Duration = Duration::from_secs(2); // between two times, twice as long after each,
const LONGEST_PAUSE: Duration = Duration::from_secs(64); // up to this; from the beginning when nobody has come for so long

pub struct Election {
    own: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    online: BTreeMap<String, Option<Instant>>, // when their records expire, as the broker tells on this connection, this instance included
    pause: Duration,
    due: Option<Instant>, // when newcomers are told, or were
    last_newcomer: Option<Instant>,
}

impl Election {
    pub fn new(own: String) -> Self {
        Self { own, state: Mutex::default() }
    }

    /// On each connection the broker tells of everybody anew.
    pub fn clear(&self) {
        self.state.lock().unwrap().online.clear();
    }

    /// How long to wait before this instance tells its record again, if it has to.
    pub fn handle_record(&self, instance: &str, packet: &Publish) -> Option<Duration> {
        if packet.payload.len() > LONGEST_RECORD || !is_instance(instance) {
            return None;
        }
        let record = serde_json::from_slice::<Value>(&packet.payload).unwrap_or_default();
        let mut state = self.state.lock().unwrap();
        if record["online"] != Value::Bool(true) {
            state.online.remove(instance);
            return None;
        }
        let expiry = packet.properties.as_ref().and_then(|properties| properties.message_expiry_interval);
        let expires = expiry.map(|seconds| Instant::now() + Duration::from_secs(seconds.into()));
        let is_new = state.online.insert(instance.into(), expires).is_none();
        (is_new && !packet.retain && instance != self.own).then(|| state.greet()).flatten()
    }

    /// Whether this instance answers; the id is empty where there is none.
    pub fn elects(&self, uid: &str, id: &str) -> bool {
        let state = self.state.lock().unwrap();
        let now = Instant::now();
        // Those that died with their broker, which said nothing, have expired.
        let alive = state.online.iter().filter(|(_, expires)| expires.is_none_or(|expires| now < expires));
        let weighed = alive.map(|(instance, _)| (weight(&format!("{instance}/{uid}/{id}")), instance));
        weighed.max().is_some_and(|(_, winner)| *winner == self.own)
    }
}

impl State {
    /// The newcomer may be at a broker that does not deliver what is retained.
    fn greet(&mut self) -> Option<Duration> {
        let now = Instant::now();
        if self.last_newcomer.is_none_or(|last| now - last >= LONGEST_PAUSE) {
            self.pause = Duration::ZERO;
        }
        self.last_newcomer = Some(now);
        if self.due.is_some_and(|due| now < due) {
            return None; // it is about to be told
        }
        let delay = Duration::from_millis(RandomState::new().hash_one(0) % (LONGEST_DELAY + 1));
        let due = self.due.map_or(now + delay, |last| (last + self.pause.max(SHORTEST_PAUSE)).max(now + delay));
        self.due = Some(due);
        self.pause = (2 * self.pause).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
        Some(due - now)
    }
}

fn is_instance(name: &str) -> bool {
    let is_sound = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    (1..=64).contains(&name.len()) && !name.starts_with('_') && name.chars().all(is_sound)
}

/// FNV-1a of 64 bits and MurmurHash3's finalizer.
fn weight(text: &str) -> u64 {
    let fnv = |value: u64, byte: u8| (value ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    let mut value = text.bytes().fold(0xcbf2_9ce4_8422_2325, fnv);
    for factor in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53] {
        value = (value ^ (value >> 33)).wrapping_mul(factor);
    }
    value ^ (value >> 33)
}
