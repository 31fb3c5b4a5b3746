// A stream for Beast's WebSocket that Beast does not tear down. Before Beast reports a close frame or a protocol error,
// it waits for the peer's end of the stream, without a limit; here the transport closes the stream, within its limit.
#pragma once
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <utility>

namespace wsmq::native {

template <class Stream> class NoTeardownStream {
public:
    using executor_type = typename Stream::executor_type;

    explicit NoTeardownStream(Stream& stream) : stream_{stream} {}

    executor_type get_executor() { return stream_.get_executor(); }
    template <class Buffers, class Handler> auto async_read_some(const Buffers& buffers, Handler&& handler) {
        return stream_.async_read_some(buffers, std::forward<Handler>(handler));
    }
    template <class Buffers, class Handler> auto async_write_some(const Buffers& buffers, Handler&& handler) {
        return stream_.async_write_some(buffers, std::forward<Handler>(handler));
    }

    /// Found by Beast through its argument.
    template <class Handler>
    friend void async_teardown(boost::beast::role_type, NoTeardownStream& stream, Handler&& handler) {
        boost::asio::post(stream.get_executor(), boost::beast::bind_front_handler(std::forward<Handler>(handler),
                                                                                  boost::system::error_code{}));
    }
    /// At Beast's own time limits, of which none is set.
    friend void beast_close_socket(NoTeardownStream&) {}

private:
    Stream& stream_;
};

}  // namespace wsmq::native
