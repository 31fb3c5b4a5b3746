// What all transports share: connecting by TCP or to a Unix domain socket, time limits, and closing.
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
/// closing is in progress. Only those operations hold the user's handlers, so that the destruction of their
/// context frees what the handlers hold, this transport included.
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
    [[nodiscard]] boost::system::error_code failure_cause() const final { return cause_; }

protected:
    /// Wrap a handler for a stream's operation: the result passes through end_read() or end_write().
    [[nodiscard]] auto reader(SizeHandler handler) {
        return [self = shared_from_this(), handler = std::move(handler)](
                   boost::system::error_code error, std::size_t size) mutable { self->end_read(error, size, handler); };
    }
    [[nodiscard]] auto writer(SizeHandler handler) {
        return
            [self = shared_from_this(), handler = std::move(handler)](
                boost::system::error_code error, std::size_t size) mutable { self->end_write(error, size, handler); };
    }

    // For derived classes to implement.

    /// The option that cannot be used, if any; checked first.
    [[nodiscard]] virtual std::optional<Failure> check_options() { return std::nullopt; }
    /// The socket is connected. Ends with opened() or failed().
    virtual void handshake() = 0;
    virtual void start_read(boost::asio::mutable_buffer, SizeHandler) = 0;
    virtual void start_write(boost::asio::const_buffer, SizeHandler) = 0;
    /// The pending read ends with operation_aborted.
    virtual void cancel_read();
    /// Whether start_close() may run while a read is pending, which must not be cancelled then.
    [[nodiscard]] virtual bool closes_beside_read() const noexcept { return false; }
    /// No write is pending, and no read unless closes_beside_read(). Ends with drain() or finish().
    virtual void start_close() = 0;
    /// What an error of a read or a write means.
    [[nodiscard]] virtual Failure explain_end(boost::system::error_code) const;
    /// Why data that were read cannot carry MQTT, if so.
    [[nodiscard]] virtual std::optional<Failure> judge_data() const { return std::nullopt; }

    // For derived classes to use.

    [[nodiscard]] StreamSocket& socket() noexcept { return socket_; }
    [[nodiscard]] const Url& url() const noexcept { return url_; }
    [[nodiscard]] const TransportOptions& options() const noexcept { return options_; }
    /// False once it was opened, failed or was closed.
    [[nodiscard]] bool is_opening() const noexcept { return state_ == State::opening; }
    [[nodiscard]] bool is_open() const noexcept { return state_ == State::open; }
    void begin_step(Duration limit, Failure at_limit);
    void opened();
    void failed(Failure);
    /// Reads until the peer's end: closing a socket with unread data would reset the connection, and the broker would
    /// lose the last bytes.
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
    std::weak_ptr<OpenHandler> open_handler_;  ///< owned by the timer's operation
    std::string detail_;
    boost::system::error_code cause_;
    boost::system::error_code end_;  ///< why the stream ended
    std::uint64_t step_ = 0;
    State state_ = State::idle;
    bool reading_ = false;
    bool writing_ = false;
    bool closing_started_ = false;
    std::array<char, 512> scratch_{};
};

}  // namespace wsmq::native
