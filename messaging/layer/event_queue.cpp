#include "layer/event_queue.hpp"

namespace wsmq::messaging {

std::string EventQueue::join(std::span<const std::string_view> texts) {
    std::size_t size = 0;
    for (const auto text : texts) size += text.size();
    std::string joined;
    joined.reserve(size);
    for (const auto text : texts) joined += text;
    return joined;
}

}  // namespace wsmq::messaging
