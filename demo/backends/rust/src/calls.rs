//! Requests: how they are read, answered once, cancelled and given credit.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rumqttc::v5::mqttbytes::v5::PublishProperties;
use serde_json::{json, Value};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{sleep, timeout};

use crate::places::Place;
use crate::{json_properties, methods, Service};

const REMEMBERED: Duration = Duration::from_secs(60); // for duplicates of a request
const FIRST_CREDIT: usize = 64; // items of a stream that need no credit
const MOST_CREDIT: usize = 256; // items that are allowed and not yet sent
const LONGEST_ID: usize = 256; // bytes of JSON

/// A failure that the caller is told.
pub struct RpcError {
    pub code: i64,
    pub message: String,
    pub data: Option<Value>,
}

impl RpcError {
    pub fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    fn cancelled(message: &str) -> Self {
        Self::new(-32003, message)
    }

    fn to_json(&self) -> Value {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let Some(data) = &self.data {
            error["data"] = data.clone();
        }
        error
    }
}

/// One request or notification while it is worked on, and its response afterwards.
pub struct Call {
    service: Arc<Service>,
    id: Option<Value>, // none for a notification
    pub method: String,
    pub params: Option<Value>,
    sender: String,
    properties: PublishProperties, // of the response
    cancelled: Notify,
    credit: Semaphore,
    response: OnceLock<Value>,
}

impl Call {
    /// The place is free again when this ends.
    async fn run(self: Arc<Self>, life: Duration, _place: Place) {
        let mut sent = 0;
        // The method's future is dropped at the place where it waits.
        let outcome = tokio::select! {
            outcome = methods::call(&self, &mut sent) => outcome,
            () = self.cancelled.notified() => Err(RpcError::cancelled("Cancelled")),
            () = sleep(life) => return self.service.forget(&self), // nobody waits for an answer any more
        };
        let response = match outcome {
            Ok(result) if sent > 0 => json!({ "id": self.id, "result": result, "count": sent }),
            Ok(result) => json!({ "id": self.id, "result": result }),
            Err(error) => json!({ "id": self.id, "error": error.to_json() }),
        };
        if self.id.is_some() {
            self.respond(self.response.get_or_init(|| response)).await;
            tokio::spawn(async move {
                sleep(REMEMBERED).await;
                self.service.forget(&self);
            });
        }
    }

    async fn respond(&self, response: &Value) {
        self.service.send(&self.sender, response.clone(), self.properties.clone()).await;
    }

    /// None for a notification.
    fn key(&self) -> Option<(String, String)> {
        Some((self.sender.clone(), self.id.as_ref()?.to_string()))
    }

    /// The sender is `{org}:{user}:{random}`. It comes from the topic, which the broker's access rules vouch for.
    pub fn user(&self) -> &str {
        match self.sender.match_indices(':').nth(1) {
            Some((end, _)) => &self.sender[..end],
            None => &self.sender,
        }
    }

    /// Sends one item of a stream, once the caller has granted credit for it; `sent` counts them.
    pub async fn progress(&self, value: impl Into<Value>, sent: &mut u64) -> Result<(), RpcError> {
        let nobody = || RpcError::cancelled("Nobody takes the stream");
        if self.id.is_none() {
            return Err(nobody());
        }
        let credit = timeout(self.service.stall, self.credit.acquire()).await.map_err(|_| nobody())?;
        credit.expect("nobody closes it").forget();
        let params = json!({ "id": self.id, "seq": *sent, "value": value.into(), "at": self.service.instance });
        *sent += 1;
        let message = json!({ "method": "$/progress", "params": params });
        self.service.send(&self.sender, message, json_properties()).await;
        Ok(())
    }

    fn more(&self, n: u64) {
        let room = MOST_CREDIT.saturating_sub(self.credit.available_permits());
        self.credit.add_permits(room.min(n.try_into().unwrap_or(room)));
    }
}

impl Service {
    /// `properties`: of the response.
    pub fn receive_request(
        self: &Arc<Self>,
        sender: &str,
        payload: &[u8],
        life: Duration,
        properties: PublishProperties,
    ) {
        let parsed = serde_json::from_slice::<Value>(payload);
        let id_text = parsed.as_ref().ok().filter(|request| is_request(request)).and_then(|request| request.get("id"));
        if !self.is_ours(sender, &id_text.map_or(String::new(), characters)) {
            return;
        }
        let Ok(request) = parsed else {
            return self.refuse(sender, Value::Null, RpcError::new(-32700, "Parse error"), properties);
        };
        if is_answer(&request) {
            return; // or else two sides would answer each other for ever
        }
        let id = request.get("id").filter(|id| is_id(id)).cloned();
        if !is_request(&request) {
            let error = RpcError::new(-32600, "Invalid request");
            return self.refuse(sender, id.into(), error, properties);
        }
        let call = Arc::new(Call {
            service: self.clone(),
            id,
            method: request["method"].as_str().unwrap_or_default().into(),
            params: request.get("params").cloned(),
            sender: sender.into(),
            properties,
            cancelled: Notify::new(),
            credit: Semaphore::new(FIRST_CREDIT),
            response: OnceLock::new(),
        });
        if let Some(earlier) = self.find(&call) {
            self.in_background(async move {
                // Without a response yet, that is on its way.
                if let Some(response) = earlier.response.get() {
                    earlier.respond(response).await;
                }
            });
        } else if let Some(place) = self.places.take(call.user()) {
            self.remember(&call);
            if call.id.is_some() {
                self.in_background(call.run(life, place));
            } else {
                tokio::spawn(call.run(life, place)); // nobody waits for it
            }
        } else if let Some(id) = call.id.clone() {
            // Not remembered, so that it may be asked again.
            self.refuse(sender, id, RpcError::new(-32004, "Overloaded"), call.properties.clone());
        }
    }

    fn refuse(self: &Arc<Self>, sender: &str, id: Value, error: RpcError, properties: PublishProperties) {
        let (service, sender) = (self.clone(), sender.to_owned());
        let response = json!({ "id": id, "error": error.to_json() });
        self.in_background(async move { service.send(&sender, response, properties).await });
    }

    /// The earlier call of which this one is a duplicate.
    fn find(&self, call: &Call) -> Option<Arc<Call>> {
        self.calls.lock().unwrap().get(&call.key()?).cloned()
    }

    /// For its duplicates, and for whoever cancels it.
    fn remember(&self, call: &Arc<Call>) {
        let Some(key) = call.key() else { return };
        self.calls.lock().unwrap().insert(key, call.clone());
    }

    fn forget(&self, call: &Call) {
        let Some(key) = call.key() else { return };
        self.calls.lock().unwrap().remove(&key);
    }

    pub fn receive_control(&self, sender: &str, payload: &[u8]) {
        let message: Value = serde_json::from_slice(payload).unwrap_or_default();
        let params = &message["params"];
        let key = (sender.to_owned(), params["id"].to_string());
        let Some(call) = self.calls.lock().unwrap().get(&key).cloned() else { return };
        match message["method"].as_str() {
            Some("$/cancelRequest") => call.cancelled.notify_one(),
            Some("$/more") => call.more(params["n"].as_u64().unwrap_or(0)),
            _ => (),
        }
    }
}

/// Of an id: those of a string, or the number as it is written.
fn characters(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn is_id(id: &Value) -> bool {
    (id.is_string() || id.is_number()) && id.to_string().len() <= LONGEST_ID
}

fn is_answer(message: &Value) -> bool {
    message.get("method").is_none() && (message.get("result").is_some() || message.get("error").is_some())
}

fn is_request(request: &Value) -> bool {
    request["jsonrpc"] == "2.0"
        && request["method"].is_string()
        && request.get("id").is_none_or(is_id)
        && request.get("params").is_none_or(|params| params.is_array() || params.is_object())
}
