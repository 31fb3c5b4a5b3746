#include "wsmq/native/service.hpp"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <stdexcept>

#include "calls/answering.hpp"
#include "calls/calls.hpp"
#include "client/engine_options.hpp"
#include "identity.hpp"
#include "layer_adapter.hpp"

namespace wsmq::native {

class WSMQ_HIDDEN Service::Impl final : public LayerAdapter<Service::Impl, messaging::Service>,
                                        public Answering<Service::Impl> {
public:
    using Base = LayerAdapter<Service::Impl, messaging::Service>;
    using Base::handle;
    using Base::with_layer;
    static constexpr std::string_view ranges =
        "record_expiry, statistics_interval and janitor_grace are 0 to 4294967294 s; calls.concurrency and the times "
        "in calls are more than 0";

    Impl(Client& client, Options given)
        : Base{client}, options{std::move(given)}, calls{std::make_shared<Calls>(client.get_executor(), *this)} {
        if (options.instance.empty()) options.instance = make_instance();
        if (options.random_seed == 0) options.random_seed = random_seed();
        if (options.since == 0) options.since = milliseconds_since_1970();
    }

    /// Called once, at the first start, when the methods are known.
    [[nodiscard]] const Options& layer_options() {
        if (calls->takes_any()) return options;
        for (auto& method : calls->methods()) options.methods.push_back(std::move(method));
        return options;
    }

    void handle(const messaging::Request& request) {
        if (!calls->handle(request)) calls->refuse(request.id);
    }
    void handle(const messaging::Joined& joined) {
        reconnections += joined.again ? 1 : 0;
        Base::handle(joined);
    }
    void handle(const messaging::RequestEnded& ended) { calls->handle(ended); }
    void handle(const messaging::CreditGranted& granted) { calls->handle(granted); }
    void connection_ended(ErrorCode error) {
        if (on_end) on_end(error);
    }
    void abort() { calls->shut_down(); }

    Options options;
    std::shared_ptr<Calls> calls;
    std::function<void(ErrorCode)> on_end;
    std::uint64_t reconnections = 0;
};

Service::Service(Client& client, Options options) : impl_{std::make_shared<Impl>(client, std::move(options))} {
    impl_->attach();
}

Service::Service(std::unique_ptr<Client> client, Options options) : Service{*client, std::move(options)} {
    own_client_ = std::move(client);
}

Service::Service(executor_type executor, const std::vector<std::string>& urls, Options options, ClientOptions client)
    : Service{std::make_unique<Client>(std::move(executor), urls, std::move(client)), std::move(options)} {}

Service::Service(boost::asio::io_context& io, const std::string& url, Options options, ClientOptions client)
    : Service{io.get_executor(), {url}, std::move(options), std::move(client)} {
    io_ = &io;
}

Service::~Service() {
    own_client_.reset();
    impl_->detach();
}

Service::executor_type Service::get_executor() const noexcept { return impl_->attachment.executor(); }
Client& Service::client() const { return impl_->attachment.client(); }

void Service::add(std::string method, RequestHandler handler) {
    impl_->calls->add(std::move(method), std::move(handler));
}
void Service::add_any(RequestHandler handler) { impl_->calls->add_any(std::move(handler)); }
void Service::on_exception(std::function<void(const Request&, const std::exception_ptr&)> handler) {
    impl_->calls->on_exception = std::move(handler);
}

// --- Life cycle ------------------------------------------------------------------------------------

ErrorCode Service::run(std::chrono::milliseconds patience) {
    if (io_ == nullptr) throw std::logic_error{"Service::run() is for a service that was made with an io_context"};
    boost::asio::signal_set signals{*io_, SIGINT, SIGTERM};
    ErrorCode result;
    signals.async_wait([&](const ErrorCode& error, int) {
        if (error) return;
        async_leave(patience, [](const ErrorCode&) {});
        // A second signal stops at once.
        signals.async_wait([this](const ErrorCode& again, int) {
            if (!again) io_->stop();
        });
    });
    impl_->on_end = [&](ErrorCode error) {
        result = error;
        // Stops after the last bytes are sent.
        async_leave([&](const ErrorCode&) { io_->stop(); });
    };
    async_join([&](const ErrorCode& error, const JoinAnswer&) {
        const bool never_began = error && !impl_->has_layer();
        if (never_began) io_->stop();
        if (never_began) result = error;
    });
    io_->restart();
    io_->run();
    impl_->on_end = nullptr;
    return result;
}

void Service::begin_join(AnyCompletion<JoinAnswer> done) { impl_->begin_join(std::move(done)); }

void Service::begin_leave(std::chrono::milliseconds patience, AnyCompletion<> done) {
    impl_->begin_leave(std::move(done), [patience](auto& layer, auto now) { layer.leave(now, patience); });
}

void Service::on_joined(std::function<void(bool)> handler) { impl_->on_joined = std::move(handler); }
ErrorCode Service::notify(std::string_view uid, std::string_view method, const nlohmann::json& params) {
    const auto text = text_of(params);
    return impl_->try_layer([&](auto& layer, auto now) { return layer.notify(uid, method, text, now); });
}

bool Service::is_joined() const noexcept { return impl_->is_joined(); }
bool Service::is_shared() const noexcept { return impl_->has_layer() && impl_->layer().is_shared(); }
std::string_view Service::instance() const noexcept { return impl_->options.instance; }
messaging::CallCounts Service::counts() const noexcept {
    return impl_->has_layer() ? impl_->layer().counts() : messaging::CallCounts{};
}

ServiceMetrics Service::metrics() const {
    ServiceMetrics metrics;
    metrics.service = impl_->options.service;
    metrics.instance = impl_->options.instance;
    metrics.methods = impl_->calls->metrics();
    metrics.streams = impl_->calls->streams();
    metrics.reconnections = impl_->reconnections;
    if (!impl_->has_layer()) return metrics;
    const auto& layer = impl_->layer();
    metrics.calls = layer.counts();
    metrics.open = layer.open_calls();
    metrics.waiting = layer.waiting_calls();
    metrics.is_joined = layer.is_joined();
    metrics.outgoing = client().unfinished_messages();
    metrics.outgoing_bytes = client().unfinished_bytes();
    metrics.traffic = client().traffic();
    return metrics;
}

}  // namespace wsmq::native
