#include "connect_arguments.hpp"

#include <cstring>

namespace wsmq::wasm {

namespace {

enum class Field : std::uint8_t {
    uri = 1,
    version,
    user_name,
    password,
    ask_credentials,
    clean_start,
    keep_alive,
    will_topic,
    will_payload,
    will_flags,
    will_properties,
    session_expiry_interval,
    receive_maximum,
    maximum_packet_size,
    topic_alias_maximum,
    outgoing_topic_alias_maximum,
    authentication_method,
    authentication_data,
    properties,
    connect_timeout,
    reconnect,
    retry_first_connection,
    reconnect_minimum,
    reconnect_maximum,
    stable_after,
    queue_maximum_messages,
    queue_maximum_bytes,
    output_high_water,
    resubscribe,
    keep_alive_by_sending,
    is_stored,
    subscribe_batch,
    refusal_patience,
};

std::uint32_t number(Bytes value) {
    std::uint32_t result = 0;
    std::memcpy(&result, value.data(), std::min<std::size_t>(value.size(), 4));
    return result;
}

std::string text(Bytes value) { return {reinterpret_cast<const char*>(value.data()), value.size()}; }

std::vector<std::uint8_t> bytes(Bytes value) { return {value.begin(), value.end()}; }

Will& will_of(ConnectOptions& options) { return options.will ? *options.will : options.will.emplace(); }

void apply(Field field, Bytes value, ConnectArguments& arguments) {
    ConnectOptions& options = arguments.options;
    switch (field) {
        case Field::uri: arguments.uris.push_back(text(value)); break;
        case Field::version: options.version = static_cast<Version>(number(value)); break;
        case Field::user_name: options.credentials.username = text(value); break;
        case Field::password: options.credentials.password = bytes(value); break;
        case Field::ask_credentials: options.ask_credentials = number(value) != 0; break;
        case Field::clean_start: options.clean_start = number(value) != 0; break;
        case Field::keep_alive: options.keep_alive = std::chrono::seconds{number(value)}; break;
        case Field::will_topic: will_of(options).topic = text(value); break;
        case Field::will_payload: will_of(options).payload = bytes(value); break;
        case Field::will_flags:
            will_of(options).qos = static_cast<Qos>(number(value) & 3);
            will_of(options).retain = (number(value) & 4) != 0;
            break;
        case Field::will_properties: will_of(options).encoded_properties = bytes(value); break;
        case Field::session_expiry_interval: options.session_expiry_interval = number(value); break;
        case Field::receive_maximum: options.receive_maximum = static_cast<std::uint16_t>(number(value)); break;
        case Field::maximum_packet_size: options.maximum_packet_size = number(value); break;
        case Field::topic_alias_maximum: options.topic_alias_maximum = static_cast<std::uint16_t>(number(value)); break;
        case Field::outgoing_topic_alias_maximum:
            options.outgoing_topic_alias_maximum = static_cast<std::uint16_t>(number(value));
            break;
        case Field::authentication_method: options.authentication_method = text(value); break;
        case Field::authentication_data: options.authentication_data = bytes(value); break;
        case Field::properties: options.encoded_properties = bytes(value); break;
        case Field::connect_timeout: options.connect_timeout = Duration{number(value)}; break;
        case Field::reconnect: options.reconnect.enabled = number(value) != 0; break;
        case Field::retry_first_connection: options.reconnect.retry_first_connection = number(value) != 0; break;
        case Field::reconnect_minimum: options.reconnect.backoff_min = Duration{number(value)}; break;
        case Field::reconnect_maximum: options.reconnect.backoff_max = Duration{number(value)}; break;
        case Field::stable_after: options.reconnect.stable_after = Duration{number(value)}; break;
        case Field::queue_maximum_messages: options.queue_maximum_messages = number(value); break;
        case Field::queue_maximum_bytes: options.queue_maximum_bytes = number(value); break;
        case Field::output_high_water: options.output_high_water = number(value); break;
        case Field::resubscribe: options.resubscribe = number(value) != 0; break;
        case Field::keep_alive_by_sending: options.keep_alive_by_sending = number(value) != 0; break;
        case Field::subscribe_batch: options.subscribe_batch = number(value); break;
        case Field::refusal_patience: options.reconnect.refusal_patience = Duration{number(value)}; break;
        case Field::is_stored: arguments.is_stored = number(value) != 0; break;
    }
}

}  // namespace

ConnectArguments read_connect_arguments(Bytes block) {
    constexpr std::size_t header_size = 5;
    ConnectArguments arguments;
    while (block.size() >= header_size) {
        const std::size_t size = std::min<std::size_t>(number(block.subspan(1, 4)), block.size() - header_size);
        apply(static_cast<Field>(block[0]), block.subspan(header_size, size), arguments);
        block = block.subspan(header_size + size);
    }
    arguments.options.host_count = arguments.uris.size();
    return arguments;
}

}  // namespace wsmq::wasm
