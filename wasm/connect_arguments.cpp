#include "connect_arguments.hpp"

#include <cstring>

#include "boundary.hpp"

namespace wsmq::wasm {

namespace {

std::uint32_t number(Bytes value) {
    std::uint32_t result = 0;
    std::memcpy(&result, value.data(), std::min<std::size_t>(value.size(), 4));
    return result;
}

std::string text(Bytes value) { return {reinterpret_cast<const char*>(value.data()), value.size()}; }

std::vector<std::uint8_t> bytes(Bytes value) { return {value.begin(), value.end()}; }

Will& will_of(ConnectOptions& options) { return options.will ? *options.will : options.will.emplace(); }

void apply(OptionField field, Bytes value, ConnectArguments& arguments) {
    ConnectOptions& options = arguments.options;
    switch (field) {
        case OptionField::uri: arguments.uris.push_back(text(value)); break;
        case OptionField::mqtt_version: options.version = static_cast<Version>(number(value)); break;
        case OptionField::user_name: options.credentials.username = text(value); break;
        case OptionField::password: options.credentials.password = bytes(value); break;
        case OptionField::ask_credentials: options.ask_credentials = number(value) != 0; break;
        case OptionField::clean_session: options.clean_start = number(value) != 0; break;
        case OptionField::keep_alive_interval: options.keep_alive = std::chrono::seconds{number(value)}; break;
        case OptionField::will_topic: will_of(options).topic = text(value); break;
        case OptionField::will_payload: will_of(options).payload = bytes(value); break;
        case OptionField::will_flags:
            will_of(options).qos = static_cast<Qos>(number(value) & WillFlag::qos_mask);
            will_of(options).retain = (number(value) & WillFlag::retain) != 0;
            break;
        case OptionField::will_properties: will_of(options).encoded_properties = bytes(value); break;
        case OptionField::session_expiry_interval: options.session_expiry_interval = number(value); break;
        case OptionField::receive_maximum: options.receive_maximum = static_cast<std::uint16_t>(number(value)); break;
        case OptionField::maximum_packet_size: options.maximum_packet_size = number(value); break;
        case OptionField::topic_alias_maximum:
            options.topic_alias_maximum = static_cast<std::uint16_t>(number(value));
            break;
        case OptionField::outgoing_topic_alias_maximum:
            options.outgoing_topic_alias_maximum = static_cast<std::uint16_t>(number(value));
            break;
        case OptionField::authentication_method: options.authentication_method = text(value); break;
        case OptionField::authentication_data: options.authentication_data = bytes(value); break;
        case OptionField::properties: options.encoded_properties = bytes(value); break;
        case OptionField::connect_timeout: options.connect_timeout = Duration{number(value)}; break;
        case OptionField::reconnect: options.reconnect.enabled = number(value) != 0; break;
        case OptionField::retry_first_connection: options.reconnect.retry_first_connection = number(value) != 0; break;
        case OptionField::reconnect_minimum: options.reconnect.backoff_min = Duration{number(value)}; break;
        case OptionField::reconnect_maximum: options.reconnect.backoff_max = Duration{number(value)}; break;
        case OptionField::stable_after: options.reconnect.stable_after = Duration{number(value)}; break;
        case OptionField::queue_maximum_messages: options.queue_maximum_messages = number(value); break;
        case OptionField::queue_maximum_bytes: options.queue_maximum_bytes = number(value); break;
        case OptionField::output_high_water: options.output_high_water = number(value); break;
        case OptionField::resubscribe: options.resubscribe = number(value) != 0; break;
        case OptionField::keep_alive_by_sending: options.keep_alive_by_sending = number(value) != 0; break;
        case OptionField::subscribe_batch: options.subscribe_batch = number(value); break;
        case OptionField::refusal_patience: options.reconnect.refusal_patience = Duration{number(value)}; break;
        case OptionField::is_stored:
            arguments.is_stored = true;
            arguments.is_store_awaited = number(value) != 0;
            break;
    }
}

}  // namespace

ConnectArguments read_connect_arguments(Bytes block) {
    constexpr std::size_t header_size = 5;
    ConnectArguments arguments;
    while (block.size() >= header_size) {
        const std::size_t size = std::min<std::size_t>(number(block.subspan(1, 4)), block.size() - header_size);
        apply(static_cast<OptionField>(block[0]), block.subspan(header_size, size), arguments);
        block = block.subspan(header_size + size);
    }
    arguments.options.host_count = arguments.uris.size();
    return arguments;
}

}  // namespace wsmq::wasm
