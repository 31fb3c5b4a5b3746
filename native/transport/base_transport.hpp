// What all transports share: the way to a connection of TCP or of the Unix domain, the time limits, and the end.
#pragma once
#include <array>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "transport/connector.hpp"
#include "transport/failure.hpp"
#include "transport/lookup.hpp"
#include "transport/stream_socket.hpp"
#include "wsmq/native/transport.hpp"

namespace wsmq::native {

/// Lifetime: operations of Asio hold `shared_from_this()`, and so does the timer while an opening or a
/// closing is under way. The user's handlers are held by those operations and by nothing else, so that the
/// destruction of their context frees whatever they hold, this transport included.
class BaseTransport : public Transport, public std::enable_shared_from_this<BaseTransport> {
public:
    BaseTransport(const boost::asio::any_io_executor&, const Url&, const TransportOptions&);
    ~BaseTransport() override;

    void async_open(OpenHandler) final;
    void async_read_some(boost::asio::mutable_buffer, SizeHandler) final;
    void async_write(boost::asio::const_buffer, SizeHandler) final;
    void close() final;
    [[nodiscard]] std::uint64_t acknowledged() noexcept final;
    [[nodiscard]] std::string failure_detail() const final { return detail_; }

protected:
    /// How a handler is handed to a stream's own operation: it tells end_read() or end_write() of its result.
    [[nodiscard]] auto reader(SizeHandler handler) {
        return [self = shared_from_this(), handler = std::move(handler)](
                   boost::system::error_code error, std::size_t size) mutable { self->end_read(error, size, handler); };
    }
    [[nodiscard]] auto writer(SizeHandler handler) {
        return
            [self = shared_from_this(), handler = std::move(handler)](
                boost::system::error_code error, std::size_t size) mutable { self->end_write(error, size, handler); };
    }

    // What differs between the streams.

    /// What the options hold that cannot be used; asked before anything else is done.
    [[nodiscard]] virtual std::optional<Failure> check_options() { return std::nullopt; }
    /// There is a connection: ends with opened() or failed().
    virtual void handshake() = 0;
    virtual void start_read(boost::asio::mutable_buffer, SizeHandler) = 0;
    virtual void start_write(boost::asio::const_buffer, SizeHandler) = 0;
    /// The pending read ends with operation_aborted.
    virtual void cancel_read();
    /// Whether the goodbye may be said while a read is pending, and that must not be cancelled.
    [[nodiscard]] virtual bool closes_beside_read() const noexcept { return false; }
    /// No write is pending, and no read either unless closes_beside_read(): ends with drain() or finish().
    virtual void start_close() = 0;
    /// Of an error of reading or writing.
    [[nodiscard]] virtual Failure explain_end(boost::system::error_code) const;
    /// Of data that were read, whether they are such as MQTT comes in.
    [[nodiscard]] virtual std::optional<Failure> judge_data() const { return std::nullopt; }

    // For them.

    [[nodiscard]] StreamSocket& socket() noexcept { return socket_; }
    [[nodiscard]] const Url& url() const noexcept { return url_; }
    [[nodiscard]] const TransportOptions& options() const noexcept { return options_; }
    /// Whether it was neither opened nor given up meanwhile.
    [[nodiscard]] bool is_opening() const noexcept { return state_ == State::opening; }
    [[nodiscard]] bool is_open() const noexcept { return state_ == State::open; }
    void begin_step(Duration limit, Failure at_limit);
    void opened();
    void failed(Failure);
    /// Waits for the other side's end: closing a socket with data unread would reset the connection, and the
    /// broker would lose what it was sent last.
    void drain();
    void finish();

private:
    enum class State : std::uint8_t { idle, opening, open, closing, closed };

    void resolve();
    void connect(const std::vector<boost::asio::ip::address>&);
    void connect_to_socket();
    void connected(StreamSocket);
    void give_up_opening(boost::system::error_code);
    [[nodiscard]] boost::system::error_code ended(Failure);
    void end_read(boost::system::error_code, std::size_t, SizeHandler&);
    void end_write(boost::system::error_code, std::size_t, SizeHandler&);
    void close_when_quiet();
    [[nodiscard]] boost::system::error_code refusal() const;

    StreamSocket socket_;
    boost::asio::steady_timer timer_;
    Url url_;
    TransportOptions options_;
    std::shared_ptr<Lookup> lookup_;
    std::shared_ptr<Connector> connector_;
    std::weak_ptr<OpenHandler> open_handler_;  ///< the timer's operation owns it
    std::string detail_;
    boost::system::error_code end_;  ///< the stream broke with it
    std::uint64_t step_ = 0;
    State state_ = State::idle;
    bool reading_ = false;
    bool writing_ = false;
    bool closing_started_ = false;
    std::array<char, 512> scratch_{};
};

}  // namespace wsmq::native
