// A store that is made durable, and whoever wants to know whether that succeeds.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "wsmq/native/file_store.hpp"

namespace wsmq::native {

class Durable {
public:
    /// Makes durable what was put. Another error than the last time is told later, because the caller is in the middle
    /// of a write: `tell(error)`, none where the store works again.
    template <class Tell> void flush(FileStore& store, const boost::asio::any_io_executor& executor, Tell tell) {
        const auto error = store.flush();
        if (std::exchange(error_, error) == error) return;
        boost::asio::post(executor, [tell = std::move(tell), error] { tell(error); });
    }

private:
    FileStore::ErrorCode error_;
};

}  // namespace wsmq::native
