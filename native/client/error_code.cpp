#include "wsmq/native/error_code.hpp"

#include <string>

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

}  // namespace wsmq
