#include "wsmq/messaging/json_rpc.hpp"

namespace wsmq::messaging::json_rpc {

/// Reads at least as far as a parser, which stops at the first error.
bool is_nested_too_deep(std::string_view text) noexcept {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        if (in_string) {
            if (letter == '\\') ++at;
            if (letter == '"') in_string = false;
        } else if (letter == '"') {
            in_string = true;
        } else if (letter == '[' || letter == '{') {
            if (++depth > deepest_nesting) return true;
        } else if ((letter == ']' || letter == '}') && depth > 0) {
            --depth;
        }
    }
    return false;
}

}  // namespace wsmq::messaging::json_rpc
