#include "wsmq/native/device.hpp"

#include "identity.hpp"
#include "layer_adapter.hpp"

namespace wsmq::native {

class WSMQ_HIDDEN Device::Impl final : public LayerAdapter<Device::Impl, messaging::Device> {
public:
    static constexpr std::string_view ranges = "a number is out of its range";

    Impl(Client& client, Options given) : LayerAdapter{client}, options{std::move(given)} {}

    [[nodiscard]] const Options& layer_options() const noexcept { return options; }

    Options options;
};

Device::Device(Client& client, const Options& options) : impl_{std::make_shared<Impl>(client, options)} {
    impl_->attach();
    (void)impl_->set_up();  // async_join() reports what is wrong
}

Device::Device(executor_type executor, const std::string& url, const Options& options, ClientOptions client)
    : Device{std::make_unique<Client>(std::move(executor), url, std::move(client)), options} {}

Device::Device(std::unique_ptr<Client> client, const Options& options) : Device{*client, options} {
    own_client_ = std::move(client);
}

Device::~Device() {
    own_client_.reset();
    impl_->detach();
}

Device::executor_type Device::get_executor() const noexcept { return impl_->attachment.executor(); }
Client& Device::client() const { return impl_->attachment.client(); }

void Device::begin_join(AnyCompletion<JoinAnswer> done) { impl_->begin_join(std::move(done)); }
void Device::begin_leave(AnyCompletion<> done) {
    impl_->begin_leave(std::move(done), [](auto& layer, auto now) { layer.leave(now); });
}
void Device::on_joined(std::function<void(bool)> handler) { impl_->on_joined = std::move(handler); }
bool Device::is_joined() const noexcept { return impl_->is_joined(); }

ErrorCode Device::set_status(const nlohmann::json& status) {
    return impl_->try_layer([&](auto& layer, auto now) { return layer.set_status(text_of(status), now); });
}

}  // namespace wsmq::native
