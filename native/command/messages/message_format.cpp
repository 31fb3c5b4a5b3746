#include "message_format.hpp"

#include <array>
#include <ctime>

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
           "identifiers, @X what strftime makes of %X";
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
        if (++at == text.size()) throw UsageError{"The format ends in the middle of a field."};
        if (is_field && known_letters.find(text[at]) == std::string_view::npos) {
            throw UsageError{std::string{"The format has no field %"} + text[at] +
                             ". There are: " + std::string{format_letters()} + '.'};
        }
    }
    return MessageFormat{text};
}

void MessageFormat::append_field(std::string& out, char letter, const Message& message, Moment received) const {
    const std::size_t begin = out.size();
    append_value(out, letter, message, received);
    if (!is_for_terminal_) return;
    const std::string value = out.substr(begin);
    out.resize(begin);
    out += printable(value, letter == 'p' ? kept_in_texts : "");
}

void MessageFormat::append(std::string& out, const Message& message, Moment received) const {
    if (pretty_json_) {
        out += message_as_json(message, received, true);
        return;
    }
    for (std::size_t at = 0; at < format_.size(); ++at) {
        if (format_[at] == '%')
            append_field(out, format_[++at], message, received);
        else if (format_[at] == '@' && format_[at + 1] == '@')
            out += format_[++at];
        else if (format_[at] == '@')
            append_time(out, received, std::array{'%', format_[++at], '\0'}.data());
        else
            out += format_[at];
    }
}

}  // namespace wsmq::command
