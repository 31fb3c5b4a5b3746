#include "message_format.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>

#include "exit_code.hpp"
#include "message_json.hpp"
#include "text/printable.hpp"
#include "wsmq/property.hpp"

namespace wsmq::command {

namespace {

std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

void append_hexadecimal(std::string& out, Bytes bytes, std::string_view digits) {
    for (const std::uint8_t byte : bytes) {
        out += digits[byte >> 4];
        out += digits[byte & 0xF];
    }
}

void append_time(std::string& out, MessageFormat::Moment moment, const char* format) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(moment);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    std::array<char, 128> text{};
    out.append(text.data(), std::strftime(text.data(), text.size(), format, &parts));
}

void append_unix_time(std::string& out, MessageFormat::Moment moment) {
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(moment.time_since_epoch()).count();
    const std::string fraction = std::to_string(nanoseconds % 1'000'000'000);
    out += std::to_string(nanoseconds / 1'000'000'000) + '.' + std::string(9 - fraction.size(), '0') + fraction;
}

void append_integer(std::string& out, const Message& message, PropertyId id) {
    if (const auto value = PropertyView{message.encoded_properties}.integer(id)) out += std::to_string(*value);
}

void append_text(std::string& out, const Message& message, PropertyId id) {
    if (const auto value = PropertyView{message.encoded_properties}.text(id)) out += *value;
}

void append_user_properties(std::string& out, const Message& message) {
    const char* separator = "";
    for (const auto& property : PropertyView{message.encoded_properties}) {
        const auto* pair = std::get_if<UserProperty>(&property.value);
        if (!pair) continue;
        out.append(separator).append(pair->name).append(":").append(pair->value);
        separator = " ";
    }
}

void append_subscription_identifiers(std::string& out, const Message& message) {
    const char* separator = "";
    for (const auto& property : PropertyView{message.encoded_properties}) {
        if (property.id != PropertyId::subscription_identifier) continue;
        out.append(separator).append(std::to_string(std::get<std::uint32_t>(property.value)));
        separator = " ";
    }
}

void append_property(std::string& out, char letter, const Message& message) {
    switch (letter) {
        case 'C': append_text(out, message, PropertyId::content_type); break;
        case 'D':
            out += as_text(
                PropertyView{message.encoded_properties}.binary(PropertyId::correlation_data).value_or(Bytes{}));
            break;
        case 'E': append_integer(out, message, PropertyId::message_expiry_interval); break;
        case 'F': append_integer(out, message, PropertyId::payload_format_indicator); break;
        case 'P': append_user_properties(out, message); break;
        case 'R': append_text(out, message, PropertyId::response_topic); break;
        case 'S': append_subscription_identifiers(out, message); break;
        default: break;
    }
}

void append_value(std::string& out, char letter, const Message& message, MessageFormat::Moment received) {
    switch (letter) {
        case '%': out += '%'; break;
        case 'I': append_time(out, received, "%FT%T%z"); break;
        case 'j': out += message_as_json(message, received, false); break;
        case 'J': out += message_as_json(message, received, false, true); break;
        case 'l': out += std::to_string(message.payload.size()); break;
        case 'p': out += as_text(message.payload); break;
        case 'q': out += std::to_string(static_cast<int>(message.qos)); break;
        case 'r': out += message.retain ? '1' : '0'; break;
        case 't': out += message.topic; break;
        case 'U': append_unix_time(out, received); break;
        case 'x': append_hexadecimal(out, message.payload, "0123456789abcdef"); break;
        case 'X': append_hexadecimal(out, message.payload, "0123456789ABCDEF"); break;
        default: append_property(out, letter, message);
    }
}

constexpr std::string_view known_letters = "%CDEFIJPRSUXjlpqrtx";
// As mosquitto_sub has it: what may have a width, what of it may be padded with zeros, and what may be cut.
constexpr std::string_view letters_with_width = "CEFIRSXlptx";
constexpr std::string_view letters_with_zeros = "EFSXlx";
constexpr std::string_view letters_with_maximum = "CIRt";
constexpr std::size_t largest_width = 10'000;

/// What stands between % and the letter: flags, a width, a maximum behind a point.
struct Layout {
    bool zeros = false;
    bool left = false;
    std::size_t width = 0;
    std::optional<std::size_t> maximum{};
    [[nodiscard]] bool is_any() const noexcept { return zeros || left || width != 0 || maximum.has_value(); }
};

std::size_t take_number(std::string_view text, std::size_t& at) {
    std::size_t number = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
        number = std::min(number * 10 + static_cast<std::size_t>(text[at] - '0'), largest_width + 1);
    return number;
}

/// Leaves `at` at the letter, or at the end.
Layout take_layout(std::string_view text, std::size_t& at) {
    Layout layout;
    for (; at < text.size() && (text[at] == '0' || text[at] == '-'); ++at)
        (text[at] == '0' ? layout.zeros : layout.left) = true;
    layout.width = take_number(text, at);
    if (at < text.size() && text[at] == '.') layout.maximum = take_number(text, ++at);
    return layout;
}

/// So many characters of UTF-8 as there are; a byte that is none counts as one.
std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string_view cut(std::string_view text, std::size_t characters) {
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
        if (begins && characters-- == 0) break;
    }
    return text.substr(0, at);
}

std::string laid_out(std::string_view value, char letter, const Layout& layout) {
    const bool may_be_cut = letters_with_maximum.find(letter) != std::string_view::npos;
    const auto shown = may_be_cut && layout.maximum ? cut(value, *layout.maximum) : value;
    const auto length = length_of(shown);
    const auto missing =
        letters_with_width.find(letter) != std::string_view::npos && layout.width > length ? layout.width - length : 0;
    const bool zeros = layout.zeros && !layout.left && letters_with_zeros.find(letter) != std::string_view::npos;
    const std::string padding(missing, zeros ? '0' : ' ');
    return layout.left ? std::string{shown} + padding : padding + std::string{shown};
}

void check_layout(const Layout& layout, char letter) {
    if (!layout.is_any()) return;
    if (letters_with_width.find(letter) == std::string_view::npos)
        throw UsageError{std::string{"The field %"} + letter + " has no width."};
    if (layout.maximum && letters_with_maximum.find(letter) == std::string_view::npos)
        throw UsageError{std::string{"The field %"} + letter + " has no maximum width (.N)."};
    if (layout.width > largest_width || layout.maximum.value_or(0) > largest_width)
        throw UsageError{"The width of a field is 10000 at most."};
}

/// `\n` and its like become what they stand for; anything else behind a backslash is not known.
std::string unescape(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\') {
            result += text[at];
            continue;
        }
        ++at;
        const std::size_t found =
            at < text.size() ? std::string_view{"\\0aenrtv"}.find(text[at]) : std::string_view::npos;
        if (found == std::string_view::npos)
            throw UsageError{"A format may hold \\\\, \\0, \\a, \\e, \\n, \\r, \\t and \\v."};
        result += std::string_view{"\\\0\a\x1b\n\r\t\v", 8}[found];
    }
    return result;
}

}  // namespace

std::string_view format_letters() noexcept {
    return "%t topic, %p payload, %x %X payload in hexadecimal, %l its length, %q QoS, %r retained, %I time, %U Unix "
           "time, %j JSON, %J JSON with the payload as JSON, %C content type, %D correlation data, %E message expiry "
           "interval, %F payload format indicator, %P user properties, %R response topic, %S subscription "
           "identifiers, @X what strftime makes of %X; a width as in %-20t, %05l and %.10t";
}

MessageFormat MessageFormat::json(bool pretty) {
    MessageFormat format{"%j"};
    format.pretty_json_ = pretty;
    return format;
}

MessageFormat MessageFormat::custom(std::string_view format) {
    const std::string text = unescape(format);
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%' && text[at] != '@') continue;
        const bool is_field = text[at] == '%';
        ++at;
        const auto layout = is_field ? take_layout(text, at) : Layout{};
        if (at == text.size()) throw UsageError{"The format ends in the middle of a field."};
        if (is_field && known_letters.find(text[at]) == std::string_view::npos) {
            throw UsageError{std::string{"The format has no field %"} + text[at] +
                             ". There are: " + std::string{format_letters()} + '.'};
        }
        check_layout(layout, text[at]);
    }
    return MessageFormat{text};
}

std::size_t MessageFormat::append_field(std::string& out, std::size_t at, const Message& message,
                                        Moment received) const {
    const auto layout = take_layout(format_, at);
    const char letter = format_[at];
    const std::size_t begin = out.size();
    append_value(out, letter, message, received);
    if (!is_for_terminal_ && !layout.is_any()) return at;
    std::string value = out.substr(begin);
    out.resize(begin);
    if (is_for_terminal_) value = printable(value, letter == 'p' ? kept_in_texts : "");
    out += layout.is_any() ? laid_out(value, letter, layout) : value;
    return at;
}

void MessageFormat::append(std::string& out, const Message& message, Moment received) const {
    if (pretty_json_) {
        out += message_as_json(message, received, true);
        return;
    }
    for (std::size_t at = 0; at < format_.size(); ++at) {
        if (format_[at] == '%')
            at = append_field(out, at + 1, message, received);
        else if (format_[at] == '@' && format_[at + 1] == '@')
            out += format_[++at];
        else if (format_[at] == '@')
            append_time(out, received, std::array{'%', format_[++at], '\0'}.data());
        else
            out += format_[at];
    }
}

}  // namespace wsmq::command
