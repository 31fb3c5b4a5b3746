#include "wsmq/native/error_code.hpp"

#include <string>

#include "wsmq/native/attach_error.hpp"

namespace wsmq {

namespace {

/// Of an enumeration whose describe() gives a sentence of static storage.
template <class Enum> class Category final : public boost::system::error_category {
public:
    explicit constexpr Category(const char* name) noexcept : name_{name} {}
    [[nodiscard]] const char* name() const noexcept override { return name_; }
    [[nodiscard]] std::string message(int value) const override {
        return std::string{describe(static_cast<Enum>(value))};
    }

private:
    const char* name_;
};

}  // namespace

const boost::system::error_category& error_category() noexcept {
    static const Category<Errc> category{"wsmq"};
    return category;
}

const boost::system::error_category& reason_category() noexcept {
    static const Category<ReasonCode> category{"mqtt"};
    return category;
}

// No error is the same in every category, so that it equals error_code{}.
boost::system::error_code make_error_code(Errc error) noexcept {
    if (error == Errc::none) return {};
    return {static_cast<int>(error), error_category()};
}

boost::system::error_code make_error_code(ReasonCode reason) noexcept {
    if (!is_failure(reason)) return {};
    return {static_cast<int>(reason), reason_category()};
}

namespace native {

std::string_view describe(AttachError error) noexcept {
    switch (error) {
        case AttachError::none: return "no error";
        case AttachError::already_attached: return "the client has a service, webapp or device already";
        case AttachError::already_started: return "the client was started before something was attached to it";
        case AttachError::client_has_will: return "the client has a last will of its own, and the layer needs it";
        case AttachError::client_destroyed: return "the client was destroyed";
        case AttachError::layer_destroyed: return "what was attached to the client was destroyed";
    }
    return "unknown error";
}

const boost::system::error_category& attach_category() noexcept {
    static const Category<AttachError> category{"attach"};
    return category;
}

boost::system::error_code make_error_code(AttachError error) noexcept {
    if (error == AttachError::none) return {};
    return {static_cast<int>(error), attach_category()};
}

}  // namespace native

}  // namespace wsmq
