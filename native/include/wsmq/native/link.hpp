// One transport from opening to closing, with its buffers. Internal to the driver.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wsmq/export.hpp"
#include "wsmq/native/transport.hpp"

namespace wsmq::native {

/// Handlers are called once, and never after drop() or close(). Not thread-safe.
class WSMQ_EXPORT Link final : public std::enable_shared_from_this<Link> {
public:
    using Buffer = std::vector<std::uint8_t>;
    using Handler = std::function<void(boost::system::error_code)>;

    /// The most that one read returns, in bytes.
    static constexpr std::size_t read_size = 64u << 10;
    /// Output of this size or more is large, and its progress is tracked. In bytes.
    static constexpr std::size_t large_output = 64u << 10;
    /// The time limit for the last bytes of either side.
    static constexpr Duration linger{2'000};

    /// Null: opening it fails. Make it with std::make_shared.
    Link(boost::asio::any_io_executor executor, std::shared_ptr<Transport> transport)
        : executor_{std::move(executor)}, transport_{std::move(transport)} {}

    void open(Handler opened);
    [[nodiscard]] bool is_open() const noexcept { return is_open_; }
    [[nodiscard]] std::string failure_detail() const { return transport_ ? transport_->failure_detail() : ""; }
    [[nodiscard]] boost::system::error_code failure_cause() const {
        return transport_ ? transport_->failure_cause() : boost::system::error_code{};
    }

    [[nodiscard]] bool can_read() const noexcept { return is_open_ && !reading_ && !is_lent_; }
    /// `handler(error_code, Bytes)`. The bytes are valid until give_back().
    template <class ReadHandler> void read(ReadHandler handler) {
        reading_ = true;
        transport_->async_read_some(boost::asio::buffer(inbound_),
                                    [self = shared_from_this(), handler = std::move(handler)](
                                        boost::system::error_code error, std::size_t size) {
                                        self->reading_ = false;
                                        if (self->is_detached_) return;
                                        self->is_lent_ = !error;
                                        handler(error, Bytes{self->inbound_.data(), size});
                                    });
    }
    void give_back() noexcept { is_lent_ = false; }

    [[nodiscard]] bool can_write() const noexcept { return is_open_ && !writing_ && !write_failed_; }
    /// The bytes for write(). Must not be touched during the write.
    [[nodiscard]] Buffer& outbound() noexcept { return outbound_; }
    /// `handler(error_code)`. A failure is reported only when nothing more can be read, so that the last packets of the
    /// broker are not lost.
    template <class WriteHandler> void write(WriteHandler handler) {
        writing_ = true;
        untracked_ += outbound_.size();
        if (untracked_ >= large_output) note_large_output();
        transport_->async_write(boost::asio::buffer(outbound_),
                                [self = shared_from_this(), handler = std::move(handler)](
                                    boost::system::error_code error, std::size_t) { self->written(error, handler); });
    }

    /// Whether the peer has acknowledged more of a large output since the last call, or since the write.
    [[nodiscard]] bool has_progressed();

    /// Closes the transport without sending anything more.
    void drop();
    /// Closes the transport once the current write and then `last` are written; calls `closed` then. False: there is
    /// nothing to write, or it cannot be written; the transport is dropped and `closed` is not called.
    bool close(Buffer last, std::function<void()> closed);

private:
    template <class WriteHandler> void written(boost::system::error_code error, const WriteHandler& handler) {
        writing_ = false;
        if (closed_) return error || last_.empty() ? finish() : write_last();
        if (is_detached_) return;
        if (!error || !reading_) return handler(error);
        write_failed_ = true;
        after_linger([self = shared_from_this(), error, handler] {
            if (!self->is_detached_) handler(error);
        });
    }
    void note_large_output();
    void write_last();
    void finish();
    void after_linger(std::function<void()>);

    boost::asio::any_io_executor executor_;
    std::shared_ptr<Transport> transport_;
    Buffer inbound_ = Buffer(read_size);
    Buffer outbound_;
    Buffer last_;
    std::function<void()> closed_;  ///< set while closing
    std::optional<boost::asio::steady_timer> limit_;
    std::size_t untracked_ = 0;       ///< since note_large_output()
    std::uint64_t acknowledged_ = 0;  ///< as of the last look
    std::uint64_t tracked_end_ = 0;   ///< its value once all large outputs are acknowledged
    bool is_open_ = false;
    bool is_detached_ = false;  ///< dropped or closed
    bool is_lent_ = false;
    bool reading_ = false;
    bool writing_ = false;
    bool write_failed_ = false;
};

}  // namespace wsmq::native
