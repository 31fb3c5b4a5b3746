#include "client/attachment.hpp"

#include <stdexcept>
#include <utility>

#include "client/engine_options.hpp"
#include "client/impl.hpp"

namespace wsmq::native {

Attachment::Attachment(native::Client& client) : impl_{client.impl_}, client_{&client} {}

AttachError Attachment::attach(std::shared_ptr<Layer> layer) {
    if (impl_->layer) return AttachError::already_attached;
    if (impl_->was_started) return AttachError::already_started;
    impl_->engine().set_layer(layer.get());
    impl_->layer = std::move(layer);
    return AttachError::none;
}

void Attachment::detach() { impl_->detach_layer(); }

native::Client& Attachment::client() const {
    if (impl_->is_gone) throw std::logic_error{"The client was destroyed; keep it alive as long as it is used"};
    return *client_;
}

const boost::asio::any_io_executor& Attachment::executor() const noexcept { return impl_->executor; }

std::string Attachment::option_error() const { return native::option_error(impl_->options, impl_->hosts); }
ConnectOptions Attachment::engine_options() const { return native::engine_options(impl_->options, impl_->hosts); }
void Attachment::replace_engine(ConnectOptions options) { impl_->engine().replace(std::move(options)); }
wsmq::Client& Attachment::engine() const noexcept { return impl_->engine(); }
TimePoint Attachment::now() const { return impl_->now(); }
void Attachment::flush_soon() const { impl_->driver->flush_soon(); }

StartFailure Attachment::start() const { return impl_->start(); }
void Attachment::stop(boost::system::error_code why) const {
    impl_->stop_cause = why;
    impl_->stop(ReasonCode::success);
}
bool Attachment::await_end(AnyCompletion<> done) const { return impl_->await_end(std::move(done)); }

}  // namespace wsmq::native
