// Calls::Answers by the layer of an adapter.
#pragma once
#include <string_view>

#include "calls/calls.hpp"

namespace wsmq::native {

/// `Self` derives from it and from LayerAdapter.
template <class Self> class Answering : public Calls::Answers {
public:
    messaging::Error respond(messaging::CallId id, std::string_view result) final {
        return with_layer([&](auto& layer, auto now) { return layer.respond(id, result, now); });
    }
    messaging::Error respond_raw(messaging::CallId id, std::string_view body, std::string_view type) final {
        return with_layer([&](auto& layer, auto now) {
            if constexpr (requires { layer.respond_raw(id, body, type, now); }) {
                return layer.respond_raw(id, body, type, now);
            } else {
                return messaging::Error::not_supported;  // webapps exchange JSON only
            }
        });
    }
    messaging::Error fail(messaging::CallId id, std::int64_t code, std::string_view message,
                          std::string_view data) final {
        return with_layer([&](auto& layer, auto now) { return layer.fail(id, code, message, data, now); });
    }
    messaging::Error progress(messaging::CallId id, std::string_view value) final {
        return with_layer([&](auto& layer, auto now) { return layer.progress(id, value, now); });
    }

private:
    template <class Call> messaging::Error with_layer(Call call) { return static_cast<Self&>(*this).with_layer(call); }
};

}  // namespace wsmq::native
