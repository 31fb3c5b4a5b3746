#include "wsmq/native/service.hpp"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <stdexcept>

#include "calls/answering.hpp"
#include "calls/calls.hpp"
#include "member/identity.hpp"
#include "member/member.hpp"

namespace wsmq::native {

class WSMQ_HIDDEN Service::Impl final : public Member<Service::Impl, patterns::Service>,
                                        public Answering<Service::Impl> {
public:
    using Base = Member<Service::Impl, patterns::Service>;
    using Base::handle;
    using Base::with_layer;
    static constexpr std::string_view ranges =
        "record_expiry, statistics_interval and janitor_grace are 0 to 4294967294 s; calls.concurrency and the times "
        "in calls are more than 0";

    Impl(const executor_type& on, const std::vector<std::string>& urls, Options given, ClientOptions client)
        : Base{on, urls, std::move(client)}, options{std::move(given)}, calls{std::make_shared<Calls>(on, *this)} {
        if (options.instance.empty()) options.instance = make_instance();
        if (options.random_seed == 0) options.random_seed = random_seed();
        if (options.since == 0) options.since = milliseconds_since_1970();
    }

    void prepare() {
        if (has_layer()) return;
        if (!calls->takes_any()) {
            for (auto& method : calls->methods()) options.methods.push_back(std::move(method));
        }
        Base::prepare(options);
    }

    void handle(const patterns::Request& request) {
        if (!calls->handle(request)) calls->refuse(request.id);
    }
    void handle(const patterns::RequestEnded& ended) { calls->handle(ended); }
    void handle(const patterns::CreditGranted& granted) { calls->handle(granted); }
    void handle_end() {
        if (on_end) on_end();
    }

    Options options;
    std::shared_ptr<Calls> calls;
    std::function<void()> on_end;
};

Service::Service(boost::asio::io_context& io, const std::string& url, Options options, ClientOptions client)
    : Service{io.get_executor(), {url}, std::move(options), std::move(client)} {
    io_ = &io;
}

Service::Service(executor_type executor, const std::vector<std::string>& urls, Options options, ClientOptions client)
    : impl_{std::make_shared<Impl>(std::move(executor), urls, std::move(options), std::move(client))} {}

Service::~Service() {
    impl_->calls->shut_down();
    impl_->shut_down();
}

Service::executor_type Service::get_executor() const noexcept { return impl_->executor; }

void Service::add(std::string method, RequestHandler handler) {
    impl_->calls->add(std::move(method), std::move(handler));
}
void Service::add_any(RequestHandler handler) { impl_->calls->add_any(std::move(handler)); }
void Service::on_exception(std::function<void(const Request&, const std::exception_ptr&)> handler) {
    impl_->calls->on_exception = std::move(handler);
}

// --- Its life --------------------------------------------------------------------------------------

ErrorCode Service::run() {
    if (io_ == nullptr) throw std::logic_error{"Service::run() is for a service that was made with an io_context"};
    boost::asio::signal_set signals{*io_, SIGINT, SIGTERM};
    ErrorCode result;
    signals.async_wait([&](const ErrorCode& error, int) {
        if (error) return;
        async_leave([](const ErrorCode&) {});
        // A second one is impatient.
        signals.async_wait([this](const ErrorCode& again, int) {
            if (!again) io_->stop();
        });
    });
    impl_->on_end = [&] {
        result = impl_->end_error();
        // Behind the last bytes.
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

void Service::begin_join(AnyCompletion<JoinAnswer> done) {
    impl_->prepare();
    impl_->begin_join(std::move(done));
}

void Service::begin_leave(std::chrono::milliseconds patience, AnyCompletion<> done) {
    impl_->begin_leave(std::move(done), [patience](auto& layer, auto now) { layer.leave(now, patience); });
}

void Service::on_joined(std::function<void(bool)> handler) { impl_->on_joined = std::move(handler); }
void Service::on_disconnected(std::function<void(const Disconnection&)> handler) {
    impl_->on_disconnected = std::move(handler);
}
void Service::on_store_state(std::function<void(ErrorCode)> handler) { impl_->on_store_state = std::move(handler); }
void Service::on_queue_drained(std::function<void()> handler) { impl_->on_queue_drained = std::move(handler); }
void Service::wake_up() { impl_->wake_up(); }

ErrorCode Service::notify(std::string_view uid, std::string_view method, const nlohmann::json& params) {
    const auto text = text_of(params);
    return impl_->try_layer([&](auto& layer, auto now) { return layer.notify(uid, method, text, now); });
}

bool Service::is_joined() const noexcept { return impl_->is_joined(); }
bool Service::is_shared() const noexcept { return impl_->has_layer() && impl_->layer().is_shared(); }
std::string_view Service::instance() const noexcept { return impl_->options.instance; }
patterns::CallCounts Service::counts() const noexcept {
    return impl_->has_layer() ? impl_->layer().counts() : patterns::CallCounts{};
}

}  // namespace wsmq::native
