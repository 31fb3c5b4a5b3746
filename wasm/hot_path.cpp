// Publishing from JavaScript: integers only. The topic is a handle, the payload is in memory already.
#include <emscripten/emscripten.h>

#include <array>
#include <cstring>
#include <memory>

#include "arguments.hpp"
#include "boundary.hpp"
#include "connection.hpp"
#include "operation_answer.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::wasm {

namespace {

struct Topic {
    std::unique_ptr<char[]> text;
    std::size_t size = 0;
};

Topic& topic(std::uint32_t handle) {
    static auto& topics = *new std::array<Topic, topic_handles + 1>;
    return topics[handle];
}

PublishOptions publish_options(std::uint32_t flags, std::size_t properties_size) {
    return {.qos = static_cast<Qos>(flags & two_bits),
            .retain = (flags & PublishFlag::retain) != 0,
            .when_blocked = static_cast<WhenBlocked>(flags >> PublishFlag::when_blocked_shift & two_bits),
            .encoded_properties = properties_size == 0 ? Bytes{} : arguments(0, properties_size)};
}

bool is_refused(const Connection& connection, std::uint32_t flags) {
    return (flags & PublishFlag::must_be_connected) != 0 && !connection.is_connected();
}

}  // namespace

}  // namespace wsmq::wasm

using namespace wsmq::wasm;

extern "C" {

/// Gives the handle to the topic whose text is in the scratch buffer. 0, or why not.
EMSCRIPTEN_KEEPALIVE std::uint32_t wsmq_set_topic(std::uint32_t handle, std::size_t size) {
    if (size > scratch_size) return static_cast<std::uint32_t>(wsmq::Errc::invalid_topic);
    const char* text = reinterpret_cast<const char*>(scratch.data());
    const auto error = wsmq::validate_topic_name({text, size});
    if (error != wsmq::Errc::none) return static_cast<std::uint32_t>(error);
    Topic& entry = topic(handle);
    entry.text = std::make_unique_for_overwrite<char[]>(size);
    std::memcpy(entry.text.get(), text, size);
    entry.size = size;
    return 0;
}

/// The payload is in the scratch buffer, the properties are the arguments.
EMSCRIPTEN_KEEPALIVE std::uint32_t wsmq_publish(Connection* connection, std::uint32_t handle, std::size_t size,
                                                std::uint32_t flags, std::size_t properties_size) {
    if (is_refused(*connection, flags)) return answer(wsmq::Errc::not_connected);
    const Topic& entry = topic(handle);
    return answer(connection->publish({entry.text.get(), entry.size}, {scratch.data(), size},
                                      publish_options(flags, properties_size)));
}

std::uint32_t wsmq_prepared_operation;

/// Where to put the payload before wsmq_commit_publish(), or an error: 1 to 255.
EMSCRIPTEN_KEEPALIVE std::uintptr_t wsmq_prepare_publish(Connection* connection, std::uint32_t handle, std::size_t size,
                                                         std::uint32_t flags, std::size_t properties_size) {
    if (is_refused(*connection, flags)) return static_cast<std::uintptr_t>(wsmq::Errc::not_connected);
    const Topic& entry = topic(handle);
    const auto prepared =
        connection->prepare_publish({entry.text.get(), entry.size}, size, publish_options(flags, properties_size));
    if (!prepared) return static_cast<std::uintptr_t>(prepared.error());
    wsmq_prepared_operation = static_cast<std::uint32_t>(prepared->id);
    return reinterpret_cast<std::uintptr_t>(prepared->payload.data());
}

EMSCRIPTEN_KEEPALIVE std::uint32_t wsmq_commit_publish(Connection* connection) {
    connection->commit_publish();
    return wsmq_prepared_operation;
}
}
