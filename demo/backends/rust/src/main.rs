//! The demo service in Rust, with rumqttc. README.md says how to start it and how it works.

mod calls;
mod methods;
mod places;

use std::collections::HashMap;
use std::env;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use percent_encoding::percent_decode_str;
use rumqttc::v5::mqttbytes::v5::{
    Filter, LastWill, Packet, Publish, PublishProperties, RetainForwardRule, SubscribeReasonCode,
};
use rumqttc::v5::mqttbytes::QoS::AtLeastOnce;
use rumqttc::v5::{AsyncClient, Event, MqttOptions};
use rumqttc::Outgoing;
use serde_json::{json, Value};
use tokio::signal::unix::{signal, SignalKind};

use calls::Call;
use places::Places;

const LIFE: Duration = Duration::from_secs(60); // of a call whose message has no expiry
const LARGEST_PACKET: u32 = 16 << 20; // rumqttc's own limit is 10 KiB

pub struct Service {
    client: AsyncClient,
    root: String,
    name: String,
    instance: String,
    requests: String,
    control: String,
    record: String,
    /// By sender and id, so that nobody can reach the request of somebody else.
    calls: Mutex<HashMap<(String, String), Arc<Call>>>,
    places: Arc<Places>,
    /// How long a stream waits for credit.
    stall: Duration,
}

impl Service {
    async fn subscribe(&self) {
        let filters = [
            format!("$share/{}/{}+", self.name, self.requests),
            format!("{}/+", self.record),
            format!("{}_all/+", self.control),
        ];
        let filters = filters
            .map(|filter| Filter { retain_forward_rule: RetainForwardRule::Never, ..Filter::new(filter, AtLeastOnce) });
        log_error(self.client.subscribe_many(filters).await);
    }

    /// Tells, by the retained discovery record, whether requests are answered.
    async fn announce(&self, online: bool) {
        let record = announcement(&self.name, &self.instance, online);
        log_error(self.client.publish(&self.record, AtLeastOnce, true, record).await);
    }

    /// Messages leave in the order of these calls; rumqttc keeps to what the broker takes at once.
    async fn send(&self, sender: &str, mut message: Value, properties: PublishProperties) {
        message["jsonrpc"] = json!("2.0");
        let topic = format!("{}webapp/res/{sender}", self.root);
        let publish = self.client.publish_with_properties(topic, AtLeastOnce, false, message.to_string(), properties);
        log_error(publish.await);
    }

    fn receive(self: &Arc<Self>, packet: Publish) {
        if packet.retain {
            return; // of the past; only records are ever retained
        }
        let topic = String::from_utf8_lossy(&packet.topic);
        let Some((_, sender)) = topic.rsplit_once('/') else { return };
        if topic.starts_with(&self.requests) {
            // A caller with MQTT 3.1.1 has no properties.
            let sent = packet.properties.unwrap_or_default();
            let life = sent.message_expiry_interval.map_or(LIFE, |seconds| Duration::from_secs(seconds.into()));
            let properties = PublishProperties {
                correlation_data: sent.correlation_data,
                content_type: Some("application/json".into()),
                ..Default::default()
            };
            self.receive_request(sender, &packet.payload, life, properties);
        } else {
            self.receive_control(sender, &packet.payload);
        }
    }
}

fn announcement(service: &str, instance: &str, online: bool) -> String {
    let mut about = json!({ "online": online, "service": service, "instance": instance });
    if online {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        about["version"] = json!("1.0.0");
        about["methods"] = json!(methods::NAMES);
        about["since"] = json!(now.as_millis() as u64);
    }
    about.to_string()
}

fn log_error<T, E: std::fmt::Display>(result: Result<T, E>) {
    if let Err(error) = result {
        eprintln!("{error}");
    }
}

fn variable(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.into())
}

/// `mqtt://[user:password@]host[:port]`
fn read_url(url: &str, client_id: String) -> Option<MqttOptions> {
    let authority = url.strip_prefix("mqtt://")?.trim_end_matches('/');
    let (credentials, address) = match authority.rsplit_once('@') {
        Some((credentials, address)) => (Some(credentials), address),
        None => (None, authority),
    };
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (address, 1883),
    };
    let mut options = MqttOptions::new(client_id, host, port);
    if let Some(credentials) = credentials {
        let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
        options.set_credentials(decode(user)?, decode(password)?);
    }
    Some(options)
}

fn decode(text: &str) -> Option<String> {
    Some(percent_decode_str(text).decode_utf8().ok()?.into_owned())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = variable("WSMQ_ROOT", "evsuites/");
    let name = variable("WSMQ_SERVICE", "demo");
    // Calls that may be worked on at a time, half of them for one account.
    let limit = variable("WSMQ_LIMIT", "1000").parse()?;
    let stall = Duration::from_millis(variable("WSMQ_STALL", "30000").parse()?);
    // The standard library seeds its hash tables from the system's random numbers.
    let instance = format!("rust-{:08x}", RandomState::new().hash_one(0) as u32);
    let control = format!("{root}webapp/svc/{name}/");
    let record = format!("{control}{instance}");

    let client_id = variable("WSMQ_CLIENT_ID", &format!("{name}-{instance}"));
    let mut options = read_url(&variable("WSMQ_URL", "mqtt://localhost"), client_id)
        .ok_or("WSMQ_URL should be mqtt://[user:password@]host[:port]")?;
    let will = announcement(&name, &instance, false);
    options
        .set_keep_alive(Duration::from_secs(30))
        .set_max_packet_size(Some(LARGEST_PACKET))
        .set_last_will(LastWill::new(&record, will, AtLeastOnce, true, None));
    let (client, mut events) = AsyncClient::new(options, 100);
    let requests = format!("{root}webapp/req/{name}/");
    let (calls, places) = (Mutex::default(), Places::new(limit));
    let service = Arc::new(Service { client, root, name, instance, requests, control, record, calls, places, stall });

    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let leaving = service.clone();
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () }
        leaving.announce(false).await;
        log_error(leaving.client.disconnect().await);
    });

    // This loop moves everything, so whatever has to wait for it runs in a task of its own.
    loop {
        let service = service.clone();
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                tokio::spawn(async move { service.subscribe().await });
            }
            Ok(Event::Incoming(Packet::SubAck(answer))) => {
                let granted = |code| matches!(code, &SubscribeReasonCode::Success(_));
                if !answer.return_codes.iter().all(granted) {
                    eprintln!("The broker refused a subscription: {:?}", answer.return_codes);
                    continue;
                }
                println!("{}/{} answers", service.name, service.instance);
                tokio::spawn(async move { service.announce(true).await });
            }
            Ok(Event::Incoming(Packet::Publish(packet))) => service.receive(packet),
            Ok(Event::Outgoing(Outgoing::Disconnect)) => return Ok(()),
            Ok(_) => (),
            Err(error) => {
                eprintln!("{error}");
                tokio::time::sleep(Duration::from_secs(1)).await; // the next poll connects again
            }
        }
    }
}
