#include "option_kinds.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace wsmq::command {

namespace {

/// All of the text, or nothing.
template <class Number> bool reads_as(const std::string& text, Number& value) {
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stopped == end;
}

std::string written(double number) {
    std::array<char, 64> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed).ptr;
    return {buffer.data(), end};
}

std::string but_not(const std::string& text) { return ", not \"" + text + '"'; }

}  // namespace

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
    const bool is_open = most == std::numeric_limits<std::uint64_t>::max();
    const std::string range = is_open ? "of at least " + std::to_string(least)
                                      : "from " + std::to_string(least) + " to " + std::to_string(most);
    return {[=](std::string& text) -> std::string {
                std::uint64_t value = 0;
                const bool is_octal = text.size() > 1 && text.front() == '0';  // to the parser
                if (!is_octal && reads_as(text, value) && value >= least && value <= most) return {};
                return "takes a whole number " + range + but_not(text);
            },
            range};
}

CLI::Validator number(double least, double most) {
    const std::string range = "from " + written(least) + " to " + written(most);
    return {[=](std::string& text) -> std::string {
                double value = 0;
                if (reads_as(text, value) && value >= least && value <= most) return {};  // not-a-number is neither
                return "takes a number " + range + but_not(text);
            },
            range};
}

CLI::Validator one_of(std::vector<std::string> words) {
    return {[words = std::move(words)](std::string& text) -> std::string {
                if (std::ranges::find(words, text) != words.end()) return {};
                std::string list;
                for (std::size_t i = 0; i < words.size(); ++i) {
                    if (i > 0) list += i + 1 < words.size() ? ", " : " or ";
                    list += words[i];
                }
                return "takes " + list + but_not(text);
            },
            ""};
}

}  // namespace wsmq::command
