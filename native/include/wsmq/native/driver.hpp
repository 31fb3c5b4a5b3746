// Moves bytes between a protocol and its transports, wakes it in time, and hands its events out. It decides nothing
// about MQTT. It drives wsmq::Client, and anything else whose Event is a variant that has the core's NeedInput,
// OpenTransport and CloseTransport among its alternatives. One transport at a time, one read, one write and one timer
// each; everything that is encoded before the loop turns leaves in one write.
//
// Not thread-safe: everything, handlers included, runs on the executor, which is a strand where several threads run its
// context.
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

namespace wsmq::native {

template <Protocol P> class Driver final : public std::enable_shared_from_this<Driver<P>> {
public:
    using Event = typename P::Event;
    using Handlers = DriverHandlers<P>;

    /// Output that does not wait for the loop to turn.
    static constexpr std::size_t early_write = 64u << 10;

    /// Make it with std::make_shared. The protocol is made in place of the last arguments.
    template <class... Arguments>
    Driver(boost::asio::any_io_executor executor, Handlers handlers, Arguments&&... of_protocol)
        : executor_{std::move(executor)},
          alarm_{executor_, [this] { handle_alarm(); }},
          protocol_(std::forward<Arguments>(of_protocol)...),
          handlers_{std::move(handlers)} {}

    [[nodiscard]] P& protocol() noexcept { return protocol_; }
    [[nodiscard]] const P& protocol() const noexcept { return protocol_; }
    [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

    /// One moment for everything that happens before the loop turns: asking the clock costs as much
    /// as publishing. Whoever gives it to the protocol calls flush_soon() afterwards.
    [[nodiscard]] TimePoint now() {
        if (!turn_time_) turn_time_ = std::chrono::steady_clock::now();
        return *turn_time_;
    }

    /// After any call on the protocol: its events and its output go when the loop turns.
    void flush_soon() {
        if (flush_posted_ || settling_ || is_shut_down_) return;
        flush_posted_ = true;
        boost::asio::post(executor_, [self = this->shared_from_this()] {
            self->flush_posted_ = false;
            self->turn_time_.reset();
            self->settle();
        });
    }
    /// So many bytes were encoded since the last call; many enough leave early.
    void encoded(std::size_t bytes) {
        unsent_ += bytes;
        if (unsent_ >= early_write && !settling_) write();
        flush_soon();
    }
    /// Stops reading, or reads again.
    void hold_input(bool held) {
        if (held_ == held) return;
        held_ = held;
        notify_held(protocol_, held, now());
        flush_soon();  // which reads again, where nothing is held
    }
    /// As if the transport had broken.
    void drop_connection() {
        const auto link = std::exchange(link_, nullptr);
        if (!link) return;
        link->drop();
        notify_closed(protocol_, Errc::transport_closed, now());
        flush_soon();
    }
    /// No more events; the transport is dropped as it is. For the owner's end.
    void shut_down() {
        is_shut_down_ = true;
        alarm_.set({});
        if (link_) std::exchange(link_, nullptr)->drop();
    }
    /// Whether events are being handed out: the owner must not end before that is over.
    [[nodiscard]] bool is_settling() const noexcept { return settling_; }
    /// Whether a transport that was to be closed still sends what it was given.
    [[nodiscard]] bool is_closing() const noexcept { return closing_ != 0; }

private:
    void settle() {
        if (settling_ || is_shut_down_) return;
        const auto self = this->shared_from_this();
        settling_ = true;
        try {
            // What a write takes may end operations: a message that waited for room.
            do hand_out_events();
            while (!is_shut_down_ && write());
        } catch (...) {  // of a handler; nothing stops for it
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

    void hand_out_events() {
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

    /// The protocol's last bytes go, and then the transport, whatever comes next.
    void close_link() {
        const auto link = std::exchange(link_, nullptr);
        if (!link) return;
        Link::Buffer last;
        if (protocol_.take_output(last)) handlers_.make_durable();
        if (link->close(std::move(last), [self = this->shared_from_this()] { self->handle_closed(); })) ++closing_;
    }

    void handle_closed() {
        if (--closing_ == 0 && !is_shut_down_) handlers_.closed();
    }

    void lost(boost::system::error_code error) {
        const auto link = std::exchange(link_, nullptr);
        handlers_.transport_failed(error, link->failure_detail());
        link->drop();
        notify_closed(protocol_, link->is_open() ? Errc::transport_closed : Errc::transport_failed, now());
        settle();
    }

    void read() {
        if (!link_ || !link_->can_read() || held_) return;
        link_->read([self = this->shared_from_this()](boost::system::error_code error, Bytes bytes) {
            self->turn_time_.reset();
            if (error) return self->lost(error);
            self->protocol_.receive(bytes, self->now());
            self->settle();
        });
    }

    /// False where nothing was to be sent, or where nothing can be now.
    bool write() {
        unsent_ = 0;
        if (!link_ || !link_->can_write() || !protocol_.take_output(link_->outbound())) return false;
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
    bool flush_posted_ = false;
    bool settling_ = false;
    bool held_ = false;
    bool is_shut_down_ = false;
};

}  // namespace wsmq::native
