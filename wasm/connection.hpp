// The driver: moves bytes between the engine and a WebSocket, wakes the engine in time, and hands
// its events to JavaScript. It decides nothing about MQTT.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "connection_layer.hpp"
#include "record_store.hpp"
#include "timer.hpp"
#include "web_socket.hpp"
#include "wsmq/client.hpp"

namespace wsmq::wasm {

class EventBatch;

class Connection final : private WebSocket::Listener {
public:
    Connection(std::string uri, std::string client_id);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    /// Sends what is encoded, closes the socket, and ends this object: now, or when the handlers
    /// that run have returned.
    void destroy();

    // Handlers are called by stop(), flush() and tasks of the event loop, never by the others, which
    // have flush() called at the end of the task; publish() leaves that to its caller.

    /// `options`: for read_connect_arguments(). The session of an earlier start() continues where the
    /// options are the same.
    [[nodiscard]] Errc start(Bytes options, std::uint64_t random_seed);
    void stop(ReasonCode);
    /// Hands out events and sends what is encoded. From within a handler it only sends.
    void flush();

    [[nodiscard]] Result<OperationId> publish(std::string_view topic, Bytes payload, const PublishOptions&);
    [[nodiscard]] Result<Client::Prepared> prepare_publish(std::string_view topic, std::size_t size,
                                                           const PublishOptions&);
    void commit_publish();
    [[nodiscard]] Result<OperationId> subscribe(std::span<const Subscription>, Bytes properties);
    [[nodiscard]] Result<OperationId> unsubscribe(std::span<const std::string_view> filters, Bytes properties);
    void cancel(OperationId);
    void provide_credentials(Credentials);
    void fail_credentials();
    /// Of the attempt that began with an empty URI; empty again: there is none, and the attempt has failed.
    void provide_address(std::string uri);
    [[nodiscard]] Errc authenticate(Bytes data);
    void fail_authentication();
    [[nodiscard]] Errc reauthenticate(Bytes data);
    void wake_up();
    /// JavaScript has written down this many more batches of the store's changes.
    void batches_stored(std::uint32_t count);
    [[nodiscard]] RecordStore& store() noexcept { return store_; }
    /// The layer takes part from the next client that start() creates. Precondition: there is none yet.
    void set_layer(std::unique_ptr<ConnectionLayer> layer) { layer_ = std::move(layer); }
    [[nodiscard]] ConnectionLayer* layer() noexcept { return layer_.get(); }
    /// The time for a call on the layer. Events that result are reported at the end of the task.
    [[nodiscard]] TimePoint begin_call();

    [[nodiscard]] bool is_started() const noexcept { return client_ && client_->is_started(); }
    [[nodiscard]] bool is_connected() const noexcept { return client_ && client_->is_connected(); }
    /// Null before the first start().
    [[nodiscard]] const Client* client() const noexcept { return client_.get(); }
    [[nodiscard]] const std::string& uri() const noexcept { return uri_; }
    [[nodiscard]] std::string_view client_id() const noexcept;

private:
    ~Connection() = default;

    void socket_opened() override;
    void socket_received(Bytes data, TimePoint when) override;
    void socket_closed(bool in_order) override;
    static void timer_fired(void* self);

    /// Whether settle() is running, which calls handlers.
    enum class Dispatch : std::uint8_t {
        idle,
        running,
        running_with_deferred_calls,  ///< JavaScript holds calls back until there are no more events
        destroyed,                    ///< by a handler: settle() deletes this object when the handlers have returned
    };
    /// What the attempt at a connection still needs beside events of the socket.
    enum class Opening : std::uint8_t {
        settled,
        awaiting_address,  ///< from JavaScript
        refused,           ///< without an event: settle() reports it to the engine
    };

    /// One moment for all the calls of a task that do not ask for a fresh one: asking costs more
    /// than publishing.
    [[nodiscard]] TimePoint task_time();
    [[nodiscard]] TimePoint fresh_time();
    TimePoint advance_time(TimePoint);

    /// Has flush() called at the end of the task; gives back what it is given.
    template <class T> T flush_later(T result);

    void open_socket(std::string uri);
    void settle();
    bool dispatch_events();
    bool dispatch_layer_events();
    void apply(const Event&, EventBatch&);
    void handlers_returned(bool has_deferred_calls);
    bool send_output();
    void report_backlog();
    void count_published(std::size_t size);
    void arm_timer();

    std::string uri_;
    std::string client_id_;
    std::vector<std::string> uris_;
    std::vector<std::uint8_t> options_block_;
    std::size_t output_high_water_ = 0;
    bool is_old_protocol_ = false;

    RecordStore store_{*this};
    std::unique_ptr<Client> client_;          // may use the store
    std::unique_ptr<ConnectionLayer> layer_;  // uses the client
    WebSocket socket_{*this, this};
    Timer timer_{&Connection::timer_fired, this};
    std::vector<std::uint8_t> output_;
    std::size_t published_size_ = 0;  ///< since the last send, about
    std::size_t backlog_ = 0;
    TimePoint task_time_{};
    TimePoint latest_time_{};
    Bytes chunk_;  ///< while it is being received
    Dispatch dispatch_ = Dispatch::idle;
    Opening opening_ = Opening::settled;
};

}  // namespace wsmq::wasm
