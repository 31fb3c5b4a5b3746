#include "wsmq/native/device.hpp"

#include "member/identity.hpp"
#include "member/member.hpp"

namespace wsmq::native {

class WSMQ_HIDDEN Device::Impl final : public Member<Device::Impl, patterns::Device> {
public:
    using Member::Member;
    static constexpr std::string_view ranges = "a number is out of its range";
    void handle_end() {}
};

Device::Device(executor_type executor, const std::string& url, const Options& options, ClientOptions client)
    : impl_{std::make_shared<Impl>(std::move(executor), std::vector<std::string>{url}, std::move(client))} {
    impl_->prepare(options);
}

Device::~Device() { impl_->shut_down(); }

Device::executor_type Device::get_executor() const noexcept { return impl_->executor; }

void Device::begin_join(AnyCompletion<JoinAnswer> done) { impl_->begin_join(std::move(done)); }

void Device::begin_leave(AnyCompletion<> done) {
    impl_->begin_leave(std::move(done), [](auto& layer, auto now) { layer.leave(now); });
}

ErrorCode Device::set_status(const nlohmann::json& status) {
    return impl_->try_layer([&](auto& layer, auto now) { return layer.set_status(text_of(status), now); });
}

void Device::on_joined(std::function<void(bool)> handler) { impl_->on_joined = std::move(handler); }
void Device::on_disconnected(std::function<void(const Disconnection&)> handler) {
    impl_->on_disconnected = std::move(handler);
}
void Device::on_store_state(std::function<void(ErrorCode)> handler) { impl_->on_store_state = std::move(handler); }
void Device::wake_up() { impl_->wake_up(); }
bool Device::is_joined() const noexcept { return impl_->is_joined(); }

}  // namespace wsmq::native
