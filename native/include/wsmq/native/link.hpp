// One transport from its opening to its end, with the buffers that it is lent. The driver's own.
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

/// Handlers are called once, and not any more after drop() or close(). Not thread-safe.
class WSMQ_EXPORT Link final : public std::enable_shared_from_this<Link> {
public:
    using Buffer = std::vector<std::uint8_t>;
    using Handler = std::function<void(boost::system::error_code)>;

    /// How much one read brings at most.
    static constexpr std::size_t read_size = 64u << 10;
    /// What is given until it counts as large, and so is looked after.
    static constexpr std::size_t large_output = 64u << 10;
    /// How long the last bytes of either side may take.
    static constexpr Duration linger{2'000};

    /// Null: opening it fails. Make it with std::make_shared.
    Link(boost::asio::any_io_executor executor, std::shared_ptr<Transport> transport)
        : executor_{std::move(executor)}, transport_{std::move(transport)} {}

    void open(Handler opened);
    [[nodiscard]] bool is_open() const noexcept { return is_open_; }
    [[nodiscard]] std::string failure_detail() const { return transport_ ? transport_->failure_detail() : ""; }

    [[nodiscard]] bool can_read() const noexcept { return is_open_ && !reading_ && !is_lent_; }
    /// `handler(error_code, Bytes)`. The bytes are lent until give_back().
    template <class ReadHandler> void read(ReadHandler handler) {
        reading_ = true;
        transport_->async_read_some(boost::asio::buffer(inbound_),
                                    [self = shared_from_this(), handler = std::move(handler)](
                                        boost::system::error_code error, std::size_t size) {
                                        self->reading_ = false;
                                        if (self->is_left_) return;
                                        self->is_lent_ = !error;
                                        handler(error, Bytes{self->inbound_.data(), size});
                                    });
    }
    void give_back() noexcept { is_lent_ = false; }

    [[nodiscard]] bool can_write() const noexcept { return is_open_ && !writing_ && !write_failed_; }
    /// What write() writes. Not to be touched while it does.
    [[nodiscard]] Buffer& outbound() noexcept { return outbound_; }
    /// `handler(error_code)`. A failure is told when nothing more can be read: what the broker said at last is.
    template <class WriteHandler> void write(WriteHandler handler) {
        writing_ = true;
        given_ += outbound_.size();
        if (given_ >= large_output) note_given();
        transport_->async_write(boost::asio::buffer(outbound_),
                                [self = shared_from_this(), handler = std::move(handler)](
                                    boost::system::error_code error, std::size_t) { self->written(error, handler); });
    }

    /// Whether the other side has taken more of a large output since this was last asked, or since it was given.
    [[nodiscard]] bool has_progressed();

    /// As it is.
    void drop();
    /// When what is being written and then `last` is. False where there was nothing to be written, or it cannot be:
    /// it is dropped, and `closed` is not called.
    bool close(Buffer last, std::function<void()> closed);

private:
    template <class WriteHandler> void written(boost::system::error_code error, const WriteHandler& handler) {
        writing_ = false;
        if (closed_) return error || last_.empty() ? finish() : write_last();
        if (is_left_) return;
        if (!error || !reading_) return handler(error);
        write_failed_ = true;
        after_linger([self = shared_from_this(), error, handler] {
            if (!self->is_left_) handler(error);
        });
    }
    void note_given();
    void write_last();
    void finish();
    void after_linger(std::function<void()>);

    boost::asio::any_io_executor executor_;
    std::shared_ptr<Transport> transport_;
    Buffer inbound_ = Buffer(read_size);
    Buffer outbound_;
    Buffer last_;
    std::function<void()> closed_;  ///< while it is being closed
    std::optional<boost::asio::steady_timer> limit_;
    std::size_t given_ = 0;        ///< since note_given()
    std::uint64_t taken_ = 0;      ///< acknowledged, as of the last look
    std::uint64_t given_end_ = 0;  ///< what will be when all large outputs are
    bool is_open_ = false;
    bool is_left_ = false;  ///< dropped or closed
    bool is_lent_ = false;
    bool reading_ = false;
    bool writing_ = false;
    bool write_failed_ = false;
};

}  // namespace wsmq::native
