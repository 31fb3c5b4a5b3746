// Drives a protocol on Asio: moves bytes between it and its transports, calls handle_timeout() at its deadline, and
// dispatches its events. It decides nothing about MQTT. The protocol is wsmq::Client, or anything else whose Event is a
// variant with the core's NeedInput, OpenTransport and CloseTransport among its alternatives. There is one transport at
// a time, with one read, one write and one timer; everything that is encoded in one turn of the loop leaves in one
// write. Received chunks pass through read(), sent ones through write() and close_link(), and nothing else touches
// them.
//
// Threads: not thread-safe. Every call and every handler on the executor, which is a strand where several threads run
// its context. Exceptions of handlers come out of the loop's run().
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "wsmq/client.hpp"
#include "wsmq/native/alarm.hpp"
#include "wsmq/native/driver_handlers.hpp"
#include "wsmq/native/link.hpp"
#include "wsmq/native/optional_inputs.hpp"
#include "wsmq/native/results.hpp"

namespace wsmq::native {

template <Protocol P> class Driver final : public std::enable_shared_from_this<Driver<P>> {
public:
    using Event = typename P::Event;
    using Handlers = DriverHandlers<P>;

    /// So many bytes of output leave before the loop turns.
    static constexpr std::size_t early_write = 64u << 10;

    /// Make it with std::make_shared. The last arguments construct the protocol.
    template <class... Arguments>
    Driver(boost::asio::any_io_executor executor, Handlers handlers, Arguments&&... of_protocol)
        : executor_{std::move(executor)},
          alarm_{executor_, [this] { handle_alarm(); }},
          protocol_(std::forward<Arguments>(of_protocol)...),
          handlers_{std::move(handlers)} {}

    [[nodiscard]] P& protocol() noexcept { return protocol_; }
    [[nodiscard]] const P& protocol() const noexcept { return protocol_; }
    [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

    /// The same time for everything in one turn of the loop, because reading the clock costs as much as publishing.
    /// Call flush_soon() after a call on the protocol with it.
    [[nodiscard]] TimePoint now() {
        if (!turn_time_) turn_time_ = std::chrono::steady_clock::now();
        return *turn_time_;
    }

    /// After each call on the protocol: dispatches its events and sends its output when the loop turns.
    void flush_soon() {
        if (flush_posted_ || settling_ || is_shut_down_) return;
        flush_posted_ = true;
        boost::asio::post(executor_, [self = this->shared_from_this()] {
            self->flush_posted_ = false;
            self->turn_time_.reset();
            self->settle();
        });
    }
    /// As flush_soon(), after about `bytes` were encoded: from early_write on they leave at once.
    void encoded(std::size_t bytes) {
        unsent_ += bytes;
        if (unsent_ >= early_write && !settling_) write();
        flush_soon();
    }
    /// Stops reading from the transport, or resumes it.
    void hold_input(bool held) {
        if (held_ == held) return;
        held_ = held;
        notify_held(protocol_, held, now());
        flush_soon();  // which resumes reading
    }
    /// As if the transport had broken: no DISCONNECT.
    void drop_connection() {
        const auto link = std::exchange(link_, nullptr);
        if (!link) return;
        link->drop();
        notify_closed(protocol_, Errc::transport_closed, now());
        flush_soon();
    }
    /// No more events and handlers; the transport is dropped without DISCONNECT. For the end of the owner.
    void shut_down() {
        is_shut_down_ = true;
        alarm_.set({});
        if (link_) std::exchange(link_, nullptr)->drop();
    }
    /// Whether events are being dispatched: the owner must not be destroyed meanwhile.
    [[nodiscard]] bool is_settling() const noexcept { return settling_; }
    /// Whether a transport that is being closed still sends its last bytes.
    [[nodiscard]] bool is_closing() const noexcept { return closing_ != 0; }
    /// Of all connections so far.
    [[nodiscard]] const Traffic& traffic() const noexcept { return traffic_; }

private:
    void settle() {
        if (settling_ || is_shut_down_) return;
        const auto self = this->shared_from_this();
        settling_ = true;
        try {
            // A write takes output, and that may end operations: of a message that waited for room.
            do dispatch_events();
            while (!is_shut_down_ && write());
        } catch (...) {  // thrown by a handler; the driver goes on
            settling_ = false;
            flush_soon();
            throw;
        }
        settling_ = false;
        if (is_shut_down_) return;
        handlers_.make_durable();
        alarm_.set(protocol_.next_deadline());
        read();
        turn_time_.reset();
    }

    void dispatch_events() {
        dispatch_own_events(protocol_);
        if (is_shut_down_) return;
        for (auto event = protocol_.next_event(); !std::holds_alternative<NeedInput>(event);
             event = protocol_.next_event()) {
            if (const auto* open = std::get_if<OpenTransport>(&event)) open_link(open->host);
            if (std::holds_alternative<CloseTransport>(event)) close_link();
            handlers_.handle_event(event);
            if (is_shut_down_) return;
            dispatch_own_events(protocol_);
            if (is_shut_down_) return;
        }
        if (link_) link_->give_back();
    }

    void open_link(std::size_t host) {
        if (link_) std::exchange(link_, nullptr)->drop();
        link_ = std::make_shared<Link>(executor_, handlers_.make_transport(host));
        link_->open([self = this->shared_from_this()](boost::system::error_code error) {
            self->turn_time_.reset();
            if (error) return self->lost(error);
            self->protocol_.transport_opened(self->now());
            self->settle();
        });
    }

    /// Sends the protocol's last bytes, then closes the transport.
    void close_link() {
        const auto link = std::exchange(link_, nullptr);
        if (!link) return;
        Link::Buffer last;
        if (protocol_.take_output(last)) {
            handlers_.make_durable();
            if (link->is_open()) watch(PacketLog::Direction::sent, last);
        }
        if (link->close(std::move(last), [self = this->shared_from_this()] { self->handle_closed(); })) ++closing_;
    }

    void handle_closed() {
        if (--closing_ == 0 && !is_shut_down_) handlers_.closed();
    }

    void lost(boost::system::error_code error) {
        const auto link = std::exchange(link_, nullptr);
        handlers_.transport_failed(error, link->failure_detail(), link->failure_cause());
        link->drop();
        notify_closed(protocol_, link->is_open() ? Errc::transport_closed : Errc::transport_failed, now());
        settle();
    }

    void read() {
        if (!link_ || !link_->can_read() || held_) return;
        link_->read([self = this->shared_from_this()](boost::system::error_code error, Bytes bytes) {
            self->turn_time_.reset();
            if (error) return self->lost(error);
            self->watch(PacketLog::Direction::received, bytes);
            self->protocol_.receive(bytes, self->now());
            self->settle();
        });
    }

    /// False: nothing is to be sent, or nothing can be sent now.
    bool write() {
        unsent_ = 0;
        if (!link_ || !link_->can_write() || !protocol_.take_output(link_->outbound())) return false;
        watch(PacketLog::Direction::sent, link_->outbound());
        handlers_.make_durable();
        notify_backlog(protocol_, link_->outbound().size(), now());
        link_->write([self = this->shared_from_this()](boost::system::error_code error) {
            self->turn_time_.reset();
            if (error) return self->lost(error);
            notify_backlog(self->protocol_, 0, self->now());
            self->settle();
        });
        return true;
    }

    void watch(PacketLog::Direction direction, Bytes chunk) {
        auto& count = direction == PacketLog::Direction::sent ? traffic_.sent : traffic_.received;
        count += chunk.size();
        if (handlers_.watch_bytes) handlers_.watch_bytes(direction, chunk);
    }

    void handle_alarm() {
        const auto self = this->shared_from_this();
        turn_time_.reset();
        if (link_ && link_->has_progressed()) notify_progressed(protocol_, now());
        protocol_.handle_timeout(now());
        settle();
    }

    boost::asio::any_io_executor executor_;
    Alarm alarm_;
    P protocol_;
    Handlers handlers_;
    std::shared_ptr<Link> link_;
    std::optional<TimePoint> turn_time_;
    std::size_t unsent_ = 0;
    std::size_t closing_ = 0;  ///< links that still send
    Traffic traffic_;
    bool flush_posted_ = false;
    bool settling_ = false;
    bool held_ = false;
    bool is_shut_down_ = false;
};

}  // namespace wsmq::native
