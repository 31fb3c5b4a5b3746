//! The demo service in Rust, with rumqttc. README.md says how to start it and how it works.

mod calls;
mod election;
mod methods;
mod places;

use std::collections::HashMap;
use std::env;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use percent_encoding::percent_decode_str;
use rumqttc::v5::mqttbytes::v5::{
    Filter, LastWill, LastWillProperties, Packet, Publish, PublishProperties, RetainForwardRule, SubAck,
    SubscribeReasonCode,
};
use rumqttc::v5::mqttbytes::QoS::AtLeastOnce;
use rumqttc::v5::{AsyncClient, Event, MqttOptions};
use rumqttc::Outgoing;
use serde_json::{json, Value};
use tokio::signal::unix::{signal, SignalKind};
use tokio::sync::{watch, Notify};
use tokio::time::{sleep, timeout};

use calls::Call;
use election::Election;
use places::Places;

const LIFE: Duration = Duration::from_secs(60); // of a call whose message has no expiry
const PATIENCE: Duration = Duration::from_secs(5); // for what is in hand when the service leaves
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
    /// For one that died with its broker, in seconds.
    record_expiry: u32,
    /// In milliseconds since 1970.
    since: u64,
    /// As the record says on this connection.
    is_online: AtomicBool,
    /// The requests, with the other instances.
    shares: AtomicBool,
    leaving: AtomicBool,
    election: Election,
    /// Requests that are worked on, and messages that the broker has not acknowledged.
    in_hand: watch::Sender<usize>,
    unsubscribed: Notify,
}

/// It counts until this is dropped.
struct InHand(Arc<Service>);

impl Drop for InHand {
    fn drop(&mut self) {
        self.0.in_hand.send_modify(|count| *count -= 1);
    }
}

impl Service {
    fn shares(&self) -> bool {
        self.shares.load(Relaxed)
    }

    fn is_ours(&self, sender: &str, id: &str) -> bool {
        self.shares() || self.election.elects(sender, id)
    }

    /// Whoever leaves waits for it.
    fn in_background(self: &Arc<Self>, work: impl Future<Output = ()> + Send + 'static) {
        self.in_hand.send_modify(|count| *count += 1);
        let counted = InHand(self.clone());
        tokio::spawn(async move {
            work.await;
            drop(counted);
        });
    }

    fn requests_filter(&self) -> String {
        let filter = format!("{}+", self.requests);
        if self.shares() {
            format!("$share/{}/{filter}", self.name)
        } else {
            filter
        }
    }

    async fn subscribe(&self) {
        let live =
            |filter| Filter { retain_forward_rule: RetainForwardRule::Never, ..Filter::new(filter, AtLeastOnce) };
        let mut filters = vec![
            live(self.requests_filter()),
            live(format!("{}/+", self.record)),
            live(format!("{}_all/+", self.control)),
        ];
        if !self.shares() {
            // Who is there is heard of before the first request.
            filters.insert(0, Filter::new(format!("{}+", self.control), AtLeastOnce));
        }
        log_error(self.client.subscribe_many(filters).await);
    }

    /// Returns whether requests are answered now.
    fn handle_granted(self: &Arc<Self>, answer: &SubAck) -> bool {
        let is_granted = |code: &SubscribeReasonCode| matches!(code, SubscribeReasonCode::Success(_));
        if answer.return_codes.iter().all(is_granted) {
            return true;
        }
        eprintln!("The broker refused a subscription: {:?}", answer.return_codes);
        if self.shares() && !answer.return_codes.first().is_some_and(is_granted) {
            self.shares.store(false, Relaxed);
            let service = self.clone();
            tokio::spawn(async move { service.subscribe().await });
        }
        false
    }

    /// Tells, by the retained discovery record, whether requests are answered.
    async fn announce(&self, online: bool) {
        if online && self.leaving.load(Relaxed) {
            return;
        }
        self.is_online.store(online, Relaxed);
        let record = announcement(&self.name, &self.instance, online.then_some(self.since));
        let properties = PublishProperties { message_expiry_interval: Some(self.record_expiry), ..json_properties() };
        self.publish(self.record.clone(), true, record, properties).await;
    }

    /// Tells again that requests are answered, before the record expires.
    async fn renew(&self) {
        if self.is_online.load(Relaxed) {
            self.announce(true).await;
        }
    }

    /// Messages leave in the order of these calls; rumqttc keeps to what the broker takes at once.
    async fn publish(&self, topic: String, retain: bool, payload: String, properties: PublishProperties) {
        self.in_hand.send_modify(|count| *count += 1);
        log_error(self.client.publish_with_properties(topic, AtLeastOnce, retain, payload, properties).await);
    }

    fn handle_acknowledged(&self) {
        self.in_hand.send_modify(|count| *count = count.saturating_sub(1));
    }

    /// What has come before the broker stops sending requests is answered, and acknowledged.
    async fn leave(&self) {
        self.leaving.store(true, Relaxed);
        self.announce(false).await;
        log_error(self.client.unsubscribe(self.requests_filter()).await);
        let answered = async {
            self.unsubscribed.notified().await;
            let _ = self.in_hand.subscribe().wait_for(|count| *count == 0).await;
        };
        let _ = timeout(PATIENCE, answered).await;
        log_error(self.client.disconnect().await);
    }

    async fn send(&self, sender: &str, mut message: Value, properties: PublishProperties) {
        message["jsonrpc"] = json!("2.0");
        let topic = format!("{}webapp/res/{sender}", self.root);
        self.publish(topic, false, message.to_string(), properties).await;
    }

    fn receive(self: &Arc<Self>, packet: Publish) {
        let topic = String::from_utf8_lossy(&packet.topic);
        let Some((before, sender)) = topic.rsplit_once('/') else { return };
        if self.control.strip_suffix('/') == Some(before) {
            return self.receive_record(sender, &packet);
        }
        if packet.retain || !is_uid(sender) {
            return; // only records are ever retained
        }
        if topic.starts_with(&self.requests) {
            // A caller with MQTT 3.1.1 has no properties.
            let sent = packet.properties.unwrap_or_default();
            let life = sent.message_expiry_interval.map_or(LIFE, |seconds| Duration::from_secs(seconds.into()));
            let properties = PublishProperties { correlation_data: sent.correlation_data, ..json_properties() };
            self.receive_request(sender, &packet.payload, life, properties);
        } else {
            self.receive_control(sender, &packet.payload);
        }
    }

    fn receive_record(self: &Arc<Self>, instance: &str, packet: &Publish) {
        if let Some(delay) = self.election.handle_record(instance, packet) {
            let service = self.clone();
            tokio::spawn(async move {
                sleep(delay).await;
                service.renew().await;
            });
        }
    }
}

/// `{org}:{user}:{random}`
fn is_uid(uid: &str) -> bool {
    let is_part =
        |part: &str| (1..=64).contains(&part.len()) && !part.contains(|c: char| c.is_control() || "/+#:".contains(c));
    let is_random = |part: &str| {
        (4..=16).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    match uid.split(':').collect::<Vec<_>>()[..] {
        [org, user, random] => is_part(org) && is_part(user) && is_random(random),
        _ => false,
    }
}

fn json_properties() -> PublishProperties {
    PublishProperties { content_type: Some("application/json".into()), ..Default::default() }
}

/// Offline where it tells no beginning.
fn announcement(service: &str, instance: &str, since: Option<u64>) -> String {
    let mut about = json!({ "online": since.is_some(), "service": service, "instance": instance });
    if since.is_some() {
        about["version"] = json!("1.0.0");
        about["methods"] = json!(methods::NAMES);
        about["since"] = json!(since);
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
    let root = variable("WSMQ_ROOT", "app/");
    let name = variable("WSMQ_SERVICE", "demo");
    // Calls that may be worked on at a time, half of them for one account.
    let limit = variable("WSMQ_LIMIT", "1000").parse()?;
    let stall = Duration::from_millis(variable("WSMQ_STALL", "30000").parse()?);
    let record_expiry: u32 = variable("WSMQ_RECORD_EXPIRY", "600").parse()?;
    // The standard library seeds its hash tables from the system's random numbers.
    let instance = format!("rust-{:08x}", RandomState::new().hash_one(0) as u32);
    let control = format!("{root}webapp/svc/{name}/");
    let record = format!("{control}{instance}");

    let client_id = variable("WSMQ_CLIENT_ID", &format!("{name}-{instance}"));
    let mut options = read_url(&variable("WSMQ_URL", "mqtt://localhost"), client_id)
        .ok_or("WSMQ_URL should be mqtt://[user:password@]host[:port]")?;
    let will = announcement(&name, &instance, None);
    let about_will = LastWillProperties {
        delay_interval: None,
        payload_format_indicator: None,
        message_expiry_interval: Some(record_expiry),
        content_type: Some("application/json".into()),
        response_topic: None,
        correlation_data: None,
        user_properties: Vec::new(),
    };
    options
        .set_keep_alive(Duration::from_secs(30))
        .set_max_packet_size(Some(LARGEST_PACKET))
        .set_last_will(LastWill::new(&record, will, AtLeastOnce, true, Some(about_will)));
    let (client, mut events) = AsyncClient::new(options, 100);
    let requests = format!("{root}webapp/req/{name}/");
    let (calls, places) = (Mutex::default(), Places::new(limit));
    let service = Arc::new(Service {
        election: Election::new(instance.clone()),
        record_expiry,
        since: SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as u64,
        is_online: AtomicBool::new(false),
        shares: AtomicBool::new(true),
        leaving: AtomicBool::new(false),
        in_hand: watch::Sender::new(0),
        unsubscribed: Notify::new(),
        client,
        root,
        name,
        instance,
        requests,
        control,
        record,
        calls,
        places,
        stall,
    });

    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let (leaving, renewing) = (service.clone(), service.clone());
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () }
        leaving.leave().await;
    });
    tokio::spawn(async move {
        loop {
            sleep(Duration::from_secs(record_expiry.into()) / 2).await;
            renewing.renew().await;
        }
    });

    // This loop moves everything, so whatever has to wait for it runs in a task of its own.
    loop {
        let service = service.clone();
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(answer))) => {
                let can_share = answer.properties.and_then(|it| it.shared_subscription_available) != Some(0);
                service.shares.store(can_share, Relaxed);
                service.election.clear();
                tokio::spawn(async move { service.subscribe().await });
            }
            Ok(Event::Incoming(Packet::SubAck(answer))) => {
                if !service.handle_granted(&answer) {
                    continue;
                }
                println!("{}/{} answers", service.name, service.instance);
                tokio::spawn(async move { service.announce(true).await });
            }
            Ok(Event::Incoming(Packet::PubAck(_))) => service.handle_acknowledged(),
            Ok(Event::Incoming(Packet::UnsubAck(_))) => service.unsubscribed.notify_one(),
            Ok(Event::Incoming(Packet::Publish(packet))) => service.receive(packet),
            Ok(Event::Outgoing(Outgoing::Disconnect)) => return Ok(()),
            Ok(_) => (),
            Err(error) => {
                eprintln!("{error}");
                service.is_online.store(false, Relaxed);
                sleep(Duration::from_secs(1)).await; // the next poll connects again
            }
        }
    }
}
