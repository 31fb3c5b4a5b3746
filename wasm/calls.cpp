// Calls of glue/ that are rare, so small rather than fast.
#include <emscripten/emscripten.h>
#include <malloc.h>

#include <array>

#include "arguments.hpp"
#include "boundary.hpp"
#include "connection.hpp"
#include "operation_answer.hpp"

using namespace wsmq::wasm;
using wsmq::Bytes;
using wsmq::Errc;

namespace {

std::uint32_t code(Errc error) { return static_cast<std::uint32_t>(error); }

/// Each filter is a byte of subscription options as on the wire (MQTT 5.0, 3.8.3.1), its size as two
/// bytes, little-endian, and its text.
std::vector<wsmq::Subscription> read_filters(Bytes block) {
    std::vector<wsmq::Subscription> filters;
    while (block.size() >= 3) {
        const std::uint8_t options = block[0];
        const std::size_t size = std::min<std::size_t>(block[1] | std::size_t{block[2]} << 8, block.size() - 3);
        filters.push_back({.topic_filter = {reinterpret_cast<const char*>(block.data() + 3), size},
                           .qos = static_cast<wsmq::Qos>(options & 3),
                           .no_local = (options & 4) != 0,
                           .retain_as_published = (options & 8) != 0,
                           .retain_handling = static_cast<wsmq::RetainHandling>(options >> 4)});
        block = block.subspan(3 + size);
    }
    return filters;
}

}  // namespace

extern "C" {

EMSCRIPTEN_KEEPALIVE std::uint32_t wsmq_start(Connection* connection, std::size_t size, std::uint32_t seed_low,
                                              std::uint32_t seed_high) {
    return code(connection->start(arguments(0, size), std::uint64_t{seed_high} << 32 | seed_low));
}

EMSCRIPTEN_KEEPALIVE void wsmq_stop(Connection* connection, std::uint32_t reason) {
    connection->stop(static_cast<wsmq::ReasonCode>(reason));
}

EMSCRIPTEN_KEEPALIVE void wsmq_flush(Connection* connection) { connection->flush(); }

EMSCRIPTEN_KEEPALIVE void wsmq_destroy(Connection* connection) { connection->destroy(); }

EMSCRIPTEN_KEEPALIVE bool wsmq_is_connected(const Connection* connection) { return connection->is_connected(); }

EMSCRIPTEN_KEEPALIVE std::size_t wsmq_unfinished_messages(const Connection* connection) {
    const auto* client = connection->client();
    return client ? client->unfinished_messages() : 0;
}

EMSCRIPTEN_KEEPALIVE std::size_t wsmq_unfinished_bytes(const Connection* connection) {
    const auto* client = connection->client();
    return client ? client->unfinished_bytes() : 0;
}

EMSCRIPTEN_KEEPALIVE void wsmq_cancel(Connection* connection, std::uint32_t operation) {
    connection->cancel(wsmq::OperationId{operation});
}

EMSCRIPTEN_KEEPALIVE void wsmq_wake_up(Connection* connection) { connection->wake_up(); }

EMSCRIPTEN_KEEPALIVE bool wsmq_is_started(const Connection* connection) { return connection->is_started(); }

EMSCRIPTEN_KEEPALIVE std::uint32_t wsmq_subscribe(Connection* connection, std::size_t filters_size,
                                                  std::size_t properties_size) {
    return answer(
        connection->subscribe(read_filters(arguments(0, filters_size)), arguments(filters_size, properties_size)));
}

EMSCRIPTEN_KEEPALIVE std::uint32_t wsmq_unsubscribe(Connection* connection, std::size_t filters_size,
                                                    std::size_t properties_size) {
    std::vector<std::string_view> filters;
    for (const auto& filter : read_filters(arguments(0, filters_size))) filters.push_back(filter.topic_filter);
    return answer(connection->unsubscribe(filters, arguments(filters_size, properties_size)));
}

/// -1: there is none.
EMSCRIPTEN_KEEPALIVE void wsmq_provide_credentials(Connection* connection, int user_name_size, int password_size) {
    wsmq::Credentials credentials;
    const Bytes given =
        arguments(0, static_cast<std::size_t>(std::max(user_name_size, 0) + std::max(password_size, 0)));
    const Bytes user_name = given.first(static_cast<std::size_t>(std::max(user_name_size, 0)));
    const Bytes password = given.subspan(user_name.size());
    if (user_name_size >= 0) credentials.username.emplace(user_name.begin(), user_name.end());
    if (password_size >= 0) credentials.password.emplace(password.begin(), password.end());
    connection->provide_credentials(std::move(credentials));
}

EMSCRIPTEN_KEEPALIVE void wsmq_fail_credentials(Connection* connection) { connection->fail_credentials(); }

/// 0: there is none.
EMSCRIPTEN_KEEPALIVE void wsmq_provide_address(Connection* connection, std::size_t size) {
    const Bytes uri = arguments(0, size);
    connection->provide_address({uri.begin(), uri.end()});
}

EMSCRIPTEN_KEEPALIVE std::uint32_t wsmq_authenticate(Connection* connection, std::size_t size) {
    return code(connection->authenticate(arguments(0, size)));
}

EMSCRIPTEN_KEEPALIVE void wsmq_fail_authentication(Connection* connection) { connection->fail_authentication(); }

EMSCRIPTEN_KEEPALIVE std::uint32_t wsmq_reauthenticate(Connection* connection, std::size_t size) {
    return code(connection->reauthenticate(arguments(0, size)));
}

EMSCRIPTEN_KEEPALIVE void wsmq_add_record(Connection* connection, std::uint32_t kind, double number, std::size_t size) {
    connection->store().add({static_cast<wsmq::StoreKind>(kind), static_cast<std::uint64_t>(number)},
                            arguments(0, size));
}

EMSCRIPTEN_KEEPALIVE bool wsmq_take_changes(Connection* connection, bool all) {
    return connection->store().hand_over(all);
}

EMSCRIPTEN_KEEPALIVE void wsmq_batches_stored(Connection* connection, std::uint32_t count) {
    connection->batches_stored(count);
}

EMSCRIPTEN_KEEPALIVE const std::uint32_t* wsmq_negotiated(const Connection* connection) {
    static std::array<std::uint32_t, NegotiatedRow::shared_subscription_available + 1> row;
    const auto* client = connection->client();
    const wsmq::Negotiated negotiated = client ? client->negotiated() : wsmq::Negotiated{};
    row[NegotiatedRow::keep_alive] = static_cast<std::uint32_t>(negotiated.keep_alive.count());
    row[NegotiatedRow::session_expiry_interval] = negotiated.session_expiry_interval;
    row[NegotiatedRow::receive_maximum] = negotiated.receive_maximum;
    row[NegotiatedRow::maximum_packet_size] = negotiated.maximum_packet_size;
    row[NegotiatedRow::topic_alias_maximum] = negotiated.topic_alias_maximum;
    row[NegotiatedRow::maximum_qos] = static_cast<std::uint32_t>(negotiated.maximum_qos);
    row[NegotiatedRow::retain_available] = negotiated.retain_available;
    row[NegotiatedRow::wildcard_subscription_available] = negotiated.wildcard_subscription_available;
    row[NegotiatedRow::subscription_identifier_available] = negotiated.subscription_identifier_available;
    row[NegotiatedRow::shared_subscription_available] = negotiated.shared_subscription_available;
    return row.data();
}

EMSCRIPTEN_KEEPALIVE std::size_t wsmq_used_memory() { return static_cast<std::size_t>(mallinfo().uordblks); }
}
