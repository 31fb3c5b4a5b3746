// The answer to a request.
#pragma once
#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "wsmq/export.hpp"
#include "wsmq/messaging/json.hpp"
#include "wsmq/messaging/json_rpc.hpp"

namespace wsmq::native {

/// A handler throws it to answer with an error: the caller gets its code, message and data. Applications use positive
/// codes; those of the convention are in messaging::json_rpc::code.
class WSMQ_EXPORT RequestError : public std::runtime_error {
public:
    // In parentheses, because nlohmann/json makes an array of braces.
    RequestError(std::int64_t code, const std::string& message, nlohmann::json data = nullptr)
        : std::runtime_error{message}, code_{code}, data_(std::move(data)) {}

    [[nodiscard]] static RequestError invalid_params(const std::string& message) {
        return {messaging::json_rpc::code::invalid_params, message};
    }

    [[nodiscard]] std::int64_t code() const noexcept { return code_; }
    /// Null for none.
    [[nodiscard]] const nlohmann::json& data() const noexcept { return data_; }

private:
    std::int64_t code_;
    nlohmann::json data_;
};

class WSMQ_EXPORT Response {
public:
    /// The result: anything that converts to nlohmann::json. Bytes of strings that are not UTF-8 become U+FFFD.
    template <class T>
    requires(!std::same_as<std::remove_cvref_t<T>, Response> && std::constructible_from<nlohmann::json, T>)
        Response(T&& result)  // NOLINT(bugprone-forwarding-reference-overload): copies and moves are left alone
        : Response{Kind::result, messaging::to_text(nlohmann::json(std::forward<T>(result)))} {}

    /// The result as JSON text, which is sent unchanged.
    [[nodiscard]] static Response json_text(std::string text) { return {Kind::result, std::move(text)}; }
    /// A raw body, for a request that has one (MQTT 5): any bytes, and a content type other than JSON's.
    [[nodiscard]] static Response raw(std::string body, std::string content_type) {
        Response response{Kind::raw, std::move(body)};
        response.content_type = std::move(content_type);
        return response;
    }
    [[nodiscard]] static Response error(std::int64_t code, std::string message, const nlohmann::json& data = nullptr) {
        Response response{Kind::error, data.is_null() ? std::string{} : messaging::to_text(data)};
        response.code = code;
        response.message = std::move(message);
        return response;
    }
    [[nodiscard]] static Response error(const RequestError& error) {
        return Response::error(error.code(), error.what(), error.data());
    }

    enum class Kind : std::uint8_t { result, raw, error };
    Kind kind;
    std::string body;            ///< the result or an error's data as JSON text; or the bytes of a raw body
    std::string content_type{};  ///< of a raw body
    std::int64_t code = 0;       ///< of an error
    std::string message{};       ///< of an error

private:
    Response(Kind of, std::string with) : kind{of}, body{std::move(with)} {}
};

}  // namespace wsmq::native
