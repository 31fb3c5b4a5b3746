#include "client/handshake.hpp"

#include <algorithm>
#include <array>

#include "wsmq/property.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::client {

namespace {

Errc validate_will(const Will& will, Version version) {
    if (const auto error = validate_topic_name(will.topic); error != Errc::none) return error;
    if (will.payload.size() > limits::longest_string || will.qos > Qos::exactly_once) {
        return Errc::invalid_argument;
    }
    return version == Version::v5 ? validate_outgoing_properties(PropertyOwner::will, will.encoded_properties)
                                  : Errc::none;
}

Errc validate_client_id(const ConnectOptions& options) {
    if (const auto error = validate_text(options.client_id); error != Errc::none) return error;
    if (!options.client_id.empty()) return Errc::none;
    // [MQTT-3.1.3-7] of 3.1.1; MQTT 3.1 knows no empty identifier.
    const bool may_be_empty =
        options.version == Version::v5 || (options.version == Version::v3_1_1 && options.clean_start);
    return may_be_empty ? Errc::none : Errc::invalid_argument;
}

Errc validate_authentication(const ConnectOptions& options) {
    if (options.authentication_method.empty()) {
        // [MQTT-3.1.2-25]: no data without a method.
        return options.authentication_data.empty() ? Errc::none : Errc::invalid_argument;
    }
    if (options.version != Version::v5) return Errc::not_supported;
    if (const auto error = validate_text(options.authentication_method); error != Errc::none) return error;
    return options.authentication_data.size() <= limits::longest_string ? Errc::none : Errc::invalid_argument;
}

Errc validate_properties_of_user(const ConnectOptions& options) {
    if (options.version != Version::v5) return Errc::none;
    const auto error = validate_outgoing_properties(PropertyOwner::connect, options.encoded_properties);
    if (error != Errc::none) return error;
    for (const auto& property : PropertyView{options.encoded_properties}) {
        if (property.id != PropertyId::user_property && property.id != PropertyId::request_problem_information &&
            property.id != PropertyId::request_response_information) {
            return Errc::invalid_property;  // a field of ConnectOptions stands for it
        }
    }
    return Errc::none;
}

Errc validate_numbers(const ConnectOptions& options) {
    const auto& policy = options.reconnect;
    const bool sound =
        options.version >= Version::v3_1 && options.version <= Version::v5 && options.keep_alive.count() >= 0 &&
        options.keep_alive <= limits::longest_keep_alive && options.receive_maximum != 0 &&
        options.maximum_packet_size >= limits::smallest_maximum_packet_size && options.host_count != 0 &&
        options.subscribe_batch != 0 && options.output_high_water != 0 && options.connect_timeout > Duration::zero() &&
        std::min({policy.backoff_min, policy.backoff_max, policy.stable_after, policy.refusal_patience}) >=
            Duration::zero();
    return sound ? Errc::none : Errc::invalid_argument;
}

codec::Buffer connect_properties(const ConnectOptions& options, Bytes authentication_data) {
    PropertyWriter writer;
    if (options.session_expiry_interval != 0) {
        writer.integer(PropertyId::session_expiry_interval, options.session_expiry_interval);
    }
    const Negotiated defaults;
    if (options.receive_maximum != defaults.receive_maximum) {
        writer.integer(PropertyId::receive_maximum, options.receive_maximum);
    }
    if (options.maximum_packet_size < limits::largest_packet) {
        writer.integer(PropertyId::maximum_packet_size, options.maximum_packet_size);
    }
    if (options.topic_alias_maximum != 0) {
        writer.integer(PropertyId::topic_alias_maximum, options.topic_alias_maximum);
    }
    if (!options.authentication_method.empty()) {
        writer.text(PropertyId::authentication_method, options.authentication_method);
        if (!authentication_data.empty()) writer.binary(PropertyId::authentication_data, authentication_data);
    }
    const auto ours = writer.bytes();
    codec::Buffer block(ours.begin(), ours.end());
    block.insert(block.end(), options.encoded_properties.begin(), options.encoded_properties.end());
    return block;
}

template <class T, std::size_t N> bool contains(const std::array<T, N>& reasons, T reason) noexcept {
    return std::ranges::find(reasons, reason) != reasons.end();
}

}  // namespace

Errc validate(const ConnectOptions& options) {
    for (const auto error : {validate_numbers(options), validate_client_id(options),
                             options.ask_credentials ? Errc::none : validate(options.credentials, options.version),
                             options.will ? validate_will(*options.will, options.version) : Errc::none,
                             validate_authentication(options), validate_properties_of_user(options)}) {
        if (error != Errc::none) return error;
    }
    return Errc::none;
}

Errc validate(const Credentials& credentials, Version version) {
    // Control characters, too: names are often issued by others, and their broker knows them.
    const auto& username = credentials.username;
    if (username && validate_text(*username) == Errc::invalid_utf8) return Errc::invalid_utf8;
    const auto& data = credentials.authentication_data;
    if (data && (version != Version::v5 || data->size() > limits::longest_string)) return Errc::invalid_argument;
    if (!credentials.password) return Errc::none;
    if (credentials.password->size() > limits::longest_string) return Errc::invalid_argument;
    // [MQTT-3.1.2-22] of 3.1.1; MQTT 5 lifted it.
    return credentials.username || version == Version::v5 ? Errc::none : Errc::invalid_argument;
}

void write_connect(codec::Buffer& buffer, const ConnectOptions& options, const ConnectParameters& parameters) {
    codec::Connect packet;
    packet.version = options.version;
    packet.clean_start = parameters.clean_start;
    packet.keep_alive = static_cast<std::uint16_t>(options.keep_alive.count());
    packet.client_id = parameters.client_id;
    packet.username = parameters.credentials.username;
    if (parameters.credentials.password) packet.password = Bytes{*parameters.credentials.password};
    if (options.will) {
        const auto& will = *options.will;
        packet.will = {will.topic, will.payload, will.qos, will.retain, will.encoded_properties};
    }
    const auto& data = parameters.credentials.authentication_data;
    const auto properties = connect_properties(options, data ? Bytes{*data} : Bytes{options.authentication_data});
    packet.properties = properties;
    codec::encode_connect(buffer, packet);
}

Negotiated negotiate(const ConnectOptions& options, Bytes connack_properties) {
    Negotiated negotiated;
    negotiated.keep_alive = options.keep_alive;
    if (options.version != Version::v5) {
        negotiated.receive_maximum = limits::version_3_receive_maximum;
        return negotiated;
    }
    const PropertyView properties{connack_properties};
    const auto integer = [&](PropertyId id, std::uint32_t otherwise) {
        return properties.integer(id).value_or(otherwise);
    };
    negotiated.keep_alive = std::chrono::seconds{
        integer(PropertyId::server_keep_alive, static_cast<std::uint32_t>(options.keep_alive.count()))};
    negotiated.session_expiry_interval = integer(PropertyId::session_expiry_interval, options.session_expiry_interval);
    negotiated.receive_maximum =
        static_cast<std::uint16_t>(integer(PropertyId::receive_maximum, negotiated.receive_maximum));
    negotiated.maximum_packet_size = integer(PropertyId::maximum_packet_size, negotiated.maximum_packet_size);
    negotiated.topic_alias_maximum = static_cast<std::uint16_t>(integer(PropertyId::topic_alias_maximum, 0));
    negotiated.maximum_qos = static_cast<Qos>(integer(PropertyId::maximum_qos, 2));
    negotiated.retain_available = integer(PropertyId::retain_available, 1) != 0;
    negotiated.wildcard_subscription_available = integer(PropertyId::wildcard_subscription_available, 1) != 0;
    negotiated.subscription_identifier_available = integer(PropertyId::subscription_identifier_available, 1) != 0;
    negotiated.shared_subscription_available = integer(PropertyId::shared_subscription_available, 1) != 0;
    return negotiated;
}

bool is_final_disconnect(ReasonCode reason, const ConnectOptions& options) noexcept {
    using enum ReasonCode;
    constexpr std::array final_reasons{banned, bad_authentication_method};
    if (reason == session_taken_over) return !options.reconnect_when_taken_over;
    // A token that expired is renewed where there is somebody to ask.
    if (reason == not_authorized) return !options.ask_credentials;
    return contains(final_reasons, reason) || (options.host_count == 1 && reason == server_moved);
}

bool breaks_protocol(Errc error) noexcept {
    using enum Errc;
    constexpr std::array breaches{malformed_packet, protocol_error, packet_too_large, receive_maximum_exceeded,
                                  topic_alias_invalid};
    return contains(breaches, error);
}

ReasonCode disconnect_reason(Errc error) noexcept {
    switch (error) {
        case Errc::malformed_packet: return ReasonCode::malformed_packet;
        case Errc::packet_too_large: return ReasonCode::packet_too_large;
        case Errc::receive_maximum_exceeded: return ReasonCode::receive_maximum_exceeded;
        case Errc::topic_alias_invalid: return ReasonCode::topic_alias_invalid;
        case Errc::authentication_failed: return ReasonCode::unspecified_error;
        default: return ReasonCode::protocol_error;
    }
}

}  // namespace wsmq::client

bool wsmq::is_final_refusal(ReasonCode reason) noexcept {
    using enum ReasonCode;
    constexpr std::array final_reasons{unsupported_protocol_version,
                                       client_identifier_not_valid,
                                       bad_user_name_or_password,
                                       not_authorized,
                                       banned,
                                       bad_authentication_method,
                                       malformed_packet,
                                       protocol_error,
                                       topic_name_invalid,
                                       packet_too_large,
                                       payload_format_invalid,
                                       retain_not_supported,
                                       qos_not_supported,
                                       server_moved};
    return client::contains(final_reasons, reason);
}
