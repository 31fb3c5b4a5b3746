//! The bound on the calls that are worked on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// For at most `limit` calls at a time, and half of that for one account.
pub struct Places {
    limit: usize,
    /// How many each account has.
    taken: Mutex<HashMap<String, usize>>,
}

/// It is free again when this is dropped.
pub struct Place {
    places: Arc<Places>,
    account: String,
}

impl Places {
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, taken: Mutex::default() })
    }

    /// None where there is no place left.
    pub fn take(self: &Arc<Self>, account: &str) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap();
        let own = taken.get(account).copied().unwrap_or(0);
        if own >= (self.limit / 2).max(1) || taken.values().sum::<usize>() >= self.limit {
            return None;
        }
        taken.insert(account.into(), own + 1);
        Some(Place { places: self.clone(), account: account.into() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap();
        match taken.get_mut(&self.account) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(taken.remove(&self.account)),
        }
    }
}
