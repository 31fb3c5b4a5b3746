// A stream below Beast's WebSocket whose end is not Beast's business. Beast would wait for the other side's end, for
// ever if need be, before it tells of a close frame or a broken rule; here the transport ends it, within its limit.
#pragma once
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <utility>

namespace wsmq::native {

template <class Stream> class Untorn {
public:
    using executor_type = typename Stream::executor_type;

    explicit Untorn(Stream& stream) : stream_{stream} {}

    executor_type get_executor() { return stream_.get_executor(); }
    template <class Buffers, class Handler> auto async_read_some(const Buffers& buffers, Handler&& handler) {
        return stream_.async_read_some(buffers, std::forward<Handler>(handler));
    }
    template <class Buffers, class Handler> auto async_write_some(const Buffers& buffers, Handler&& handler) {
        return stream_.async_write_some(buffers, std::forward<Handler>(handler));
    }

    /// Found by Beast through its argument.
    template <class Handler> friend void async_teardown(boost::beast::role_type, Untorn& stream, Handler&& handler) {
        boost::asio::post(stream.get_executor(), boost::beast::bind_front_handler(std::forward<Handler>(handler),
                                                                                  boost::system::error_code{}));
    }
    /// At Beast's own time limits, of which none is set.
    friend void beast_close_socket(Untorn&) {}

private:
    Stream& stream_;
};

}  // namespace wsmq::native
