#include "connection.hpp"

#include <algorithm>
#include <utility>

#include "clock.hpp"
#include "connect_arguments.hpp"
#include "event_batch.hpp"

extern "C" {
void wsmq_schedule(wsmq::wasm::Connection* connection);
bool wsmq_events_ended(wsmq::wasm::Connection* connection);
}

namespace wsmq::wasm {

namespace {

// What is published in one task is sent at its end, or when it comes to this much.
constexpr std::size_t largest_delayed_output = 64 * 1024;
// A socket's buffer says nothing when it empties; it is looked at this often while it is rather full.
constexpr Duration backlog_interval{10};

std::optional<TimePoint> earlier(std::optional<TimePoint> one, std::optional<TimePoint> other) {
    return one && other ? std::min(*one, *other) : (one ? one : other);
}

bool is_end_of_operation(const Event& event) {
    return std::holds_alternative<Completed>(event) || std::holds_alternative<Failed>(event);
}

}  // namespace

Connection::Connection(std::string uri, std::string client_id)
    : uri_{std::move(uri)}, client_id_{std::move(client_id)} {}

void Connection::destroy() {
    if (client_) send_output();
    socket_.close();
    timer_.cancel();
    if (dispatch_ == Dispatch::idle) {
        delete this;
    } else {
        dispatch_ = Dispatch::destroyed;
    }
}

// --- Calls of the application --------------------------------------------------------------------

Errc Connection::start(Bytes options, std::uint64_t random_seed) {
    if (!client_ || !std::ranges::equal(options, options_block_)) {
        auto arguments = read_connect_arguments(options);
        arguments.options.client_id = client_id_;
        arguments.options.random_seed = random_seed;
        output_high_water_ = arguments.options.output_high_water;
        is_old_protocol_ = arguments.options.version == Version::v3_1;
        options_block_.assign(options.begin(), options.end());
        uris_ = std::move(arguments.uris);
        if (arguments.is_stored) arguments.options.store = &store_;
        store_.set_awaited(arguments.is_store_awaited);
        if (layer_) {
            layer_->detach();
            if (const Errc error = layer_->prepare(arguments.options); error != Errc::none) return error;
        }
        client_ = std::make_unique<Client>(std::move(arguments.options));
        if (layer_) layer_->attach(*client_);
    }
    if (!client_->is_started()) store_.begin_again();
    return flush_later(client_->start(fresh_time()));
}

void Connection::stop(ReasonCode reason) {
    if (!client_) return;
    client_->stop(fresh_time(), reason);
    settle();
}

void Connection::flush() {
    if (dispatch_ == Dispatch::idle) {
        settle();
    } else {
        send_output();
    }
}

Result<OperationId> Connection::publish(std::string_view topic, Bytes payload, const PublishOptions& options) {
    if (!client_) return Errc::not_started;
    auto operation = client_->publish(topic, payload, options, task_time());
    count_published(topic.size() + payload.size());
    return operation;
}

Result<Client::Prepared> Connection::prepare_publish(std::string_view topic, std::size_t size,
                                                     const PublishOptions& options) {
    if (!client_) return Errc::not_started;
    published_size_ += size;
    return client_->prepare_publish(topic, size, options, task_time());
}

void Connection::commit_publish() {
    client_->commit_publish(task_time());
    count_published(0);
}

Result<OperationId> Connection::subscribe(std::span<const Subscription> subscriptions, Bytes properties) {
    if (!client_) return Errc::not_started;
    return flush_later(client_->subscribe(subscriptions, properties, fresh_time()));
}

Result<OperationId> Connection::unsubscribe(std::span<const std::string_view> filters, Bytes properties) {
    if (!client_) return Errc::not_started;
    return flush_later(client_->unsubscribe(filters, properties, fresh_time()));
}

void Connection::cancel(OperationId operation) {
    if (client_) client_->cancel(operation);
    wsmq_schedule(this);
}

void Connection::provide_credentials(Credentials&& credentials) {
    if (client_) client_->provide_credentials(std::move(credentials), fresh_time());
    wsmq_schedule(this);
}

void Connection::fail_credentials() {
    if (client_) client_->fail_credentials(fresh_time());
    wsmq_schedule(this);
}

void Connection::provide_address(std::string uri) {
    if (opening_ != Opening::awaiting_address) return;
    if (uri.empty()) {
        opening_ = Opening::refused;
    } else {
        open_socket(std::move(uri));
    }
    wsmq_schedule(this);
}

Errc Connection::authenticate(Bytes data) {
    return flush_later(client_ ? client_->authenticate(data, fresh_time()) : Errc::not_started);
}

void Connection::fail_authentication() {
    if (client_) client_->fail_authentication(fresh_time());
    wsmq_schedule(this);
}

Errc Connection::reauthenticate(Bytes data) {
    return flush_later(client_ ? client_->reauthenticate(data, fresh_time()) : Errc::not_started);
}

void Connection::wake_up() {
    if (client_) client_->handle_wake_up(fresh_time());
    wsmq_schedule(this);
}

void Connection::reconnect() {
    if (client_) client_->reconnect(fresh_time());
    wsmq_schedule(this);
}

void Connection::batches_stored(std::uint32_t count) {
    store_.batches_stored(count);
    if (client_) client_->handle_stored(fresh_time());
    wsmq_schedule(this);
}

TimePoint Connection::begin_call() { return flush_later(fresh_time()); }

template <class T> T Connection::flush_later(T result) {
    wsmq_schedule(this);
    return result;
}

std::string_view Connection::client_id() const noexcept { return client_ ? client_->client_id() : client_id_; }

// --- Calls of the event loop ---------------------------------------------------------------------

void Connection::socket_opened() {
    client_->transport_opened(fresh_time());
    settle();
}

void Connection::socket_received(Bytes data, TimePoint when) {
    const TimePoint time = advance_time(when);
    if (backlog_ > 0) report_backlog();
    client_->receive(data, time);
    chunk_ = data;
    settle();
}

void Connection::socket_closed(bool in_order) {
    client_->transport_closed(fresh_time(), in_order ? Errc::transport_closed : Errc::transport_failed);
    settle();
}

void Connection::timer_fired(void* self) {
    auto& connection = *static_cast<Connection*>(self);
    const TimePoint time = connection.fresh_time();
    if (connection.backlog_ > 0) connection.report_backlog();
    connection.client_->handle_timeout(time);
    if (connection.layer_) connection.layer_->handle_timeout(time);
    connection.settle();
}

TimePoint Connection::task_time() { return task_time_ == TimePoint{} ? fresh_time() : task_time_; }

TimePoint Connection::fresh_time() { return advance_time(now()); }

TimePoint Connection::advance_time(TimePoint time) {
    latest_time_ = std::max(latest_time_, time);
    task_time_ = latest_time_;
    return task_time_;
}

// --- Output and events ---------------------------------------------------------------------------

// After every input. May delete this object, after which no member is touched.
void Connection::settle() {
    if (dispatch_ != Dispatch::idle || !client_) return;
    dispatch_ = Dispatch::running;
    for (bool goes_on = true; goes_on;) {
        goes_on = dispatch_events();
        if (dispatch_ == Dispatch::destroyed) {
            delete this;
            return;
        }
        if (opening_ == Opening::refused) {
            opening_ = Opening::settled;
            client_->transport_closed(fresh_time(), Errc::transport_failed);
            goes_on = true;
        }
        if (send_output()) goes_on = true;  // the engine may proceed with what waited for room
        if (!goes_on && dispatch_ == Dispatch::running_with_deferred_calls) {
            handlers_returned(wsmq_events_ended(this));
            goes_on = true;
        }
    }
    dispatch_ = Dispatch::idle;
    arm_timer();
    task_time_ = {};
    chunk_ = {};
}

void Connection::handlers_returned(bool has_deferred_calls) {
    if (dispatch_ == Dispatch::destroyed) return;
    dispatch_ = has_deferred_calls ? Dispatch::running_with_deferred_calls : Dispatch::running;
}

// Returns whether there were events. No view of an event outside the batch is held while handlers run: a batch is
// handed over before the next event is taken, and before the layer's events are.
bool Connection::dispatch_events() {
    EventBatch batch{*this, chunk_};
    bool any = layer_ && dispatch_layer_events();
    for (; dispatch_ != Dispatch::destroyed; any = true) {
        const Event event = client_->next_event();
        const bool is_last = std::holds_alternative<NeedInput>(event);
        const bool is_of_layer = !is_last && layer_ && layer_->handle(event, task_time());
        if (!is_last && !is_of_layer) apply(event, batch);
        // Who waits for an empty queue waits for the layer's messages, too.
        if (is_of_layer && is_end_of_operation(event)) batch.add(Event{QueueDrained{}});
        if (is_last && batch.is_empty()) break;
        const bool is_layers_turn = !is_last && layer_ && layer_->has_news();
        if (is_last || batch.is_full() || (is_layers_turn && !batch.is_empty())) {
            handlers_returned(batch.hand_over());
        }
        if (is_layers_turn) dispatch_layer_events();
    }
    return any;
}

bool Connection::dispatch_layer_events() {
    bool any = false;
    for (; dispatch_ != Dispatch::destroyed && layer_->take_event(task_time()); any = true) {
        handlers_returned(layer_->hand_over());
    }
    return any;
}

void Connection::apply(const Event& event, EventBatch& batch) {
    if (const auto* message = std::get_if<Message>(&event)) {
        batch.add(*message);
    } else if (const auto* open = std::get_if<OpenTransport>(&event)) {
        batch.add(*open);
        open_socket(uris_[open->host]);
    } else if (std::holds_alternative<CloseTransport>(event)) {
        send_output();
        socket_.close();
        opening_ = Opening::settled;
        backlog_ = 0;
    } else {
        batch.add(event);
    }
}

void Connection::open_socket(std::string uri) {
    backlog_ = 0;
    if (uri.empty()) {
        opening_ = Opening::awaiting_address;
        return;
    }
    uri_ = std::move(uri);
    const bool is_opening = socket_.open(uri_.c_str(), is_old_protocol_ ? "mqttv3.1" : "mqtt");
    opening_ = is_opening ? Opening::settled : Opening::refused;
}

bool Connection::send_output() {
    published_size_ = 0;
    if (!client_ || !client_->take_output(output_)) return false;
    if (!socket_.is_open()) return false;
    socket_.send(output_);
    report_backlog();
    return true;
}

// The engine may proceed with what waited for room.
void Connection::report_backlog() {
    backlog_ = socket_.backlog();
    client_->transport_backlog(backlog_, task_time());
}

void Connection::count_published(std::size_t size) {
    published_size_ += size;
    if (published_size_ >= largest_delayed_output) send_output();
}

void Connection::arm_timer() {
    auto deadline = client_->next_deadline();
    if (layer_) deadline = earlier(deadline, layer_->next_deadline());
    if (socket_.is_open() && backlog_ > 0 && backlog_ >= output_high_water_ / 2) {
        deadline = earlier(deadline, task_time() + backlog_interval);
    }
    timer_.arm(deadline, task_time());
}

}  // namespace wsmq::wasm
