// Moves bytes between a protocol and its transports, wakes it in time, and hands its events out. It
// decides nothing about MQTT. It drives wsmq::Client, and anything else whose Event is a variant that
// has the core's NeedInput, OpenTransport and CloseTransport among its alternatives; what a protocol
// does not have (transport_backlog(), hold_input()) is left out. One transport at a time, one read, one write and one
// timer each; everything that is encoded before the loop turns leaves in one write.
//
// Not thread-safe: everything, handlers included, runs on the executor, which is a strand where
// several threads run its context.
#pragma once
#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "wsmq/client.hpp"
#include "wsmq/native/link.hpp"
#include "wsmq/native/transport.hpp"

namespace wsmq::native {

/// What a driver needs of whoever owns it. The first two must be there.
template <Protocol P> struct DriverHandlers {
    /// A transport to the host of OpenTransport; null where there can be none.
    std::function<std::shared_ptr<Transport>(std::size_t host)> make_transport;
    /// Every event but NeedInput, with OpenTransport and CloseTransport for information. May do
    /// anything, shut_down() included. What it throws comes out of the loop's run(), and the driver
    /// goes on at the loop's next turn.
    std::function<void(typename P::Event&)> handle_event;
    /// Bytes are about to leave, or everything there was to do is done: what was stored is made
    /// durable now. Calls nothing here.
    std::function<void()> make_durable;
    /// Why the transport failed, before the protocol is told that it did.
    std::function<void(boost::system::error_code, const std::string& detail)> transport_failed;
    /// The last transport that was closed in order has sent everything.
    std::function<void()> closed;
};

template <Protocol P> class Driver final : public std::enable_shared_from_this<Driver<P>> {
public:
    using Event = typename P::Event;
    using Handlers = DriverHandlers<P>;

    /// How much one read brings at most.
    static constexpr std::size_t read_size = Link::read_size;
    /// Output that does not wait for the loop to turn.
    static constexpr std::size_t early_write = 64u << 10;
    /// How long the last bytes of a transport that is to be closed may take.
    static constexpr Duration linger{2'000};

    /// Make it with std::make_shared. The protocol is made in place of the last arguments.
    template <class... Arguments>
    Driver(boost::asio::any_io_executor executor, Handlers handlers, Arguments&&... of_protocol)
        : executor_{std::move(executor)},
          timer_{executor_},
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
        if constexpr (requires { protocol_.hold_input(held, now()); }) {
            protocol_.hold_input(held, now());
            flush_soon();
        }
        if (!held) read();
    }
    /// No more events; the transport is dropped as it is. For the owner's end.
    void shut_down() {
        is_shut_down_ = true;
        timer_.cancel();
        if (link_) end(std::exchange(link_, nullptr));
    }
    /// Whether events are being handed out: the owner must not end before that is over.
    [[nodiscard]] bool is_settling() const noexcept { return settling_; }
    /// Whether a transport that was to be closed still sends what it was given.
    [[nodiscard]] bool is_closing() const noexcept { return closing_ != 0; }

private:
    using LinkPointer = std::shared_ptr<Link>;

    /// Settles again later where a handler threw, so that nothing stops for it.
    struct Settling {
        Driver& driver;
        explicit Settling(Driver& owner) : driver{owner} { driver.settling_ = true; }
        ~Settling() {
            driver.settling_ = false;
            if (!done) driver.flush_soon();
        }
        Settling(const Settling&) = delete;
        Settling& operator=(const Settling&) = delete;
        bool done = false;
    };

    void settle() {
        if (settling_ || is_shut_down_) return;
        const auto self = this->shared_from_this();
        Settling settling{*this};
        // What a write takes may end operations: a message that waited for room.
        do hand_out_events();
        while (!is_shut_down_ && write());
        settling.done = true;
        if (is_shut_down_) return;
        make_durable();
        arm();
        read();
        turn_time_.reset();
    }

    void hand_out_events() {
        for (auto event = protocol_.next_event(); !std::holds_alternative<NeedInput>(event);
             event = protocol_.next_event()) {
            if (const auto* open = std::get_if<OpenTransport>(&event)) open_link(open->host);
            if (std::holds_alternative<CloseTransport>(event)) close_link();
            handlers_.handle_event(event);
            if (is_shut_down_) return;
        }
        if (link_) link_->unread = false;
    }

    void make_durable() {
        if (handlers_.make_durable) handlers_.make_durable();
    }

    void open_link(std::size_t host) {
        if (link_) end(std::exchange(link_, nullptr));
        link_ = std::make_shared<Link>(handlers_.make_transport(host));
        const auto opened = [self = this->shared_from_this(), link = link_](boost::system::error_code error) {
            if (self->link_ != link) return;
            self->turn_time_.reset();
            if (error) return self->lost(error);
            link->open = true;
            self->protocol_.transport_opened(self->now());
            self->settle();
        };
        if (link_->transport) return link_->transport->async_open(opened);
        boost::asio::post(executor_, [opened] { opened(boost::asio::error::operation_not_supported); });
    }

    /// The protocol's last bytes go, and then the transport, whatever comes next.
    void close_link() {
        const auto link = std::exchange(link_, nullptr);
        if (!link) return;
        if (protocol_.take_output(link->last)) make_durable();
        const bool nothing_to_send = !link->writing && link->last.empty();
        if (!link->open || link->write_failed || nothing_to_send) return end(link);
        ++closing_;
        link->ending = true;
        link->limit.emplace(executor_, linger);
        link->limit->async_wait([self = this->shared_from_this(), link](boost::system::error_code error) {
            if (!error) self->finish(link);
        });
        if (!link->writing) write_last(link);
    }

    void write_last(const LinkPointer& link) {
        link->writing = true;
        link->outbound.swap(link->last);
        link->last.clear();
        link->transport->async_write(
            boost::asio::buffer(link->outbound),
            [self = this->shared_from_this(), link](auto, std::size_t) { self->finish(link); });
    }

    void finish(const LinkPointer& link) {
        if (!std::exchange(link->ending, false)) return;
        end(link);
        --closing_;
        if (closing_ == 0 && !is_shut_down_ && handlers_.closed) handlers_.closed();
    }

    static void end(const LinkPointer& link) {
        if (link->limit) link->limit->cancel();
        if (link->transport) link->transport->close();
    }

    void lost(boost::system::error_code error) {
        const auto link = std::exchange(link_, nullptr);
        if (handlers_.transport_failed) {
            handlers_.transport_failed(error, link->transport ? link->transport->failure_detail() : std::string{});
        }
        end(link);
        const auto why = link->open ? Errc::transport_closed : Errc::transport_failed;
        if constexpr (requires { protocol_.transport_closed(now(), why); }) {
            protocol_.transport_closed(now(), why);
        } else {
            protocol_.transport_closed(now());
        }
        settle();
    }

    void read() {
        if (!link_ || !link_->open || link_->reading || link_->unread || held_) return;
        link_->reading = true;
        auto& buffer = link_->inbound;
        link_->transport->async_read_some(
            boost::asio::buffer(buffer), [self = this->shared_from_this(), link = link_](auto error, std::size_t size) {
                link->reading = false;
                if (self->link_ != link) return;
                self->turn_time_.reset();
                if (error) return self->lost(error);
                link->unread = true;
                self->protocol_.receive({link->inbound.data(), size}, self->now());
                self->settle();
            });
    }

    [[nodiscard]] bool can_write() const noexcept {
        return link_ && link_->open && !link_->writing && !link_->write_failed;
    }

    /// False where nothing was to be sent, or where nothing can be now.
    bool write() {
        unsent_ = 0;
        if (!can_write() || !protocol_.take_output(link_->outbound)) return false;
        make_durable();
        link_->writing = true;
        report_backlog(link_->outbound.size());
        link_->transport->async_write(
            boost::asio::buffer(link_->outbound),
            [self = this->shared_from_this(), link = link_](auto error, std::size_t) { self->written(link, error); });
        return true;
    }

    void written(const LinkPointer& link, boost::system::error_code error) {
        link->writing = false;
        if (link->ending) return error || link->last.empty() ? finish(link) : write_last(link);
        if (link_ != link) return;
        if (error) return write_failed(link, error);
        turn_time_.reset();
        report_backlog(0);
        settle();
    }

    /// What the broker said at last is still to be read, and then the end of the stream.
    void write_failed(const LinkPointer& link, boost::system::error_code error) {
        if (!link->reading) {
            turn_time_.reset();
            return lost(error);
        }
        link->write_failed = true;
        link->limit.emplace(executor_, linger);
        link->limit->async_wait([self = this->shared_from_this(), link, error](boost::system::error_code cancelled) {
            if (cancelled || self->link_ != link) return;
            self->turn_time_.reset();
            self->lost(error);
        });
    }

    void report_backlog(std::size_t bytes) {
        if constexpr (requires { protocol_.transport_backlog(bytes, now()); }) {
            protocol_.transport_backlog(bytes, now());
        }
    }

    /// A timer that is due too early costs one spurious tick; setting it at each turn costs more.
    void arm() {
        const auto due = protocol_.next_deadline();
        if (due && armed_ && *armed_ <= *due) return;
        armed_ = due;
        if (!due) {  // and so the loop has nothing to wait for
            timer_.cancel();
            return;
        }
        timer_.expires_at(*due);
        timer_.async_wait([weak = this->weak_from_this(), due](boost::system::error_code error) {
            const auto self = weak.lock();
            if (error || !self || self->is_shut_down_ || self->armed_ != due) return;
            self->armed_.reset();
            self->turn_time_.reset();
            self->protocol_.handle_timeout(self->now());
            self->settle();
        });
    }

    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer timer_;
    P protocol_;
    Handlers handlers_;
    LinkPointer link_;
    std::optional<TimePoint> armed_;
    std::optional<TimePoint> turn_time_;
    std::size_t unsent_ = 0;
    std::size_t closing_ = 0;  ///< links that still send
    bool flush_posted_ = false;
    bool settling_ = false;
    bool held_ = false;
    bool is_shut_down_ = false;
};

}  // namespace wsmq::native
