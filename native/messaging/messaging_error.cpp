#include "wsmq/native/messaging_error.hpp"

#include <string>

namespace wsmq::messaging {

namespace {

class Category final : public boost::system::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "messaging"; }
    [[nodiscard]] std::string message(int value) const override {
        return std::string{describe(static_cast<Error>(value))};
    }
};

}  // namespace

const boost::system::error_category& error_category() noexcept {
    static const Category category;
    return category;
}

boost::system::error_code make_error_code(Error error) noexcept {
    if (error == Error::none) return {};
    return {static_cast<int>(error), error_category()};
}

}  // namespace wsmq::messaging
