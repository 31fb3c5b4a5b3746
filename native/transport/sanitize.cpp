#include "transport/sanitize.hpp"

#include <algorithm>

namespace wsmq::native {

std::string printable(std::string_view text) {
    constexpr std::size_t longest = 200;
    std::string clean{text.substr(0, longest)};
    std::replace_if(
        clean.begin(), clean.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return text.size() > longest ? clean + "..." : clean;
}

std::string without_secrets(std::string_view address) {
    // Unescaped, credentials may hold any of the characters that would end them.
    if (address.find('@') != std::string_view::npos) return "***";
    const auto mark = address.find_first_of("?#");
    if (mark == std::string_view::npos) return std::string{address};
    return std::string{address.substr(0, mark + 1)} + "***";
}

}  // namespace wsmq::native
