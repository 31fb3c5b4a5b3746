#include "request/requester.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace wsmq::messaging {

namespace {

std::string quoted(const std::string& id_text) { return '"' + id_text + '"'; }

}  // namespace

Requester::Requester(Context& context, Discovery& discovery, const Settings& settings)
    : context_{context},
      discovery_{discovery},
      uid_{settings.uid},
      id_key_{settings.id_key},
      most_{settings.most},
      consults_{settings.consults_discovery} {}

// --- The user's calls ------------------------------------------------------------------------------

Error Requester::check(const Target& target, std::string_view method) {
    const bool known = target.kind == Target::Kind::backend ||
                       (target.kind == Target::Kind::peer ? is_valid_uid(target.name) : is_valid_name(target.name));
    return known && is_valid_name(method) ? Error::none : Error::invalid_name;
}

Error Requester::check(const Target& target, std::string_view params, const RequestOptions& options) const {
    if (options.timeout < convention::shortest_timeout || options.timeout > convention::longest_timeout)
        return Error::invalid_argument;
    if (requests_.size() >= most_) return Error::too_many;
    if (options.content_type.empty()) return context_.check_params(params);
    if (options.content_type == json_type) return Error::invalid_argument;
    const bool offered = context_.broker.is_v5() && target.kind == Target::Kind::service;
    return offered && discovery_.takes_raw(target.name) ? Error::none : Error::not_supported;
}

Result<RequestId> Requester::request(const Target& target, std::string_view method, std::string_view params,
                                     const RequestOptions& options, bool is_absent) {
    if (const auto error = check(target, method); error != Error::none) return error;
    if (const auto error = check(target, params, options); error != Error::none) return error;
    if (!context_.broker.client().is_started()) return Error::not_connected;
    const bool of_service = target.kind == Target::Kind::service;
    const std::uint64_t key = last_ + 1;
    Pending pending{.kind = target.kind, .name = std::string{target.name}};
    pending.grants_credit = options.grants_credit;
    pending.is_raw = !options.content_type.empty();
    is_absent |= of_service && discovery_.is_absent(target.name);
    if (!is_absent) {
        const auto published = send(key, target, method, params, options);
        if (!published) return published.error();
        pending.publish = *published;
    }
    if (of_service && consults_) discovery_.consult(target.name);
    last_ = key;
    const auto position = requests_.emplace(key, std::move(pending)).first;
    deadlines_.set(key, context_.now + options.timeout);
    if (is_absent) fail(position, Error::no_responder, json_rpc::code::no_responder);
    return RequestId{key};
}

Result<OperationId> Requester::send(std::uint64_t key, const Target& target, std::string_view method,
                                    std::string_view params, const RequestOptions& options) {
    const bool is_raw = !options.content_type.empty();
    const bool of_peer = target.kind == Target::Kind::peer;
    const auto response_topic = of_peer ? context_.topics.peer(uid_, target.name) : context_.topics.response(uid_);
    const auto id = id_text(key);
    MessageOptions how{.waits = options.waits_for_connection,
                       .content_type = is_raw ? options.content_type : json_type,
                       .response_topic = response_topic,
                       .correlation = id,
                       .expiry = options.timeout,
                       .traceparent = options.traceparent};
    if (is_raw) how.method = method;
    const auto encoded = is_raw ? std::string{} : json_rpc::encode_request(quoted(id), method, params);
    return context_.broker.publish(topic_of(target), is_raw ? params : encoded, how, {Purpose::request, key},
                                   context_.now);
}

Error Requester::notify(const Target& target, std::string_view method, std::string_view params) {
    if (const auto error = check(target, method); error != Error::none) return error;
    if (const auto error = context_.check_params(params); error != Error::none) return error;
    const auto payload = json_rpc::encode_notification(method, params);
    return context_.broker.publish(topic_of(target), payload, {.content_type = json_type}, {}, context_.now).error();
}

bool Requester::cancel(RequestId id) {
    const auto found = requests_.find(static_cast<std::uint64_t>(id));
    if (found == requests_.end()) return false;
    give_up(found, Error::cancelled, json_rpc::code::cancelled);
    return true;
}

bool Requester::grant(RequestId id, std::uint32_t items) {
    const auto found = requests_.find(static_cast<std::uint64_t>(id));
    if (found == requests_.end()) return false;
    found->second.wanted += items;
    send_credit(found);
    return true;
}

void Requester::item_taken(RequestId id) {
    const auto found = requests_.find(static_cast<std::uint64_t>(id));
    if (found == requests_.end() || !found->second.grants_credit) return;
    if (++found->second.taken < convention::credit_batch) return;
    (void)grant(id, std::exchange(found->second.taken, 0u));
}

// --- What arrives ----------------------------------------------------------------------------------

void Requester::handle_answer(std::string_view peer, const json_rpc::Message& message) {
    const auto found = find(message.id_text, peer);
    if (found == requests_.end()) return;
    if (message.kind == json_rpc::Kind::error) {
        return fail(found, Error::remote, message.code, message.message, message.value);
    }
    // Without a count it would not be known that the last items are missing.
    if (message.count.value_or(0) != found->second.received) return fail(found, Error::item_lost);
    respond(found, message.value, {});
}

void Requester::handle_progress(std::string_view peer, const json_rpc::Control& control) {
    const auto found = find(control.id_text, peer);
    if (found == requests_.end() || !control.seq) return;
    auto& pending = found->second;
    if (pending.received == 0) pending.at = control.at;
    // Another instance's, or a duplicate.
    if (pending.at != control.at || *control.seq < pending.received) return;
    if (*control.seq > pending.received) return give_up(found, Error::item_lost);
    // A grant that came to it twice (QoS 1) lets it send more, but never more than may be outstanding.
    if (pending.received == pending.allowed + convention::most_credit) return give_up(found, Error::bad_response);
    context_.events.push(
        Progress{RequestId{found->first}, pending.received, control.value.empty() ? "null" : control.value},
        {&Progress::value});
    ++pending.received;
    send_credit(found);
}

bool Requester::handle_raw(const IncomingMessage& message) {
    const auto type = message.text(PropertyId::content_type);
    if (type.empty() || type == json_type) return false;
    const auto found = find(message.correlation(), {});
    if (found == requests_.end() || !found->second.is_raw) return false;
    if (found->second.received != 0) {
        fail(found, Error::bad_response);  // a raw body has no count
    } else {
        respond(found, message.payload, type);
    }
    return true;
}

void Requester::handle_delivered(std::uint64_t key, ReasonCode reason) {
    const auto found = requests_.find(key);
    if (found == requests_.end()) return;
    found->second.publish = {};
    if (reason == ReasonCode::no_matching_subscribers) {
        fail(found, Error::no_responder, json_rpc::code::no_responder);
    } else if (is_failure(reason)) {
        const bool too_large = reason == ReasonCode::packet_too_large;
        fail(found, too_large ? Error::payload_too_large : Error::refused, 0, wsmq::describe(reason));
    }
}

void Requester::handle_undelivered(std::uint64_t key, Error error) {
    const auto found = requests_.find(key);
    if (found == requests_.end()) return;
    found->second.publish = {};
    fail(found, error);
}

void Requester::handle_timeout() {
    while (const auto key = deadlines_.take(context_.now)) {
        const auto found = requests_.find(*key);
        if (found != requests_.end()) give_up(found, Error::timed_out, json_rpc::code::timed_out);
    }
}

void Requester::handle_discovered() {
    for (auto each = requests_.begin(); each != requests_.end();) {
        const auto current = each++;
        const auto& pending = current->second;
        const bool unanswered = pending.kind == Target::Kind::service && pending.received == 0;
        if (unanswered && discovery_.is_absent(pending.name)) {
            fail(current, Error::no_responder, json_rpc::code::no_responder);
        }
    }
}

void Requester::fail_all(Error why) {
    while (!requests_.empty()) fail(requests_.begin(), why);
}

// --- Helpers ---------------------------------------------------------------------------------------

std::string Requester::topic_of(const Target& target) const {
    if (target.kind == Target::Kind::peer) return context_.topics.peer(target.name, uid_);
    return context_.topics.request(target.kind == Target::Kind::service ? target.name : std::string_view{}, uid_);
}

/// The key, and a hash that only the responder can know.
std::string Requester::id_text(std::uint64_t key) const {
    constexpr auto digits = "0123456789abcdef";
    std::string id;
    json_rpc::append_number(id, static_cast<std::int64_t>(key));
    auto chance = sip_hash(id_key_, id);
    id += '.';
    for (int i = 0; i < 16; ++i, chance >>= 4) id += digits[chance & 0xF];
    return id;
}

Requester::Requests::iterator Requester::find(std::string_view id, std::string_view peer) {
    std::uint64_t key = 0;
    (void)std::from_chars(id.data(), id.data() + id.size(), key);
    const auto found = requests_.find(key);
    if (found == requests_.end() || id != id_text(key)) return requests_.end();
    // The topic identifies the sender: only the responder can answer.
    const bool of_peer = found->second.kind == Target::Kind::peer;
    const bool right = of_peer ? found->second.name == peer : peer.empty();
    return right ? found : requests_.end();
}

/// To the instance or peer that works on it.
Error Requester::control(const Pending& pending, std::string_view payload, bool waits) {
    const bool of_service = pending.kind == Target::Kind::service;
    const auto instance = is_valid_instance(pending.at) ? std::string_view{pending.at} : all_instances;
    const auto topic =
        of_service ? context_.topics.instance(pending.name, instance, uid_) : topic_of({pending.kind, pending.name});
    return context_.broker.publish(topic, payload, {.waits = waits, .content_type = json_type}, {}, context_.now)
        .error();
}

/// Grants what the application granted, as far as it may be outstanding. The rest follows as items arrive, in batches.
void Requester::send_credit(Requests::iterator position) {
    auto& pending = position->second;
    // Items that were sent beyond our grants count first.
    const auto ahead = pending.received - std::min(pending.received, pending.allowed);
    const auto repaid = std::min(pending.wanted, ahead);
    pending.allowed += repaid;
    pending.wanted -= repaid;
    const auto items = std::min(pending.wanted, pending.received + convention::most_credit - pending.allowed);
    if (items == 0 || (items < pending.wanted && items < convention::first_credit)) return;
    // Without the credit the stream would stop. What the queue has no room for stays wanted, and goes with the next.
    const auto more = json_rpc::encode_more(quoted(id_text(position->first)), items);
    if (control(pending, more, true) != Error::none) return;
    pending.allowed += items;
    pending.wanted -= items;
}

void Requester::respond(Requests::iterator position, std::string_view result, std::string_view content_type) {
    context_.events.push(Response{RequestId{position->first}, result, content_type, position->second.received},
                         {&Response::result, &Response::content_type});
    erase(position);
}

void Requester::fail(Requests::iterator position, Error why, std::int64_t code, std::string_view message,
                     std::string_view data) {
    const bool told = why == Error::remote || !message.empty();
    context_.events.push(RequestFailed{RequestId{position->first}, why, code, told ? message : describe(why), data},
                         {&RequestFailed::message, &RequestFailed::data});
    erase(position);
}

/// Ends a request that a responder may be working on. A cancellation that cannot be sent now would be too late.
void Requester::give_up(Requests::iterator position, Error why, std::int64_t code) {
    (void)control(position->second, json_rpc::encode_cancel(quoted(id_text(position->first))), false);
    fail(position, why, code);
}

void Requester::erase(Requests::iterator position) {
    deadlines_.erase(position->first);
    if (position->second.publish != OperationId{}) context_.broker.abandon(position->second.publish);
    requests_.erase(position);
}

}  // namespace wsmq::messaging
