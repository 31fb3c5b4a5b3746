// A value or an error, with the names of std::expected, which C++20 does not have.
#pragma once
#include <utility>
#include <variant>

#include "wsmq/error.hpp"

namespace wsmq {

/// `E` is an enumeration whose zero means that all is well.
template <class T, class E = Errc> class [[nodiscard]] Result {
public:
    Result(T value) : state_{std::in_place_index<0>, std::move(value)} {}
    Result(E error) : state_{std::in_place_index<1>, error} {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    /// Precondition: has_value().
    [[nodiscard]] const T& operator*() const noexcept { return *std::get_if<0>(&state_); }
    [[nodiscard]] T& operator*() noexcept { return *std::get_if<0>(&state_); }
    [[nodiscard]] const T* operator->() const noexcept { return std::get_if<0>(&state_); }

    /// E{}, which is Errc::none, when there is a value.
    [[nodiscard]] E error() const noexcept {
        const auto* error = std::get_if<1>(&state_);
        return error ? *error : E{};
    }

private:
    std::variant<T, E> state_;
};

}  // namespace wsmq
