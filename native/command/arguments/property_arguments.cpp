#include "property_arguments.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

#include "arguments/command_line.hpp"
#include "exit_code.hpp"

namespace wsmq::command {

namespace {

struct Name {
    std::string_view text;
    PropertyId id;
    PropertyType type;
    std::uint32_t maximum = std::numeric_limits<std::uint32_t>::max();
};

// Those that a client may send; topic aliases are the engine's own business.
constexpr std::array names{
    Name{"payload-format-indicator", PropertyId::payload_format_indicator, PropertyType::byte, 1},
    Name{"message-expiry-interval", PropertyId::message_expiry_interval, PropertyType::four_byte_integer},
    Name{"content-type", PropertyId::content_type, PropertyType::text},
    Name{"response-topic", PropertyId::response_topic, PropertyType::text},
    Name{"correlation-data", PropertyId::correlation_data, PropertyType::binary},
    Name{"subscription-identifier", PropertyId::subscription_identifier, PropertyType::variable_byte_integer,
         268'435'455},
    Name{"session-expiry-interval", PropertyId::session_expiry_interval, PropertyType::four_byte_integer},
    Name{"authentication-method", PropertyId::authentication_method, PropertyType::text},
    Name{"authentication-data", PropertyId::authentication_data, PropertyType::binary},
    Name{"request-problem-information", PropertyId::request_problem_information, PropertyType::byte, 1},
    Name{"request-response-information", PropertyId::request_response_information, PropertyType::byte, 1},
    Name{"will-delay-interval", PropertyId::will_delay_interval, PropertyType::four_byte_integer},
    Name{"receive-maximum", PropertyId::receive_maximum, PropertyType::two_byte_integer, 65'535},
    Name{"topic-alias-maximum", PropertyId::topic_alias_maximum, PropertyType::two_byte_integer, 65'535},
    Name{"maximum-packet-size", PropertyId::maximum_packet_size, PropertyType::four_byte_integer},
    Name{"user-property", PropertyId::user_property, PropertyType::text_pair},
};

/// As names are written, which mosquitto_pub takes in whatever case.
std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return text;
}

const Name& find(const std::string& text) {
    const auto* found = std::ranges::find(names, lower(text), &Name::text);
    if (found == names.end()) throw UsageError{"There is no property \"" + text + "\" that a client may send."};
    return *found;
}

std::uint32_t number(const Name& name, const std::string& text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > name.maximum) {
        throw UsageError{"The property " + std::string{name.text} + " is a number from 0 to " +
                         std::to_string(name.maximum) + ", not \"" + text + "\"."};
    }
    return value;
}

Bytes as_bytes(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

/// True where ConnectOptions has a field of its own for the property.
bool set_field(ConnectOptions& options, const Name& name, const std::string& value) {
    switch (name.id) {
        case PropertyId::session_expiry_interval: options.session_expiry_interval = number(name, value); return true;
        case PropertyId::receive_maximum:
            options.receive_maximum = static_cast<std::uint16_t>(number(name, value));
            return true;
        case PropertyId::topic_alias_maximum:
            options.topic_alias_maximum = static_cast<std::uint16_t>(number(name, value));
            return true;
        case PropertyId::maximum_packet_size: options.maximum_packet_size = number(name, value); return true;
        case PropertyId::authentication_method: options.authentication_method = value; return true;
        case PropertyId::authentication_data:
            options.authentication_data.assign(value.begin(), value.end());
            return true;
        default: return false;
    }
}

void write(PropertyWriter& writer, const Name& name, const std::string& value) {
    if (name.type == PropertyType::text)
        writer.text(name.id, value);
    else if (name.type == PropertyType::binary)
        writer.binary(name.id, as_bytes(value));
    else
        writer.integer(name.id, number(name, value));
}

struct Packet {
    std::string_view text;
    PropertyOwner owner;
    PropertyWriter PropertyArguments::*writer;
};

constexpr std::array packets{
    Packet{"connect", PropertyOwner::connect, &PropertyArguments::connect},
    Packet{"will", PropertyOwner::will, &PropertyArguments::will},
    Packet{"publish", PropertyOwner::publish, &PropertyArguments::publish},
    Packet{"subscribe", PropertyOwner::subscribe, &PropertyArguments::subscribe},
    Packet{"unsubscribe", PropertyOwner::unsubscribe, &PropertyArguments::unsubscribe},
};

const Packet& find_packet(const std::string& text) {
    const auto* found = std::ranges::find(packets, lower(text), &Packet::text);
    if (found != packets.end()) return *found;
    throw UsageError{"Properties are for connect, will, publish, subscribe or unsubscribe, not for \"" + text + "\"."};
}

std::vector<std::string> split(const std::string& group) {
    std::vector<std::string> words{""};
    for (const char each : group) {
        if (each == word_mark)
            words.emplace_back();
        else
            words.back() += each;
    }
    return words;
}

}  // namespace

std::size_t PropertyArguments::words_of(const std::vector<std::string>& first) {
    const bool is_pair = first.size() > 1 && lower(first[1]) == "user-property";
    return is_pair ? 4 : 3;
}

std::string PropertyArguments::join(const std::vector<std::string>& words) {
    std::string joined;
    std::vector<std::string> before;
    for (const auto& word : words) {
        if (!before.empty()) joined += before.size() < words_of(before) ? word_mark : ' ';
        joined += word;
        before.push_back(word);
    }
    return joined;
}

PropertyArguments PropertyArguments::parse(const std::vector<std::string>& groups, ConnectOptions& options) {
    PropertyArguments result;
    result.any = !groups.empty();
    for (const auto& group : groups) {
        const auto words = split(group);
        if (words.size() != words_of(words))
            throw UsageError{
                "-D takes a packet, a property and its value; a user property has two, a name and a value."};
        const auto& packet = find_packet(words[0]);
        const auto& name = find(words[1]);
        const auto& value = words[2];
        auto& writer = result.*packet.writer;
        if (name.type == PropertyType::text_pair)
            writer.user_property(value, words[3]);
        else if (packet.owner != PropertyOwner::connect || !set_field(options, name, value))
            write(writer, name, value);
        if (validate_properties(packet.owner, writer.bytes()) != Errc::none) {
            throw UsageError{"The property " + std::string{name.text} + " is not allowed for " +
                             std::string{packet.text} + ", appears twice, or has an invalid value."};
        }
    }
    return result;
}

}  // namespace wsmq::command
