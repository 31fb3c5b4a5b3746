#include "layer/event_queue.hpp"

namespace wsmq::patterns {

void EventQueue::own(std::string& text, std::span<std::string_view* const> views) {
    for (const auto* view : views) text += *view;
    // Only now does the text stay where it is.
    std::string_view rest{text};
    for (auto* view : views) {
        const auto size = view->size();
        *view = rest.substr(0, size);
        rest.remove_prefix(size);
    }
}

}  // namespace wsmq::patterns
